"""Somebody in a call who is no browser: a participant played by aiortc, with a tone for a voice."""

import asyncio
import json
from contextlib import suppress
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import httpx
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame
from websockets.asyncio.client import connect

from tests.serving import DEADLINE

RATE, STEP = 48_000, 960


class Tone(AudioStreamTrack):
    """A square wave of 500 Hz."""

    async def recv(self) -> AudioFrame:
        """Give the next 20 ms."""
        silent = await super().recv()
        frame = AudioFrame(format="s16", layout="mono", samples=STEP)
        frame.planes[0].update(
            b"".join((3000 if i // 48 % 2 else -3000).to_bytes(2, "little", signed=True) for i in range(STEP))
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, silent.pts * RATE // silent.sample_rate, Fraction(1, RATE)
        return frame


class Machine:
    """Joins by a link, accepts the call of the session, and talks by the protocol's page on signals alone."""

    def __init__(self, link: str) -> None:
        at = urlsplit(link)
        self.api = f"{at.scheme}://{at.netloc}/api/v1"
        self._secret = at.fragment
        self.heard = asyncio.Event()
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._listening: list[asyncio.Task[None]] = []

    async def join(self) -> None:
        """Come into the session, and stay on the stream."""
        body = {"token": self._secret, "accept_terms": True}
        async with httpx.AsyncClient(timeout=DEADLINE) as client:
            joined = (await client.post(f"{self.api}/join", json=body)).raise_for_status().json()
        self.session_id, self._me = joined["session_id"], joined["session"]["me"]["id"]
        self._headers = {"Authorization": f"Bearer {joined['participant_token']}"}
        self._socket = await connect(self.api.replace("http", "ws", 1) + "/stream", additional_headers=self._headers)
        self._listening.append(asyncio.create_task(self._listen()))

    async def accept(self) -> None:
        """Answer by voice; whoever came later, as this one, offers first."""
        path = f"{self.api}/sessions/{self.session_id}/call/accept"
        async with httpx.AsyncClient(timeout=DEADLINE) as client:
            answer = (await client.post(path, json={"media": "audio"}, headers=self._headers)).raise_for_status().json()
        self._leg = answer["leg"]
        (self._other,) = [p for p in answer["call"]["parties"] if p["state"] == "in" and p["id"] != self._me]
        assert self._other["id"] < self._me
        self._pc.on("track", self._hear)
        self._pc.addTrack(Tone())
        await self._pc.setLocalDescription(await self._pc.createOffer())
        mine = self._pc.localDescription
        await self._tell({"description": {"type": mine.type, "sdp": mine.sdp}})

    async def close(self) -> None:
        """Go away."""
        for task in self._listening:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._pc.close()
        await self._socket.close()

    async def _tell(self, data: dict[str, Any]) -> None:
        legs = {"from_leg": self._leg, "to_leg": self._other["leg"]}
        frame = {"type": "signal", "session_id": self.session_id, "to": self._other["id"], "data": legs | data}
        await self._socket.send(json.dumps(frame))

    async def _listen(self) -> None:
        async for text in self._socket:
            frame = json.loads(text)
            if frame["type"] != "signal":
                continue
            if description := frame["data"].get("description"):
                await self._pc.setRemoteDescription(RTCSessionDescription(description["sdp"], description["type"]))
            elif told := frame["data"].get("candidate"):
                candidate = candidate_from_sdp(told["candidate"].removeprefix("candidate:"))
                candidate.sdpMid, candidate.sdpMLineIndex = told["sdpMid"], told["sdpMLineIndex"]
                await self._pc.addIceCandidate(candidate)

    def _hear(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._listening.append(asyncio.create_task(self._wait_for_sound(track)))

    async def _wait_for_sound(self, track: MediaStreamTrack) -> None:
        while True:
            frame = await track.recv()
            assert isinstance(frame, AudioFrame)
            if any(bytes(frame.planes[0])):
                self.heard.set()

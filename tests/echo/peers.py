"""Somebody who tests their device, played by aiortc: a tone for a voice, and an ear for what comes back."""

import asyncio
import json
import sys
from fractions import Fraction
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from tests.serving import DEADLINE

RATE, STEP, PITCH = 48_000, 960, 500


class Tone(AudioStreamTrack):
    """A square wave of 500 Hz."""

    async def recv(self) -> AudioFrame:
        """Give the next 20 ms."""
        silent = await super().recv()
        frame = AudioFrame(format="s16", layout="mono", samples=STEP)
        half = RATE // PITCH // 2
        wave = ((3000 if i // half % 2 else -3000).to_bytes(2, "little", signed=True) for i in range(STEP))
        frame.planes[0].update(b"".join(wave))
        frame.sample_rate, frame.pts, frame.time_base = RATE, silent.pts * RATE // silent.sample_rate, Fraction(1, RATE)
        return frame


class Device:
    """One device: makes its offer, takes the answer, and hears what comes back."""

    def __init__(self, ice: dict[str, Any] | None = None, *, video: bool = False) -> None:
        ice = ice or {"ice_servers": [], "policy": "all"}
        servers = [RTCIceServer(**server) for server in ice["ice_servers"]]
        self.pc = RTCPeerConnection(RTCConfiguration(servers, RTCIceTransportPolicy(ice["policy"])))
        self.channel = self.pc.createDataChannel("ping", ordered=False, maxRetransmits=0)
        self.came: asyncio.Queue[bytes] = asyncio.Queue()
        self.heard, self.seen = asyncio.Event(), asyncio.Event()
        self._listening: list[asyncio.Task[None]] = []
        self.channel.on("message", self.came.put_nowait)
        self.pc.on("track", self._take)
        self.pc.addTrack(Tone())
        if video:
            self.pc.addTrack(VideoStreamTrack())

    async def offer(self) -> str:
        """Describe what it would send, with all its candidates."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def take(self, answer: str) -> None:
        """Take the answer, and wait until the line stands."""
        opened = asyncio.Event()
        self.channel.on("open", opened.set)
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        if self.channel.readyState != "open":
            await asyncio.wait_for(opened.wait(), DEADLINE)

    async def ping(self, data: bytes) -> bytes:
        """Send bytes, and return what comes back."""
        self.channel.send(data)
        return await asyncio.wait_for(self.came.get(), DEADLINE)

    async def close(self) -> None:
        """Go away."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await self.pc.close()

    def _take(self, track: MediaStreamTrack) -> None:
        self._listening.append(asyncio.create_task(self._sense(track)))

    async def _sense(self, track: MediaStreamTrack) -> None:
        while True:
            frame = await track.recv()
            if isinstance(frame, VideoFrame):
                self.seen.set()
            elif isinstance(frame, AudioFrame) and any(bytes(frame.planes[0])):
                self.heard.set()


class Echo:
    """The echo, run as the server runs it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls) -> "Echo":
        """Start it; it waits for its question."""
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(sys.executable, "-m", "tc_server.echo", stdin=pipe, stdout=pipe)
        )

    async def ask(self, sdp: str, *, seconds: float = 30, ice: dict[str, Any] | None = None) -> dict[str, str]:
        """Ask it, and return its one answer."""
        question = {"sdp": sdp, "ice_servers": [], "policy": "all", "seconds": seconds} | (ice or {})
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        answer: dict[str, str] = json.loads(await asyncio.wait_for(self.process.stdout.readline(), DEADLINE))
        return answer

    async def ended(self) -> int:
        """Wait until it has ended by itself."""
        return await asyncio.wait_for(self.process.wait(), DEADLINE)

    async def close(self) -> None:
        """Let go of it, whatever it does."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        # The pipe closes its transport, which a closed loop would complain of.
        self.process._transport.close()  # type: ignore[attr-defined]

"""The server's echo, called from here: sound comes back, small packets tell delay and loss, many tell the speed.

Heavy: loads aiortc. What connects is as in a browser, but one way to the relay at a time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from aioice import stun
from aioice.turn import create_turn_endpoint
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack
from aiortc.rtcicetransport import parse_stun_turn_uri
from av import AudioFrame

GATHERING, CONNECTING = 8.0, 12.0
PINGS, EVERY, LATE = 40, 0.05, 1.5
LOAD, SETTLING, BYTES, PILE = 2.5, 1.0, 1000, 16_000
PACE, LISTENING = 0.008, 4.0
RATE, STEP, HALF = 48_000, 960, 48


class Shut(Exception):
    """This way doesn't lead to the relay."""


class Refused(Exception):
    """The relay is reached, but doesn't take the server's credential."""


class Silent(Exception):
    """The echo doesn't answer in this way."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way is like: milliseconds, a share, kbit/s, and whether sound came back."""

    rtt_ms: int
    loss: float
    kbps: int
    heard: bool


async def measure(servers: list[RTCIceServer], policy: str, ask: Callable[[str], Awaitable[str]]) -> Figures:
    """Call the echo through these servers; `ask` gives the answer to an offer. Takes about 7 s.

    Raises Shut, Refused, Silent.
    """
    pc = RTCPeerConnection(RTCConfiguration(servers, RTCIceTransportPolicy(policy)))
    channel = pc.createDataChannel("ping", ordered=False, maxRetransmits=0)
    ear = _Ear()
    pc.on("track", ear.listen)
    # Agreed on now, sent later: a voice would take its share of what is measured.
    voice = pc.addTransceiver("audio").sender
    try:
        offer = ""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(GATHERING):
                await pc.setLocalDescription(await pc.createOffer())
                offer = pc.localDescription.sdp
        if "a=candidate:" not in offer:
            raise Refused if any([await _refuses(server) for server in servers]) else Shut
        await pc.setRemoteDescription(RTCSessionDescription(await ask(offer), "answer"))
        await _opened(channel)
        rtt_ms, loss = await _ping(channel)
        kbps = await _load(channel)
        voice.replaceTrack(_Tone())
        return Figures(rtt_ms, loss, kbps, await ear.hears())
    finally:
        await ear.close()
        await pc.close()


async def _refuses(server: RTCIceServer) -> bool:
    at = parse_stun_turn_uri(str(server.urls))
    try:
        async with asyncio.timeout(GATHERING):
            transport, _ = await create_turn_endpoint(
                asyncio.DatagramProtocol,
                (at["host"], at["port"]),
                username=server.username,
                password=server.credential,
                ssl=at["scheme"] == "turns",
                transport=at["transport"],
            )
    except stun.TransactionFailed:
        return True
    except (OSError, TimeoutError, stun.TransactionError):
        return False
    transport.close()
    return False


async def _opened(channel: RTCDataChannel) -> None:
    opened = asyncio.Event()
    channel.on("open", opened.set)
    if channel.readyState != "open":
        try:
            await asyncio.wait_for(opened.wait(), CONNECTING)
        except TimeoutError as late:
            raise Silent from late


async def _ping(channel: RTCDataChannel) -> tuple[int, float]:
    sent: dict[bytes, float] = {}
    trips: list[float] = []
    came = asyncio.Event()

    def note(data: bytes) -> None:
        if (at := sent.pop(data, None)) is not None:
            trips.append(time.perf_counter() - at)
        if len(trips) == PINGS:
            came.set()

    channel.on("message", note)
    for number in range(PINGS):
        data = number.to_bytes(32, "big")
        sent[data] = time.perf_counter()
        channel.send(data)
        await asyncio.sleep(EVERY)
    with suppress(TimeoutError):
        await asyncio.wait_for(came.wait(), LATE)
    channel.remove_listener("message", note)
    if not trips:
        raise Silent
    return round(median(trips) * 1000), 1 - len(trips) / PINGS


async def _load(channel: RTCDataChannel) -> int:
    arrivals: list[tuple[float, int]] = []
    channel.on("message", lambda data: arrivals.append((time.perf_counter(), len(data))))
    begun = time.perf_counter()
    while (now := time.perf_counter()) < begun + LOAD:
        if channel.bufferedAmount < PILE:
            channel.send(bytes(BYTES))
        await asyncio.sleep(PACE)
    counted = sum(size for at, size in arrivals if begun + SETTLING <= at < now)
    return round(counted * 8 / 1000 / (LOAD - SETTLING))


class _Tone(AudioStreamTrack):
    """A square wave of 500 Hz."""

    async def recv(self) -> AudioFrame:
        pts = (await super().recv()).pts or 0
        frame = AudioFrame(format="s16", layout="mono", samples=STEP)
        wave = ((3000 if i // HALF % 2 else -3000).to_bytes(2, "little", signed=True) for i in range(STEP))
        frame.planes[0].update(b"".join(wave))
        # aiortc's silence, which keeps the time, has 8000 samples a second.
        frame.sample_rate, frame.pts, frame.time_base = RATE, pts * RATE // 8000, Fraction(1, RATE)
        return frame


class _Ear:
    """Listens for sound on what comes back."""

    def __init__(self) -> None:
        self._heard = asyncio.Event()
        self._listening: list[asyncio.Task[None]] = []

    def listen(self, track: MediaStreamTrack) -> None:
        self._listening.append(asyncio.create_task(self._sense(track)))

    async def hears(self) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), LISTENING)
        return self._heard.is_set()

    async def close(self) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)

    async def _sense(self, track: MediaStreamTrack) -> None:
        while not self._heard.is_set():
            frame = await track.recv()
            if isinstance(frame, AudioFrame) and any(bytes(frame.planes[0])):
                self._heard.set()

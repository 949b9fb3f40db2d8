"""One peer that sends back the sound, the pictures and the data that come, through the relay where policy says so."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)

PATIENCE = 15.0
"""Seconds within which the other side has to be there."""
BACKLOG = 2_000_000
"""Bytes of data that may wait to be sent back; who sends more faster than it goes back isn't measuring."""
CANDIDATES = 24
"""How many addresses of the other side are tried: more are no phone's."""


class CannotRead(Exception):
    """The offer isn't one that can be answered."""


class CannotReach(Exception):
    """The relay can't be reached."""


class Peer:
    """Answers one offer and echoes until `over` is set."""

    def __init__(self, ice_servers: Sequence[Mapping[str, object]], policy: str) -> None:
        self.over = asyncio.Event()
        self._relay_only = policy == "relay"
        servers = [RTCIceServer(**server) for server in ice_servers]  # type: ignore[arg-type]
        self._pc = RTCPeerConnection(RTCConfiguration(servers, RTCIceTransportPolicy(policy)))
        self._pc.on("track", self._return)
        self._pc.on("datachannel", self._answer_data)
        self._pc.on("connectionstatechange", self._look)

    async def answer(self, sdp: str) -> str:
        """Answer an offer that has all its candidates in it. Raises CannotRead, CannotReach."""
        if not re.search("^m=", sdp, re.MULTILINE):
            raise CannotRead
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(permitted(sdp, self._relay_only), "offer"))
            answer = await self._pc.createAnswer()
        # What a stranger wrote is parsed by a library that raises what it stumbles over.
        except Exception as fault:
            raise CannotRead from fault
        try:
            await self._pc.setLocalDescription(answer)
        except (OSError, ValueError) as fault:
            raise CannotReach from fault
        if self._relay_only and " typ relay" not in self._pc.localDescription.sdp:
            raise CannotReach
        asyncio.get_running_loop().call_later(PATIENCE, self._give_up)
        return hidden(self._pc.localDescription.sdp) if self._relay_only else self._pc.localDescription.sdp

    async def close(self) -> None:
        """Let go of the other side."""
        await self._pc.close()

    def _return(self, track: MediaStreamTrack) -> None:
        self._pc.addTrack(track)

    def _answer_data(self, channel: RTCDataChannel) -> None:
        @channel.on("message")
        def send_back(data: bytes | str) -> None:
            if channel.bufferedAmount < BACKLOG:
                channel.send(data)

    def _look(self) -> None:
        if self._pc.connectionState in ("failed", "closed", "disconnected"):
            self.over.set()

    def _give_up(self) -> None:
        if self._pc.connectionState != "connected":
            self.over.set()


def permitted(sdp: str, relay_only: bool) -> str:
    """Leave out what must not be tried: more addresses than a phone has, what is behind this machine's own door, and
    where policy says so all but relays.
    """
    kept, count = [], 0
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            count += 1
            if count > CANDIDATES or not (" typ relay" in line or (not relay_only and _is_elsewhere(line))):
                continue
        kept.append(line)
    return "\r\n".join(kept) + "\r\n"


def _is_elsewhere(candidate: str) -> bool:
    """Tell whether an address is another machine's; names are left to who resolves them (RFC 8839, 5.1)."""
    host = candidate.split()[4] if len(candidate.split()) > 4 else ""
    try:
        address = ip_address(host)
    except ValueError:
        return True
    return not (address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified)


def hidden(sdp: str) -> str:
    """Leave out this machine's own address, which a relayed candidate tells as where it comes from."""
    return re.sub(r" raddr \S+ rport \d+", " raddr 0.0.0.0 rport 9", sdp)

"""A slow line before a relay: a UDP proxy that passes on so many bits a second, later, and drops what piles up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from tests.coturn import LOOPBACK

# Of IPv4 and UDP, which take their share of a line, too.
HEADERS = 28
# Seconds of traffic that wait before the line; more is dropped, as routers do.
QUEUE = 1.0

Address = tuple[str, int]
Pass = Callable[[bytes], None]


@dataclass
class Line:
    """How the line is just now: `rate` in bit/s for each direction of each client (None: any), `delay` one way in s."""

    port: int = 0
    rate: float | None = None
    delay: float = 0.0


@dataclass
class Lane:
    """One direction of one client's way."""

    line: Line
    free_at: float = 0.0

    def carry(self, data: bytes, pass_on: Pass) -> None:
        if self.line.rate is None:
            pass_on(data)
            return
        loop = asyncio.get_running_loop()
        start = max(loop.time(), self.free_at)
        if start - loop.time() > QUEUE:
            return
        self.free_at = start + (len(data) + HEADERS) * 8 / self.line.rate
        loop.call_at(self.free_at + self.line.delay, pass_on, data)


class Near(asyncio.DatagramProtocol):
    """The side of the clients: each gets a socket of its own to the relay."""

    def __init__(self, line: Line, relay: int) -> None:
        self.line = line
        self.relay = relay
        self.ways: dict[Address, asyncio.Task[Far]] = {}
        self.lanes: dict[Address, Lane] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if addr not in self.ways:
            self.ways[addr] = asyncio.create_task(self._open(addr))
            self.lanes[addr] = Lane(self.line)
        way = self.ways[addr]
        # What comes first waits for its socket; callbacks of a task keep their order.
        self.lanes[addr].carry(data, lambda sent: way.add_done_callback(lambda done: done.result().send(sent)))

    async def _open(self, client: Address) -> "Far":
        loop = asyncio.get_running_loop()
        back: Pass = lambda data: self.transport.sendto(data, client)  # noqa: E731
        _, far = await loop.create_datagram_endpoint(
            lambda: Far(Lane(self.line), back), remote_addr=(LOOPBACK, self.relay)
        )
        return far


@dataclass
class Far(asyncio.DatagramProtocol):
    """The side of the relay, for one client."""

    lane: Lane
    back: Pass
    transport: asyncio.DatagramTransport = field(init=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, _addr: Address) -> None:
        self.lane.carry(data, self.back)

    def send(self, data: bytes) -> None:
        self.transport.sendto(data)


@asynccontextmanager
async def line_before(relay: int) -> AsyncIterator[Line]:
    """Stand before the relay on this port as long as the block lasts; clients go to `line.port`."""
    line = Line()
    loop = asyncio.get_running_loop()
    transport, near = await loop.create_datagram_endpoint(lambda: Near(line, relay), local_addr=(LOOPBACK, 0))
    line.port = transport.get_extra_info("sockname")[1]
    try:
        yield line
    finally:
        line.rate, line.delay = None, 0.0
        transport.close()
        for way in near.ways.values():
            (await way).transport.close()

"""Chat: 200 sessions, both sides on real WebSockets, durable on SQLite, next to a relay that stores nothing."""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import quantiles

from tests.bench import parties
from tests.bench.sockets import Socket

SESSIONS = 200
WINDOW = 20
"""How many messages each side has under way at full load."""
SECONDS = 6.0
CALM_RATE = 2000
"""Messages per second, all sides together, at which latency is taken."""
TEXT = "x" * 60


@dataclass
class Side:
    """One side of a session: sends, and counts what arrives from the other."""

    frame: Callable[[str], bytes]
    own_mark: bytes
    link: Socket | None = None
    sent_at: dict[bytes, float] = field(default_factory=dict)
    other: "Side | None" = None
    delivered: int = 0
    acknowledged: int = 0
    times: list[float] = field(default_factory=list)
    on_delivered: Callable[["Side"], None] = lambda side: None

    def heard(self, data: bytes) -> None:
        """Take a frame: a message of the other side is a delivery."""
        at = data.find(b'"client_id":"')
        if at < 0:
            return
        client_id = data[at + 13 : data.index(b'"', at + 13)]
        other = self.other
        assert other is not None
        if client_id.startswith(self.own_mark):
            self.acknowledged += 1
            return
        sent_at = other.sent_at.pop(client_id, None)
        if sent_at is None:
            return
        self.delivered += 1
        self.times.append(time.perf_counter() - sent_at)
        other.on_delivered(other)

    def say(self, number: int) -> None:
        """Send a message."""
        client_id = f"{self.own_mark.decode()}{number:08d}"
        self.sent_at[client_id.encode()] = time.perf_counter()
        assert self.link is not None
        self.link.send(self.frame(client_id))


def _frame(session_id: str) -> Callable[[str], bytes]:
    def make(client_id: str) -> bytes:
        frame = {"type": "send", "client_id": client_id, "session_id": session_id, "text": TEXT}
        return json.dumps(frame, separators=(",", ":")).encode()

    return make


def _sides(session_id: str) -> tuple[Side, Side]:
    staff, guest = Side(_frame(session_id), b"staff"), Side(_frame(session_id), b"guest")
    staff.other, guest.other = guest, staff
    return staff, guest


async def _load(sides: list[Side], url: str) -> dict[str, float]:
    """Measure throughput with every window full, then latency at a calm rate."""
    numbers = count()
    running = True

    def keep_going(side: Side) -> None:
        if running:
            side.say(next(numbers))

    for side in sides:
        side.on_delivered = keep_going
        for _ in range(WINDOW):
            side.say(next(numbers))
    await asyncio.sleep(1)
    server = parties.server_at(url)
    before, start, used = sum(s.delivered for s in sides), time.perf_counter(), parties.cpu_of(server)
    await asyncio.sleep(SECONDS)
    delivered, seconds = sum(s.delivered for s in sides) - before, time.perf_counter() - start
    used = parties.cpu_of(server) - used
    running = False
    for side in sides:
        side.on_delivered = lambda _side: None
    await _all_delivered(sides)
    for side in sides:
        side.times.clear()
    pause = 1 / CALM_RATE
    due = time.perf_counter()
    for number in range(int(CALM_RATE * SECONDS / 2)):
        sides[number % len(sides)].say(next(numbers))
        due += pause
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await _all_delivered(sides)
    times = sorted(t for s in sides for t in s.times)
    cuts = quantiles(times, n=100)
    return {
        "per_second": delivered / seconds,
        "server_cpu_us": used / delivered * 1e6,
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
    }


async def _all_delivered(sides: list[Side]) -> None:
    deadline = time.monotonic() + 30
    while any(s.sent_at for s in sides):
        if time.monotonic() > deadline:
            raise TimeoutError("messages were lost")
        await asyncio.sleep(0.05)


async def _through_server(url: str, made: list[parties.Party]) -> dict[str, float]:
    address = url.replace("http", "ws") + "/api/v1/stream"
    sides = []
    for party in made:
        staff, guest = _sides(party.session_id)
        staff.link = await Socket.connect(address, {"Authorization": f"Bearer {party.staff_token}"}, staff.heard)
        guest.link = await Socket.connect(address, {"Authorization": f"Bearer {party.guest_token}"}, guest.heard)
        sides += [staff, guest]
    await asyncio.sleep(1)
    result = await _load(sides, url)
    for side in sides:
        assert side.link
        side.link.close()
    return result


async def _through_relay(url: str) -> dict[str, float]:
    sides = []
    for number in range(SESSIONS):
        for side in _sides(str(number)):
            side.link = await Socket.connect(f"{url}/?{number}", {}, side.heard)
            sides.append(side)
    return await _load(sides, url)


def measure() -> dict[str, dict[str, float]]:
    """Measure both in one run; rates in delivered messages per second, times in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(parties.prepare(Path(folder), SESSIONS, staff=SESSIONS))
        with parties.server(Path(folder)) as url:
            ours = parties.run(_through_server(url, made))
    with parties.relay() as url:
        raw = parties.run(_through_relay(url))
    return {"ours": ours, "raw_relay": raw}

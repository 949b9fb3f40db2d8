"""From Join to ring: how long until staff hears of somebody who presses Join, with 1,000 idle links on the server."""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import quantiles

import httpx

from tests.bench import parties
from tests.bench.sockets import Socket

IDLE = 1000
JOINS = 50
PAUSE = 0.2


async def _rings(url: str, idle: list[parties.Party], joining: list[parties.Party]) -> dict[str, float]:
    address = url.replace("http", "ws") + "/api/v1/stream"
    greeted = asyncio.Semaphore(0)
    links = [await _link(address, party.guest_token, lambda _data: greeted.release()) for party in idle]
    for _ in links:
        await greeted.acquire()
    heard: dict[str, asyncio.Future[float]] = {}

    def on_staff_frame(data: bytes) -> None:
        at = time.perf_counter()
        if data.startswith(b'{"type":"queue"'):
            for session_id, rung in heard.items():
                if not rung.done() and session_id.encode() in data:
                    rung.set_result(at)

    links.append(await _link(address, joining[0].staff_token, on_staff_frame))
    times, answered = [], []
    async with httpx.AsyncClient(base_url=url) as client:
        for party in joining:
            heard[party.session_id] = asyncio.get_running_loop().create_future()
            start = time.perf_counter()
            answer = await client.post("/api/v1/join", json={"token": party.link_token, "accept_terms": True})
            answer.raise_for_status()
            answered.append(time.perf_counter() - start)
            times.append(await asyncio.wait_for(heard[party.session_id], 30) - start)
            heard.clear()
            # One person at a time: a rush is answered in fewer frames, which is another thing to measure.
            await asyncio.sleep(PAUSE)
    plain = []
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(JOINS):
            start = time.perf_counter()
            (await client.get("/healthz")).raise_for_status()
            plain.append(time.perf_counter() - start)
    for link in links:
        link.close()
    return {
        "ring_p50_ms": quantiles(times, n=100)[49] * 1000,
        "ring_p99_ms": quantiles(times, n=100)[98] * 1000,
        "join_answered_p50_ms": quantiles(answered, n=100)[49] * 1000,
        "plain_request_p50_ms": quantiles(plain, n=100)[49] * 1000,
    }


async def _link(address: str, token: str, heard: parties.Heard) -> Socket:
    return await Socket.connect(address, {"Authorization": f"Bearer {token}"}, heard)


async def _prepare(data: Path) -> tuple[list[parties.Party], list[parties.Party]]:
    idle = await parties.prepare(data, IDLE, staff=10)
    return idle, await parties.prepare(data, JOINS, staff=1, joined=False, first=10)


def measure() -> dict[str, float]:
    """Measure; times in milliseconds. The plain request is the cheapest that this server answers, as a baseline."""
    with tempfile.TemporaryDirectory() as folder:
        idle, joining = asyncio.run(_prepare(Path(folder)))
        with parties.server(Path(folder)) as url:
            return parties.run(_rings(url, idle, joining))

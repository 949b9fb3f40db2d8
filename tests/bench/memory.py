"""Memory for each idle link, next to a bare `websockets` server."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import parties
from tests.bench.sockets import Socket

LINKS = 1000

BARE = """
import asyncio, sys
from websockets.asyncio.server import serve
async def idle(link):
    await link.send("hello")
    async for _ in link: pass
async def main():
    async with serve(idle, "127.0.0.1", int(sys.argv[1]), compression=None):
        await asyncio.get_running_loop().create_future()
asyncio.run(main())
"""


async def _grown(address: str, headers: list[dict[str, str]]) -> float:
    greeted = asyncio.Semaphore(0)
    warm = [await Socket.connect(address, headers[0], lambda _data: greeted.release()) for _ in range(20)]
    for _ in warm:
        await greeted.acquire()
    before = parties.memory_of(address)
    links = [await Socket.connect(address, head, lambda _data: greeted.release()) for head in headers]
    for _ in links:
        await greeted.acquire()
    grown = parties.memory_of(address) - before
    for link in (*warm, *links):
        link.close()
    return grown / len(links) / 1000


def measure() -> dict[str, float]:
    """Measure both in one run; kilobytes per link."""
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(parties.prepare(Path(folder), LINKS, staff=10))
        headers = [{"Authorization": f"Bearer {party.guest_token}"} for party in made]
        with parties.server(Path(folder)) as url:
            ours = parties.run(_grown(url.replace("http", "ws") + "/api/v1/stream", headers))
    port = parties.free_port()
    with parties.process([sys.executable, "-c", BARE, str(port)], port):
        bare = parties.run(_grown(f"ws://127.0.0.1:{port}/", [{}] * LINKS))
    return {"ours_kb": ours, "bare_websockets_kb": bare}

"""The echoes that run now: each a program of its own, so few at a time that they never slow the server."""

import asyncio
import json
import os
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import asdict

from tc_server.domain.errors import EchoBusy, OfferBroken, Unavailable
from tc_server.domain.ice import Ice

LONGEST = 60.0
"""Seconds after which an echo ends by itself."""
PATIENCE = 15.0
"""Seconds within which it must have answered: it asks the relay first."""
GRACE = 5.0
"""Seconds that it may take to end after its time before it is ended."""
PREPARED = 10
"""How many tests a minute may be prepared for each echo that may run."""
_LINE = 1_000_000


class Echoes:
    """Starts echoes on demand, and knows which still run; `limit` of them at a time, none if it is 0."""

    def __init__(self, limit: int = 3) -> None:
        self._limit = limit
        self._ends: dict[object, float] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._prepared: deque[float] = deque()

    def note_preparation(self) -> None:
        """Count somebody who is given what a test needs. Raises EchoBusy: nobody can collect credentials endlessly."""
        now = time.monotonic()
        while self._prepared and now - self._prepared[0] >= 60:
            self._prepared.popleft()
        if len(self._prepared) >= max(1, self._limit) * PREPARED:
            raise EchoBusy(_wait(self._prepared[0] + 60 - now))
        self._prepared.append(now)

    async def answer(self, sdp: str, ice: Ice) -> str:
        """Start an echo for an offer, and return its answer. Raises EchoBusy, OfferBroken, Unavailable."""
        place, now = object(), time.monotonic()
        if not self._limit:
            raise Unavailable("This server has no echo. Whoever runs it can allow some with TC_ECHO_LIMIT.")
        if len(self._ends) >= self._limit:
            raise EchoBusy(_wait(min(self._ends.values()) - now))
        self._ends[place] = now + LONGEST
        try:
            process = await self._start()
        except OSError as fault:
            del self._ends[place]
            raise Unavailable from fault
        watching = asyncio.create_task(self._watch(process, place))
        self._running.add(watching)
        watching.add_done_callback(self._running.discard)
        try:
            return await self._ask(process, sdp, ice)
        except BaseException:
            _end(process)
            raise

    async def close(self) -> None:
        """End every echo."""
        running = list(self._running)
        for watching in running:
            watching.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _start(self) -> asyncio.subprocess.Process:
        # The settings hold secrets that an echo has no use for.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TC_")}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tc_server.echo"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # What it stumbles over names addresses.
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            limit=_LINE,
        )

    async def _ask(self, process: asyncio.subprocess.Process, sdp: str, ice: Ice) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        servers = [asdict(server) for server in ice.servers]
        question = {"sdp": sdp, "ice_servers": servers, "policy": ice.policy, "seconds": LONGEST}
        try:
            async with asyncio.timeout(PATIENCE):
                process.stdin.write(json.dumps(question).encode() + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
        except (TimeoutError, OSError) as fault:
            raise Unavailable from fault
        answer = json.loads(line or b"{}")
        if answer.get("fault") == "offer":
            raise OfferBroken
        if "sdp" not in answer:
            raise Unavailable
        return str(answer["sdp"])

    async def _watch(self, process: asyncio.subprocess.Process, place: object) -> None:
        try:
            async with asyncio.timeout(LONGEST + GRACE):
                await process.wait()
        except TimeoutError:
            pass
        finally:
            _end(process)
            await process.wait()
            del self._ends[place]


def _wait(seconds: float) -> int:
    return max(1, int(seconds) + 1)


def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()

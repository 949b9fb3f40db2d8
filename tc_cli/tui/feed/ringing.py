"""For whom it rings: those in the queue, and who asks for a call, until somebody has seen them."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

from tc_cli.client.ring import Arrival, Ring
from tc_cli.tui.board import Board, Change, Topic
from tc_cli.tui.calls import Asking

# Who asks for a call rings besides what they may be in the queue for, which can have been seen.
CALLS = "/call"


class Ringing:
    """One account's ring; `run` it for as long as it may be heard. `noise` is told for how many it rings."""

    def __init__(self, board: Board, tell: Callable[[Change], None], noise: Callable[[int], None]) -> None:
        self._board = board
        self._tell = tell
        self._noise = noise
        self._ring = Ring()
        self._asking: list[Asking] = []
        self._changed = asyncio.Event()

    def seen(self, session_id: str) -> None:
        """Stop ringing for one session."""
        self._ring.seen(session_id)
        self._ring.seen(session_id + CALLS)
        self._is()

    def all_seen(self) -> None:
        """Stop ringing for everybody who waits now."""
        self._ring.all_seen()
        self._is()

    def look(self) -> None:
        """Ring for those who are in the queue, and those who ask for a call, in the queue or not."""
        waiting: list[Arrival] = [*self._board.queue]
        waiting += [replace(one, session_id=one.session_id + CALLS) for one in self._asking]
        self._ring.update(waiting, asyncio.get_running_loop().time())
        self._is()

    def look_who_asks(self) -> None:
        """Look whether somebody else asks for a call now."""
        asking = list(self._board.calls.asking.values())
        if asking != self._asking:
            self._asking = asking
            self.look()
            self._tell(Change(Topic.CALL))

    async def run(self) -> None:
        """Make the noise whenever it is due."""
        clock = asyncio.get_running_loop().time
        while True:
            if self._ring.due(clock()):
                self._noise(len(self._ring.unseen))
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._ring.wait(clock())):
                    await self._changed.wait()

    def _is(self) -> None:
        unseen = frozenset(session_id.removesuffix(CALLS) for session_id in self._ring.unseen)
        if unseen != self._board.unseen:
            self._board.unseen = unseen
            self._tell(Change(Topic.RING))
        self._changed.set()

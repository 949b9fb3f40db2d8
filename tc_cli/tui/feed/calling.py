"""Calls on the wire: what is told of them goes onto the board; a call that ended stays there for a moment."""

import asyncio
from collections.abc import Callable, Iterable

from tc_cli.client import calls
from tc_cli.tui.board import Board, Change, Topic
from tc_cli.tui.feed.errands import Errands
from tc_server.wire import bodies as b
from tc_server.wire import frames as f

# Long enough to be read by who looks up from the call page.
ENDED_SHOWS = 12.0


class Calling:
    """One account's calls."""

    def __init__(self, board: Board, errands: Errands, tell: Callable[[Change], None]) -> None:
        self._board = board
        self._errands = errands
        self._tell = tell
        self._fading: dict[str, asyncio.TimerHandle] = {}

    async def open(self, session_id: str, media: b.CallMedium) -> b.CallOpened:
        """Begin a call, or get a new way into the one that goes on."""
        opened = await self._errands.do(calls.open_call(session_id, media))
        self.call_is(opened.call)
        return opened

    async def hang_up(self, session_id: str) -> None:
        """End a call for everybody."""
        self.call_is(await self._errands.do(calls.hang_up(session_id)))

    def greeted(self, live: Iterable[b.Call]) -> None:
        self._board.calls.greeted(live)
        self._tell(Change(Topic.CALL))

    def call_is(self, call: b.Call) -> None:
        self._board.calls.call_is(call)
        self._still(call.session_id)
        if call.state == "ended":
            loop = asyncio.get_running_loop()
            self._fading[call.session_id] = loop.call_later(ENDED_SHOWS, self._faded, call.session_id)
        self._tell(Change(Topic.CALL, call.session_id))

    def quality_is(self, told: f.QualityNow) -> None:
        self._board.calls.quality_is(told)
        self._tell(Change(Topic.CALL, told.session_id))

    def close(self) -> None:
        """Let nothing fade any more."""
        for session_id in list(self._fading):
            self._still(session_id)

    def _still(self, session_id: str) -> None:
        if (fading := self._fading.pop(session_id, None)) is not None:
            fading.cancel()

    def _faded(self, session_id: str) -> None:
        self._fading.pop(session_id, None)
        if self._board.calls.ended.pop(session_id, None) is not None:
            self._tell(Change(Topic.CALL, session_id))

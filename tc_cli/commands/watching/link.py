"""What the stream's coming and going means to whoever watches."""
# ruff: noqa: TID253 - imported by the verbs only when they run

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from tc_cli.client.conversation import Ended, Offline, Online
from tc_cli.client.errors import NotLoggedIn, TcError, Unreachable
from tc_cli.output import diagnostics


class LinkTalk:
    """Say in words, once each, that the connection is lost and that it is back."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._lost = False

    def online(self, _event: Online) -> None:
        if self._lost:
            diagnostics.note("Connected again.")
        self._lost = False

    def offline(self, event: Offline) -> bool:
        """Tell of a lost link, and return whether that is news; raise Unreachable where there never was one."""
        if event.never_online:
            raise Unreachable(f"{self._server} can't be reached ({event.reason})")
        news = not self._lost
        if news:
            diagnostics.note(f"Connection lost ({event.reason}). Reconnecting…")
        self._lost = True
        return news


def refusal(event: Ended) -> TcError:
    """Make the error of a link that the server won't have any more."""
    return NotLoggedIn(event.detail or "The server has ended this login")


@asynccontextmanager
async def beside(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let some work go on meanwhile, and end with what is inside."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

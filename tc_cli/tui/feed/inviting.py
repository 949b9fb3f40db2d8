"""Invites: made once however often they are asked for, and on the board as the server has them."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable

from tc_cli.client import calls
from tc_cli.client.calls import Call
from tc_cli.tui.board import Board, Change, Topic
from tc_cli.tui.desk import Trouble
from tc_cli.tui.feed.errands import Errands
from tc_server.wire import bodies as b

SETTLE = 0.3
AT_REST = 4.0
MOST_REFRESHED = 1000


class Inviting:
    """One account's invites."""

    def __init__(
        self,
        board: Board,
        errands: Errands,
        tell: Callable[[Change], None],
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        self._board = board
        self._errands = errands
        self._tell = tell
        self._spawn = spawn
        self._keys: dict[object, str] = {}
        self._stale: set[str] = set()
        self._refreshing: asyncio.TimerHandle | None = None

    async def invite(self, request: b.InviteRequest) -> b.Invite:
        """Make an invite. The same request again, while its answer is unknown, makes no second one."""
        return await self._once(request, lambda key: calls.invite(request, key))

    async def add_person(self, session_id: str, request: b.PersonRequest) -> b.Invite:
        """Add somebody to a session, in the same way once."""
        return await self._once((session_id, request), lambda key: calls.add_person(session_id, request, key))

    async def change(self, call: Call[b.Invite]) -> b.Invite:
        """Do something with an invite."""
        return self._is(await self._errands.do(call))

    async def refresh(self) -> None:
        """Have the newest invites as they are now."""
        self._are(await self._errands.newest_invites(MOST_REFRESHED, self._board.invites))

    async def refresh_all(self) -> None:
        """Have every invite as it is now."""
        self._are(await self._errands.invites())

    def freshen_soon(self, invite_ids: set[str]) -> None:
        """Fetch invites whose session has changed, a little later and together."""
        if not self._stale:
            asyncio.get_running_loop().call_later(SETTLE, lambda: self._spawn(self._freshen()))
        self._stale |= invite_ids

    def refresh_soon(self) -> None:
        """Fetch the newest invites once a batch has come to rest, so that it crosses a slow link once."""
        if self._refreshing is not None:
            self._refreshing.cancel()
        loop = asyncio.get_running_loop()
        self._refreshing = loop.call_later(AT_REST, lambda: self._spawn(self._refresh()))

    def close(self) -> None:
        """Fetch nothing more."""
        if self._refreshing is not None:
            self._refreshing.cancel()

    async def _refresh(self) -> None:
        with contextlib.suppress(Trouble):
            await self.refresh()

    async def _once(self, request: object, call: Callable[[str], Call[b.Invite]]) -> b.Invite:
        key = self._keys.setdefault(request, calls.new_key())
        invite = self._is(await self._errands.do(call(key)))
        self._keys.pop(request, None)
        return invite

    async def _freshen(self) -> None:
        stale, self._stale = self._stale, set()
        for invite_id in stale:
            with contextlib.suppress(Trouble):
                self._is(await self._errands.do(calls.show_invite(invite_id)))

    def _is(self, invite: b.Invite) -> b.Invite:
        self._are([invite])
        return invite

    def _are(self, invites: Iterable[b.Invite]) -> None:
        self._board.invites |= {one.invite_id: one for one in invites}
        self._tell(Change(Topic.INVITES))

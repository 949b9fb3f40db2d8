"""Invites: made once however often they are asked for, and on the board as the server has them, deliveries too."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from tc_cli.client import calls
from tc_cli.client.calls import Call
from tc_cli.tui.board import Board, Change, Topic, not_delivered
from tc_cli.tui.desk import Trouble
from tc_cli.tui.feed.errands import Errands
from tc_server.wire import bodies as b
from tc_server.wire import frames as f

T = TypeVar("T")
SETTLE = 0.3
AT_REST = 4.0
MOST_REFRESHED = 1000
# A try that was to be made so long ago was put off, or has gone well: of neither is told where there are many.
OVERDUE = timedelta(seconds=20)
AT_ONCE = 20


class Inviting:
    """One account's invites; `undelivered` hears of each whose message has turned out not to get there, `declined` of
    each whose person has said that they don't come.
    """

    def __init__(
        self,
        board: Board,
        errands: Errands,
        tell: Callable[[Change], None],
        spawn: Callable[[Coroutine[object, object, None]], None],
        undelivered: Callable[[b.Invite], None],
        declined: Callable[[b.Invite], None],
    ) -> None:
        self._board = board
        self._errands = errands
        self._tell = tell
        self._spawn = spawn
        self._undelivered = undelivered
        self._declined = declined
        self._heard_meanwhile: list[dict[str, b.Delivery]] = []
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
        return (await self.have(self._one(call)))[0]

    async def refresh(self) -> None:
        """Have the newest invites as they are now."""
        await self.have(self._errands.newest_invites(MOST_REFRESHED, self._board.invites))

    async def refresh_agenda(self) -> None:
        """Have what is planned as it is now: it may have been made long before the newest invites."""
        await self.have(self._planned())

    async def refresh_all(self) -> None:
        """Have every invite as it is now."""
        await self.have(self._errands.invites())

    async def have(self, asking: Coroutine[object, object, list[b.Invite]]) -> list[b.Invite]:
        """Put on the board what the server answers; what the stream told while it did is newer."""
        heard: dict[str, b.Delivery] = {}
        self._heard_meanwhile.append(heard)
        try:
            invites = await asking
        finally:
            self._heard_meanwhile = [one for one in self._heard_meanwhile if one is not heard]
        before = self._board.invites
        self._board.invites = before | {one.invite_id: one for one in invites}
        for delivery in heard.values():
            self._board.delivered(delivery)
        self._tell(Change(Topic.INVITES))
        now = [self._board.invites[one.invite_id] for one in invites]
        if self._board.loaded:
            for invite in now:
                self._say_if_lost(before.get(invite.invite_id), invite)
                self._say_if_declined(before.get(invite.invite_id), invite)
        return now

    def freshen_soon(self, invite_ids: set[str]) -> None:
        """Fetch invites whose session has changed, a little later and together."""
        if not self._stale:
            asyncio.get_running_loop().call_later(SETTLE, lambda: self._spawn(self._freshen()))
        self._stale |= invite_ids

    def refresh_soon(self) -> None:
        """Fetch the newest invites, and what is planned, once a batch has come to rest: it crosses a slow link once."""
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
            await self.refresh_agenda()

    def delivery_is(self, frame: f.DeliveryFrame) -> None:
        """Take how a delivery stands; fetch its invite if it isn't known."""
        delivery = msgspec.convert(frame, b.Delivery, from_attributes=True)
        for heard in self._heard_meanwhile:
            heard[delivery.delivery_id] = delivery
        before = self._board.invites.get(delivery.invite_id)
        invite = self._board.delivered(delivery)
        if invite is None:
            self.freshen_soon({delivery.invite_id})
            return
        self._tell(Change(Topic.INVITES))
        self._say_if_lost(before, invite)

    def freshen_overdue(self, now: datetime) -> None:
        """Fetch invites whose message was to be tried by now, and nothing was heard of it; `now` is the server's."""
        overdue = [
            one.invite_id
            for one in self._board.invites.values()
            if any(text.next_at is not None and text.next_at + OVERDUE < now for text in one.deliveries)
        ]
        if overdue:
            self.freshen_soon(set(overdue[-AT_ONCE:]))

    async def _once(self, request: object, call: Callable[[str], Call[b.Invite]]) -> b.Invite:
        key = self._keys.setdefault(request, calls.new_key())
        [invite] = await self.have(self._one(call(key)))
        self._keys.pop(request, None)
        return invite

    async def _freshen(self) -> None:
        stale, self._stale = self._stale, set()
        for invite_id in stale:
            with contextlib.suppress(Trouble):
                await self.have(self._one(calls.show_invite(invite_id)))

    async def _one(self, call: Call[b.Invite]) -> list[b.Invite]:
        return [await self._errands.do(call)]

    async def _planned(self) -> list[b.Invite]:
        return list((await self._errands.do(calls.agenda())).items)

    def _say_if_declined(self, before: b.Invite | None, now: b.Invite) -> None:
        known = before is not None and before.coming is False
        if now.coming is False and not known and self._board.expected(now):
            self._declined(now)

    def _say_if_lost(self, before: b.Invite | None, now: b.Invite) -> None:
        known = before is not None and not_delivered(before) and len(before.deliveries) == len(now.deliveries)
        if not known and self._board.undelivered(now):
            self._undelivered(now)

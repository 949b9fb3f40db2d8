"""Sending a link again to whoever has lost it.

Anybody may ask. The work is done a moment later, so that no answer tells whether there was any.
"""

import asyncio
import logging
from typing import Final

from tc_server.domain.delivery import Via
from tc_server.domain.errors import Refused
from tc_server.domain.invite import Invite
from tc_server.domain.lost import MOST_MESSAGES, Allowance, Contact, contact_in, via_to
from tc_server.domain.session import Session
from tc_server.services import invites, joining
from tc_server.services.context import Context
from tc_server.services.events import SessionChanged
from tc_server.store import invites as invite_rows
from tc_server.store import people, sessions
from tc_server.store.engine import Tx
from tc_server.store.vault import LostKey

_log = logging.getLogger(__name__)
_WAITING: Final = 1000


class Lost:
    """The wishes for a link, and the loop that fulfils them a moment later.

    They are in memory alone: a contact that somebody wrote need not lie on a disk, and who gets nothing asks again.
    """

    def __init__(self, ctx: Context, pause: float = 1.0) -> None:
        self._ctx = ctx
        self._pause = pause
        self._wishes: asyncio.Queue[Contact] = asyncio.Queue(_WAITING)
        self._allowance = Allowance()
        self._said_full = False

    def ask(self, text: str) -> None:
        """Take note of a contact, whatever it is, and tell nothing."""
        contact = contact_in(text)
        if contact is None:
            return
        try:
            self._wishes.put_nowait(contact)
        except asyncio.QueueFull:
            if not self._said_full:
                _log.warning("more lost links are asked for than can be looked up; some wishes are dropped")
            self._said_full = True

    async def run(self) -> None:
        """Fulfil wishes until cancelled."""
        while True:
            first = await self._wishes.get()
            # Those of a moment together, apart from the requests that brought them: how long the work takes, which is
            # longer where an invite matches, can't be seen in any answer.
            await asyncio.sleep(self._pause)
            await self._fulfil([first, *self._noted()])

    async def fulfil(self) -> None:
        """Fulfil what has been asked for."""
        await self._fulfil(self._noted())

    def _noted(self) -> list[Contact]:
        self._said_full = False
        return [self._wishes.get_nowait() for _ in range(self._wishes.qsize())]

    async def _fulfil(self, wishes: list[Contact]) -> None:
        for contact in dict.fromkeys(wishes):
            try:
                await self._send_again(contact)
            except Refused as fault:
                _log.warning("a lost link could not be sent again (%s)", fault.code)

    async def _send_again(self, contact: Contact) -> None:
        ctx = self._ctx
        async with ctx.store.read() as tx:
            found = await people.by_contact(tx, contact.kind, contact.value)
        if not found:
            return
        async with ctx.store.write() as tx:
            locked = await sessions.lock_many(tx, {session_id for session_id, _ in found})
            links = [link for pair in found if (link := await self._link(tx, contact, locked.get(pair[0]), pair[1]))]
            if not links or not self._allowance.take(contact, ctx.now()):
                return
            links = links[:MOST_MESSAGES]
            for stored, session, via in links:
                await invites.send_link(ctx, tx, session, stored, via, contact.kind)
        ctx.wake_outbox()
        ctx.announce(*(SessionChanged(session.session_id, session.owner_id) for _, session, _ in links))

    async def _link(
        self, tx: Tx, contact: Contact, session: Session | None, participant_id: str
    ) -> tuple[Invite, Session, Via] | None:
        """Find a person's invite if it lets them in and may be sent to this contact."""
        if session is None:
            return None
        try:
            of_session = await invite_rows.of_sessions(tx, [session.session_id])
        except LostKey:
            # Erased in the meantime.
            return None
        for stored in of_session:
            via = via_to(contact, stored.via)
            if stored.participant_id == participant_id and via and joining.lets_in(stored, session, self._ctx.now()):
                return stored, session, via
        return None

"""A clinic to try use cases in: the real context on a real database, a clock that is turned by hand, and an ear."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from tc_server.app import build_context
from tc_server.domain.call import Call, Medium
from tc_server.domain.delivery import Outcome, Result
from tc_server.domain.invite import Invitation
from tc_server.domain.people import Account, AccountRole, Caller, Guest, Participant, Staff, Viewer
from tc_server.domain.session import Session, Verb
from tc_server.services import chat, housekeeping, invites, joining, notices, passes, queue, sending, sessions, views
from tc_server.services.context import Context, Notice, Outgoing, new_id
from tc_server.services.events import Event
from tc_server.services.passes import Entered, Opened
from tc_server.services.sending import Ended
from tc_server.services.views import InviteView, SessionView
from tc_server.settings import load
from tc_server.store import accounts as account_rows
from tc_server.store import calls as call_rows
from tc_server.store import people as people_rows
from tc_server.store import sessions as session_rows
from tc_server.store.journal import Said
from tests.databases import Database
from tests.domain.made import NOON

T = TypeVar("T")
PHONE = "+41446681800"


class Clock:
    """Tells the time that it was turned to."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> datetime:
        """Turn it forward by a span, in the words of `timedelta`."""
        self.time += timedelta(**span)
        return self.time


@dataclass(slots=True)
class Ear:
    """Hears what services announce."""

    events: list[Event] = field(default_factory=list)

    def announce(self, *events: Event) -> None:
        self.events += events

    def all_of(self, kind: type[T]) -> list[T]:
        """List what was announced of a kind."""
        return [event for event in self.events if isinstance(event, kind)]


_numbers = count(1)


@dataclass(slots=True)
class Clinic:
    """One server: its context, and short words for what tests do all the time."""

    ctx: Context
    clock: Clock
    ear: Ear
    folder: Path

    async def send_all(self, outcome: Outcome | None = None, provider: str = "folder") -> list[Outgoing]:
        """Send whatever is due, each with the same outcome: by default it is taken."""
        sent: list[Outgoing] = []
        ended: list[Ended] = []
        while True:
            errands, _ = await sending.turn(self.ctx, provider, ended, 3)
            if not errands:
                return sent
            sent += [errand.message for errand in errands]
            ended = [Ended(errand.attempt, outcome or Outcome(Result.ACCEPTED)) for errand in errands]

    async def notify(self, outcome: Outcome | None = None) -> list[Notice]:
        """Send the notices to staff that are due, each with this outcome or what their provider makes of them."""
        await notices.tick(self.ctx)
        errands = await notices.claim(self.ctx, 100)
        for errand in errands:
            await notices.note(self.ctx, errand, outcome or await self.ctx.notifier.send(errand.notice))
        return [errand.notice for errand in errands]

    async def notified(self, outcome: Outcome | None = None, **span: float) -> list[Notice]:
        """Let time pass, and send the notices that are due then."""
        self.clock.forward(**span)
        return await self.notify(outcome)

    async def hire(self, name: str = "Lena", role: AccountRole = "staff") -> Staff:
        """Make an account, logged in; its password is none that anybody could give."""
        account = Account(new_id(), name, role, self.clock())
        async with self.ctx.store.write() as tx:
            await account_rows.insert(tx, account, "!")
        return Staff(account.account_id, name, role, new_id())

    async def invite(self, staff: Staff, name: str = "Amina", *, key: str | None = None, **facts: Any) -> InviteView:
        """Invite a service user by link."""
        return await invites.create(self.ctx, staff, "remote", invitation(name, **facts), key)

    async def join(self, invite: InviteView) -> Guest:
        """Let the invited person press Join; they have no live link yet."""
        return (await joining.join(self.ctx, invite.invite.token, True, None)).guest

    async def wait(self, staff: Staff, name: str = "Amina", *, online: bool = False) -> Guest:
        """Bring somebody into the waiting room, a minute after whatever was before."""
        self.clock.forward(minutes=1)
        guest = await self.join(await self.invite(staff, name))
        if online:
            await self.online(guest)
        return guest

    async def online(self, guest: Guest) -> None:
        """Give somebody a live link."""
        await joining.settle_presence(self.ctx, guest, lambda: 1)

    async def away(self, guest: Guest) -> None:
        """Take somebody's live link away."""
        await joining.settle_presence(self.ctx, guest, lambda: 0)

    async def say(self, viewer: Viewer, session_id: str, text: str = "hello", client_id: str = "") -> Said:
        """Say something, under a client id of its own if none is given."""
        voice = await chat.voice(self.ctx, viewer, session_id)
        return await chat.say(self.ctx, voice, client_id or f"client-{next(_numbers)}", text)

    async def move(self, staff: Staff, session_id: str, *verbs: Verb) -> Session:
        """Make moves one after the other."""
        for verb in verbs:
            await sessions.change(self.ctx, staff, session_id, verb)
        return await self.session(session_id)

    async def next(self, staff: Staff) -> SessionView:
        """Start the next one."""
        return await queue.start_next(self.ctx, staff)

    async def open_call(self, staff: Staff, session_id: str, media: Medium = "audio") -> Opened:
        """Have staff press c."""
        return await passes.open_call(self.ctx, staff, session_id, media)

    async def call(self, staff: Staff, session_id: str, *, online: bool = True) -> Entered:
        """Have staff press c, and their browser come; phones ring from then."""
        opened = await self.open_call(staff, session_id)
        entered = await passes.enter(self.ctx, opened.url.partition("#")[2])
        if online:
            await self.caller_online(entered.caller)
        return entered

    async def caller_online(self, caller: Caller, is_online: bool = True) -> None:
        """Give staff's browser a live link to its call, or take it away."""
        await passes.settle_presence(self.ctx, caller, lambda: int(is_online))

    async def last_call(self, session_id: str) -> Call:
        """Look at the newest call of a session."""
        async with self.ctx.store.read() as tx:
            found = await call_rows.latest(tx, session_id)
        assert found
        return found

    async def queue(self, staff: Staff) -> list[str]:
        """List the ids of the sessions in the queue."""
        return [entry.session.session_id for entry in await views.queue_of(self.ctx, staff.account_id)]

    async def session(self, session_id: str) -> Session:
        """Look at a session's row."""
        async with self.ctx.store.read() as tx:
            found = await session_rows.get(tx, session_id)
        assert found
        return found

    async def person(self, guest: Guest) -> Participant:
        """Look at a participant's row."""
        async with self.ctx.store.read() as tx:
            found = await people_rows.get(tx, guest.participant_id)
        assert found
        return found

    async def log(self, viewer: Viewer, session_id: str) -> list[str]:
        """List a log's entries: texts by their words, facts by their kind."""
        entries, _ = await chat.log(self.ctx, viewer, session_id, 0, 500)
        return [entry.text or entry.kind for entry in entries]

    async def later(self, **span: float) -> None:
        """Let time pass, and have housekeeping do what is due."""
        self.clock.forward(**span)
        await housekeeping.tick(self.ctx)


def invitation(name: str = "Amina", **facts: Any) -> Invitation:
    """Make an invitation by link."""
    known: dict[str, Any] = {"role": "service-user", "language": "en", "via": "link"}
    return Invitation(name=name, **(known | facts))


@asynccontextmanager
async def open_clinic(database: Database, clock: Clock, **settings: Any) -> AsyncIterator[Clinic]:
    """Run a server's context on a database, its journal at work."""
    given = {"data": database.folder, "database_url": database.url, "public_url": "https://talk.example.org"}
    ctx = build_context(load(given | settings, {}))
    ear = Ear()
    ctx.announcer, ctx.now = ear, clock
    journal = asyncio.create_task(ctx.journal.run())
    try:
        yield Clinic(ctx, clock, ear, database.folder)
    finally:
        journal.cancel()
        await asyncio.gather(journal, return_exceptions=True)
        await ctx.store.close()

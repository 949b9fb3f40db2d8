"""Saying, reading, typing."""

import asyncio
from dataclasses import dataclass

from tc_server.domain.chat import Entry, Sender, clean_text
from tc_server.domain.errors import NotFound
from tc_server.domain.people import Guest, Participant, Viewer
from tc_server.services.context import Context
from tc_server.services.events import Appended, Event, QueueChanged, ReadMoved, SessionChanged, TypingSeen
from tc_server.services.views import as_guest_sender, as_sender, find
from tc_server.store import messages, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.journal import Draft, Said


@dataclass(frozen=True, slots=True)
class Voice:
    """The right of one person to speak in one session."""

    session_id: str
    owner_id: str
    sender: Sender


async def voice(ctx: Context, viewer: Viewer, session_id: str) -> Voice:
    """Give the viewer their voice in a session. Raises NotFound, Erased."""
    async with ctx.store.read() as tx:
        session = await find(tx, viewer, session_id)
        return Voice(session_id, session.owner_id, await _sender(tx, viewer))


def say(ctx: Context, voice: Voice, client_id: str, text: str) -> asyncio.Future[Said]:
    """Hand in a text; the future ends when it is durable. Raises TextEmpty and TextTooLong at once."""
    return ctx.journal.submit(Draft(voice.session_id, voice.sender, client_id, ctx.now(), text=clean_text(text)))


def announce_said(ctx: Context, said: list[Said]) -> None:
    """Announce what the journal has made durable."""
    if not said:
        return
    events: list[Event] = [Appended(s.owner_id, s.entry) for s in said]
    moved = {s.entry.session_id: s.owner_id for s in said if s.queue_changed}
    events += [SessionChanged(session_id, owner_id) for session_id, owner_id in moved.items()]
    events += [QueueChanged(owner_id) for owner_id in set(moved.values())]
    ctx.announce(*events)


async def log(ctx: Context, viewer: Viewer, session_id: str, after: int, limit: int) -> tuple[list[Entry], int]:
    """Read a page of the log that the viewer may see, and the log's last `seq`. Raises NotFound, Erased."""
    async with ctx.store.read() as tx:
        session = await find(tx, viewer, session_id)
        if isinstance(viewer, Guest):
            after = max(after, (await _person(tx, viewer)).first_seq - 1)
        return await messages.page(tx, session_id, after, limit), session.last_seq


async def mark_read(ctx: Context, viewer: Viewer, session_id: str, seq: int) -> None:
    """Note that the viewer has read up to a `seq`; going back is let pass. Raises NotFound, Erased."""
    async with ctx.store.write() as tx:
        session = await find(tx, viewer, session_id)
        seq = min(seq, session.last_seq)
        if isinstance(viewer, Guest):
            moved = await people.set_read(tx, viewer.participant_id, seq)
        else:
            moved = await sessions.set_staff_read(tx, session_id, seq)
        sender = await _sender(tx, viewer)
    if moved:
        ctx.announce(ReadMoved(session_id, session.owner_id, seq, sender))


def typing(ctx: Context, voice: Voice) -> None:
    """Let the others know that somebody is typing."""
    ctx.announce(TypingSeen(voice.session_id, voice.owner_id, voice.sender))


async def _sender(tx: Tx, viewer: Viewer) -> Sender:
    return as_guest_sender(await _person(tx, viewer)) if isinstance(viewer, Guest) else as_sender(viewer)


async def _person(tx: Tx, guest: Guest) -> Participant:
    person = await people.get(tx, guest.participant_id)
    if person is None or person.removed_at:
        raise NotFound
    return person

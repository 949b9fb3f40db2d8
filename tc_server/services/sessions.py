"""Moving a session: start, resume, keep open, close, reopen; telling people how long it will be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tc_server.domain import queue as rules
from tc_server.domain.chat import Entry, require_writable
from tc_server.domain.people import Staff
from tc_server.domain.retention import next_due
from tc_server.domain.session import Session, State, Verb, move
from tc_server.services import live_calls
from tc_server.services.context import Context
from tc_server.services.events import Appended, Event, QueueChanged, SessionChanged
from tc_server.services.views import SessionView, as_sender, find, session_view
from tc_server.store import messages, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.messages import Fact

FACTS = {
    Verb.START: "started",
    Verb.RESUME: "resumed",
    Verb.KEEP_OPEN: "kept_open",
    Verb.CLOSE: "closed",
    Verb.REOPEN: "reopened",
}


_ENDS_CALLS = frozenset({Verb.KEEP_OPEN, Verb.CLOSE})


async def change(ctx: Context, staff: Staff, session_id: str, verb: Verb) -> SessionView:
    """Make a move that staff asks for. Raises NotFound, Erased, IllegalMove, NobodyWaiting."""
    async with ctx.store.write() as tx:
        session = await find(tx, staff, session_id, lock=True)
        view, events = await change_in(ctx, tx, session, verb, Fact(FACTS[verb], as_sender(staff)))
    ctx.announce(*events)
    return view


async def change_in(
    ctx: Context, tx: Tx, session: Session, verb: Verb, fact: Fact | None
) -> tuple[SessionView, Sequence[Event]]:
    """Make a move within a transaction that holds the session's lock; the events are to be announced after it."""
    moved = move(session, verb, ctx.now())
    if session.state is State.WAITING:
        await people.settle(tx, session.session_id)
    ended: list[Entry] = []
    told: list[Event] = []
    if verb in _ENDS_CALLS:
        moved, ended, told = await live_calls.end(ctx, tx, moved, fact.sender if fact else None)
    moved, entries = await messages.append_facts(tx, moved, [fact] if fact else [], ctx.now())
    moved = await save(ctx, tx, moved)
    return await session_view(ctx, tx, moved), [*told, *changed(moved, [*ended, *entries])]


async def save(ctx: Context, tx: Tx, session: Session) -> Session:
    """Write a session back, after settling what follows from its people and messages: place in the queue, due time."""
    everybody = await people.of_session(tx, session.session_id)
    unanswered = await messages.unanswered_since(tx, session.session_id) if session.state is State.OPEN else None
    session = replace(session, waiting_since=rules.waiting_since(session, everybody, unanswered))
    due = next_due(session, everybody, ctx.retention, await live_calls.due_at(ctx, tx, session))
    assert due is not None
    await sessions.save(tx, session, due[0])
    return session


def changed(session: Session, entries: Sequence[Entry]) -> list[Event]:
    """Name what is to be announced after a session has changed."""
    said = [Appended(session.owner_id, entry) for entry in entries]
    return [*said, SessionChanged(session.session_id, session.owner_id), QueueChanged(session.owner_id)]


async def tell(ctx: Context, staff: Staff, session_id: str, minutes: int) -> Entry:
    """Tell those who wait that staff will be with them in some minutes. Raises NotFound, Erased, IllegalMove."""
    async with ctx.store.write() as tx:
        session = await find(tx, staff, session_id, lock=True)
        require_writable(session)
        until = ctx.now() + timedelta(minutes=minutes)
        fact = Fact("told", as_sender(staff), {"minutes": minutes, "until": until.isoformat().replace("+00:00", "Z")})
        told = replace(session, told_until=until, last_activity_at=ctx.now(), warned_at=None)
        told, entries = await messages.append_facts(tx, told, [fact], ctx.now())
        told = await save(ctx, tx, told)
    ctx.announce(*changed(told, entries))
    return entries[0]

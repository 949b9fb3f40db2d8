"""The live call of a session, in a transaction that holds the session's lock: changed, written, told of.

The caller saves the session, whose `last_seq` may have moved.
"""

from dataclasses import replace
from datetime import datetime

from tc_server.domain import calling
from tc_server.domain.call import Call
from tc_server.domain.chat import Entry, Sender
from tc_server.domain.people import Participant
from tc_server.domain.session import Session
from tc_server.services.context import Context
from tc_server.services.events import CallChanged, CallView, Event
from tc_server.services.views import as_guest_sender, as_sender
from tc_server.store import accounts, calls, messages, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.messages import Fact

Told = tuple[Session, list[Entry], list[Event]]
"""The session with its log moved on, what was added to the log, and what else is to be announced."""


async def change(ctx: Context, tx: Tx, session: Session, before: Call, after: Call) -> Told:
    """Write what a rule made of a call, and what the log says of it."""
    if after == before:
        return session, [], []
    await calls.save(tx, before, after)
    view = await call_view(tx, session, after)
    facts = [
        Fact(fact.kind, view.senders[fact.by] if fact.by else None, fact.data)
        for fact in calling.happened(before, after)
    ]
    session, entries = await messages.append_facts(tx, session, facts, ctx.now())
    if any(entry.sender for entry in entries):
        session = replace(session, last_activity_at=ctx.now(), warned_at=None)
    return session, entries, [CallChanged(session.owner_id, view)]


async def told_of(tx: Tx, session: Session, call: Call) -> Event:
    """Make what is announced of a call that is new."""
    return CallChanged(session.owner_id, await call_view(tx, session, call))


async def end(ctx: Context, tx: Tx, session: Session, by: Sender | None) -> Told:
    """End the live call of a session, if there is one; `by` is who did what ends it, None for time."""
    call = await calls.live(tx, session.session_id)
    if call is None:
        return session, [], []
    return await change(ctx, tx, session, call, calling.end(call, by.id if by else None, ctx.now()))


async def ring(ctx: Context, tx: Tx, session: Session, person: Participant) -> Told:
    """Ring somebody who has just joined a session in which there is a live call."""
    call = await _find(tx, session)
    if call is None:
        return session, [], []
    return await change(ctx, tx, session, call, calling.ring(call, person.participant_id, ctx.now(), ctx.patience))


async def take_out(ctx: Context, tx: Tx, session: Session, person: Participant) -> Told:
    """Let go of somebody who leaves the session, or is taken out of it."""
    call = await _find(tx, session)
    if call is None:
        return session, [], []
    return await change(ctx, tx, session, call, calling.hang_up(call, person.participant_id, ctx.now()))


async def lapse(ctx: Context, tx: Tx, session: Session) -> Told:
    """Do what time does to the live call."""
    call = await _find(tx, session)
    if call is None:
        return session, [], []
    return await change(ctx, tx, session, call, calling.lapse(call, ctx.now(), ctx.patience))


async def due_at(ctx: Context, tx: Tx, session: Session) -> datetime | None:
    """Tell when time will do something to the live call."""
    call = await _find(tx, session)
    return calling.next_due(call, ctx.patience) if call else None


async def note_presence(ctx: Context, tx: Tx, session: Session, party_id: str, away_since: datetime | None) -> None:
    """Note since when somebody who is in the live call has no live link; after a while they will have left."""
    call = await _find(tx, session)
    if call is None:
        return
    noted = await calls.note_away(tx, call, party_id, away_since)
    if due := calling.next_due(noted, ctx.patience):
        await sessions.advance_due(tx, session.session_id, due)


async def call_view(tx: Tx, session: Session, call: Call) -> CallView:
    """Gather the names of everybody in a call."""
    owner = await accounts.get(tx, session.owner_id)
    assert owner is not None
    senders = {owner.account_id: as_sender(owner)}
    senders |= {p.participant_id: as_guest_sender(p) for p in await people.of_session(tx, session.session_id)}
    return CallView(call, senders, senders[call.ended_by] if call.ended_by else None)


async def _find(tx: Tx, session: Session) -> Call | None:
    # Most that comes and goes is in the waiting room, where there is nothing to look for.
    return await calls.live(tx, session.session_id) if session.state in calling.ALLOWED else None

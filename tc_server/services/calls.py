"""Calls: accepting, declining, hanging up, asking for one; what there is to see of them."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tc_server.domain import calling
from tc_server.domain.call import Call, Medium, PartyState
from tc_server.domain.chat import Entry, require_writable
from tc_server.domain.errors import NoCall, NotFound
from tc_server.domain.ice import Ice, hand_out
from tc_server.domain.people import Anyone, Caller, Guest, Participant, Staff
from tc_server.domain.session import Session, State
from tc_server.services import live_calls
from tc_server.services.context import Context
from tc_server.services.events import CallView, Event
from tc_server.services.live_calls import Told, call_view
from tc_server.services.sessions import changed, save
from tc_server.services.views import as_guest_sender, find
from tc_server.store import calls, messages, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.messages import Fact

_SAME_REQUEST = timedelta(minutes=1)
"""Within this time somebody who asks for a call again asks for the same one."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A device that is in: the call, which leg of its party it is, what it connects with."""

    view: CallView
    leg: int
    ice: Ice


async def accept(ctx: Context, who: Guest | Caller, session_id: str, media: Medium) -> Accepted:
    """Let a participant in who was rung, or the next device of somebody who is in.

    Raises NotFound, Erased, NoCall, CallFull.
    """
    async with ctx.store.write() as tx:
        session, call = await find_live(tx, who, session_id)
        after = calling.accept(call, party_id(who), media, ctx.now(), await _away_since(ctx, tx, who, call))
        events = await finish(ctx, tx, await live_calls.change(ctx, tx, session, call, after))
        view = await call_view(tx, session, after)
    ctx.announce(*events)
    return Accepted(view, leg_of(after, party_id(who)), new_ice(ctx))


async def decline(ctx: Context, guest: Guest, session_id: str) -> CallView:
    """Stop a participant's ring, as they wish; again changes nothing. Raises NotFound, Erased, NoCall."""
    async with ctx.store.write() as tx:
        session, call = await find_live(tx, guest, session_id)
        after = calling.decline(call, guest.participant_id, ctx.now())
        events = await finish(ctx, tx, await live_calls.change(ctx, tx, session, call, after))
        view = await call_view(tx, session, after)
    ctx.announce(*events)
    return view


async def hang_up(ctx: Context, who: Anyone, session_id: str) -> CallView:
    """Let somebody go, and with staff everybody; of a call that has ended already nothing changes.

    Raises NotFound, Erased, and NoCall where there never was one.
    """
    async with ctx.store.write() as tx:
        session = await find(tx, who, session_id, lock=True)
        call = await _of(tx, who, session_id)
        after = calling.hang_up(call, party_id(who), ctx.now())
        events = await finish(ctx, tx, await live_calls.change(ctx, tx, session, call, after))
        view = await call_view(tx, session, after)
    ctx.announce(*events)
    return view


async def ask_for(ctx: Context, guest: Guest, session_id: str, media: Medium) -> tuple[Entry, bool]:
    """Ask staff for a call; within a minute it is the same wish, and the second value is True.

    Raises NotFound, Erased, IllegalMove, SessionEnded.
    """
    async with ctx.store.write() as tx:
        session = await find(tx, guest, session_id, lock=True)
        require_writable(session)
        person, since = await _person(tx, guest), ctx.now() - _SAME_REQUEST
        if earlier := await messages.last_of(tx, session_id, "call_requested", guest.participant_id, since):
            return earlier, True
        fact = Fact("call_requested", as_guest_sender(person), {"media": media})
        session, [entry] = await messages.append_facts(tx, session, [fact], ctx.now())
        if session.state is State.WAITING:
            await people.note_writing(tx, [guest.participant_id])
        session = await save(ctx, tx, replace(session, last_activity_at=ctx.now(), warned_at=None))
    ctx.announce(*changed(session, [entry]))
    return entry, False


async def live_call(ctx: Context, who: Anyone, session_id: str) -> CallView | None:
    """Show the live call of a session, if there is one. Raises NotFound, Erased."""
    async with ctx.store.read() as tx:
        session = await find(tx, who, session_id)
        call = await calls.live(tx, session_id)
        return await call_view(tx, session, call) if call and _may_see(who, call) else None


async def live_of(ctx: Context, who: Anyone) -> list[CallView]:
    """List the live calls that a link shows first."""
    async with ctx.store.read() as tx:
        if isinstance(who, Staff):
            found = await calls.live_of_owner(tx, who.account_id)
        else:
            found = [call for call in [await calls.live(tx, who.session_id)] if call and _may_see(who, call)]
        if not found:
            return []
        of = await sessions.get_many(tx, [call.session_id for call in found])
        return [await call_view(tx, of[call.session_id], call) for call in found]


async def ice(ctx: Context, who: Guest | Caller, session_id: str) -> Ice:
    """Hand out what a device of somebody who is in, or whose phone rings, connects with. Raises NotFound, NoCall."""
    async with ctx.store.read() as tx:
        await find(tx, who, session_id)
        call = await calls.live(tx, session_id)
        party = call.party(party_id(who)) if call and _may_see(who, call) else None
    if party is None or party.state not in (PartyState.IN, PartyState.RINGING):
        raise NoCall
    return new_ice(ctx)


def new_ice(ctx: Context) -> Ice:
    """Hand out what one device connects with, under a name that is made up for it."""
    return hand_out(ctx.relays, secrets.token_urlsafe(9), ctx.now())


def party_id(who: Anyone) -> str:
    """Name who somebody is in a call."""
    return who.participant_id if isinstance(who, Guest) else who.account_id


def leg_of(call: Call, party_id: str) -> int:
    """Tell the newest leg of somebody."""
    party = call.party(party_id)
    return party.leg if party else 0


async def find_live(tx: Tx, who: Anyone, session_id: str) -> tuple[Session, Call]:
    """Find a session, locked, and its live call. Raises NotFound, Erased, NoCall."""
    session = await find(tx, who, session_id, lock=True)
    call = await calls.live(tx, session_id)
    if call is None or not _may_see(who, call):
        raise NoCall
    return session, call


async def finish(ctx: Context, tx: Tx, told: Told) -> list[Event]:
    """Save a session after its call was changed; returns what to announce, the call before what the log says of it."""
    session, entries, events = told
    session = await save(ctx, tx, session)
    return [*events, *(changed(session, entries) if entries else [])]


async def _of(tx: Tx, who: Anyone, session_id: str) -> Call:
    call = await calls.get(tx, who.call_id) if isinstance(who, Caller) else await calls.latest(tx, session_id)
    if call is None:
        raise NoCall
    return call


def _may_see(who: Anyone, call: Call) -> bool:
    return not isinstance(who, Caller) or who.call_id == call.call_id


async def _away_since(ctx: Context, tx: Tx, who: Guest | Caller, call: Call) -> datetime | None:
    if isinstance(who, Guest):
        return ctx.now() if (await _person(tx, who)).away_since else None
    party = call.party(who.account_id)
    return party.away_since if party else None


async def _person(tx: Tx, guest: Guest) -> Participant:
    person = await people.get(tx, guest.participant_id)
    if person is None or person.removed_at:
        raise NotFound
    return person

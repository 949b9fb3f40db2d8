"""Coming and going: joining by link, being there, leaving."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tc_server.domain.errors import (
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    NotFound,
    SessionEnded,
    TermsRequired,
    TooEarly,
)
from tc_server.domain.invite import Invite
from tc_server.domain.people import Guest, Participant
from tc_server.domain.planning import is_early
from tc_server.domain.retention import place_lapses_at
from tc_server.domain.session import LIVE, Session, State, Verb, move
from tc_server.services import live_calls
from tc_server.services.context import Context, new_id
from tc_server.services.events import CutOff, Event, PresenceChanged, SessionChanged
from tc_server.services.sessions import changed, save
from tc_server.services.views import SessionView, as_guest_sender, find, session_view
from tc_server.store import invites, messages, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.messages import Fact
from tc_server.store.vault import LostKey, hash_token


@dataclass(frozen=True, slots=True)
class Joined:
    """A device let in: its token, shown once."""

    token: str
    guest: Guest
    view: SessionView


async def join(ctx: Context, link_token: str, accept_terms: bool, language: str | None) -> Joined:
    """Let somebody in by their link; again and again, from any browser, until the session is closed.

    Raises TermsRequired, LinkUnknown, LinkRevoked, LinkExpired, SessionEnded, TooEarly.
    """
    if not accept_terms:
        raise TermsRequired
    token = "tcp_" + secrets.token_urlsafe(32)
    async with ctx.store.write() as tx:
        stored, session, person = await _by_link(tx, link_token)
        _require_valid(stored, session, ctx.now())
        if session.state is State.INVITED and is_early(session.planned_at, ctx.now()):
            assert session.planned_at is not None
            raise TooEarly(session.planned_at)
        if language in ctx.languages:
            person = replace(person, language=language)
        session, person, events = await _arrive(ctx, tx, session, person)
        guest = Guest(person.participant_id, session.session_id, new_id())
        await people.add_device(tx, guest.device_id, person, hash_token(token), ctx.now())
        view = await session_view(ctx, tx, session)
    ctx.announce(*events)
    return Joined(token, guest, view)


async def answer(ctx: Context, link_token: str, coming: bool) -> datetime:
    """Note whether somebody comes to what is planned, and tell staff; tell for when it is planned.

    Raises LinkUnknown, LinkRevoked, LinkExpired, SessionEnded.
    """
    async with ctx.store.write() as tx:
        stored, session, person = await _by_link(tx, link_token)
        _require_valid(stored, session, ctx.now())
        if session.state is not State.INVITED or session.planned_at is None:
            raise SessionEnded
        await people.save(tx, replace(person, coming=coming))
    ctx.announce(SessionChanged(session.session_id, session.owner_id))
    return session.planned_at


async def settle_presence(ctx: Context, guest: Guest, links: Callable[[], int]) -> None:
    """Note whether a participant has a live link now; who comes back to a place that was given up gets it again.

    `links` counts their live links; it is asked inside the transaction, so that the last word is the true one.
    """
    async with ctx.store.write() as tx:
        try:
            session = await find(tx, guest, guest.session_id, lock=True)
        except NotFound:
            return
        person = await people.get(tx, guest.participant_id)
        if person is None or person.removed_at:
            return
        online = links() > 0
        person = replace(person, away_since=None if online else person.away_since or ctx.now())
        events: list[Event] = []
        if online and not person.waiting and person.place_since and _may_wait(session, ctx.now()):
            session, person, events = await _arrive(ctx, tx, session, person)
        else:
            await people.set_away(tx, person.participant_id, person.away_since)
            await live_calls.note_presence(ctx, tx, session, person.participant_id, person.away_since)
            if lapses_at := place_lapses_at(person, ctx.retention.place_grace):
                await sessions.advance_due(tx, session.session_id, lapses_at)
        devices = (await people.devices_of(tx, [session.session_id])).get(person.participant_id, 0)
    presence = PresenceChanged(session.session_id, session.owner_id, person.participant_id, online, devices)
    ctx.announce(*events, presence)


async def forget_device(ctx: Context, guest: Guest) -> None:
    """End the token of one browser: the place in line stays as for any lost connection.

    It takes its person out of a call: who has to be gone at once can't wait to say so in two requests.
    """
    events: list[Event] = [CutOff(guest.device_id)]
    async with ctx.store.write() as tx:
        session = await find(tx, guest, guest.session_id, lock=True)
        await people.drop_devices(tx, guest.participant_id, guest.device_id)
        person = await people.get(tx, guest.participant_id)
        if person:
            session, called, told = await live_calls.take_out(ctx, tx, session, person)
            if told:
                events += [*told, *changed(await save(ctx, tx, session), called)]
    ctx.announce(*events)


async def leave(ctx: Context, guest: Guest) -> SessionView:
    """Let a participant go: the place in line is given up, their devices are forgotten; the link works again."""
    async with ctx.store.write() as tx:
        session = await find(tx, guest, guest.session_id, lock=True)
        person = await people.get(tx, guest.participant_id)
        if person is None:
            raise NotFound
        gone = replace(person, joined_at=None, waiting=False, place_since=None, wrote=False, away_since=None)
        session, events = await depart(ctx, tx, session, gone, by_time=False)
        await people.drop_devices(tx, gone.participant_id)
        view = await session_view(ctx, tx, session)
    ctx.announce(
        *events,
        PresenceChanged(session.session_id, session.owner_id, gone.participant_id, False, 0),
        CutOff(gone.participant_id),
    )
    return view


async def depart(
    ctx: Context, tx: Tx, session: Session, gone: Participant, *, by_time: bool
) -> tuple[Session, list[Event]]:
    """Save somebody who no longer waits; the session is nobody's wait any more once the last one has gone."""
    await people.save(tx, gone)
    others = [p for p in await people.of_session(tx, session.session_id) if p.waiting]
    if session.state is State.WAITING and not others:
        session = move(session, Verb.VACATE, ctx.now())
    session, called, told = await live_calls.take_out(ctx, tx, session, gone)
    facts = [Fact("left", as_guest_sender(gone), {"away": by_time})] if session.state not in _OVER else []
    session, entries = await messages.append_facts(tx, session, facts, ctx.now())
    session = await save(ctx, tx, session)
    return session, [*told, *changed(session, [*called, *entries])]


_OVER = frozenset({State.CLOSED, State.CANCELLED})


async def _by_link(tx: Tx, link_token: str) -> tuple[Invite, Session, Participant]:
    try:
        stored = await invites.by_token(tx, link_token)
        session = await sessions.lock(tx, stored.session_id) if stored else None
        person = await people.get(tx, stored.participant_id) if stored else None
    except LostKey:
        raise LinkUnknown from None
    if stored is None or session is None or person is None:
        raise LinkUnknown
    return stored, session, person


def _require_valid(stored: Invite, session: Session, now: datetime) -> None:
    if stored.revoked_at:
        raise LinkRevoked
    if session.state is State.CANCELLED:
        raise LinkExpired
    if session.state is State.INVITED and now >= session.expires_at:
        raise LinkExpired
    if session.state not in LIVE and session.state is not State.INVITED:
        raise SessionEnded


def lets_in(stored: Invite, session: Session, now: datetime) -> bool:
    """Tell whether an invite's link would let somebody in."""
    try:
        _require_valid(stored, session, now)
    except (LinkRevoked, LinkExpired, SessionEnded):
        return False
    return True


def _may_wait(session: Session, now: datetime) -> bool:
    return session.state is State.WAITING or (session.state is State.INVITED and now < session.expires_at)


async def _arrive(
    ctx: Context, tx: Tx, session: Session, person: Participant
) -> tuple[Session, Participant, list[Event]]:
    now = ctx.now()
    was_in = person.joined_at is not None and (person.waiting or session.state in (State.ACTIVE, State.OPEN))
    if session.state is State.INVITED:
        session = move(session, Verb.JOIN, now)
    if session.state is State.WAITING:
        person = replace(person, waiting=True, place_since=person.place_since or now)
    if person.joined_at is None or person.away_since:
        person = replace(person, joined_at=person.joined_at or now, away_since=now)
    await people.save(tx, person)
    facts = [] if was_in else [Fact("joined", as_guest_sender(person))]
    session, entries = await messages.append_facts(tx, session, facts, now)
    session, called, told = (session, [], []) if was_in else await live_calls.ring(ctx, tx, session, person)
    session = await save(ctx, tx, session)
    return session, person, [*told, *changed(session, [*entries, *called])]

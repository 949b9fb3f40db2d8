"""Inviting: making an invite and its text, sending again, taking back, changing the link, adding a person."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from tc_server.domain.delivery import Channel, Reason, Step, Via, left_out
from tc_server.domain.errors import IllegalMove, NoProvider, NotFound
from tc_server.domain.invite import Invitation, Invite, checked, invitation_of, link
from tc_server.domain.people import Participant, Staff
from tc_server.domain.planning import kinds, require_time
from tc_server.domain.retention import next_due
from tc_server.domain.session import LIVE, Kind, Session, State, Verb, move
from tc_server.domain.zones import require_zone, zone_beside, zone_of
from tc_server.services import live_calls, posting
from tc_server.services.context import Context, Text, new_id
from tc_server.services.events import CutOff, Event, SessionChanged
from tc_server.services.sessions import change_in, changed, save
from tc_server.services.views import (
    InviteView,
    SessionView,
    as_sender,
    find,
    find_invite,
    invite_view,
    invite_views,
    person_of,
    session_view,
)
from tc_server.store import accounts, invites, messages, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.messages import Fact
from tc_server.store.vault import hash_token


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent on one channel; nothing is.

    `turn` is its place in the chain of ways that would be tried, from 1; None if it wouldn't be. `lacking` is what
    keeps it from being one.
    """

    channel: Channel | None
    turn: int | None
    provider: str | None
    to: str | None
    invitation: Invitation
    message: Text
    lacking: Reason | None = None


async def create(
    ctx: Context, staff: Staff, kind: Kind, invitation: Invitation, idempotency_key: str | None
) -> InviteView:
    """Invite somebody to a new session. The same key again gives the same invite.

    Raises InvalidPhone, InvalidEmail, ContactMissing, UnknownLanguage, NoProvider.
    """
    invitation = checked(invitation, ctx.languages)
    require_zone(invitation.timezone)
    async with ctx.store.write() as tx:
        if idempotency_key:
            # The same key at the same time, on another server maybe, must wait for the outcome.
            await accounts.lock(tx, staff.account_id)
        if earlier := await _repeated(tx, staff, idempotency_key):
            return (await invite_views(ctx, tx, [earlier]))[0]
        if invitation.at:
            require_time(invitation.at, ctx.now())
        invite = await open_session(ctx, tx, staff, kind, invitation, idempotency_key)
        view = (await invite_views(ctx, tx, [invite]))[0]
    ctx.wake_outbox()
    ctx.announce(SessionChanged(invite.session_id, staff.account_id))
    return view


async def open_session(
    ctx: Context,
    tx: Tx,
    staff: Staff,
    kind: Kind,
    invitation: Invitation,
    idempotency_key: str | None,
    *,
    bulk: bool = False,
) -> Invite:
    """Make a session with one invitation, which must be sound, in a transaction of the caller's.

    The text of a `bulk` one lets all others go first.
    """
    now = ctx.now()
    session = Session(
        session_id=new_id(),
        owner_id=staff.account_id,
        kind=kind,
        state=State.INVITED,
        created_at=now,
        expires_at=(invitation.at or now) + ctx.retention.invite,
        last_activity_at=now,
        planned_at=invitation.at,
    )
    due = next_due(session, (), ctx.retention)
    assert due is not None
    await sessions.insert(tx, session, due[0])
    await tx.vault.create(tx.conn, session.session_id)
    return await _invite(ctx, tx, staff, session, invitation, idempotency_key, bulk=bulk)


async def add_person(
    ctx: Context, staff: Staff, session_id: str, invitation: Invitation, idempotency_key: str | None
) -> InviteView:
    """Invite one more person to a session; they see its log from now on.

    Raises NotFound, Erased, IllegalMove, and what `create` raises.
    """
    invitation = checked(invitation, ctx.languages)
    async with ctx.store.write() as tx:
        session = await find(tx, staff, session_id, lock=True)
        if earlier := await _repeated(tx, staff, idempotency_key):
            return (await invite_views(ctx, tx, [earlier]))[0]
        if session.state not in LIVE and session.state is not State.INVITED:
            raise IllegalMove("add", session.state, session.possible())
        invite = await _invite(ctx, tx, staff, session, invitation, idempotency_key)
        view = (await invite_views(ctx, tx, [invite]))[0]
        fact = Fact("person_added", as_sender(staff), _who(view.person))
        session, entries = await messages.append_facts(tx, session, [fact], ctx.now())
        session = await save(ctx, tx, session)
    ctx.wake_outbox()
    ctx.announce(*changed(session, entries))
    return view


async def remove_person(ctx: Context, staff: Staff, session_id: str, participant_id: str) -> SessionView:
    """Take somebody out of a session: their link and devices end. Again changes nothing.

    Raises NotFound, Erased, and IllegalMove for the last one.
    """
    async with ctx.store.write() as tx:
        session = await find(tx, staff, session_id, lock=True)
        stored = next(
            (s for s in await invites.of_sessions(tx, [session_id]) if s.participant_id == participant_id), None
        )
        if stored is None:
            raise NotFound
        events: Sequence[Event] = ()
        if not stored.revoked_at:
            session, events = await _remove(ctx, tx, staff, session, stored)
        view = await session_view(ctx, tx, session)
    ctx.announce(*events)
    return view


async def preview(ctx: Context, invitation: Invitation) -> list[Preview]:
    """Word an invitation for every channel that it could go by. Raises what `create` raises."""
    invitation = checked(invitation, ctx.languages)
    require_zone(invitation.timezone)
    if invitation.at:
        require_time(invitation.at, ctx.now())
        invitation = replace(invitation, timezone=zone_of(invitation.timezone, invitation.phone, invitation.at))
    kind, *later = kinds(invitation.at, ctx.reminders, ctx.now())
    ways = posting.ways(ctx, invitation, kind)
    for one in later:
        posting.ways(ctx, invitation, one)
    url = link(ctx.public_url, invitation.language, "x" * len(_new_link_token()))
    contacts: dict[Channel, str | None] = {
        "whatsapp": invitation.phone,
        "sms": invitation.phone,
        "email": invitation.email,
    }
    found = [
        _preview(channel, to, invitation, ways, ctx.compose(kind, channel, invitation, url))
        for channel, to in contacts.items()
        if to
    ]
    lacking = left_out(invitation.via, invitation.phone, ctx.offers, template=invitation.template(kind))
    found = [replace(preview, lacking=lacking) if preview.channel == "whatsapp" else preview for preview in found]
    message = ctx.compose(kind, None, invitation, url)
    by_hand = Preview(None, None if ways else 1, None, None, invitation, message)
    return [*sorted(found, key=lambda preview: preview.turn or len(ways) + 1), by_hand]


async def listed(ctx: Context, staff: Staff, states: Sequence[str], before: str | None, limit: int) -> list[InviteView]:
    """List an account's invites, newest first."""
    async with ctx.store.read() as tx:
        found = await invites.owned(tx, staff.account_id, states=states, before=before, limit=limit)
        return await invite_views(ctx, tx, found)


async def show(ctx: Context, staff: Staff, invite_id: str) -> InviteView:
    """Show one invite. Raises NotFound."""
    async with ctx.store.read() as tx:
        stored, _ = await find_invite(tx, staff, invite_id, lock=False)
        return (await invite_views(ctx, tx, [stored]))[0]


async def resend(ctx: Context, staff: Staff, invite_id: str, via: Via) -> InviteView:
    """Send an invite's text once more, by another channel if told.

    Raises NotFound, IllegalMove, ContactMissing, NoProvider.
    """
    async with ctx.store.write() as tx:
        stored, session = await find_invite(tx, staff, invite_id)
        if stored.revoked_at or session.state in (State.CLOSED, State.CANCELLED):
            raise IllegalMove("resend", session.state, session.possible())
        person = await person_of(tx, stored)
        invitation = invitation_of(person, stored.via if via == "auto" else via)
        # What is still queued would come on top of it.
        await posting.withdraw(tx, invite_id)
        await posting.tell(ctx, tx, session, stored, invitation, "planned")
        view = (await invite_views(ctx, tx, [stored]))[0]
    ctx.wake_outbox()
    # What was taken back and what waits for its time, reminders, nobody else would hear of.
    ctx.announce(SessionChanged(session.session_id, staff.account_id))
    return view


async def send_link(
    ctx: Context, tx: Tx, session: Session, stored: Invite, via: Via, contact: Literal["phone", "email"]
) -> None:
    """Queue an invite's text once more for one of a person's contacts, within a transaction.

    Where no provider leads there nothing is queued.
    """
    invitation = invitation_of(await person_of(tx, stored), via)
    invitation = replace(invitation, email=None) if contact == "phone" else replace(invitation, phone=None)
    with suppress(NoProvider):
        await posting.deliver(ctx, tx, session, stored, invitation)


async def revoke(ctx: Context, staff: Staff, invite_id: str) -> InviteView:
    """Take an invite back: cancels a session that nobody else is invited to, else removes that person.

    Again changes nothing. Raises NotFound, IllegalMove.
    """
    events: Sequence[Event] = ()
    async with ctx.store.write() as tx:
        stored, session = await find_invite(tx, staff, invite_id)
        if not stored.revoked_at:
            if await _others(tx, stored):
                _, events = await _remove(ctx, tx, staff, session, stored)
            else:
                _, events = await change_in(ctx, tx, session, Verb.CANCEL, None)
                await _take_back(ctx, tx, stored)
                if session.planned_at and session.state is State.INVITED and ctx.now() < session.planned_at:
                    person = await person_of(tx, stored)
                    again = invitation_of(person, stored.via)
                    with suppress(NoProvider):
                        until = session.planned_at
                        await posting.deliver(ctx, tx, session, stored, again, kind="cancelled", until=until)
        view = await invite_view(ctx, tx, invite_id)
    ctx.wake_outbox()
    ctx.announce(*events)
    return view


async def rotate(ctx: Context, staff: Staff, invite_id: str) -> InviteView:
    """Change an invite's link: the old one and the devices that came by it end. Raises NotFound, IllegalMove."""
    async with ctx.store.write() as tx:
        stored, session = await find_invite(tx, staff, invite_id)
        if stored.revoked_at or session.state in (State.CLOSED, State.CANCELLED):
            raise IllegalMove("rotate", session.state, session.possible())
        stored = replace(stored, token=_new_link_token())
        await invites.save(tx, stored)
        await posting.withdraw(tx, invite_id)
        await people.drop_devices(tx, stored.participant_id)
        # Media goes past the server: the others' pages let go of a device that was shut out when they hear of it.
        session, called, told = await live_calls.take_out(ctx, tx, session, await person_of(tx, stored))
        session = await save(ctx, tx, session)
        view = (await invite_views(ctx, tx, [stored]))[0]
    ctx.announce(*told, *changed(session, called), CutOff(stored.participant_id))
    return view


async def _invite(
    ctx: Context,
    tx: Tx,
    staff: Staff,
    session: Session,
    invitation: Invitation,
    idempotency_key: str | None,
    *,
    bulk: bool = False,
) -> Invite:
    now, zone = ctx.now(), invitation.timezone
    if session.planned_at and not zone:
        there = await people.of_session(tx, session.session_id)
        zone = zone_beside(there[0].timezone if there else None, invitation.phone, session.planned_at)
    person = Participant(
        participant_id=new_id(),
        session_id=session.session_id,
        role=invitation.role,
        name=invitation.name,
        phone=invitation.phone,
        email=invitation.email,
        language=invitation.language,
        created_at=now,
        first_seq=session.last_seq + 1,
        timezone=zone,
    )
    await people.insert(tx, person)
    invite = Invite(
        invite_id=new_id(),
        session_id=session.session_id,
        participant_id=person.participant_id,
        via=invitation.via,
        token=_new_link_token(),
        created_at=now,
        expires_at=session.expires_at,
        note=invitation.note,
    )
    await invites.insert(tx, invite)
    await posting.tell(ctx, tx, session, invite, invitation, "planned", bulk=bulk)
    if idempotency_key:
        await invites.remember(tx, staff.account_id, hash_token(idempotency_key), invite)
    return invite


def _preview(channel: Channel, to: str, invitation: Invitation, ways: Sequence[Step], message: Text) -> Preview:
    turn = next((number for number, step in enumerate(ways, start=1) if step.channel == channel), None)
    return Preview(channel, turn, ways[turn - 1].provider if turn else None, to, invitation, message)


async def _remove(ctx: Context, tx: Tx, staff: Staff, session: Session, stored: Invite) -> tuple[Session, list[Event]]:
    if session.state in (State.CLOSED, State.CANCELLED) or not await _others(tx, stored):
        raise IllegalMove("remove", session.state, session.possible())
    person = await person_of(tx, stored)
    gone = replace(person, waiting=False, place_since=None, removed_at=ctx.now())
    await people.save(tx, gone)
    await people.drop_devices(tx, gone.participant_id)
    await _take_back(ctx, tx, stored)
    if session.state is State.WAITING and not any(p.waiting for p in await people.of_session(tx, session.session_id)):
        session = move(session, Verb.VACATE, ctx.now())
    session, called, told = await live_calls.take_out(ctx, tx, session, gone)
    fact = Fact("person_removed", as_sender(staff), _who(person))
    session, entries = await messages.append_facts(tx, session, [fact], ctx.now())
    session = await save(ctx, tx, session)
    return session, [*told, *changed(session, [*called, *entries]), CutOff(gone.participant_id)]


async def _others(tx: Tx, stored: Invite) -> bool:
    same = await invites.of_sessions(tx, [stored.session_id])
    return any(s.revoked_at is None and s.invite_id != stored.invite_id for s in same)


async def _repeated(tx: Tx, staff: Staff, idempotency_key: str | None) -> Invite | None:
    if not idempotency_key:
        return None
    invite_id = await invites.repeat_of(tx, staff.account_id, hash_token(idempotency_key))
    return await invites.get(tx, invite_id) if invite_id else None


async def _take_back(ctx: Context, tx: Tx, stored: Invite) -> None:
    await invites.save(tx, replace(stored, revoked_at=ctx.now()))
    await posting.withdraw(tx, stored.invite_id)


def _who(person: Participant) -> dict[str, str]:
    return {"participant_id": person.participant_id, "role": person.role, "name": person.name}


def _new_link_token() -> str:
    # 18 bytes: 144 bits in 24 characters, so that the link still fits an SMS. What finds links in a text leaves out a
    # sign at their end.
    while not (token := secrets.token_urlsafe(18))[-1].isalnum():
        pass
    return token

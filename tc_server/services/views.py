"""What there is to see: sessions with their people, invites with their deliveries, the queue.

Who sees what of it is decided in `transport/present.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tc_server.domain import queue as rules
from tc_server.domain.chat import Sender
from tc_server.domain.errors import Erased, NotFound
from tc_server.domain.invite import Invite, link
from tc_server.domain.people import Account, Anyone, Caller, Guest, Participant, Staff, Viewer, require_sight
from tc_server.domain.retention import Receipt
from tc_server.domain.session import LIVE, Session, State
from tc_server.services.context import Context
from tc_server.services.events import DeliveryView
from tc_server.store import accounts, deliveries, invites, messages, people, receipts, sessions
from tc_server.store.engine import Tx
from tc_server.store.vault import LostKey


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with everybody in it; `owner` is the staff side, `place` its place in the queue from 1.

    `unread` counts what participants wrote and staff hasn't read.
    """

    session: Session
    owner: Account
    people: Sequence[Participant]
    devices: dict[str, int]
    invite_ids: dict[str, str]
    note: str | None
    erase_at: datetime | None
    closes_at: datetime | None
    place: int | None
    unread: int


@dataclass(frozen=True, slots=True)
class InviteView:
    """An invite with its person, its session's state and how its text fared."""

    invite: Invite
    session: Session
    person: Participant
    devices: int
    deliveries: Sequence[DeliveryView]
    url: str


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One waiting session, shown by the person who has waited longest."""

    session: Session
    person: Participant
    place: int
    online: bool
    delivery: str | None


def is_online(person: Participant) -> bool:
    """Tell whether a participant has a live link."""
    return person.joined_at is not None and person.away_since is None and person.removed_at is None


async def find(tx: Tx, viewer: Anyone, session_id: str, *, lock: bool = False) -> Session:
    """Find a session that the viewer may see.

    Raises Erased for what was theirs, NotFound for what never was or isn't theirs.
    """
    session = await (sessions.lock if lock else sessions.get)(tx, session_id)
    if session is None:
        receipt = await receipts.get(tx, session_id)
        if receipt and isinstance(viewer, Staff) and receipt.owner_id == viewer.account_id:
            raise Erased
        raise NotFound
    require_sight(viewer, session_id, session.owner_id)
    return session


async def session_views(ctx: Context, tx: Tx, found: Sequence[Session]) -> list[SessionView]:
    """Gather what there is to see of sessions of one owner."""
    if not found:
        return []
    ids = [session.session_id for session in found]
    owner = await accounts.get(tx, found[0].owner_id)
    assert owner is not None
    everybody = await people.of_sessions(tx, ids)
    devices = await people.devices_of(tx, ids)
    stored = await invites.of_sessions(tx, ids)
    queued = any(session.waiting_since for session in found)
    places = await sessions.places(tx, owner.account_id) if queued else {}
    behind = [session.session_id for session in found if session.last_seq > session.staff_read_seq]
    unread = await messages.unread_by_staff(tx, behind) if behind else {}
    invite_ids = {s.participant_id: s.invite_id for s in stored}
    notes = {s.session_id: s.note for s in reversed(stored)}
    return [
        SessionView(
            session=session,
            owner=owner,
            people=everybody[session.session_id],
            devices=devices,
            invite_ids=invite_ids,
            note=notes.get(session.session_id),
            erase_at=session.erase_at(ctx.retention.closed),
            closes_at=session.last_activity_at + ctx.retention.open if session.state in LIVE else None,
            place=places.get(session.session_id),
            unread=unread.get(session.session_id, 0),
        )
        for session in found
    ]


async def session_view(ctx: Context, tx: Tx, session: Session) -> SessionView:
    """Gather what there is to see of one session."""
    return (await session_views(ctx, tx, [session]))[0]


async def invite_views(ctx: Context, tx: Tx, found: Sequence[Invite]) -> list[InviteView]:
    """Gather what there is to see of invites."""
    ids = {stored.session_id for stored in found}
    everybody = {p.participant_id: p for group in (await people.of_sessions(tx, ids)).values() for p in group}
    devices = await people.devices_of(tx, ids)
    sent = await deliveries.of_sessions(tx, ids)
    tried = await deliveries.attempts_of(tx, [d.delivery_id for d in sent])
    of_sessions = await sessions.get_many(tx, ids)
    return [
        InviteView(
            invite=stored,
            session=of_sessions[stored.session_id],
            person=(person := everybody[stored.participant_id]),
            devices=devices.get(person.participant_id, 0),
            deliveries=[DeliveryView(d, tried.get(d.delivery_id, [])) for d in sent if d.invite_id == stored.invite_id],
            url=link(ctx.public_url, person.language, stored.token),
        )
        for stored in found
    ]


async def find_invite(tx: Tx, staff: Staff, invite_id: str, *, lock: bool = True) -> tuple[Invite, Session]:
    """Find an invite and its session for the staff whose it is. Raises NotFound."""
    stored = await invites.get(tx, invite_id)
    if stored is None:
        raise NotFound
    return stored, await find(tx, staff, stored.session_id, lock=lock)


async def person_of(tx: Tx, stored: Invite) -> Participant:
    """Return whom an invite is for."""
    person = await people.get(tx, stored.participant_id)
    assert person is not None
    return person


async def invite_view(ctx: Context, tx: Tx, invite_id: str) -> InviteView:
    """Look at one invite, which is there, as it now stands."""
    stored = await invites.get(tx, invite_id)
    assert stored is not None
    return (await invite_views(ctx, tx, [stored]))[0]


async def queue_view(tx: Tx, owner_id: str) -> list[QueueEntry]:
    """List an account's queue, longest wait first."""
    queued = await sessions.queued(tx, owner_id)
    ids = [session.session_id for session in queued]
    everybody = await people.of_sessions(tx, ids)
    latest = await deliveries.latest_states(tx, ids)
    return [
        QueueEntry(
            session=session,
            person=person,
            place=place,
            online=any(is_online(p) for p in everybody[session.session_id]),
            delivery=latest.get(session.session_id),
        )
        for place, session in enumerate(queued, start=1)
        if (person := rules.foremost(everybody[session.session_id]))
    ]


async def session_of(ctx: Context, viewer: Viewer, session_id: str) -> SessionView | Receipt:
    """Show one session, or to its owner the receipt of an erased one."""
    async with ctx.store.read() as tx:
        try:
            return await session_view(ctx, tx, await find(tx, viewer, session_id))
        except Erased:
            receipt = await receipts.get(tx, session_id)
            assert receipt is not None
            return receipt


async def for_announcement(ctx: Context, session_id: str) -> SessionView | None:
    """Gather a session for those who hold a live link to it; None if it is gone by now."""
    async with ctx.store.read() as tx:
        session = await sessions.get(tx, session_id)
        try:
            return await session_view(ctx, tx, session) if session else None
        except LostKey:
            # An erasure is under way: its two stores commit one after the other.
            return None


async def sessions_of(
    ctx: Context, viewer: Viewer, states: Sequence[str], before: str | None, limit: int
) -> list[SessionView]:
    """List the viewer's sessions, newest first; a participant has just the one."""
    async with ctx.store.read() as tx:
        if isinstance(viewer, Guest):
            found = [await find(tx, viewer, viewer.session_id)]
        else:
            found = await sessions.owned(tx, viewer.account_id, states=states, before=before, limit=limit)
        return await session_views(ctx, tx, found)


async def live_of(ctx: Context, viewer: Viewer) -> list[SessionView]:
    """List what a link shows first: the sessions of staff in which people are, or a participant's own one."""
    return await sessions_of(ctx, viewer, [State.WAITING, State.ACTIVE, State.OPEN], None, 1000)


async def queue_of(ctx: Context, owner_id: str) -> list[QueueEntry]:
    """List an account's queue, longest wait first."""
    async with ctx.store.read() as tx:
        return await queue_view(tx, owner_id)


async def receipts_of(ctx: Context, staff: Staff, before: str | None, limit: int) -> list[Receipt]:
    """List the receipts of an account's erased sessions, newest first."""
    async with ctx.store.read() as tx:
        return await receipts.owned(tx, staff.account_id, before=before, limit=limit)


def as_sender(account: Account | Staff | Caller) -> Sender:
    """Name staff as who does something."""
    return Sender(account.account_id, "staff", account.name)


def as_guest_sender(person: Participant) -> Sender:
    """Name a participant as who does something."""
    return Sender(person.participant_id, person.role, person.name)

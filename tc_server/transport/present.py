"""Domain to wire, per viewer: the one place where a field is withheld."""

from typing import TypeVar

from tc_server.domain import notice as notice_rules
from tc_server.domain import queue as rules
from tc_server.domain import retention
from tc_server.domain.batch import Fault
from tc_server.domain.call import Party
from tc_server.domain.chat import Entry
from tc_server.domain.chat import Sender as DomainSender
from tc_server.domain.delivery import COSTS, WORDS, Attempt, Outcome, Reason, Result, told
from tc_server.domain.ice import Ice
from tc_server.domain.people import Account, Guest, Participant, Viewer
from tc_server.domain.session import State
from tc_server.locales import catalogue
from tc_server.services.batches import Outcome as RowOutcome
from tc_server.services.calls import Accepted
from tc_server.services.events import CallView, DeliveryView
from tc_server.services.health import ProviderHealth
from tc_server.services.invites import Preview
from tc_server.services.notices import TargetView
from tc_server.services.passes import Entered, Opened
from tc_server.services.stats import Stats
from tc_server.services.views import InviteView, QueueEntry, SessionView, as_guest_sender, as_sender, is_online
from tc_server.wire import batches, bodies

M = TypeVar("M", bound=bodies.Message)
C = TypeVar("C", bound=bodies.Call)
D = TypeVar("D", bound=bodies.Delivery)


def sender(who: DomainSender) -> bodies.Sender:
    """Show who wrote or did something, to anyone in the session."""
    return bodies.Sender(id=who.id, role=who.role, name=who.name)


def message(entry: Entry) -> bodies.Message:
    """Show an entry of the log, to anyone in the session."""
    return message_as(bodies.Message, entry)


def message_as(shape: type[M], entry: Entry) -> M:
    """Show an entry of the log in a shape that has a message's fields."""
    file = entry.file
    return shape(
        session_id=entry.session_id,
        seq=entry.seq,
        client_id=entry.client_id,
        kind=entry.kind,  # type: ignore[arg-type]
        sender=sender(entry.sender) if entry.sender else None,
        text=entry.text,
        file=bodies.File(file_id=file.file_id, name=file.name, type=file.type, size=file.size, seconds=file.seconds)
        if file
        else None,
        data=None if entry.client_id else entry.data,
        sent_at=entry.sent_at,
    )


def session(view: SessionView) -> bodies.Session:
    """Show a session to its owner."""
    found = view.session
    person = rules.foremost(view.people)
    assert person is not None
    return bodies.Session(
        session_id=found.session_id,
        state=found.state.value,
        kind=found.kind,
        name=person.name,
        role=person.role,
        language=person.language,
        online=any(is_online(p) for p in view.people),
        waiting_since=found.waiting_since,
        told_until=found.told_until,
        created_at=found.created_at,
        started_at=found.started_at,
        closed_at=found.closed_at,
        expires_at=found.expires_at,
        closes_at=view.closes_at,
        closes_soon=found.warned_at is not None,
        erase_at=view.erase_at,
        last_activity_at=found.last_activity_at,
        last_seq=found.last_seq,
        staff_read_seq=found.staff_read_seq,
        unread=view.unread,
        note=view.note,
        people=[_person(p, view) for p in view.people],
    )


def _person(person: Participant, view: SessionView) -> bodies.Person:
    return bodies.Person(
        participant_id=person.participant_id,
        session_id=person.session_id,
        invite_id=view.invite_ids[person.participant_id],
        role=person.role,
        name=person.name,
        phone=person.phone,
        email=person.email,
        language=person.language,
        online=is_online(person),
        devices=view.devices.get(person.participant_id, 0),
        joined_at=person.joined_at,
        removed_at=person.removed_at,
        read_seq=person.read_seq,
    )


def participant_session(view: SessionView, participant_id: str) -> bodies.ParticipantSession:
    """Show a session to one of its participants: names and roles, nobody's contacts, presence or notes."""
    me = next(p for p in view.people if p.participant_id == participant_id)
    others = [p for p in view.people if p.participant_id != participant_id and p.removed_at is None]
    return bodies.ParticipantSession(
        session_id=view.session.session_id,
        state=view.session.state.value,
        me=sender(as_guest_sender(me)),
        people=[sender(as_sender(view.owner)), *(sender(as_guest_sender(p)) for p in others)],
        language=me.language,
        place=view.place if view.session.state is State.WAITING else None,
        told_until=view.session.told_until,
        first_seq=me.first_seq,
        last_seq=view.session.last_seq,
        staff_read_seq=view.session.staff_read_seq,
    )


def session_for(viewer: Viewer, view: SessionView) -> bodies.Session | bodies.ParticipantSession:
    """Show a session as this viewer may see it."""
    return participant_session(view, viewer.participant_id) if isinstance(viewer, Guest) else session(view)


def erased(receipt: retention.Receipt) -> bodies.ErasedSession:
    """Show what is left of a session, to its owner."""
    return bodies.ErasedSession(
        session_id=receipt.session_id,
        state="erased",
        erased_at=receipt.erased_at,
        counts=receipt.counts,
        receipt=receipt.receipt,
    )


def call(view: CallView) -> bodies.Call:
    """Show a call, to anyone in its session."""
    return call_as(bodies.Call, view)


def call_as(shape: type[C], view: CallView) -> C:
    """Show a call in a shape that has a call's fields: names and roles of its parties, nobody's presence."""
    found = view.call
    return shape(
        session_id=found.session_id,
        call_id=found.call_id,
        media=found.media,
        state=found.state.value,
        created_at=found.created_at,
        answered_at=found.answered_at,
        ended_at=found.ended_at,
        outcome=found.outcome.value if found.outcome else None,
        ended_by=sender(view.ended_by) if view.ended_by else None,
        parties=[_party(party, view.senders[party.party_id]) for party in found.parties],
    )


def _party(found: Party, who: DomainSender) -> bodies.CallParty:
    return bodies.CallParty(
        id=found.party_id,
        role=who.role,
        name=who.name,
        state=found.state.value,
        leg=found.leg,
        rings_until=found.rings_until,
    )


def ice(found: Ice) -> bodies.Ice:
    """Show what connections are made with, to the one device that it was made for."""
    servers = [bodies.IceServer(urls=list(s.urls), username=s.username, credential=s.credential) for s in found.servers]
    return bodies.Ice(ice_servers=servers, policy=found.policy, expires_at=found.expires_at)


def call_opened(opened: Opened) -> bodies.CallOpened:
    """Show staff the way into a call, once."""
    return bodies.CallOpened(call=call(opened.view), url=opened.url, expires_at=opened.expires_at)


def call_entered(entered: Entered) -> bodies.CallEntered:
    """Show staff's browser its credential, once."""
    return bodies.CallEntered(
        call_token=entered.credential,
        session_id=entered.caller.session_id,
        call=call(entered.view),
        me=sender(entered.me),
        leg=entered.leg,
        ice=ice(entered.ice),
    )


def call_accepted(accepted: Accepted) -> bodies.CallAccepted:
    """Show a device that it is in."""
    return bodies.CallAccepted(call=call(accepted.view), leg=accepted.leg, ice=ice(accepted.ice))


def queue_entry(entry: QueueEntry) -> bodies.QueueEntry:
    """Show a waiting session to its owner."""
    since = entry.session.waiting_since
    assert since is not None
    return bodies.QueueEntry(
        session_id=entry.session.session_id,
        state=entry.session.state.value,
        place=entry.place,
        name=entry.person.name,
        role=entry.person.role,
        language=entry.person.language,
        waiting_since=since,
        told_until=entry.session.told_until,
        online=entry.online,
        delivery=entry.delivery,  # type: ignore[arg-type]
    )


def invite(view: InviteView) -> bodies.Invite:
    """Show an invite to its session's owner."""
    found = view.invite
    return bodies.Invite(
        invite_id=found.invite_id,
        session_id=found.session_id,
        participant_id=found.participant_id,
        state="cancelled" if found.revoked_at else view.session.state.value,
        kind=view.session.kind,
        role=view.person.role,
        name=view.person.name,
        phone=view.person.phone,
        email=view.person.email,
        language=view.person.language,
        reviewed=catalogue(view.person.language).language.reviewed,
        via=found.via,
        note=found.note,
        url=view.url,
        created_at=found.created_at,
        expires_at=found.expires_at,
        planned_at=view.session.planned_at,
        timezone=view.person.timezone if view.session.planned_at else None,
        coming=view.person.coming,
        joined_at=view.person.joined_at,
        devices=view.devices,
        deliveries=[delivery(d) for d in view.deliveries],
    )


def delivery(view: DeliveryView) -> bodies.Delivery:
    """Show how a text fares to its session's owner."""
    return delivery_as(bodies.Delivery, view)


def delivery_as(shape: type[D], view: DeliveryView) -> D:
    """Show how a text fares in a shape that has a delivery's fields."""
    found = view.delivery
    detail, remedy = told(found) or (None, None)
    return shape(
        delivery_id=found.delivery_id,
        session_id=found.session_id,
        invite_id=found.invite_id,
        kind=found.kind,
        channel=found.way.channel,
        provider=found.way.provider,
        state=found.state,
        created_at=found.created_at,
        sent_at=found.sent_at,
        delivered_at=found.delivered_at,
        next_at=found.due_at if found.state in ("queued", "sent") else None,
        reason=found.reason.value if found.reason else None,
        detail=detail,
        remedy=remedy,
        maybe_twice=found.maybe_twice,
        ways=[bodies.Way(channel=step.channel, provider=step.provider) for step in found.chain],
        attempts=[_attempt(attempt) for attempt in view.attempts],
    )


def _attempt(found: Attempt) -> bodies.Attempt:
    return bodies.Attempt(
        number=found.number,
        channel=found.channel,
        provider=found.provider,
        began_at=found.began_at,
        ended_at=found.ended_at,
        result=found.result.value,
        reason=found.reason.value if found.reason else None,
        detail=WORDS[found.reason][0] if found.reason else None,
        reply=found.reply or None,
        reference=found.reference,
        cost=found.cost,
    )


def batch_outcome(found: RowOutcome) -> batches.BatchOutcome:
    """Show what came of a row, to whoever sent it."""
    faults = [_fault(fault) for fault in found.faults]
    return batches.BatchOutcome(
        key=found.key,
        result=found.result,
        invite_id=found.invite.invite_id if found.invite else None,
        session_id=found.invite.session_id if found.invite else None,
        url=found.url,
        channel=found.channel,
        error=faults[0] if faults else None,
        more=faults[1:],
        lacking=found.lacking.value if found.lacking else None,
    )


def _fault(found: Fault) -> batches.BatchFault:
    return batches.BatchFault(code=found.code, field=found.field, value=found.value, detail=found.detail)


def preview(found: Preview) -> bodies.Preview:
    """Show what would be sent on one channel."""
    is_sms = found.channel == "sms"
    return bodies.Preview(
        channel=found.channel or "link",
        turn=found.turn,
        provider=found.provider,
        to=found.to,
        subject=found.message.subject,
        text=found.message.text,
        encoding=found.message.encoding if is_sms else "UTF-8",
        segments=found.message.segments if is_sms else None,
        cost=COSTS[found.channel] if found.channel else "free",
        reviewed=catalogue(found.invitation.language).language.reviewed,
        timezone=found.invitation.timezone if found.invitation.at else None,
        reason=found.lacking.value if found.lacking else None,
        detail=" ".join(WORDS[found.lacking]) if found.lacking else None,
    )


def provider(found: ProviderHealth) -> bodies.Provider:
    """Show how a provider is, to any staff."""
    return bodies.Provider(
        provider=found.provider,
        channels=list(found.channels),
        state=found.state,
        detail=found.detail,
        remedy=found.remedy or None,
    )


def user(account: Account) -> bodies.User:
    """Show an account, to itself or to an admin."""
    return bodies.User(
        user_id=account.account_id,
        name=account.name,
        role=account.role,
        created_at=account.created_at,
        disabled_at=account.disabled_at,
    )


def target(view: TargetView) -> bodies.NotifyTarget:
    """Show where an account is told, to itself: never the whole address."""
    found = view.target
    detail, remedy = _why(found.last_reason)
    return bodies.NotifyTarget(
        target_id=found.target_id,
        kind=found.kind,
        address=found.shown,
        language=found.language,
        provider=view.provider,
        created_at=found.created_at,
        next_at=found.due_at,
        last_at=found.last_at if found.last_result else None,
        last_result=_arrived(found.last_result) if found.last_result else None,
        reason=found.last_reason.value if found.last_reason else None,
        detail=detail,
        remedy=remedy,
    )


def trial(view: TargetView, outcome: Outcome) -> bodies.NotifyTrial:
    """Show an account what came of a trial."""
    detail, remedy = _why(outcome.reason)
    return bodies.NotifyTrial(
        target_id=view.target.target_id,
        address=view.target.shown,
        provider=view.provider,
        result=_arrived(outcome.result),
        reason=outcome.reason.value if outcome.reason else None,
        detail=detail,
        remedy=remedy,
        reply=outcome.reply or None,
    )


def _arrived(result: Result) -> bodies.NotifyResult:
    return "sent" if result is Result.ACCEPTED else "failed"


def _why(reason: Reason | None) -> tuple[str, str] | tuple[None, None]:
    return notice_rules.words(reason) if reason else (None, None)


def stats(counts: Stats) -> bodies.Stats:
    """Show the server's counts to an admin."""
    return bodies.Stats(
        sessions=counts.sessions,
        messages=counts.messages,
        files=counts.files,
        file_bytes=counts.file_bytes,
        erased=counts.erased,
        users=counts.users,
    )

"""Views as frames: what `present` shows, with a type."""

from datetime import datetime
from typing import Any

import msgspec

from tc_server.domain.chat import Entry
from tc_server.domain.people import Caller, Guest, Participant, Staff
from tc_server.domain.retention import Receipt
from tc_server.services.events import (
    CallView,
    DeliveryView,
    PresenceChanged,
    QualityHeard,
    ReadMoved,
    Signalled,
    TypingSeen,
)
from tc_server.services.views import QueueEntry, SessionView
from tc_server.transport import present
from tc_server.wire import frames


def message(entry: Entry) -> frames.MessageFrame:
    """Frame an entry of the log."""
    return present.message_as(frames.MessageFrame, entry)


def session(view: SessionView) -> frames.SessionFrame:
    """Frame a session for its owner."""
    return frames.SessionFrame(**_fields(present.session(view)))


def participant_session(view: SessionView, participant_id: str) -> frames.ParticipantSessionFrame:
    """Frame a session for one of its participants."""
    return frames.ParticipantSessionFrame(**_fields(present.participant_session(view, participant_id)))


def erased(receipt: Receipt) -> frames.Erased:
    """Frame an erasure for its owner."""
    return frames.Erased(**_fields(present.erased(receipt)))


def delivery(view: DeliveryView) -> frames.DeliveryFrame:
    """Frame how a text fares, for its owner."""
    return present.delivery_as(frames.DeliveryFrame, view)


def queue(entries: list[QueueEntry]) -> frames.QueueFrame:
    """Frame an account's queue."""
    return frames.QueueFrame(entries=[present.queue_entry(e) for e in entries])


def place(entry: QueueEntry) -> frames.Place:
    """Frame a place in line, for who holds it."""
    return frames.Place(session_id=entry.session.session_id, place=entry.place)


def presence(event: PresenceChanged) -> frames.Presence:
    """Frame a participant's coming or going, for staff."""
    return frames.Presence(
        session_id=event.session_id, participant_id=event.participant_id, online=event.online, devices=event.devices
    )


def typing(event: TypingSeen) -> frames.TypingNow:
    """Frame somebody's typing."""
    return frames.TypingNow(session_id=event.session_id, sender=present.sender(event.sender))


def read(event: ReadMoved) -> frames.ReadNow:
    """Frame a read mark."""
    return frames.ReadNow(session_id=event.session_id, seq=event.seq, reader=present.sender(event.reader))


def call(view: CallView) -> frames.CallFrame:
    """Frame a call."""
    return present.call_as(frames.CallFrame, view)


def signal(event: Signalled) -> frames.SignalNow:
    """Frame what a party hands to another."""
    return frames.SignalNow(session_id=event.call.session_id, sender=event.sender_id, data=event.data)


def quality(event: QualityHeard) -> frames.QualityNow:
    """Frame how a call arrives at somebody."""
    return frames.QualityNow(
        session_id=event.session_id,
        sender=present.sender(event.sender),
        level=event.level,  # type: ignore[arg-type]
        audio_only=event.audio_only,
    )


def hello_to_staff(
    staff: Staff, now: datetime, entries: list[QueueEntry], views: list[SessionView], calls: list[CallView]
) -> frames.Hello:
    """Greet staff."""
    return frames.Hello(
        viewer=frames.Viewer(id=staff.account_id, role=staff.role, name=staff.name, session_id=None),
        server_time=now,
        queue=[present.queue_entry(e) for e in entries],
        sessions=[present.session(view) for view in views],
        calls=[present.call(view) for view in calls],
    )


def hello_to_caller(caller: Caller, now: datetime, calls: list[CallView]) -> frames.Hello:
    """Greet staff's browser in a call: of all that staff sees it gets this call alone."""
    return frames.Hello(
        viewer=frames.Viewer(id=caller.account_id, role="staff", name=caller.name, session_id=caller.session_id),
        server_time=now,
        queue=[],
        sessions=[],
        calls=[present.call(view) for view in calls],
    )


def hello_to_guest(guest: Guest, now: datetime, view: SessionView, calls: list[CallView]) -> frames.ParticipantHello:
    """Greet a participant."""
    me: Participant = next(p for p in view.people if p.participant_id == guest.participant_id)
    return frames.ParticipantHello(
        viewer=frames.Viewer(id=me.participant_id, role=me.role, name=me.name, session_id=me.session_id),
        server_time=now,
        queue=[],
        sessions=[present.participant_session(view, me.participant_id)],
        calls=[present.call(view) for view in calls],
    )


def _fields(body: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}

"""The frames of the stream: JSON text with `type`. docs/protocol.md shows each one."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from tc_server.wire.bodies import (
    Call,
    ClientId,
    Delivery,
    ErasedSession,
    Message,
    ParticipantSession,
    PersonRole,
    QualityLevel,
    QueueEntry,
    Sender,
    Session,
    Text,
)


class ClientFrame(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """A frame to the server."""


class Send(ClientFrame, frozen=True, kw_only=True, tag="send"):
    """Say something; the acknowledgement is the `message` frame with the same `client_id`, or an `error`."""

    client_id: ClientId
    session_id: str
    text: Text


class ReadUpTo(ClientFrame, frozen=True, kw_only=True, tag="read"):
    session_id: str
    seq: int


class Typing(ClientFrame, frozen=True, kw_only=True, tag="typing"):
    session_id: str


class Sync(ClientFrame, frozen=True, kw_only=True, tag="sync"):
    """Ask for what came after the last `seq` that the client has, per session."""

    sessions: dict[str, int]


class Signal(ClientFrame, frozen=True, kw_only=True, tag="signal"):
    """Hand something to another party of the call; what it is matters to the two pages alone."""

    session_id: str
    to: str
    data: dict[str, Any]


class Quality(ClientFrame, frozen=True, kw_only=True, tag="quality"):
    """Tell staff how the call arrives here."""

    session_id: str
    level: QualityLevel
    audio_only: bool


class Ping(ClientFrame, frozen=True, kw_only=True, tag="ping"):
    pass


class ServerFrame(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A frame from the server."""


class Viewer(Struct, frozen=True, kw_only=True):
    """Who the server takes the link for; `session_id` is a participant's own or a call's, null for staff."""

    id: str
    role: PersonRole | Literal["staff", "admin"]
    name: str
    session_id: str | None


class Hello(ServerFrame, frozen=True, kw_only=True, tag="hello"):
    """The first frame to staff: their sessions that are waiting, active or open, their queue, their live calls.

    To staff's call page: its call, and nothing else.
    """

    viewer: Viewer
    server_time: datetime
    queue: list[QueueEntry]
    sessions: list[Session]
    calls: list[Call] = []


class ParticipantHello(ServerFrame, frozen=True, kw_only=True, tag="hello"):
    """The first frame to a participant: their one session, and its live call; `queue` is always empty."""

    viewer: Viewer
    server_time: datetime
    queue: list[QueueEntry]
    sessions: list[ParticipantSession]
    calls: list[Call] = []


class MessageFrame(Message, frozen=True, kw_only=True, tag_field="type", tag="message"):
    """A log entry, to everyone in the session, after it is durable."""


class SessionFrame(Session, frozen=True, kw_only=True, tag_field="type", tag="session"):
    """A session has changed: the whole of it, as its owner sees it."""


class Erased(ErasedSession, frozen=True, kw_only=True, tag_field="type", tag="erased"):
    """A session has been erased, to its owner: drop what you keep of it."""


class InvitesFrame(ServerFrame, frozen=True, kw_only=True, tag="invites"):
    """Many invites aren't as they were, to their owner, in place of a `session` for each: the lists have them."""


class ParticipantSessionFrame(ParticipantSession, frozen=True, kw_only=True, tag_field="type", tag="session"):
    """A session has changed: the whole of it, as a participant sees it."""


class DeliveryFrame(Delivery, frozen=True, kw_only=True, tag_field="type", tag="delivery"):
    """To its owner: a text has gone out, has arrived, or couldn't be sent; the whole of how it went."""


class QueueFrame(ServerFrame, frozen=True, kw_only=True, tag="queue"):
    """The owner's queue, longest wait first."""

    entries: list[QueueEntry]


class Place(ServerFrame, frozen=True, kw_only=True, tag="place"):
    """The place in line of a participant's session has moved, to that participant."""

    session_id: str
    place: int


class Presence(ServerFrame, frozen=True, kw_only=True, tag="presence"):
    """A participant came online or went, to staff."""

    session_id: str
    participant_id: str
    online: bool
    devices: int


class TypingNow(ServerFrame, frozen=True, kw_only=True, tag="typing"):
    """Somebody else in the session is typing; it fades after a few seconds."""

    session_id: str
    sender: Sender


class ReadNow(ServerFrame, frozen=True, kw_only=True, tag="read"):
    """Somebody has read up to and with `seq`."""

    session_id: str
    seq: int
    reader: Sender


class CallFrame(Call, frozen=True, kw_only=True, tag_field="type", tag="call"):
    """A call has changed: the whole of it."""


class SignalNow(ServerFrame, frozen=True, kw_only=True, tag="signal"):
    """Another party of the call hands something over, to the links that are in it: never to staff's terminal."""

    session_id: str
    sender: str
    data: dict[str, Any]


class QualityNow(ServerFrame, frozen=True, kw_only=True, tag="quality"):
    """How the call arrives at somebody, to staff."""

    session_id: str
    sender: Sender
    level: QualityLevel
    audio_only: bool


class Synced(ServerFrame, frozen=True, kw_only=True, tag="synced"):
    """All up to `seq` was sent; where `last_seq` is higher, sync again."""

    session_id: str
    seq: int
    last_seq: int


class Error(ServerFrame, frozen=True, kw_only=True, tag="error", omit_defaults=True):
    code: str
    detail: str
    client_id: str | None = None
    session_id: str | None = None


class Pong(ServerFrame, frozen=True, kw_only=True, tag="pong"):
    server_time: datetime


AnyClientFrame = Send | ReadUpTo | Typing | Sync | Signal | Quality | Ping
AnyoneFrame = MessageFrame | TypingNow | ReadNow | CallFrame | Synced | Error | Pong
StaffFrame = (
    Hello | SessionFrame | InvitesFrame | DeliveryFrame | Erased | QueueFrame | Presence | QualityNow | AnyoneFrame
)
ParticipantFrame = ParticipantHello | ParticipantSessionFrame | Place | SignalNow | AnyoneFrame
CallerFrame = Hello | CallFrame | SignalNow | QualityNow | Error | Pong

decode_client_frame = msgspec.json.Decoder(AnyClientFrame).decode
decode_staff_frame = msgspec.json.Decoder(StaffFrame).decode
decode_participant_frame = msgspec.json.Decoder(ParticipantFrame).decode
decode_caller_frame = msgspec.json.Decoder(CallerFrame).decode

"""The frames of the stream: JSON text with `type`. docs/protocol.md shows each one."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from tc_server.wire.bodies import (
    ClientId,
    ErasedSession,
    Message,
    ParticipantSession,
    PersonRole,
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


class Ping(ClientFrame, frozen=True, kw_only=True, tag="ping"):
    pass


class ServerFrame(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A frame from the server."""


class Viewer(Struct, frozen=True, kw_only=True):
    """Who the server takes the link for; `session_id` is a participant's own, null for staff."""

    id: str
    role: PersonRole | Literal["staff", "admin"]
    name: str
    session_id: str | None


class Hello(ServerFrame, frozen=True, kw_only=True, tag="hello"):
    """The first frame to staff: their sessions that are waiting, active or open, and their queue."""

    viewer: Viewer
    server_time: datetime
    queue: list[QueueEntry]
    sessions: list[Session]


class ParticipantHello(ServerFrame, frozen=True, kw_only=True, tag="hello"):
    """The first frame to a participant: their one session; `queue` is always empty."""

    viewer: Viewer
    server_time: datetime
    queue: list[QueueEntry]
    sessions: list[ParticipantSession]


class MessageFrame(Message, frozen=True, kw_only=True, tag_field="type", tag="message"):
    """A log entry, to everyone in the session, after it is durable."""


class SessionFrame(Session, frozen=True, kw_only=True, tag_field="type", tag="session"):
    """A session has changed: the whole of it, as its owner sees it."""


class Erased(ErasedSession, frozen=True, kw_only=True, tag_field="type", tag="erased"):
    """A session has been erased, to its owner: drop what you keep of it."""


class ParticipantSessionFrame(ParticipantSession, frozen=True, kw_only=True, tag_field="type", tag="session"):
    """A session has changed: the whole of it, as a participant sees it."""


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


AnyClientFrame = Send | ReadUpTo | Typing | Sync | Ping
AnyoneFrame = MessageFrame | TypingNow | ReadNow | Synced | Error | Pong
StaffFrame = Hello | SessionFrame | Erased | QueueFrame | Presence | AnyoneFrame
ParticipantFrame = ParticipantHello | ParticipantSessionFrame | Place | AnyoneFrame

decode_client_frame = msgspec.json.Decoder(AnyClientFrame).decode
decode_staff_frame = msgspec.json.Decoder(StaffFrame).decode
decode_participant_frame = msgspec.json.Decoder(ParticipantFrame).decode

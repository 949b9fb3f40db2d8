"""What services announce, once it is durable."""

from dataclasses import dataclass
from typing import Protocol

from tc_server.domain.chat import Entry, Sender
from tc_server.domain.retention import Receipt


@dataclass(frozen=True, slots=True)
class Appended:
    """A new entry in a session's log."""

    owner_id: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """A session, or somebody in it, isn't as it was."""

    session_id: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """An account's queue isn't as it was."""

    owner_id: str


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """A participant came online or went, or has another number of devices."""

    session_id: str
    owner_id: str
    participant_id: str
    online: bool
    devices: int


@dataclass(frozen=True, slots=True)
class TypingSeen:
    """Somebody is typing."""

    session_id: str
    owner_id: str
    sender: Sender


@dataclass(frozen=True, slots=True)
class ReadMoved:
    """Somebody has read further."""

    session_id: str
    owner_id: str
    seq: int
    reader: Sender


@dataclass(frozen=True, slots=True)
class SessionErased:
    """A session is no more."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class CutOff:
    """Tokens have ended: of an account, a login, a participant or a device, whichever is named."""

    id: str


Event = Appended | SessionChanged | QueueChanged | PresenceChanged | TypingSeen | ReadMoved | SessionErased | CutOff


class Announcer(Protocol):
    """Where events go: the hub that knows the live links."""

    def announce(self, *events: Event) -> None:
        """Take events, in order; never waits, never fails."""

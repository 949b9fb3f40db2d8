"""What services announce, once it is durable."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tc_server.domain.call import Call
from tc_server.domain.chat import Entry, Sender
from tc_server.domain.delivery import Attempt, Delivery
from tc_server.domain.retention import Receipt


@dataclass(frozen=True, slots=True)
class CallView:
    """A call with the names of everybody in it; `ended_by` is None for what time ended."""

    call: Call
    senders: dict[str, Sender]
    ended_by: Sender | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery with its attempts."""

    delivery: Delivery
    attempts: Sequence[Attempt]


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
class DeliveryChanged:
    """A text has gone out, has arrived, or has failed: the whole of how it went."""

    owner_id: str
    view: DeliveryView


@dataclass(frozen=True, slots=True)
class InvitesChanged:
    """Many of an account's invites aren't as they were, and nobody has come by any of them."""

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
class CallChanged:
    """A call isn't as it was: the whole of it, since what is signalled next counts on it."""

    owner_id: str
    view: CallView


@dataclass(frozen=True, slots=True)
class Signalled:
    """A party of a call hands something to another; it is passed on and never kept."""

    call: Call
    sender_id: str
    to: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class QualityHeard:
    """Somebody tells how a call arrives at them."""

    session_id: str
    owner_id: str
    sender: Sender
    level: str
    audio_only: bool


@dataclass(frozen=True, slots=True)
class SessionErased:
    """A session is no more."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class CutOff:
    """Tokens have ended: of an account, a login, a participant, a device or a way into a call, whichever is named."""

    id: str


Event = (
    Appended
    | SessionChanged
    | DeliveryChanged
    | InvitesChanged
    | QueueChanged
    | PresenceChanged
    | TypingSeen
    | ReadMoved
    | CallChanged
    | Signalled
    | QualityHeard
    | SessionErased
    | CutOff
)


class Announcer(Protocol):
    """Where events go: the hub that knows the live links."""

    def announce(self, *events: Event) -> None:
        """Take events, in order; never waits, never fails."""

"""What every use case works with."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from uuid_utils import uuid7

from tc_server.domain.call import Patience
from tc_server.domain.delivery import Channel, Offer, Outcome, Policy, TextKind
from tc_server.domain.ice import Relays
from tc_server.domain.invite import Invitation
from tc_server.domain.notice import Address, Attention, Kind, Wait
from tc_server.domain.retention import Retention
from tc_server.services.echoes import Echoes
from tc_server.services.events import Announcer, Event
from tc_server.store.engine import Store
from tc_server.store.files import Blobs
from tc_server.store.journal import Journal


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def new_id() -> str:
    """Make an id: UUIDv7 (RFC 9562), so that ids sort by when they were made."""
    return str(uuid7())


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it would arrive: `subject` for email only; alphabet and number of segments as an SMS.

    `link` is the one that it is about, if there is one; `variables` are what fills a WhatsApp template, in order.
    """

    subject: str | None
    text: str
    link: str | None
    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    variables: tuple[str, ...] = ()


Compose = Callable[[TextKind, Channel | None, Invitation, str], Text]
"""Word a text of a kind for a channel (None: to be passed on by hand) with its link, in the person's language."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """When a conversation is planned, or was: `uid` is the same for everything that is told of it."""

    uid: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to be sent. `key` stays the same when the same text is given to the same provider again.

    `attempt_id` is what a receipt may name it by, none where nobody waits for one; `template` names the WhatsApp
    template that has its words, `variables` what fills it. An `appointment` goes with an email, for a calendar.
    """

    delivery_id: str
    key: str
    channel: Channel
    to: str
    language: str
    link: str | None
    subject: str | None
    text: str
    kind: TextKind = "invitation"
    attempt_id: str = ""
    template: str = ""
    variables: tuple[str, ...] = ()
    appointment: Appointment | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to be sent: what it tells, or without `wait` that it is a trial. `key` is as in `Outgoing`."""

    target_id: str
    key: str
    address: Address
    language: str
    wait: Wait | None


class Notifier(Protocol):
    """Gets notices to staff, by whatever their addresses ask for."""

    def leads(self, kind: Kind) -> str | None:
        """Name the provider that a kind of address goes by; None if none is set up."""

    async def accept(self, address: Address) -> str:
        """Look whether notices can be sent to an address, and name its provider. Raises InvalidTarget, NoProvider."""

    async def send(self, notice: Notice) -> Outcome:
        """Send one, and tell what came of it. Raises nothing that a provider can cause."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(slots=True)
class Silence:
    """Announces to nobody, until somebody listens."""

    def announce(self, *events: Event) -> None:
        """Let it pass."""


@dataclass(slots=True)
class Context:
    """The store, the rules' numbers, and the ports. `app.py` fills the ports in."""

    store: Store
    blobs: Blobs
    journal: Journal
    retention: Retention
    reminders: tuple[timedelta, ...]
    patience: Patience
    relays: Relays
    login_lifetime: timedelta
    max_file: int
    public_url: str
    organisation: str
    languages: tuple[str, ...]
    compose: Compose
    offers: tuple[Offer, ...]
    policy: Policy
    attention: Attention
    notifier: Notifier
    forget_delivered: Callable[[str], None]
    delivered_ids: Callable[[], set[str]]
    wake_outbox: Callable[[], None] = lambda: None
    staff_here: Callable[[], Collection[str]] = tuple
    echoes: Echoes = field(default_factory=Echoes)
    announcer: Announcer = field(default_factory=Silence)
    now: Callable[[], datetime] = utc_now

    def announce(self, *events: Event) -> None:
        """Announce what is durable."""
        self.announcer.announce(*events)

"""What every use case works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from uuid_utils import uuid7

from tc_server.domain.call import Patience
from tc_server.domain.delivery import Channel, Offer, Policy
from tc_server.domain.ice import Relays
from tc_server.domain.invite import Invitation
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
    """A message as it would arrive: `subject` for email only; alphabet and number of segments as an SMS."""

    subject: str | None
    text: str
    encoding: Literal["GSM-7", "UCS-2"]
    segments: int


Compose = Callable[[Channel | None, Invitation, str], Text]
"""Word an invitation for a channel (None: to be passed on by hand) with its link, in the person's language."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to be sent. `key` stays the same when the same text is given to the same provider again."""

    delivery_id: str
    key: str
    channel: Channel
    to: str
    language: str
    link: str
    subject: str | None
    text: str


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
    forget_delivered: Callable[[str], None]
    delivered_ids: Callable[[], set[str]]
    wake_outbox: Callable[[], None] = lambda: None
    echoes: Echoes = field(default_factory=Echoes)
    announcer: Announcer = field(default_factory=Silence)
    now: Callable[[], datetime] = utc_now

    def announce(self, *events: Event) -> None:
        """Announce what is durable."""
        self.announcer.announce(*events)

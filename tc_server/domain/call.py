"""What a call is: its state, its parties and its times. `calling` has the rules of what changes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

Medium = Literal["audio", "video"]


class CallState(StrEnum):
    """Where a call stands."""

    OPENING = "opening"
    RINGING = "ringing"
    RUNNING = "running"
    ENDED = "ended"


class PartyState(StrEnum):
    """Where one person stands in a call."""

    EXPECTED = "expected"
    RINGING = "ringing"
    IN = "in"
    DECLINED = "declined"
    MISSED = "missed"
    LEFT = "left"


class Outcome(StrEnum):
    """How a call ended."""

    ENDED = "ended"
    DECLINED = "declined"
    MISSED = "missed"
    LOST = "lost"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call waits: for a phone to be picked up, and for somebody whose connection broke."""

    ring: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True)
class Party:
    """One person in a call, by the id of an account or of a participant.

    `leg` counts the times that they came in. `rings_until` is set exactly while ringing; `away_since` only while in,
    when their last link is gone.
    """

    party_id: str
    state: PartyState
    leg: int = 0
    rings_until: datetime | None = None
    away_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a session; parties in the order of their ids.

    `opens_until` is set exactly while opening. `talking_since` is set while two or more are in, `talked` is the time
    before that in which they were.
    """

    call_id: str
    session_id: str
    staff_id: str
    media: Medium
    state: CallState
    created_at: datetime
    parties: tuple[Party, ...]
    opens_until: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    ended_by: str | None = None
    talking_since: datetime | None = None
    talked: timedelta = timedelta()

    @property
    def is_live(self) -> bool:
        """Tell whether it goes on."""
        return self.state is not CallState.ENDED

    @property
    def inside(self) -> list[Party]:
        """List who is in."""
        return [party for party in self.parties if party.state is PartyState.IN]

    @property
    def has_rung(self) -> bool:
        """Tell whether it ever came so far that phones were to ring."""
        return any(party.leg for party in self.parties)

    def party(self, party_id: str) -> Party | None:
        """Find somebody."""
        return next((party for party in self.parties if party.party_id == party_id), None)

    def has_in(self, party_id: str) -> bool:
        """Tell whether somebody is in."""
        return any(party.party_id == party_id for party in self.inside)

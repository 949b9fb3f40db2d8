"""What time alone does to a session: places given up, invites expired, calls ended, idle ones closed, closed erased."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tc_server.domain.people import Participant
from tc_server.domain.session import LIVE, Session, State

WARNING = timedelta(days=3)
"""How long before an idle session closes its owner is told."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things stay."""

    closed: timedelta
    open: timedelta
    invite: timedelta
    place_grace: timedelta


class Due(StrEnum):
    """What is to be done when its time has come."""

    VACATE = "vacate"
    EXPIRE = "expire"
    WARN = "warn"
    CLOSE = "close"
    ERASE = "erase"
    CALL = "call"


def place_lapses_at(person: Participant, grace: timedelta) -> datetime | None:
    """Tell when somebody who waits, is away and has written nothing loses their place; None if they don't."""
    if not person.waiting or person.wrote or person.away_since is None:
        return None
    return person.away_since + grace


def next_due(
    session: Session, people: Iterable[Participant], keep: Retention, call_due: datetime | None = None
) -> tuple[datetime, Due] | None:
    """Tell what time will do next to a session, and when; `call_due` is what its live call waits for.

    None only for what is erased.
    """
    match session.state:
        case State.INVITED:
            return session.expires_at, Due.EXPIRE
        case State.CLOSED | State.CANCELLED:
            return (session.closed_at or session.last_activity_at) + keep.closed, Due.ERASE
        case State.ERASED:
            return None
    call = [(call_due, Due.CALL)] if call_due else []
    return min([*_due_while_live(session, people, keep), *call])


def _due_while_live(session: Session, people: Iterable[Participant], keep: Retention) -> list[tuple[datetime, Due]]:
    assert session.state in LIVE
    closes_at = session.last_activity_at + keep.open
    due = [(closes_at, Due.CLOSE)]
    if session.warned_at is None and keep.open > WARNING:
        due.append((closes_at - WARNING, Due.WARN))
    if session.state is State.WAITING:
        due += [(at, Due.VACATE) for p in people if (at := place_lapses_at(p, keep.place_grace))]
    return due


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a session was erased, signed by the server."""

    session_id: str
    owner_id: str
    erased_at: datetime
    counts: dict[str, int]
    receipt: str

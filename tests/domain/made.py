"""Sessions and people to try rules on, made from what a test cares about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tc_server.domain.people import Participant
from tc_server.domain.session import Session, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Tell the moment so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def session(state: State = State.WAITING, name: str = "s1", **facts: Any) -> Session:
    """Make a session in a state."""
    known: dict[str, Any] = {"owner_id": "owner", "created_at": NOON, "expires_at": NOON + timedelta(days=7)}
    known |= {"last_activity_at": NOON, "kind": "remote"}
    return Session(session_id=name, state=state, **(known | facts))


def person(name: str = "p1", **facts: Any) -> Participant:
    """Make a service user."""
    known: dict[str, Any] = {"phone": None, "email": None, "language": "en", "created_at": NOON}
    return Participant(participant_id=name, session_id="s1", role="service-user", name=name, **(known | facts))

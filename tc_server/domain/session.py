"""A session's life: its states, the moves between them, and the times that each move sets."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from tc_server.domain.errors import IllegalMove, NobodyWaiting

Kind = Literal["remote", "in-person"]


class State(StrEnum):
    """Where a session stands between invite and erasure."""

    INVITED = "invited"
    WAITING = "waiting"
    ACTIVE = "active"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    ERASED = "erased"


class Verb(StrEnum):
    """What moves a session."""

    JOIN = "join"
    VACATE = "vacate"
    START = "start"
    RESUME = "resume"
    KEEP_OPEN = "keep-open"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    ERASE = "erase"


LIVE = frozenset({State.WAITING, State.ACTIVE, State.OPEN})
"""States in which people write and join."""

MOVES: dict[tuple[State, Verb], State] = {
    (State.INVITED, Verb.JOIN): State.WAITING,
    (State.INVITED, Verb.CANCEL): State.CANCELLED,
    (State.WAITING, Verb.VACATE): State.INVITED,
    (State.WAITING, Verb.START): State.ACTIVE,
    (State.WAITING, Verb.CLOSE): State.CLOSED,
    (State.WAITING, Verb.CANCEL): State.CANCELLED,
    (State.ACTIVE, Verb.KEEP_OPEN): State.OPEN,
    (State.ACTIVE, Verb.CLOSE): State.CLOSED,
    (State.OPEN, Verb.RESUME): State.ACTIVE,
    (State.OPEN, Verb.CLOSE): State.CLOSED,
    (State.CLOSED, Verb.REOPEN): State.OPEN,
    (State.CLOSED, Verb.ERASE): State.ERASED,
    (State.CANCELLED, Verb.ERASE): State.ERASED,
}

STAFF_VERBS = (Verb.START, Verb.RESUME, Verb.KEEP_OPEN, Verb.CLOSE, Verb.REOPEN, Verb.CANCEL, Verb.ERASE)


@dataclass(frozen=True, slots=True)
class Session:
    """The facts of a session that rules need; what is personal lives with its participants.

    `waiting_since` is set exactly while the session is in the queue. `told_until` is when staff said they would come,
    `planned_at` when the session is to be, if it was planned.
    """

    session_id: str
    owner_id: str
    kind: Kind
    state: State
    created_at: datetime
    expires_at: datetime
    last_activity_at: datetime
    waiting_since: datetime | None = None
    told_until: datetime | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    warned_at: datetime | None = None
    last_seq: int = 0
    staff_read_seq: int = 0
    planned_at: datetime | None = None

    def possible(self) -> tuple[str, ...]:
        """Name what staff can do in this state."""
        return tuple(verb.value for verb in STAFF_VERBS if (self.state, verb) in MOVES)

    def erase_at(self, closed_retention: timedelta) -> datetime | None:
        """Tell when it will be erased: `closed_retention` after it was closed or cancelled, else nothing yet."""
        return self.closed_at + closed_retention if self.closed_at else None


def move(session: Session, verb: Verb, now: datetime) -> Session:
    """Make one move and set the times that follow from it.

    `waiting_since` after `join`, `keep-open` and `reopen` depends on people and messages: the caller sets it
    (see `queue.waiting_since`). Raises IllegalMove, or NobodyWaiting when starting before anybody came.
    """
    target = MOVES.get((session.state, verb))
    if target is None:
        if verb is Verb.START and session.state is State.INVITED:
            raise NobodyWaiting
        raise IllegalMove(verb, session.state, session.possible())
    moved = replace(session, state=target, last_activity_at=now, warned_at=None, waiting_since=None, told_until=None)
    match verb:
        case Verb.START:
            return replace(moved, started_at=session.started_at or now)
        case Verb.CLOSE | Verb.CANCEL:
            return replace(moved, closed_at=now)
        case Verb.REOPEN:
            return replace(moved, closed_at=None)
        case _:
            return moved

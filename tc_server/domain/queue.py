"""The queue: who is in it, since when, and who is next."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tc_server.domain.people import Participant
from tc_server.domain.session import Session, State


def waiting_since(
    session: Session, people: Iterable[Participant], unanswered_since: datetime | None
) -> datetime | None:
    """Tell since when a session is in the queue, or that it isn't.

    `waiting`: since the first of those who wait now came. `open`: since the first participant's message that no staff
    message follows (`unanswered_since`). All else is never in the queue.
    """
    if session.state is State.WAITING:
        return min((p.place_since for p in people if p.waiting and p.place_since), default=None)
    if session.state is State.OPEN:
        return unanswered_since
    return None


def pick_next(queue: Sequence[Session], online: frozenset[str]) -> Session | None:
    """Pick the longest-waiting session whose person is online, else the longest-waiting one.

    `online` holds the ids of sessions with a live link.
    """
    return next((s for s in queue if s.session_id in online), queue[0] if queue else None)


def foremost(people: Iterable[Participant]) -> Participant | None:
    """Pick the person that a session is shown by: who has waited longest, else the first invited who is still in it."""
    present = [p for p in people if p.removed_at is None] or list(people)
    waiting = [(p.place_since, p.participant_id, p) for p in present if p.waiting and p.place_since]
    if waiting:
        return min(waiting, key=lambda entry: entry[:2])[2]
    return min(present, key=lambda p: (p.created_at, p.participant_id), default=None)

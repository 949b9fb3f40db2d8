"""When to ring: for every arrival, again and again, until somebody has seen it or it is gone.

Pure, and shared by whatever can make a noise. Times are seconds on one steadily growing clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

EVERY = 4.0


class Arrival(Protocol):
    """Somebody to ring for: an entry of the queue, or who asks for a call."""

    @property
    def session_id(self) -> str: ...

    @property
    def waiting_since(self) -> datetime: ...

    @property
    def told_until(self) -> datetime | None: ...


A = TypeVar("A", bound=Arrival)


@dataclass(slots=True)
class _Waiting:
    since: datetime
    seen: bool


class Ring:
    """Know who is waiting unseen. The same person coming back later (another `waiting_since`) is a new arrival."""

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._waiting: dict[str, _Waiting] = {}
        self._next: float | None = None

    def update(self, entries: Iterable[A], now: float) -> list[A]:
        """Take who waits now; return who has newly come. Who was told how long it takes counts as seen."""
        before, self._waiting, arrivals = self._waiting, {}, []
        for entry in entries:
            known = before.get(entry.session_id)
            if known is None or known.since != entry.waiting_since:
                arrivals.append(entry)
                known = _Waiting(entry.waiting_since, seen=False)
            known.seen = known.seen or entry.told_until is not None
            self._waiting[entry.session_id] = known
        if any(not self._waiting[entry.session_id].seen for entry in arrivals):
            self._next = now
        self._rest()
        return arrivals

    def seen(self, session_id: str) -> None:
        """Stop ringing for one session."""
        if (entry := self._waiting.get(session_id)) is not None:
            entry.seen = True
        self._rest()

    def all_seen(self) -> None:
        """Stop ringing for everybody who waits now."""
        for entry in self._waiting.values():
            entry.seen = True
        self._rest()

    @property
    def unseen(self) -> list[str]:
        """The sessions that it rings for."""
        return [session_id for session_id, entry in self._waiting.items() if not entry.seen]

    def due(self, now: float) -> bool:
        """Say whether to make the noise now; if so, the next one is due a while later."""
        if self._next is None or now < self._next:
            return False
        self._next = now + self._every
        return True

    def wait(self, now: float) -> float | None:
        """Return the seconds until the next noise; None while there is nothing to ring for."""
        return None if self._next is None else max(0.0, self._next - now)

    def _rest(self) -> None:
        if not self.unseen:
            self._next = None

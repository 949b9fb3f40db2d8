"""Planned sessions: when one may be, when people are reminded of it, and from when it can be joined."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tc_server.domain.delivery import TextKind
from tc_server.domain.errors import InvalidTime

EARLY = timedelta(minutes=15)
"""How long before its time a planned session can be joined, and how long after it a reminder still makes sense."""
_FURTHEST = timedelta(days=366)


def require_time(planned_at: datetime, now: datetime) -> None:
    """Raise InvalidTime for a time that is over or more than a year away."""
    if planned_at <= now:
        raise InvalidTime("This time is over. Give one that is still to come, or leave it out to invite for now.")
    if planned_at - now > _FURTHEST:
        raise InvalidTime("This is more than a year away. Give a nearer time.")


def is_early(planned_at: datetime | None, now: datetime) -> bool:
    """Tell whether it is too early to join what is planned."""
    return planned_at is not None and now < planned_at - EARLY


def reminders(planned_at: datetime, leads: Iterable[timedelta], now: datetime) -> list[tuple[datetime, datetime]]:
    """List when people are to be reminded, each with the time from which that reminder makes no sense any more.

    One gives way to the next; the last one still helps somebody who is a little late.
    """
    due = sorted({planned_at - lead for lead in leads if planned_at - lead > now})
    return list(zip(due, [*due[1:], planned_at + EARLY], strict=True)) if due else []


def kinds(planned_at: datetime | None, leads: Iterable[timedelta], now: datetime) -> tuple[TextKind, ...]:
    """List the kinds of text that whoever is invited now will get, the first first."""
    if planned_at is None or not is_early(planned_at, now):
        return ("invitation",)
    return ("planned", "reminder") if reminders(planned_at, leads, now) else ("planned",)

"""What a transcript holds, and the words that are printed around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import NamedTuple

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ROLES = MappingProxyType(
    {
        "staff": "Staff",
        "admin": "Staff",
        "service_user": "Service user",
        "colleague": "Colleague",
        "relative": "Relative",
        "interpreter": "Interpreter",
    }
)


class File(NamedTuple):
    """Name a file and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one message: words, a file or both. `role` is the sender's role as the server names it."""

    at: datetime
    role: str
    name: str
    text: str | None = None
    file: File | tuple[str, int] | None = None

    def __post_init__(self) -> None:
        _require_zone(self.at)

    @property
    def is_staff(self) -> bool:
        return self.role in ("staff", "admin")


@dataclass(frozen=True, slots=True)
class Transcript:
    """Hold a session's start, the zone its times are printed in, and its messages in order."""

    started_at: datetime
    timezone: tzinfo
    entries: Sequence[Entry]

    def __post_init__(self) -> None:
        _require_zone(self.started_at)


def english_day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def english_size(size: int) -> str:
    """Word a size in bytes with SI units, as file managers do."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit in ("bytes", "kB") else f"{amount:.1f} {unit}"


def plain_page(number: int, total: int) -> str:
    return f"{number} / {total}"


@dataclass(frozen=True, slots=True)
class Labels:
    """Hold every word that the transcript adds, in English; replace them to translate it.

    `started` and `times_in` are templates with `{day}`, `{time}` and `{zone}`. A role without a word prints as it is.
    """

    language: str = "en"
    title: str = "Transcript"
    started: str = "Started {day}, {time}"
    times_in: str = "Times in {zone}"
    continued: str = "continued"
    no_messages: str = "No messages were written."
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES)
    day: Callable[[date], str] = english_day
    size: Callable[[int], str] = english_size
    page: Callable[[int, int], str] = plain_page

    def role(self, code: str) -> str:
        return self.roles.get(code) or code.replace("_", " ").capitalize()


def _require_zone(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError("a transcript's times need a time zone")

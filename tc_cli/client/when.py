"""Times as people write them: `2026-12-01 14:30`, `tomorrow 14:30`, `fri 9:00`, `14:30`, `in 2h`."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tc_cli.client.errors import Misuse


class NoSuchTime(Misuse):
    """The clocks are put forward over this time on that day."""


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"in (?=\d)(?:(\d{1,4}) ?d)? ?(?:(\d{1,4}) ?h)? ?(?:(\d{1,4}) ?m(?:in)?)?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::00)?(am|pm)?")
EXAMPLES = 'Write it like "2026-12-01 14:30", "tomorrow 14:30", "fri 9:00" or "in 2h"'


def read(text: str, timezone: str, now: datetime) -> datetime:
    """Read a time in a zone (IANA); `now` is aware. Raises Misuse for what is no time, or none in that zone."""
    zone = zone_of(timezone)
    here = now.astimezone(zone)
    words = text.strip().lower().replace("t", " ", 1) if re.match(r"\d{4}-", text.strip()) else text.strip().lower()
    if span := _SPAN.fullmatch(words):
        days, hours, minutes = (int(number or 0) for number in span.groups())
        # A whole minute, and no less than what was asked for.
        whole = now + timedelta(days=days, hours=hours, minutes=minutes, seconds=59, microseconds=999_999)
        return whole.replace(second=0, microsecond=0)
    if re.search(r"(z|[+-]\d\d:?\d\d)$", words) and words[:1].isdigit() and "-" in words[:8]:
        return _aware(text)
    day, _, clock = re.sub(r" (am|pm)$", r"\1", words).rpartition(" ")
    wanted = datetime.combine(_day(day, here, text), _clock(clock, text), zone)
    if not day and wanted <= here:
        wanted += timedelta(days=1)
    try:
        there = wanted.astimezone(ZoneInfo("UTC")).astimezone(zone)
    except OverflowError:
        raise Misuse(f"'{text}' is too far away", EXAMPLES) from None
    if there.replace(fold=0) != wanted.replace(fold=0):
        raise NoSuchTime(
            f"There is no {clock} on that day in {timezone}: the clocks are put forward", "Choose another time"
        )
    return wanted


def zone_of(timezone: str) -> ZoneInfo:
    """Find a zone by its name; raise Misuse with the nearest ones if there is none."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        wanted = timezone.rpartition("/")[2].lower().replace(" ", "_")
        near = sorted(name for name in _zones() if wanted and wanted in name.lower())[:3]
        remedy = f"Did you mean {', '.join(near)}?" if near else "Give one like Africa/Addis_Ababa"
        raise Misuse(f"There is no time zone {timezone}", remedy) from None


def local_zone() -> str:
    """Name the zone of this machine (IANA), UTC if it can't be told."""
    import os

    name = os.environ.get("TZ", "").removeprefix(":")
    if not name:
        target = str(Path("/etc/localtime").resolve())
        name = target.partition("zoneinfo/")[2]
    return name if name in _zones() else "UTC"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _clock(text: str, whole: str) -> time:
    found = _CLOCK.fullmatch("12:00" if text == "noon" else text)
    if not found or not (found[2] or found[3]):
        raise Misuse(f"'{whole}' isn't a time", EXAMPLES)
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0) if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        raise Misuse(f"'{whole}' isn't a time", EXAMPLES)
    return time(hour, minute)


def _day(text: str, here: datetime, whole: str) -> date:
    match text:
        case "" | "today":
            return here.date()
        case "tomorrow":
            return here.date() + timedelta(days=1)
    if text[:3] in DAYS and len(text) < 10:
        ahead = (DAYS.index(text[:3]) - here.weekday()) % 7 or 7
        return here.date() + timedelta(days=ahead)
    dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        return date(int(dotted[3]), int(dotted[2]), int(dotted[1])) if dotted else date.fromisoformat(text)
    except ValueError:
        raise Misuse(f"'{whole}' isn't a time", EXAMPLES) from None


def _aware(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Misuse(f"'{text}' isn't a time", EXAMPLES) from None
    if found.tzinfo is None:
        raise Misuse(f"'{text}' isn't a time", EXAMPLES)
    return found

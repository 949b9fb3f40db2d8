"""Times that are planned, in staff's language: days by their name, the person's own time, how long it is until then."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tc_cli.output import words
from tc_cli.tui.words import _, n_
from tc_cli.tui.words import language as own_language

UTC = "UTC"
# English dates as most of the world writes them: the day before the month.
LOCALES = {"en": "en_GB"}


def day(when: date, today: date) -> str:
    """Name a day: today, tomorrow, else `Fri 27 Nov`, with its year if it is another than this."""
    if when == today:
        return _("today")
    return _("tomorrow") if when == today + timedelta(days=1) else _dated(when, "MMMEd", today)


def whole_day(when: date, today: date) -> str:
    """Name a day for the head of a list: `Today, Wednesday 25 November`."""
    dated = _dated(when, "MMMMEEEEd", today)
    named = day(when, today) if when <= today + timedelta(days=1) and when >= today else ""
    said = f"{named}, {dated}" if named else dated
    return sentence(said)


def moment(when: datetime, now: datetime) -> str:
    """Return day and time here: `14:30` today, else `tomorrow 14:30`, `Fri 27 Nov 14:30`."""
    local, today = when.astimezone(), now.astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{day(local.date(), today)} {local:%H:%M}"


def is_elsewhere(when: datetime, zone: str | None) -> bool:
    """Tell whether the clocks there show another time than here."""
    return zone is not None and when.astimezone(ZoneInfo(zone)).utcoffset() != when.astimezone().utcoffset()


def clock_there(when: datetime, zone: str) -> str:
    """Return the time there, with the day of the week where it is another than here."""
    there = when.astimezone(ZoneInfo(zone))
    if there.date() == when.astimezone().date():
        return f"{there:%H:%M}"
    from babel.dates import format_date

    return f"{format_date(there, 'EEE', locale=_locale())} {there:%H:%M}"


@lru_cache(maxsize=512)
def place(zone: str) -> str:
    """Name a zone by its city."""
    if zone == UTC:
        return UTC
    from babel.dates import get_timezone_location

    named = get_timezone_location(ZoneInfo(zone), locale=_locale(), return_city=True)
    return named.rpartition("/")[2] or zone


def until(when: datetime, now: datetime) -> str:
    """Say how long it is until then, roughly from two days on; empty where that is over."""
    seconds = (when - now).total_seconds()
    if seconds < 0:
        return ""
    days = round(seconds / words.DAY)
    if seconds >= 2 * words.DAY - words.HOUR:
        return n_("in {n} day", "in {n} days", days).format(n=days)
    return _("in {span}").format(span=_minutes(seconds))


def ago(when: datetime, now: datetime) -> str:
    """Say how long ago that was."""
    return _("{span} ago").format(span=_minutes((now - when).total_seconds()))


def _minutes(seconds: float) -> str:
    """Return whole minutes, as a clock shows them: what comes in 59 min 58 s comes in an hour."""
    return words.span(max(1, round(seconds / words.MINUTE)) * words.MINUTE)


def differ(when: datetime, zones: Iterable[str]) -> bool:
    """Tell whether the clocks of these zones show several times."""
    return len({when.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}) > 1


def understood(when: datetime, zone: str | None, now: datetime) -> str:
    """Say a time as it was understood: here, where the person is, and how far away it is; None is a doubtful zone."""
    local = when.astimezone()
    here = _("{day} {time} here").format(day=day(local.date(), now.astimezone().date()), time=f"{local:%H:%M}")
    return " · ".join(filter(None, [here, _told_there(when, zone), until(when, now)]))


def sentence(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]


def _told_there(when: datetime, zone: str | None) -> str:
    if zone is None:
        return _("their zone isn't certain: write it")
    if not zone:
        return _("{time} UTC, for their zone isn't known").format(time=clock_there(when, UTC))
    if not is_elsewhere(when, zone):
        return _("the same in {place}").format(place=place(zone))
    return _("{time} in {place}").format(time=clock_there(when, zone), place=place(zone))


def _dated(when: date, skeleton: str, today: date) -> str:
    from babel.dates import format_skeleton

    skeleton = skeleton if when.year == today.year or when - today < timedelta(days=180) else f"y{skeleton}"
    return format_skeleton(skeleton, when, locale=_locale())


def _locale() -> str:
    return LOCALES.get(own_language(), own_language())

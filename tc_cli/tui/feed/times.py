"""A time and a time zone as staff writes them, in its own language too; what is wrong is told as Trouble."""

import unicodedata
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from tc_cli.client import when
from tc_cli.client.errors import Misuse
from tc_cli.tui.desk import Trouble
from tc_cli.tui.forms import Plan
from tc_cli.tui.words import _
from tc_cli.tui.words import language as own_language

FURTHEST = timedelta(days=366)
FEW = 3
OWN_WORDS = (("today", _("today")), ("tomorrow", _("tomorrow")), ("in", _("in")))


def read(text: str, zone_text: str, now: datetime) -> Plan | None:
    """Read when something is planned for, here, and the zone that the person is told it in; None for now.

    `now` is the server's. Raises Trouble for what is no time, is over or far away, and for a zone there isn't.
    """
    if not text.strip():
        return None
    timezone = zone(zone_text)
    try:
        at = when.read(_in_english(text), when.local_zone(), now)
    except when.NoSuchTime as error:
        raise Trouble(_("There is no such time on that day: the clocks are put forward.")) from error
    except (Misuse, OverflowError) as error:
        raise Trouble(_("Write it like tomorrow 14:30, fri 9:00, 2026-12-01 14:30 or in 2h.")) from error
    if at <= now:
        raise Trouble(_("That is over already."))
    if at - now > FURTHEST:
        raise Trouble(_("That is more than a year away."))
    return Plan(at, timezone)


def zone(text: str) -> str | None:
    """Find a zone by its name or its city, which may be begun only; None for none. Raises Trouble."""
    wanted = _bare(text).replace(" ", "_")
    if not wanted:
        return None
    cities = {name: _city(name) for name in zones()}
    found = (
        [name for name in cities if _bare(name) == wanted]
        or [name for name, city in cities.items() if city == wanted]
        or [name for name, city in cities.items() if city.startswith(wanted)]
        or [name for name, city in cities.items() if wanted in city]
    )
    if len({cities[name] for name in found}) == 1:
        return min(found, key=lambda name: (len(name), name))
    if found:
        names = ", ".join(found[:FEW]) + (" …" if len(found) > FEW else "")
        raise Trouble(_("Which zone: {names}?").format(names=names))
    raise Trouble(_("There is no such time zone. Write one like Addis Ababa or Africa/Addis_Ababa."))


@cache
def zones() -> tuple[str, ...]:
    """Return the zones that somebody may live in."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return tuple(sorted(name for name in available_timezones() if name.startswith(areas) or name == "UTC"))


def completed(begun: str) -> str | None:
    """Complete the name of a zone, or of its city."""
    wanted = _bare(begun)
    if not wanted:
        return None
    names = zones() if "/" in wanted else tuple(name.rpartition("/")[2].replace("_", " ") for name in zones())
    return next((name for name in names if _bare(name).startswith(wanted)), None)


def _city(name: str) -> str:
    return _bare(name.rpartition("/")[2])


def _in_english(text: str) -> str:
    """Put the words of staff's language into those that are read everywhere."""
    first, _space, rest = text.strip().partition(" ")
    own, days = _own_words()
    word = _bare(first)
    return f"{own.get(word) or days.get(word[:3]) or first} {rest}".strip()


@cache
def _own_words() -> tuple[dict[str, str], dict[str, str]]:
    from babel import Locale

    names = Locale.parse(own_language()).days["format"]["wide"]
    days = {_bare(names[number])[:3]: english for number, english in enumerate(when.DAYS)}
    return {_bare(own): english for english, own in OWN_WORDS}, days


def _bare(text: str) -> str:
    """Return text as it is compared: without case, accents and dots."""
    parts = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).rstrip(".")

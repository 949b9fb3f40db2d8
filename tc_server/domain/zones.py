"""In which time zone somebody is told times."""

from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from phonenumbers import NumberParseException, parse, region_code_for_number
from phonenumbers.timezone import time_zones_for_number

from tc_server.domain.errors import InvalidTimezone

MAIN: Final = {
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MH": "Pacific/Majuro",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
"""The zones that are meant where a country of several is named (Unicode CLDR, primaryZones)."""


def require_zone(timezone: str | None) -> None:
    """Raise InvalidTimezone for a zone there isn't (IANA)."""
    if timezone is not None and timezone not in _known():
        raise InvalidTimezone


def zone_of(timezone: str | None, phone: str | None, at: datetime) -> str:
    """Choose the zone that somebody is told a time in: the one given, else that of their phone number, else UTC.

    Raises InvalidTimezone where clocks of the country, or of the part of it that the number is of, then show different
    hours. Source: the metadata of libphonenumber, and the zones of countries in Unicode CLDR.
    """
    if timezone:
        return timezone
    fit = _of_number(phone) if phone else []
    if not fit:
        return "UTC"
    if len({at.astimezone(ZoneInfo(zone)).utcoffset() for zone in fit}) > 1:
        shown = ", ".join(fit[:4]) + (" …" if len(fit) > 4 else "")
        raise InvalidTimezone(f"The number doesn't tell their time zone. Give it: {shown}.")
    return fit[0]


def zone_beside(others: str | None, phone: str | None, at: datetime) -> str:
    """Choose the zone that a number tells, else that of somebody whom they talk with. Raises InvalidTimezone."""
    try:
        return zone_of(None, phone, at)
    except InvalidTimezone:
        if others is None:
            raise
        return others


def _of_number(phone: str) -> list[str]:
    """List the zones that a number can be in: the main one of its country alone, where it can be that."""
    try:
        number = parse(phone)
    except NumberParseException:
        return []
    region = region_code_for_number(number) or ""
    # Some of what is told for a number isn't in its country at all.
    country = [zone for zone in get_global("territory_zones").get(region, ()) if zone in _known()]
    aliases = get_global("zone_aliases")
    told = {aliases.get(zone, zone) for zone in time_zones_for_number(number)}
    fit = sorted(zone for zone in country if zone in told) or sorted(country)
    return [MAIN[region]] if MAIN.get(region) in fit else fit


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())

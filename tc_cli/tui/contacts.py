"""Whether a phone number or a mail address can be one, and how a number reads to the world."""

import re
from dataclasses import dataclass

from tc_cli.tui.words import _

MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True)
class Checked:
    """`said` reads the contact back, or says what is wrong with it; `good` tells which.

    `zone` is where a number is, as the server takes it; `zones` are all that it may be in.
    """

    good: bool
    said: str = ""
    zone: str = ""
    zones: tuple[str, ...] = ()


def phone(text: str) -> Checked:
    """Check a number in international form. The first call takes a while: the world's numbers are read."""
    if not text.strip():
        return Checked(True)
    import phonenumbers
    from phonenumbers import geocoder, timezone

    if not text.strip().startswith(("+", "00")):
        return Checked(False, _("Begin with + and the country code, as in +41 79 123 45 67"))
    try:
        number = phonenumbers.parse("+" + text.strip().removeprefix("00").lstrip("+"))
    except phonenumbers.NumberParseException:
        return Checked(False, _("That isn't a phone number"))
    if not phonenumbers.is_valid_number(number):
        return Checked(False, _("No phone has that number"))
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    country = geocoder.country_name_for_number(number, "en")
    # Of a country's several zones the first, as the server takes it.
    zones = tuple(zone for zone in timezone.time_zones_for_number(number) if zone != timezone.UNKNOWN_TIMEZONE)
    return Checked(True, f"{shown} · {country}" if country else shown, zones[0] if zones else "", zones)


def email(text: str) -> Checked:
    """Check that an address has the parts of one; whether it exists only sending tells."""
    if not text.strip() or MAIL.fullmatch(text.strip()):
        return Checked(True)
    return Checked(False, _("A mail address looks like name@place.org"))

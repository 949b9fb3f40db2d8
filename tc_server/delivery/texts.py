"""The words of an invitation, in the person's language, for each channel; and of a notice to staff."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_timezone,
    get_timezone_location,
)

from tc_server.delivery.segments import encoding, segments
from tc_server.domain.delivery import Channel, TextKind
from tc_server.domain.invite import Invitation, test_link
from tc_server.domain.notice import Wait
from tc_server.domain.people import PersonRole
from tc_server.domain.zones import MAIN
from tc_server.locales import MESSAGES, catalogue
from tc_server.locales.bidi import isolated, pointed
from tc_server.locales.numerals import local_digits
from tc_server.services.context import Outgoing, Text
from tc_server.settings import Settings

_LINKS: Final = ("link", "test")
# Months cut short that can be misread: September in Hausa is "Sat", August in Burmese a single letter.
_MISREAD: Final = ("ha", "my")


def compose(
    organisation: str, public_url: str, kind: TextKind, channel: Channel | None, invitation: Invitation, url: str
) -> Text:
    """Word a text; without a channel as it would be passed on by hand, like an SMS."""
    # The page of the device test asks, by the link's secret, whether the person comes.
    test = test_link(public_url, invitation.language, url.partition("#")[2])
    values = {"organisation": organisation, "name": invitation.name, "link": url, "test": test}
    if invitation.at:
        values |= _moment(invitation.at, invitation.timezone or "UTC", invitation.language, brief=channel != "email")
    text = _worded(kind, channel or "sms", invitation, values)
    subject = _worded(kind, "subject", invitation, values) if channel == "email" else None
    link = next((one for one in (url, test) if one in text), None)
    variables = tuple(filter(None, (values.get("date"), values.get("time"), link) if kind != "invitation" else (link,)))
    return Text(subject, text, link, encoding(text), segments(text), variables if channel == "whatsapp" else ())


def template_text(organisation: str, language: str, role: PersonRole, kind: TextKind) -> str:
    """Word a WhatsApp template as it is to be approved; its variables are what `Text.variables` has."""
    names = ("link",) if kind == "invitation" else ("date", "time", "link")
    values = {name: f"{{{{{number}}}}}" for number, name in enumerate(names, 1)}
    values |= {"organisation": organisation, "test": values["link"]}
    return _worded(kind, "whatsapp", Invitation("", role, language), values)


def _worded(kind: TextKind, how: str, invitation: Invitation, values: Mapping[str, str]) -> str:
    words = catalogue(invitation.language)
    direction = words.language.dir
    audience = "remote" if invitation.role == "service-user" else "colleague"
    about = audience if kind == "invitation" else kind
    kept = {name: value if name in _LINKS else isolated(value, direction) for name, value in values.items()}
    text = words.text(MESSAGES[f"{about}_{how}"], **kept)
    if how == "whatsapp":
        # Templates may neither end with a variable nor, for Twilio, have line breaks.
        text = f"{text} {words.text(MESSAGES['email_preview'])}"
    return text if how == "email" else pointed(text, direction)


def _moment(at: datetime, timezone: str, language: str, *, brief: bool) -> dict[str, str]:
    """Say a date and a time in somebody's zone and language, `brief` as an SMS has room for (Unicode CLDR)."""
    zone, locale = get_timezone(timezone), Locale.parse(language)
    local = at.astimezone(zone)
    month = "MMMMd" if language in _MISREAD else "MMMd"
    date = format_skeleton(month, local, locale=locale) if brief else format_date(local, "full", locale=locale)
    time = format_time(local, "short", tzinfo=zone, locale=locale)
    return {
        "date": local_digits(_plain(date) if brief else date, language),
        # No line ends between the hour and what half of the day it is of.
        "time": local_digits(_plain(time) if brief else re.sub(r"\s", "\u00a0", time), language),
        "zone": _zone(timezone, at, locale),
    }


def _zone(timezone: str, at: datetime, locale: Locale) -> str:
    """Name a zone by its country, and by its city where the country has other hours too; UTC is of none."""
    if timezone == "UTC" or timezone.startswith("Etc/"):
        return timezone.removeprefix("Etc/")
    territory = get_global("zone_territories").get(get_global("zone_aliases").get(timezone, timezone), "")
    hours = {at.astimezone(ZoneInfo(zone)).utcoffset() for zone in get_global("territory_zones").get(territory, ())}
    if timezone == MAIN.get(territory) or len(hours) == 1:
        return _named(locale.zone_formats["region"] % locale.territories[territory])
    # Babel knows cities by the names that zones had before.
    names = {new: old for old, new in get_global("zone_aliases").items() if old in locale.time_zones}
    return _named(get_timezone_location(get_timezone(names.get(timezone, timezone)), locale=locale))


def _named(zone: str) -> str:
    # Babel takes the format of summer time for that of any time in Russian.
    return zone.removesuffix(", летнее время")


def _plain(text: str) -> str:
    """Do without what would make an SMS of a Latin language twice as long: narrow spaces, the hat of an "août"."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare if encoding(text) != encoding(bare) else text


def test_text(settings: Settings, channel: Channel, person: Invitation, key: str) -> Outgoing:
    """Make a text by which an operator sees that messages arrive; it says what it is."""
    to = person.email if channel == "email" else person.phone
    assert to is not None
    return Outgoing(
        delivery_id=key.partition(".")[0],
        key=key,
        channel=channel,
        to=to,
        language=person.language,
        link=None,
        subject=f"{settings.organisation}: a test" if channel == "email" else None,
        text=f"{settings.organisation}: this is a test. If you can read it, messages arrive.",
        template=person.template(),
        variables=(settings.public_url or "http://127.0.0.1",),
    )


def notify(organisation: str, language: str, wait: Wait | None) -> tuple[str, str]:
    """Word a notice to staff, without a wait a trial: its subject and its text, with nothing of those who wait."""
    words = catalogue(language)
    direction = words.language.dir
    values = {"organisation": isolated(organisation, direction)}
    names = ("notice_trial_subject", "notice_trial")
    if wait is not None:
        names = ("notice_subject", "notice")
        values |= {
            "number": local_digits(str(wait.number), language),
            "minutes": local_digits(str(wait.minutes), language),
        }
    subject, text = (pointed(words.text(MESSAGES[name], **values), direction) for name in names)
    return subject, text

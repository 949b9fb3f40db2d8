"""A row of a batch: what can be wrong with it, found all at once instead of one thing at a time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from tc_server.domain.delivery import WORDS, Offer, Reason, Step, Via, chain, left_out
from tc_server.domain.errors import (
    ContactMissing,
    InvalidTime,
    InvalidTimezone,
    NoProvider,
    Refused,
    UnknownLanguage,
)
from tc_server.domain.invite import Invitation, checked, known_language, normal_email, normal_phone
from tc_server.domain.people import clean_name
from tc_server.domain.planning import kinds, require_time
from tc_server.domain.session import Kind
from tc_server.domain.zones import require_zone, zone_of

Field = Literal["kind", "name", "phone", "email", "language", "via", "note", "at", "timezone"]

_NAME_MAX = 120
_NOTE_MAX = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """What somebody has written into a row, whatever it is; `key` is what it is known by when it comes again."""

    key: str
    name: str
    kind: str = "remote"
    phone: str | None = None
    email: str | None = None
    language: str = "en"
    via: str = "auto"
    note: str | None = None
    at: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field; `value` is what stood there."""

    code: str
    field: Field
    value: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Sound:
    """A row that can be invited, and the ways that its text would be tried; none for the link alone.

    `lacking` says why WhatsApp isn't one of them.
    """

    key: str
    kind: Kind
    invitation: Invitation
    ways: tuple[Step, ...]
    lacking: Reason | None = None


def judged(
    row: Row, languages: Collection[str], offers: Sequence[Offer], reminders: Sequence[timedelta], now: datetime
) -> Sound | list[Fault]:
    """Bring a row into the form in which it can be invited, or tell everything that is wrong with it.

    `reminders` are the spans before a planned time at which people are reminded of it.
    """
    found = [*_form(row), *_contacts(row), *_language(row, languages), *_time(row, now)]
    if found:
        return found
    invitation = Invitation(
        name=row.name,
        role="service-user" if row.kind == "remote" else "colleague",
        language=row.language,
        phone=row.phone or None,
        email=row.email or None,
        via=row.via,  # type: ignore[arg-type]
        note=row.note or None,
        at=_moment(row.at) if row.at else None,
        timezone=row.timezone or None,
    )
    try:
        invitation = checked(invitation, languages)
    except ContactMissing as refused:
        field: Field = "email" if row.via == "email" else "phone"
        return [_refused(refused, field, None)]
    templates = [invitation.template(kind) for kind in kinds(invitation.at, reminders, now)]
    ways = [chain(invitation.via, invitation.phone, invitation.email, offers, template=one) for one in templates]
    lacking = [left_out(invitation.via, invitation.phone, offers, template=one) for one in templates]
    if not all(ways) and invitation.via != "link":
        return [_refused(no_way(lacking[ways.index(())]), "via", row.via)]
    return Sound(row.key, row.kind, invitation, ways[0], lacking[0])  # type: ignore[arg-type]


def no_way(lacking: Reason | None) -> NoProvider:
    """Refuse what no provider leads to; `lacking` is what keeps WhatsApp from doing so."""
    return NoProvider(" ".join(WORDS[lacking])) if lacking else NoProvider()


def _form(row: Row) -> list[Fault]:
    found: list[Fault] = []
    if not clean_name(row.name):
        found.append(_invalid("name", row.name or None, "There is no name. Write what the person is called."))
    elif len(row.name) > _NAME_MAX:
        found.append(_invalid("name", row.name, f"The name has more than {_NAME_MAX} characters. Shorten it."))
    if row.kind not in get_args(Kind):
        found.append(_invalid("kind", row.kind, "There is no such kind. Write remote or in-person."))
    if row.via not in get_args(Via):
        found.append(_invalid("via", row.via, f"There is no such way. Write one of: {', '.join(get_args(Via))}."))
    if len(row.note or "") > _NOTE_MAX:
        found.append(_invalid("note", row.note, f"The note has more than {_NOTE_MAX} characters. Shorten it."))
    return found


def _contacts(row: Row) -> list[Fault]:
    tried: list[tuple[Field, str | None, Callable[[str], str]]] = [
        ("phone", row.phone, normal_phone),
        ("email", row.email, normal_email),
    ]
    found: list[Fault] = []
    for field, value, normal in tried:
        if value:
            try:
                normal(value)
            except Refused as refused:
                found.append(_refused(refused, field, value))
    return found


def _language(row: Row, languages: Collection[str]) -> list[Fault]:
    try:
        known_language(row.language, languages)
    except UnknownLanguage as refused:
        return [_refused(refused, "language", row.language)]
    return []


def _time(row: Row, now: datetime) -> list[Fault]:
    try:
        require_zone(row.timezone or None)
    except InvalidTimezone as refused:
        return [_refused(refused, "timezone", row.timezone)]
    if not row.at:
        return []
    if (moment := _moment(row.at)) is None:
        return [_invalid("at", row.at, "This is no time. Write it in RFC 3339, like 2026-12-01T14:30:00+03:00.")]
    try:
        require_time(moment, now)
        zone_of(row.timezone or None, row.phone, moment)
    except InvalidTime as refused:
        return [_refused(refused, "at", row.at)]
    except InvalidTimezone as refused:
        return [_refused(refused, "timezone", row.timezone)]
    return []


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _invalid(field: Field, value: str | None, detail: str) -> Fault:
    return Fault("invalid", field, value, detail)


def _refused(refused: Refused, field: Field, value: str | None) -> Fault:
    return Fault(refused.code, field, value, refused.detail)

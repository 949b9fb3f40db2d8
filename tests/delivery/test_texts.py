"""The words of an invitation: per channel, role and language, with nothing in them that shouldn't be."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from tc_server.delivery.segments import encoding, segments
from tc_server.delivery.texts import compose, notify
from tc_server.domain.delivery import Channel, TextKind
from tc_server.domain.invite import Invitation
from tc_server.domain.notice import Wait
from tc_server.domain.people import PersonRole
from tc_server.locales import languages
from tc_server.locales.numerals import local_digits
from tc_server.services.context import Text

GSM = ("en", "fr", "es", "pt", "de", "it", "sw", "so", "ha")
CODES = [language.code for language in languages()]
RTL = [language.code for language in languages() if language.dir == "rtl"]
LINK = "https://talk.example.org/j/en#AbCdEfGhIjKlMnOpQrStUvWx"
ORGANISATION = "Example {Org} %s"
NAME = "Layla {link} {0} %(name)s"


def worded(
    organisation: str, channel: Channel | None, invited: Invitation, url: str, kind: TextKind = "invitation"
) -> Text:
    return compose(organisation, "https://talk.example.org", kind, channel, invited, url)


def invitation(language: str, role: PersonRole = "service-user") -> Invitation:
    """Invite somebody whose name looks like a placeholder, and about whom staff has made a note."""
    return Invitation(name=NAME, role=role, language=language, phone="+41446681800", note="staff's own")


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("role", get_args(PersonRole))
@pytest.mark.parametrize("channel", [*get_args(Channel), None])
def test_a_text_holds_who_invites_and_the_link_and_nothing_half_filled(
    language: str, role: PersonRole, channel: Channel | None
) -> None:
    made = worded(ORGANISATION, channel, invitation(language, role), LINK)
    for text in filter(None, (made.text, made.subject)):
        assert ORGANISATION in text
        assert not re.search(r"\{\w*\}", text.replace(ORGANISATION, "").replace(NAME, ""))
        assert "staff's own" not in text
        assert "+41446681800" not in text
    assert made.text.count(LINK) == 1
    assert (made.subject is not None) == (channel == "email")
    assert (NAME in made.text) == (channel == "email")
    assert (made.encoding, made.segments) == (encoding(made.text), segments(made.text))


@pytest.mark.parametrize("language", CODES)
def test_a_colleague_is_asked_in_other_words_than_a_person_in_need(language: str) -> None:
    for channel in get_args(Channel):
        person = worded(ORGANISATION, channel, invitation(language), LINK)
        colleagues = {
            worded(ORGANISATION, channel, invitation(language, role), LINK) for role in get_args(PersonRole)[1:]
        }
        assert len(colleagues) == 1
        assert person not in colleagues


def test_each_language_has_its_own_words() -> None:
    assert len({worded("X", "sms", invitation(code), LINK).text for code in CODES}) == len(CODES)


def test_an_sms_is_short_and_by_hand_one_gets_the_same_words() -> None:
    sms = worded("TeleConnect", "sms", invitation("en"), LINK)
    assert (sms.encoding, sms.segments) == ("GSM-7", 1)
    assert worded("TeleConnect", None, invitation("en"), LINK) == sms
    assert max(worded("TeleConnect", "sms", invitation(code), LINK).segments for code in CODES) <= 3


PLAN = datetime(2026, 8, 3, 21, 30, tzinfo=UTC)
PLANNED: tuple[TextKind, ...] = ("planned", "reminder", "moved", "cancelled")


def planned(language: str, timezone: str = "Africa/Addis_Ababa") -> Invitation:
    return replace(invitation(language), at=PLAN, timezone=timezone)


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("kind", PLANNED)
@pytest.mark.parametrize("channel", get_args(Channel))
def test_a_text_of_what_is_planned_holds_when_and_where_to_go(language: str, kind: TextKind, channel: Channel) -> None:
    made = worded("TeleConnect", channel, planned(language), LINK, kind)
    for text in filter(None, (made.text, made.subject)):
        assert "TeleConnect" in text
        assert not re.search(r"\{(?!link|0)\w*\}", text)
        # Half past midnight on the fourth, where that person lives.
        assert local_digits("4", language) in text
        assert local_digits("30", language) in text
    test = f"https://talk.example.org/test/{language}#{LINK.partition('#')[2]}"
    assert (test in made.text) == (kind in ("planned", "moved"))
    assert (LINK in made.text) == (kind == "reminder")


@pytest.mark.parametrize("language", RTL)
def test_in_a_text_from_the_right_names_and_times_keep_to_themselves_and_an_sms_gives_its_link_a_line(
    language: str,
) -> None:
    for kind in ("invitation", *PLANNED):
        made = worded("TeleConnect", "sms", planned(language), LINK, kind)
        assert made.text.startswith("\u200f\u2068TeleConnect\u2069")
        if made.link:
            assert made.text.endswith("\n" + made.link)
    for channel in get_args(Channel):
        made = worded("TeleConnect", channel, planned(language), LINK, "reminder")
        # What finds links in a text may take a sign beside one for a part of it.
        assert re.search(rf"(^|\s){re.escape(LINK)}(\s|$)", made.text)
        assert made.text.count("\u2068") == made.text.count("\u2069") >= 3


def test_a_time_is_told_in_the_persons_zone_and_language() -> None:
    assert (
        "3 août 2026 à 23:30 (heure : Suisse)"
        in worded("X", "email", planned("fr", "Europe/Zurich"), LINK, "planned").text
    )
    assert "(Швейцария)" in worded("X", "email", planned("ru", "Europe/Zurich"), LINK, "planned").text
    assert "Tuesday, August 4, 2026 at 12:30" in worded("X", "email", planned("en"), LINK, "planned").text
    assert "Aug 4, 12:30 AM" in worded("X", "sms", planned("en"), LINK, "planned").text


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("kind", get_args(TextKind))
@pytest.mark.parametrize("role", ["service-user", "colleague"])
def test_an_sms_is_one_where_gsm_has_the_letters_and_at_most_two_elsewhere_in_every_month(
    language: str, kind: TextKind, role: PersonRole
) -> None:
    for month in range(1, 13):
        at = datetime(2026, month, 23, 22, 45, tzinfo=UTC)
        person = replace(invitation(language, role), at=at, timezone="Europe/Zurich")
        made = worded("TeleConnect", "sms", person, LINK, kind)
        assert made.segments <= (1 if language in GSM else 2), made.text
        assert made.encoding == ("GSM-7" if language in GSM else "UCS-2"), made.text


def test_a_time_of_no_country_is_told_as_utc() -> None:
    assert "(UTC)" in worded("X", "email", planned("fr", "UTC"), LINK, "planned").text


def test_a_notice_reads_as_its_language_does() -> None:
    subject, text = notify("Example Help", "fa", Wait(3, 12))
    assert subject.startswith("\u200f\u2068Example Help\u2069")
    assert "۳" in text
    assert "۱۲" in text
    assert notify("Example Help", "en", None)[0] == "Example Help: a test"

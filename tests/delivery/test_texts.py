"""The words of an invitation: per channel, role and language, with nothing in them that shouldn't be."""

import re
from typing import get_args

import pytest

from tc_server.delivery.segments import encoding, segments
from tc_server.delivery.texts import compose
from tc_server.domain.delivery import Channel
from tc_server.domain.invite import Invitation
from tc_server.domain.people import PersonRole
from tc_server.locales import languages

CODES = [language.code for language in languages()]
LINK = "https://talk.example.org/j/en#AbCdEfGhIjKlMnOpQrStUvWx"
ORGANISATION = "Example {Org} %s"
NAME = "Layla {link} {0} %(name)s"


def invitation(language: str, role: PersonRole = "service-user") -> Invitation:
    """Invite somebody whose name looks like a placeholder, and about whom staff has made a note."""
    return Invitation(name=NAME, role=role, language=language, phone="+41446681800", note="staff's own")


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("role", get_args(PersonRole))
@pytest.mark.parametrize("channel", [*get_args(Channel), None])
def test_a_text_holds_who_invites_and_the_link_and_nothing_half_filled(
    language: str, role: PersonRole, channel: Channel | None
) -> None:
    made = compose(ORGANISATION, channel, invitation(language, role), LINK)
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
        person = compose(ORGANISATION, channel, invitation(language), LINK)
        colleagues = {
            compose(ORGANISATION, channel, invitation(language, role), LINK) for role in get_args(PersonRole)[1:]
        }
        assert len(colleagues) == 1
        assert person not in colleagues


def test_each_language_has_its_own_words() -> None:
    assert len({compose("X", "sms", invitation(code), LINK).text for code in CODES}) == len(CODES)


def test_an_sms_is_short_and_by_hand_one_gets_the_same_words() -> None:
    sms = compose("TeleConnect", "sms", invitation("en"), LINK)
    assert (sms.encoding, sms.segments) == ("GSM-7", 1)
    assert compose("TeleConnect", None, invitation("en"), LINK) == sms
    assert max(compose("TeleConnect", "sms", invitation(code), LINK).segments for code in CODES) <= 3

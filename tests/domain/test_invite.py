"""Invites: contacts made sound, the channel chosen, links formed."""

from dataclasses import replace

import pytest

from tc_server.domain.delivery import Via
from tc_server.domain.errors import ContactMissing, InvalidEmail, InvalidPhone, UnknownLanguage
from tc_server.domain.invite import Invitation, checked, link, normal_email, normal_phone

PERSON = Invitation("Amina", "service-user", "en", phone="+41446681800", email="amina@example.org")


@pytest.mark.parametrize(
    "written",
    [
        "+41446681800",
        "+41 44 668 18 00",
        "+41 (0)44 668-18-00",
        " +41.44.668.18.00 ",
        "+41\u00a044\u00a0668\u00a018\u00a000",
    ],
)
def test_a_phone_number_is_brought_into_one_form(written: str) -> None:
    assert normal_phone(written) == "+41446681800"


@pytest.mark.parametrize("written", ["044 668 18 00", "+41", "+99 1234567", "hello", "", "+4144668180012345"])
def test_what_is_no_international_number_is_refused(written: str) -> None:
    with pytest.raises(InvalidPhone):
        normal_phone(written)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Amina@Example.ORG", "Amina@example.org"),
        (" a.b+c@mail.example.org ", "a.b+c@mail.example.org"),
        ("أمينة@مثال.إختبار", "أمينة@مثال.إختبار"),
    ],
)
def test_an_address_keeps_its_name_and_lowers_its_domain(written: str, normal: str) -> None:
    assert normal_email(written) == normal


@pytest.mark.parametrize(
    "written",
    ["amina", "amina@", "@example.org", "a b@example.org", "a@b", "a@example.org\nBcc: b@example.org", "a@@example.org",
     "a@example..org", "a" * 65 + "@example.org", "a@" + "b" * 250 + ".org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(InvalidEmail):
        normal_email(written)


@pytest.mark.parametrize(
    "person",
    [
        replace(PERSON, via="sms", phone=None),
        replace(PERSON, via="whatsapp", phone=None),
        replace(PERSON, via="email", email=None),
    ],
    ids=["sms", "whatsapp", "email"],
)
def test_a_channel_without_its_contact_is_refused(person: Invitation) -> None:
    with pytest.raises(ContactMissing, match="needs"):
        checked(person, ["en"])


@pytest.mark.parametrize("via", ["auto", "sms", "whatsapp", "email"])
def test_somebody_without_any_contact_is_refused(via: Via) -> None:
    with pytest.raises(ContactMissing):
        checked(replace(PERSON, phone=None, email=None, via=via), ["en"])


def test_somebody_without_any_contact_can_get_the_link_by_hand() -> None:
    assert checked(replace(PERSON, phone=None, email="", via="link"), ["en"]).email is None


def test_an_unknown_language_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UnknownLanguage, match=r"'tlh'.*ar, en"):
        checked(replace(PERSON, language="tlh"), ["en", "ar"])


def test_an_invitation_is_made_sound() -> None:
    rough = replace(PERSON, name=" Amina\u202e \n Yusuf ", phone="+41 44 668 18 00", email=" A@EXAMPLE.org", note="")
    sound = checked(rough, ["en"])
    assert (sound.name, sound.phone, sound.email, sound.note) == ("Amina Yusuf", "+41446681800", "A@example.org", None)


def test_somebody_without_a_name_is_still_somebody() -> None:
    assert checked(replace(PERSON, name=" \u202e\t"), ["en"]).name


def test_the_secret_of_a_link_stands_in_the_fragment() -> None:
    assert link("https://talk.example.org/", "ar", "s3cret") == "https://talk.example.org/j/ar#s3cret"

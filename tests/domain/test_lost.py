"""Contacts as people write them, and how often one wish after the other is granted."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tc_server.domain.invite import Via
from tc_server.domain.lost import Allowance, Contact, contact_in, via_to
from tests.domain.made import NOON, at

AMINA = Contact("phone", "+41446681800")


@pytest.mark.parametrize(
    "text",
    [
        "+41446681800",
        " +41 44 668 18 00 ",
        "0041 44 668 18 00",
        "00 41/44-668.18.00",
        "41446681800",
        "tel:+41-44-668-18-00",
        "\u2066+41\u00a044\u00a0668\u00a018\u00a000\u2069",
        "+٤١٤٤٦٦٨١٨٠٠",
        "٠٠٤١ ٤٤ ٦٦٨ ١٨ ٠٠",
        "+४१४४६६८१८००",
        "＋41446681800",
    ],
)
def test_a_number_is_read_however_it_is_typed(text: str) -> None:
    assert contact_in(text) == AMINA


@pytest.mark.parametrize(
    "text", ["amina@Example.ORG", " amina@example.org\n", "\u200famina@example.org", "mailto:amina@example.org"]
)
def test_an_address_is_read_with_what_copying_brings_along(text: str) -> None:
    assert contact_in(text) == Contact("email", "amina@example.org")


@pytest.mark.parametrize(
    "text", ["", " ", "nonsense", "044 668 18 00", "+", "00", "@", "a@b", "1", "+1" * 500, "\ud800", "\x00"]
)
def test_what_is_no_contact_or_lacks_its_country_is_none(text: str) -> None:
    assert contact_in(text) is None


@given(st.text())
def test_whatever_is_written_is_read_without_a_fault(text: str) -> None:
    found = contact_in(text)
    assert found is None or contact_in(found.value) == found


@pytest.mark.parametrize(
    ("via", "by_phone", "by_email"),
    [
        ("auto", "auto", "email"),
        ("sms", "sms", None),
        ("whatsapp", "whatsapp", None),
        ("email", None, "email"),
        ("link", None, None),
    ],
)
def test_a_link_goes_only_where_staff_chose_to_send_it(via: Via, by_phone: str | None, by_email: str | None) -> None:
    assert via_to(AMINA, via) == by_phone
    assert via_to(Contact("email", "amina@example.org"), via) == by_email


def test_a_contact_gets_three_messages_an_hour_and_the_next_when_the_first_is_an_hour_old() -> None:
    allowance = Allowance()
    assert [allowance.take(AMINA, at(minutes)) for minutes in (0, 10, 20, 30, 59)] == [True, True, True, False, False]
    assert [allowance.take(AMINA, at(minutes)) for minutes in (60, 62, 70)] == [True, False, True]


def test_asking_twice_within_a_minute_is_asking_once() -> None:
    allowance = Allowance()
    times = [NOON + timedelta(seconds=seconds) for seconds in (0, 1, 59, 60)]
    assert [allowance.take(AMINA, time) for time in times] == [True, False, False, True]


def test_an_address_is_the_same_in_small_letters_and_capitals() -> None:
    allowance = Allowance()
    assert allowance.take(Contact("email", "Amina@example.org"), NOON)
    assert not allowance.take(Contact("email", "amina@example.org"), NOON)


def test_many_contacts_at_once_are_served_and_a_flood_is_not() -> None:
    allowance = Allowance()
    people = [Contact("email", f"{n}@example.org") for n in range(200)]
    assert sum(allowance.take(person, NOON) for person in people[:100]) == 60
    assert sum(allowance.take(person, at(1)) for person in people[100:]) == 30


def test_no_contact_is_kept_in_clear_and_none_for_longer_than_it_counts() -> None:
    allowance = Allowance()
    allowance.take(AMINA, NOON)
    kept = repr(vars(allowance))
    assert "41446681800" not in kept
    assert "668" not in str(list(allowance._sent))
    allowance.take(Contact("email", "other@example.org"), at(61))
    assert len(allowance._sent) == 1

"""Digits are those that a language is usually written with."""

import unicodedata

import pytest

from tc_server.locales import languages
from tc_server.locales.numerals import digits, local_digits


@pytest.mark.parametrize("code", [language.code for language in languages()])
def test_every_language_has_ten_digits_in_order(code: str) -> None:
    assert [unicodedata.digit(digit) for digit in digits(code)] == list(range(10))


@pytest.mark.parametrize(
    ("code", "written"),
    [("en", "20:45"), ("fa", "۲۰:۴۵"), ("ps", "۲۰:۴۵"), ("bn", "২০:৪৫"), ("my", "၂၀:၄၅"), ("ur", "20:45")],
)
def test_a_time_is_written_in_them(code: str, written: str) -> None:
    assert local_digits("20:45", code) == written

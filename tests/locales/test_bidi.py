"""What reads the other way keeps to itself, and a text begins in its own direction."""

import pytest

from tc_server.locales.bidi import isolated, pointed


@pytest.mark.parametrize(
    ("value", "direction", "made"),
    [
        ("TeleConnect", "ltr", "TeleConnect"),
        ("TeleConnect", "rtl", "\u2068TeleConnect\u2069"),
        ("ليلى", "rtl", "\u2068ليلى\u2069"),
        ("ليلى", "ltr", "\u2068ليلى\u2069"),
        ("3 أغسطس", "rtl", "\u20683 أغسطس\u2069"),
        ("20:45", "ltr", "20:45"),
        ("አማርኛ", "ltr", "አማርኛ"),
    ],
)
def test_a_value_is_isolated_where_it_reads_the_other_way(value: str, direction: str, made: str) -> None:
    assert isolated(value, direction) == made  # type: ignore[arg-type]


def test_a_value_cannot_turn_what_follows_around() -> None:
    assert isolated("Layla\u202e\u2069\u2067", "rtl") == "\u2068Layla\u2069"


def test_a_text_that_begins_with_the_other_writing_says_its_direction_first() -> None:
    assert pointed("TeleConnect: مرحبا", "rtl") == "\u200fTeleConnect: مرحبا"
    assert pointed("ليلى wrote", "ltr") == "\u200eليلى wrote"
    assert pointed("مرحبا", "rtl") == "مرحبا"
    assert pointed("12:30", "rtl") == "12:30"

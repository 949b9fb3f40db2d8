"""Lines break where readers expect it, and never run out of their column."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tc_cli.transcript.breaking import pieces
from tests.transcript.conversation import RIGHT_TO_LEFT, SENTENCES, typesetter

TYPE = typesetter()
ADDRESS = "https://example.org/fr/centres/urgences?ville=geneve&quartier=plainpalais#horaires"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two words", ["two", " ", "words"]),
        ("well-known 2026-03-07", ["well-", "known", " ", "2026-03-07"]),
        ("您好，世界。", ["您", "好，", "世", "界。"]),
        ("「はい」", ["「は", "い」"]),
        ("မြန်မာ", ["မြန်", "မာ"]),
        ("ไปแล้ว", ["ไป", "แล้ว"]),
        ("ሰላም፡ልጄ", ["ሰላም፡", "ልጄ"]),
    ],
)
def test_lines_may_break_between(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text(max_size=60))
def test_no_character_is_lost_in_splitting(text: str) -> None:
    assert "".join(pieces(text)) == text


def logical(width: float, text: str) -> list[str]:
    """Return the lines of left-to-right text."""
    return ["".join(atom.text for atom in line.atoms) for line in TYPE.lines(text, size=10, width=width)]


def test_an_address_breaks_after_its_separators() -> None:
    lines = logical(200, ADDRESS)
    assert "".join(lines) == ADDRESS
    assert all(line[-1] in "/?&=#" for line in lines[:-1])


def test_a_word_without_end_is_torn() -> None:
    lines = logical(100, "Oh " + "a" * 100)
    assert lines[0] == "Oh"
    assert "".join(lines[1:]) == "a" * 100


def test_an_indented_line_stays_indented() -> None:
    assert logical(300, "a\n  b") == ["a", "  b"]


@given(
    st.lists(st.sampled_from([*SENTENCES.values(), *RIGHT_TO_LEFT.values(), ADDRESS, "🙂", "-", "a" * 40]), max_size=6),
    st.floats(60, 400),
)
@settings(max_examples=60)
def test_no_line_is_wider_than_its_column(parts: list[str], width: float) -> None:
    assert all(line.width <= width + 0.01 for line in TYPE.lines(" ".join(parts), size=10, width=width))

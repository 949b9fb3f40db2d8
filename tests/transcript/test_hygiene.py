"""Whatever is written can be printed, and nothing heavy is loaded before it is."""

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from tc_cli.transcript.cleaning import MOST_MARKS, clean, clean_line
from tests.transcript.conversation import printed, said

ANYTHING = st.text(st.characters(codec=None), max_size=40)
NASTY = st.text(
    "\x00\x07\x1b\t\r\n\x85\u200d\u200b\u200e\u2028\u202e\u2067\u0301\u0e33\u20e3\ufe0f\ufffe\ud83d\ude001aא🇦🏽👩",
    max_size=30,
)


@given(st.lists(st.tuples(ANYTHING | NASTY, ANYTHING | NASTY), max_size=4))
@settings(max_examples=40)
def test_anything_can_be_printed(messages: list[tuple[str, str]]) -> None:
    entries = [said(text, by=name, role=name, file=(text, 0)) for text, name in messages]
    assert printed(*entries, allow_missing=True).reader.pages


@given(ANYTHING | NASTY)
def test_clean_text_has_nothing_but_lines_of_characters(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not {char for char in cleaned if ord(char) < 32 and char != "\n"}
    assert clean(cleaned) == cleaned


def test_halves_of_characters_are_put_together_or_replaced() -> None:
    assert clean("\ud83d\ude42 \ud83d") == "🙂 \ufffd"


def test_names_are_one_line() -> None:
    assert clean_line(" Ana\n\tMaria ") == "Ana Maria"


def test_towers_of_marks_are_cut() -> None:
    assert len(clean("a" + "\u0323" * 100)) <= 1 + MOST_MARKS


def test_a_name_and_a_file_name_of_any_length_stay_on_the_page() -> None:
    assert printed(said("x", by="N" * 5000, file=("f" * 5000, 1))).reader.pages


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("fpdf", "fontTools", "uharfbuzz", "PIL", "tc_server", "tc_cli.client", "typer")
    code = f"import sys, tc_cli.transcript; print([name for name in {heavy!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"

"""Right-to-left text stands to the right and runs to the left, whatever is mixed into it; no message turns another."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tc_cli.transcript import page as sheet
from tc_cli.transcript.cleaning import clean
from tc_cli.transcript.composing import Composer
from tc_cli.transcript.model import Labels, Transcript
from tc_cli.transcript.ordering import levels, starts_rtl, visual
from tests.transcript.conversation import NAIROBI, START, printed, said, seen, set_in_line, typesetter


@pytest.mark.parametrize(
    ("text", "rtl"),
    [("مرحبا", True), ("1. שלום", True), ("Hello سلام", False), ("123", None), ("🙂 (سلام)", True), ("", None)],
)
def test_the_first_strong_letter_gives_the_direction(text: str, rtl: bool | None) -> None:
    assert starts_rtl(text) is rtl


def test_latin_words_and_numbers_keep_their_order_within_hebrew() -> None:
    assert seen(set_in_line("אבג Paracetamol 250 mg דהו")) == "והד Paracetamol 250 mg גבא"


def test_hebrew_keeps_its_order_within_latin() -> None:
    assert seen(set_in_line("The name אבג 12 דהו, he said")) == "The name והד 12 גבא, he said"


def test_brackets_are_mirrored() -> None:
    atoms = set_in_line("(אב)").atoms
    glyphs = [glyph for atom in atoms for glyph in atom.shape.glyphs]
    unmirrored = atoms[0].face.shape("()", rtl=False).glyphs
    assert [glyphs[0].text, glyphs[-1].text] == [")", "("]
    assert [glyphs[0].id, glyphs[-1].id] == [glyph.id for glyph in unmirrored]


def test_a_paragraph_without_letters_follows_its_message() -> None:
    lines = typesetter().lines("שלום\n12 + 3\nLatin", size=10, width=300)
    assert [line.rtl for line in lines] == [True, True, False]


def placed(text: str) -> list[sheet.Words]:
    transcript = Transcript(START, NAIROBI, [said(text)])
    (page,) = Composer(typesetter(), Labels()).compose(transcript)
    return [words for words in page.words if words.x >= sheet.TEXT_LEFT - 1 and words.y < sheet.BOTTOM]


def test_right_to_left_messages_end_at_the_right_edge() -> None:
    (words,) = placed("שלום")
    assert words.x + words.line.width == pytest.approx(sheet.RIGHT)


def test_left_to_right_messages_begin_at_the_left_of_their_column() -> None:
    (words,) = placed("Hello")
    assert words.x == sheet.TEXT_LEFT


def test_a_control_that_turns_text_does_not_turn_the_next_message() -> None:
    turned, plain = printed(said("\u202eabc"), said("def")).text, printed(said("abc"), said("def")).text
    assert turned == plain


@given(st.text(alphabet="abאבג12 (),.-", min_size=1, max_size=24), st.booleans())
@settings(max_examples=150)
def test_the_order_on_a_line_is_that_of_the_standard(text: str, rtl: bool) -> None:
    class Char(str):
        level = 0

    text = text.strip() or "a"
    line = []
    for char, level in zip(text, levels(text, rtl), strict=True):
        line.append(Char(char))
        line[-1].level = level
    standard = BidiParagraph(text, TextDirection.RTL if rtl else TextDirection.LTR).get_reordered_string()
    assert "".join(visual(line)) == standard


@given(st.text(alphabet="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069ab", max_size=12))
def test_no_control_of_direction_is_left(text: str) -> None:
    assert set(clean(text)) <= {"a", "b"}


def test_ink_is_where_the_words_should_be(tmp_path: Path, require: Callable[[str], Path]) -> None:
    (tmp_path / "it.pdf").write_bytes(printed(said("مرحبا يا صديقي")).data)
    command = [str(require("pdftoppm")), "-r", "72", "-gray", "-singlefile", "-png", "it.pdf", "it"]
    subprocess.run(command, cwd=tmp_path, check=True)
    (words,) = placed("مرحبا يا صديقي")
    with Image.open(tmp_path / "it.png") as image:
        row = image.point(lambda grey: 255 if grey < 128 else 0)
        box = row.crop((int(sheet.TEXT_LEFT), int(words.y) - 12, image.width, int(words.y) + 8)).getbbox()
    assert box is not None
    assert box[0] == pytest.approx(words.x - sheet.TEXT_LEFT, abs=3)
    assert box[2] == pytest.approx(sheet.RIGHT - sheet.TEXT_LEFT, abs=3)

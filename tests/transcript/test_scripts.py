"""Every script reads right, on paper and for who selects, copies or searches."""

import unicodedata

import pytest

from tc_cli.transcript.faces import FIRST_MERGED
from tc_cli.transcript.finding import FontFinder
from tests.transcript.conversation import RIGHT_TO_LEFT, SENTENCES, Printed, printed, said, seen, set_in_line


@pytest.fixture(scope="module")
def all_scripts() -> Printed:
    return printed(*(said(text, by=language) for language, text in (SENTENCES | RIGHT_TO_LEFT).items()))


@pytest.mark.parametrize("language", SENTENCES)
def test_words_can_be_found_in_the_pdf(all_scripts: Printed, language: str) -> None:
    assert unicodedata.normalize("NFC", SENTENCES[language]) in all_scripts.text


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_words_from_right_to_left_can_be_found_too(all_scripts: Printed, language: str) -> None:
    assert all(word in all_scripts.text for word in RIGHT_TO_LEFT[language].split())


@pytest.mark.parametrize("language", SENTENCES | RIGHT_TO_LEFT)
def test_every_character_has_a_glyph(language: str) -> None:
    line = set_in_line((SENTENCES | RIGHT_TO_LEFT)[language])
    assert all(glyph.id for atom in line.atoms for glyph in atom.shape.glyphs)
    assert "\ufffd" not in seen(line)


def test_arabic_letters_join() -> None:
    joined = [glyph.id for atom in set_in_line("ببب").atoms for glyph in atom.shape.glyphs]
    apart = [glyph.id for atom in set_in_line("ب").atoms for glyph in atom.shape.glyphs]
    assert len(set(joined)) == 3
    assert not set(joined) & set(apart)


def test_persian_keeps_letters_apart_where_it_says_so() -> None:
    with_joiner, without = set_in_line("می‌خواهم"), set_in_line("میخواهم")
    assert [glyph.id for glyph in with_joiner.atoms[0].shape.glyphs] != [g.id for g in without.atoms[0].shape.glyphs]
    assert "\u200c" in seen(with_joiner)


@pytest.mark.parametrize(("text", "glyphs"), [("ကျွန်", 2), ("ক্ষ", 1), ("क्षि", 1), ("နေ", 1), ("ሰላም", 3)])
def test_a_cluster_is_one_glyph_that_stands_for_all_its_characters(text: str, glyphs: int) -> None:
    (atom,) = set_in_line(text).atoms
    assert len(atom.shape.glyphs) == glyphs
    assert "".join(glyph.text for glyph in atom.shape.glyphs) == text


def test_marks_are_merged_with_their_letters() -> None:
    (atom,) = set_in_line("နေ").atoms
    assert [glyph.id >= FIRST_MERGED for glyph in atom.shape.glyphs] == [True]


@pytest.mark.parametrize("text", ["12।", "12؟", "٤٥", "12።", "၁၂။", "12、"])
def test_signs_of_a_script_are_drawn_without_a_letter_beside_them(text: str) -> None:
    if text == "12、" and not FontFinder().find("notosanssc"):
        pytest.skip("no font for Chinese here")
    assert sorted(seen(set_in_line(text))) == sorted(text)


def test_each_script_adds_its_font_only_when_it_occurs() -> None:
    names = [font["/FontName"] for font in printed(said("Nur Latein")).fonts]
    assert len(names) == 2
    assert not any("Arabic" in name for name in names)

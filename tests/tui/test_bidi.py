"""What mixed-direction text looks like in a terminal that knows no directions."""

import pytest

from tc_cli.tui.text import bidi
from tc_cli.tui.text.bidi import Bidi, Line
from tc_cli.tui.text.wrap import cells, wrap


def test_latin_text_is_left_alone() -> None:
    assert bidi.visual("Hello (you), 12:30 :)") == "Hello (you), 12:30 :)"
    assert bidi.visual("Où êtes-vous ? 你好") == "Où êtes-vous ? 你好"


def test_arabic_is_joined_and_seen_from_the_right() -> None:
    assert bidi.visual("سلام") == "ﻡﻼﺳ"


def test_numbers_and_latin_words_keep_their_own_direction_in_arabic() -> None:
    seen = bidi.visual("الساعة 12:30 في Clinic A تمام")
    assert "12:30" in seen
    assert "Clinic A" in seen
    assert seen.index("Clinic A") < seen.index("12:30")


def test_arabic_in_an_english_line_stays_in_its_place() -> None:
    assert bidi.visual("my name is سلام ok") == "my name is ﻡﻼﺳ ok"


def test_brackets_in_turned_text_are_mirrored() -> None:
    assert bidi.visual("אבג (דה)") == "(הד) גבא"
    assert bidi.visual("אב (abc) גד") == "דג (abc) בא"
    assert bidi.visual("ok אבג :)", rtl=False) == "ok גבא :)"


def test_vowel_signs_stay_on_their_letters() -> None:
    assert bidi.visual("שָׁלוֹם") == "םוֹלשָׁ"
    assert bidi.visual("مُ") == "ﻡُ"


@pytest.mark.parametrize("text", ["السلام عليكم لا", "مُحَمَّد", "می\u200cخواهم", "שלום (עולם) 12", "سلام 👍🏽 ok"])
def test_a_turned_line_is_never_wider_than_it_was(text: str) -> None:
    assert cells(bidi.visual(text)) <= cells(text)


def test_lam_alef_is_one_cell() -> None:
    assert cells(bidi.visual("لا")) == 1


def test_joiners_and_direction_marks_are_not_drawn() -> None:
    assert "\u200c" not in bidi.visual("می\u200cخواهم")
    assert "\u200f" not in bidi.visual("אב\u200f!")


def test_lines_break_in_the_order_of_writing_and_each_is_turned() -> None:
    found = list(bidi.lines("واحد اثنان ثلاثة", 11))
    assert [line.text for line in found] == ["واحد اثنان", "ثلاثة"]
    assert all(line.rtl for line in found)
    assert [line.start for line in found] == [0, 11]


def test_each_paragraph_has_its_own_direction() -> None:
    assert [line.rtl for line in bidi.lines("hello\nשלום\n12", 20)] == [False, True, False]


def test_the_base_direction_is_that_of_the_first_strong_character() -> None:
    assert bidi.is_rtl("12: שלום hello")
    assert not bidi.is_rtl("hello שלום")
    assert not bidi.is_rtl("12:30 …")


def test_right_to_left_lines_stand_at_the_right() -> None:
    assert bidi.aligned("שלום", 10) == "      םולש"
    assert bidi.aligned("hello", 10) == "hello"


def test_a_terminal_that_orders_itself_gets_the_text_as_written() -> None:
    assert bidi.visual("سلام", order=Bidi.TERMINAL) == "سلام"
    assert bidi.aligned("سلام", 10, order=Bidi.TERMINAL) == "      سلام"


@pytest.mark.parametrize(("value", "who"), [("", "auto"), ("TUI", "tui"), ("terminal", "terminal"), ("what", "auto")])
def test_tc_bidi_says_who_orders(value: str, who: str) -> None:
    assert bidi.who_orders({"TC_BIDI": value} if value else {}) == who


def test_a_hit_is_marked_where_it_is_seen() -> None:
    line = Line("ab שלום cd", 0, False)
    assert list(bidi.marked(line, [(3, 5)])) == [("ab םו", False), ("לש", True), (" cd", False)]


def test_a_hit_after_a_ligature_is_marked_in_its_place() -> None:
    pieces = list(bidi.marked(Line("لا شكرا", 0, True), [(3, 7)]))
    assert "".join(text for text, is_hit in pieces if is_hit) == "ﺍﺮﻜﺷ"


def test_words_wrap_between_words_and_long_ones_inside() -> None:
    assert list(wrap("abc   def\nghi jklmnopqrstu", 8)) == [
        (0, "abc"),
        (6, "def"),
        (10, "ghi"),
        (14, "jklmnopq"),
        (22, "rstu"),
    ]


def test_an_empty_line_is_a_line() -> None:
    assert [line for _, line in wrap("a\n\nb", 5)] == ["a", "", "b"]


@pytest.mark.parametrize("width", [4, 7, 12, 31])
@pytest.mark.parametrize(
    "text",
    [
        "中文字符测试没有空格的长句子 and words",
        "👩‍👩‍👧 family 👍🏽 e\u0301te\u0301",
        "ကျန်းမာရေးကောင်းပါသလား",
        "word " * 20,
    ],
)
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text: str, width: int) -> None:
    found = list(wrap(text, width))
    assert all(cells(line) <= width for _, line in found)
    assert "".join(line for _, line in found).replace(" ", "") == text.replace(" ", "")
    assert all(text.startswith(line, start) for start, line in found)


def test_text_without_spaces_fills_the_line_before_it() -> None:
    assert [line for _, line in wrap("ok 中文字符", 8)] == ["ok 中文", "字符"]

"""Mixed-direction text for terminals that know no directions: letters joined, each line in the order it is seen in.

Lines are broken in the order of writing first (`wrap`) and turned one by one, as UAX #9 (L1-L4) wants it. A terminal
that turns lines by itself is asked to leave that alone (ECMA-48 BDSM, `EXPLICIT`); or `TC_BIDI=terminal` leaves it all
to the terminal.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from unicodedata import bidirectional

from tc_cli.transcript.ordering import RIGHT_TO_LEFT, starts_rtl
from tc_cli.tui.text.wrap import cells, wrap

# ECMA-48, 8.3.15: bi-directional support mode, reset (the program orders) and set (the terminal orders).
EXPLICIT = "\x1b[8l"
IMPLICIT = "\x1b[8h"

ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
MARKS = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
)
LETTERS = "\u05d0-\u05ea\u05ef-\u05f2\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\ufb1d-\ufdff\ufe70-\ufefc"
# Terminals stack marks on the character before them, so in a turned run they must follow their letter again (L3).
TURNED_MARKS = re.compile(f"([{MARKS}]+)([{LETTERS}])")
# A mark takes the direction of what it stands on (W1, N0), so it tells afterwards whether that was turned and needs
# mirroring (L4).
TRACER = "\u20f0"
MIRRORED = r"[()\[\]{}<>\u00ab\u00bb\u2039\u203a\u2264\u2265]"
MIRRORED_ONE = re.compile(MIRRORED)
TRACED = re.compile(f"{TRACER}(?P<turned>{MIRRORED})|(?P<straight>{MIRRORED}){TRACER}")
# They have done their work once the line is ordered, and some terminals draw them as a box.
INVISIBLE = re.compile("[\u200c\u200e\u200f\u061c]")
# Two characters of each direction class: exchanging one for the other changes no order.
TWINS = {
    "L": ("a", "b"),
    "R": ("\u05d0", "\u05d1"),
    "AL": ("\u0627", "\u0628"),
    "EN": ("1", "2"),
    "AN": ("\u0661", "\u0662"),
    "ES": ("+", "-"),
    "ET": ("#", "$"),
    "CS": (",", ":"),
    "NSM": ("\u064e", "\u064f"),
    "WS": (" ", "\u2003"),
    "ON": ("!", "&"),
}


class Bidi(StrEnum):
    """Who orders a line: this program (`tui`, and `auto`), or the terminal."""

    AUTO = "auto"
    TUI = "tui"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as written, where in its text it starts, and whether its paragraph runs from right to left."""

    text: str
    start: int = 0
    rtl: bool = False


def who_orders(environment: Mapping[str, str] = os.environ) -> Bidi:
    """Read `TC_BIDI`; what isn't known is `auto`."""
    wanted = environment.get("TC_BIDI", "").lower()
    return Bidi(wanted) if wanted in set(Bidi) else Bidi.AUTO


def has_rtl(text: str) -> bool:
    """Tell whether there are right-to-left letters in it."""
    return not text.isascii() and RIGHT_TO_LEFT.search(text) is not None


def is_rtl(text: str) -> bool:
    """Tell the base direction: that of the first strong character, else left to right."""
    return not text.isascii() and bool(starts_rtl(text))


def lines(text: str, width: int) -> Iterator[Line]:
    """Break text into lines of at most `width` cells; each paragraph has a direction of its own."""
    if not has_rtl(text):
        for start, line in wrap(text, width):
            yield Line(line, start)
        return
    offset = 0
    for paragraph in text.split("\n"):
        rtl = is_rtl(paragraph)
        for start, line in wrap(paragraph, width):
            yield Line(line, offset + start, rtl)
        offset += len(paragraph) + 1


def visual(text: str, rtl: bool | None = None, order: Bidi = Bidi.AUTO) -> str:
    """Return one line as it is seen from the left; without `rtl`, its first strong character decides."""
    if order is Bidi.TERMINAL or not has_rtl(text):
        return text
    return _turned(_joined(text), is_rtl(text) if rtl is None else rtl)


def aligned(text: str, width: int, order: Bidi = Bidi.AUTO) -> str:
    """Return one line as it is seen, at the right of `width` cells if it runs from there."""
    seen = visual(text, order=order)
    return " " * (width - cells(seen)) + seen if is_rtl(text) else seen


def marked(line: Line, spans: list[tuple[int, int]], order: Bidi = Bidi.AUTO) -> Iterator[tuple[str, bool]]:
    """Give a line as it is seen in pieces, each with whether it is in one of the spans (places in `line.text`)."""
    seen = visual(line.text, line.rtl, order)
    if not spans:
        yield seen, False
        return
    is_hit = _hits(line, seen, spans, order)
    start = 0
    for place in range(1, len(seen) + 1):
        if place == len(seen) or is_hit[place] != is_hit[start]:
            yield seen[start:place], is_hit[start]
            start = place


def _hits(line: Line, seen: str, spans: list[tuple[int, int]], order: Bidi) -> list[bool]:
    if order is Bidi.TERMINAL or not has_rtl(line.text):
        return [any(start <= place < end for start, end in spans) for place in range(len(seen))]
    joined = _joined(line.text)
    places = {
        place for start, end in spans for place in range(len(_joined(line.text[:start])), len(_joined(line.text[:end])))
    }
    twins = "".join(_twin(char) if place in places else char for place, char in enumerate(joined))
    return [a != b for a, b in zip(seen, _turned(twins, line.rtl), strict=True)]


def _twin(char: str) -> str:
    if MIRRORED_ONE.match(char):
        return char
    first, second = TWINS.get(bidirectional(char), (char, char))
    return second if char == first else first


def _turned(text: str, rtl: bool) -> str:
    from bidi import get_display  # type: ignore[import-untyped]

    traced = MIRRORED_ONE.sub(lambda char: char[0] + TRACER, text)
    ordered = str(get_display(traced, base_dir="R" if rtl else "L"))
    ordered = TURNED_MARKS.sub(lambda run: run[2] + run[1][::-1], ordered)
    return INVISIBLE.sub("", TRACED.sub(_mirrored, ordered))


def _mirrored(found: re.Match[str]) -> str:
    from bidi.mirror import MIRRORED as MIRROR_IMAGES  # type: ignore[import-untyped]

    return str(MIRROR_IMAGES[found["turned"]]) if found["turned"] else found["straight"]


def _joined(text: str) -> str:
    return str(_reshaper().reshape(text)) if ARABIC.search(text) else text


@cache
def _reshaper() -> Any:
    from arabic_reshaper import ArabicReshaper  # type: ignore[import-untyped]

    # Words keep their letters: lam-alef alone is one glyph, as in any font. Vowel signs stay, for they were written.
    return ArabicReshaper({"delete_harakat": False, "ARABIC LIGATURE ALLAH": False, "support_zwj": True})

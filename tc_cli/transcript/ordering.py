"""In which direction letters run (UAX #9): levels for a paragraph, and the order of what stands on one line."""

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar
from unicodedata import bidirectional

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


class Leveled(Protocol):
    """Have a level: even runs left to right, odd right to left."""

    @property
    def level(self) -> int: ...


T = TypeVar("T", bound=Leveled)


def starts_rtl(text: str) -> bool | None:
    """Tell the direction of the first strong character, None if there is none."""
    if text.isascii():
        return False if any(char.isalpha() for char in text) else None
    for char in text:
        match bidirectional(char):
            case "L":
                return False
            case "R" | "AL":
                return True
    return None


def levels(paragraph: str, rtl: bool) -> Sequence[int]:
    """Return the embedding level of each character."""
    if not rtl and not RIGHT_TO_LEFT.search(paragraph):
        return bytes(len(paragraph))
    from fpdf.bidi import BidiParagraph
    from fpdf.enums import TextDirection

    base = TextDirection.RTL if rtl else TextDirection.LTR
    resolved = BidiParagraph(paragraph, base, preserve_bn_chars=True).characters
    found = [char.embedding_level for char in resolved]
    for place, char in enumerate(paragraph):
        # Joiners carry no level of their own (X9); a word must not fall apart at them.
        if place and bidirectional(char) == "BN":
            found[place] = found[place - 1]
    return found


def visual(line: Sequence[T]) -> list[T]:
    """Put what stands on a line into the order in which it is seen from the left (L2)."""
    ordered = list(line)
    highest = max((item.level for item in ordered), default=0)
    for level in range(highest, 0, -1):
        start = 0
        while start < len(ordered):
            end = start
            while end < len(ordered) and ordered[end].level >= level:
                end += 1
            ordered[start:end] = reversed(ordered[start:end])
            start = end + 1
    return ordered

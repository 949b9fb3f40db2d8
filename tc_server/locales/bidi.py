"""Names, dates and times that keep to themselves in a text of the other direction (Unicode UAX 9)."""

import unicodedata
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]

_CONTROLS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
# What is written from the left, numbers too, may be torn apart in a text from the right, and the other way round.
_FOREIGN: Final = {"rtl": frozenset(("L", "EN", "AN")), "ltr": frozenset(("R", "AL", "AN"))}


def isolated(value: str, direction: Direction) -> str:
    """Isolate a value for a text of this direction, if need be; what it brings of such controls is left out.

    Not for links: what finds them in a text may take the sign after one for a part of it.
    """
    value = value.translate(_CONTROLS)
    return f"\u2068{value}\u2069" if any(unicodedata.bidirectional(c) in _FOREIGN[direction] for c in value) else value


def pointed(paragraph: str, direction: Direction) -> str:
    """Begin a paragraph of plain text with a mark of its direction, where its first letter speaks for the other one."""
    strong = next((d for c in paragraph if (d := unicodedata.bidirectional(c)) in ("L", "R", "AL")), None)
    if strong is None or (strong == "L") == (direction == "ltr"):
        return paragraph
    return ("\u200e" if direction == "ltr" else "\u200f") + paragraph

"""Names, dates and times that keep to themselves in a text of the other direction (Unicode UAX 9)."""

import unicodedata
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]

_CONTROLS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_FROM_THE_RIGHT: Final = frozenset(("R", "AL", "AN"))


def bare(text: str) -> str:
    """Leave out whatever could turn a text's direction around."""
    return text.translate(_CONTROLS)


def isolated(value: str, direction: Direction) -> str:
    """Isolate a value for a text of this direction; what it brings of such controls is left out.

    A text from the left is spared the signs where it has no need of them: they would make a dearer SMS of it. Not for
    links: what finds them in a text may take the sign after one for a part of it.
    """
    value = bare(value)
    mixed = direction == "rtl" or any(unicodedata.bidirectional(c) in _FROM_THE_RIGHT for c in value)
    return f"\u2068{value}\u2069" if mixed else value


def pointed(paragraph: str, direction: Direction) -> str:
    """Begin a paragraph of plain text with a mark of its direction, where its first letter speaks for the other one."""
    strong = next((d for c in paragraph if (d := unicodedata.bidirectional(c)) in ("L", "R", "AL")), None)
    if strong is None or (strong == "L") == (direction == "ltr"):
        return paragraph
    return ("\u200e" if direction == "ltr" else "\u200f") + paragraph

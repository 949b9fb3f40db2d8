"""What becomes of emoji and other signs that no font here can draw: they are named, so that nothing said gets lost."""

import re
from collections.abc import Callable
from unicodedata import category, name

FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]+")
SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
FIRST_FLAG_LETTER = 0x1F1E6


def is_emoji(char: str) -> bool:
    return char >= "\U0001f000"


def spell_out(text: str, is_drawn: Callable[[str], bool]) -> str:
    """Replace each sign that isn't drawn by its Unicode name in brackets, flags by their country's code."""
    if text.isascii():
        return text
    missing = {char for char in text if category(char) in ("So", "Sk") and not is_drawn(char)}
    if not missing:
        return text
    if any(map(SKIN_TONES.match, missing)):
        text = SKIN_TONES.sub("", text)
    if any(map(FLAG_LETTERS.match, missing)):
        text = FLAG_LETTERS.sub(_flag, text)
    return "".join(_named(char) if char in missing else char for char in text)


def _flag(letters: re.Match[str]) -> str:
    return "[" + "".join(chr(ord(letter) - FIRST_FLAG_LETTER + ord("A")) for letter in letters[0]) + "]"


def _named(char: str) -> str:
    words = name(char, "")
    return f"[{words.lower()}]" if words else char

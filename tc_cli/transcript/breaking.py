"""Where a line may end: a short, dictionary-free reading of UAX #14 for the scripts that chats are written in."""

import re

SPACES = " \u1680\u2000-\u2006\u2008-\u200a\u200b\u205f\u3000"
IDEOGRAPHS = (
    "\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31c0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
OPENING = "([{‘“「『【〔〈《（［｛"
# What may not begin a line of ideographs: closing and small signs (kinsoku).
CLOSING = ")\\]}’”」』】〕〉》）］｝、。，．・：；！？!?,.:;…‥ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々〻゛゜%％‰℃"
MYANMAR = "\u1000-\u109f"
# A Myanmar syllable starts at a letter that is neither stacked nor closes the syllable before.
MYANMAR_START = "(?<!\u1039)[\u1000-\u102a\u103f\u104e](?!\u1037?[\u1039\u103a])"
# Thai and Lao write some vowels before the letter that they belong to: there a syllable starts.
LEADING_VOWELS = "\u0e40-\u0e44\u0ec0-\u0ec4"
THAI_AND_LAO = "\u0e01-\u0e3f\u0e45-\u0e5b\u0e81-\u0ebf\u0ec5-\u0edf"
ETHIOPIC_STOPS = "\u1361-\u1368"
LETTER = r"[^\W\d_]"
AFTER_HYPHEN = f"(?<={LETTER}[-\u2010\u2013]){LETTER}"
ELSEWHERE = f"{SPACES}{IDEOGRAPHS}{MYANMAR}{LEADING_VOWELS}{THAI_AND_LAO}{ETHIOPIC_STOPS}"

PIECES = re.compile(
    f"""
      [{SPACES}]+
    | [{OPENING}]*[{IDEOGRAPHS}][{CLOSING}]*
    | [{MYANMAR}](?:(?!{MYANMAR_START})[{MYANMAR}])*
    | [{LEADING_VOWELS}]*[{THAI_AND_LAO}]+
    | [^{ELSEWHERE}](?:(?!{AFTER_HYPHEN})[^{ELSEWHERE}])*[{ETHIOPIC_STOPS}]*
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
IN_ADDRESSES = re.compile("[^/?&=#_+,;-]*[/?&=#_+,;-]+|[^/?&=#_+,;-]+")


def pieces(text: str) -> list[str]:
    """Split a paragraph where its lines may break; spaces stand as pieces of their own."""
    return PIECES.findall(text)


def is_space(piece: str) -> bool:
    return piece.isspace() or piece[0] == "\u200b"


def parts_of_address(word: str) -> list[str]:
    """Split a word too long for a line where an address would best be broken."""
    return IN_ADDRESSES.findall(word)

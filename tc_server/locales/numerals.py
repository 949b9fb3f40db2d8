"""The digits a language is usually written with (Unicode CLDR's default numbering system)."""

from typing import Final

from babel import Locale

# By Unicode's name of the system: its digit zero, the others follow.
_ZERO: Final = {"latn": "0", "arab": "\u0660", "arabext": "\u06f0", "beng": "\u09e6", "mymr": "\u1040"}


def digits(language: str) -> str:
    """Return the ten digits, from zero."""
    zero = ord(_ZERO[Locale.parse(language).default_numbering_system])
    return "".join(chr(zero + figure) for figure in range(10))


def local_digits(text: str, language: str) -> str:
    """Write a text's digits as the language does. For numbers and times, not for links."""
    return text.translate(str.maketrans("0123456789", digits(language)))

"""Writes docs/language-table.md: every language, and what its SMS cost. Run as `python -m docs.language_table`."""

from pathlib import Path

from babel import Locale

from tc_server.delivery.costs import SENT, sms
from tc_server.locales import Language, languages

PAGE = Path(__file__).with_name("language-table.md")
ORGANISATION, HOST = "TeleConnect", "https://talk.example.org"
HEAD = """\
Segments, and characters, of each SMS for an organisation of 11 letters at `https://talk.example.org`. One segment has
room for 160 characters in GSM-7, for 70 in UCS-2; of two each for 67.
"""


def row(language: Language) -> str:
    """Return a language's row."""
    found = [sms(ORGANISATION, HOST, language.code, role, kind) for _, role, kind in SENT]
    alphabet = " and ".join(sorted({text.encoding for text in found}))
    english = Locale.parse(language.code).english_name or ""
    cells = [f"`{language.code}`", language.name, english, "" if language.reviewed else "unreviewed", alphabet]
    return "| " + " | ".join([*cells, *(f"{text.segments} ({len(text.text)})" for text in found)]) + " |"


def page() -> str:
    """Return the page's text."""
    names = ["code", "name", "in English", "texts", "alphabet", *(name for name, _, _ in SENT)]
    lines = ["| " + " | ".join(names) + " |", "| " + " | ".join("---" for _ in names) + " |"]
    by_code = sorted(languages(), key=lambda language: language.code)
    return "\n".join([HEAD, *lines, *map(row, by_code)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())

"""Writes docs/language-table.md: every language, and what its SMS cost. Run as `python -m docs.language_table`."""

from datetime import UTC, datetime
from pathlib import Path

from babel import Locale

from tc_server.delivery.texts import compose
from tc_server.domain.delivery import TextKind
from tc_server.domain.invite import Invitation, link
from tc_server.domain.people import PersonRole
from tc_server.locales import Language, languages

PAGE = Path(__file__).with_name("language-table.md")
ORGANISATION, HOST = "TeleConnect", "https://talk.example.org"
# A day and an hour with two digits each, in a month with a long name in many languages.
AT = datetime(2026, 9, 23, 18, 45, tzinfo=UTC)
TEXTS: tuple[tuple[str, PersonRole, TextKind], ...] = (
    ("invitation", "service-user", "invitation"),
    ("to a colleague", "colleague", "invitation"),
    ("planned", "service-user", "planned"),
    ("reminder", "service-user", "reminder"),
    ("new time", "service-user", "moved"),
    ("cancelled", "service-user", "cancelled"),
)
HEAD = """\
Segments, and characters, of each SMS for an organisation of 11 letters at `https://talk.example.org`. One segment has
room for 160 characters in GSM-7, for 70 in UCS-2; of two each for 67.
"""


def sms(language: str, role: PersonRole, kind: TextKind) -> tuple[str, int, int]:
    """Tell the alphabet, segments and characters of an SMS."""
    at = None if kind == "invitation" else AT
    invitation = Invitation("Layla", role, language, phone="+41446681800", at=at, timezone="Europe/Zurich")
    text = compose(ORGANISATION, HOST, kind, "sms", invitation, link(HOST, language, "x" * 24))
    return text.encoding, text.segments, len(text.text)


def row(language: Language) -> str:
    """Return a language's row."""
    found = [sms(language.code, role, kind) for _, role, kind in TEXTS]
    alphabet = " and ".join(sorted({encoding for encoding, _, _ in found}))
    english = Locale.parse(language.code).english_name or ""
    cells = [f"`{language.code}`", language.name, english, "" if language.reviewed else "unreviewed", alphabet]
    return "| " + " | ".join([*cells, *(f"{segments} ({length})" for _, segments, length in found)]) + " |"


def page() -> str:
    """Return the page's text."""
    names = ["code", "name", "in English", "texts", "alphabet", *(name for name, _, _ in TEXTS)]
    lines = ["| " + " | ".join(names) + " |", "| " + " | ".join("---" for _ in names) + " |"]
    by_code = sorted(languages(), key=lambda language: language.code)
    return "\n".join([HEAD, *lines, *map(row, by_code)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())

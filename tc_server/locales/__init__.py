"""The languages people are spoken to in, one gettext file each. Adding a language is adding `CODE.po` beside this file.

English source text is the msgid. `msgctxt "page"` marks what the page shows, `msgctxt "call"` what it shows once
somebody is called, `msgctxt "test"` what the device test says, `msgctxt "lost"` what the page for a lost link says,
`msgctxt "message"` what is delivered to phones and mailboxes, `msgctxt "phrase"` what staff may say in the chat with
one key, `msgctxt "unit"` spans of time and near days, for browsers that haven't learned the language. The header says
`Language`, `X-Name` (the language's name in its own script) and `X-Reviewed` (`yes` once a native speaker has read it).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po

FALLBACK: Final = "en"
CONTEXTS: Final = ("page", "call", "test", "lost", "message", "phrase", "unit")

MESSAGES: Final[Mapping[str, str]] = {
    # To the person who is invited: {organisation}, {link}; the email also {name}.
    "remote_sms": "{organisation}: to talk with us in private, open this link: {link}",
    "remote_whatsapp": (
        "{organisation} invites you to a private conversation. Open this link when you are ready: {link}"
    ),
    "remote_email": (
        "Hello {name},\n\n{organisation} invites you to a private conversation. "
        "Open this link on your phone or computer when you are ready:\n\n{link}\n\n"
        "You need no account and no app. Please don't pass the link on: it is only for you."
    ),
    "remote_subject": "{organisation}: an invitation for you",
    # To a colleague, relative or interpreter who is asked to come: the same values.
    "colleague_sms": "{organisation}: you are asked to join a conversation: {link}",
    "colleague_whatsapp": "{organisation} asks you to join a conversation. Open this link: {link}",
    "colleague_email": (
        "Hello {name},\n\n{organisation} asks you to join a conversation. "
        "Open this link on your phone or computer:\n\n{link}\n\n"
        "You need no account and no app. Please don't pass the link on: it is only for you."
    ),
    "colleague_subject": "{organisation}: you are asked to join a conversation",
    # To staff who is away: {organisation}, {number} of sessions, {minutes} of the longest wait.
    "notice": "{organisation}: somebody is waiting for an answer. Waiting: {number}. Longest wait: {minutes} min.",
    "notice_subject": "{organisation}: somebody is waiting",
    "notice_trial": "{organisation}: this is a test. This is how you will be told that somebody is waiting.",
    "notice_trial_subject": "{organisation}: a test",
    # Of what is planned, to anybody: {organisation}, {date}, {time}, {test} or {link}; the email also {name}, {zone}.
    "planned_sms": "{organisation}: we talk on {date}, {time}. Try your phone and say if you come: {test}",
    "planned_whatsapp": (
        "{organisation} would like to talk with you on {date} at {time}. Try your phone beforehand, and say "
        "whether you can come: {test}"
    ),
    "planned_email": (
        "Hello {name},\n\n{organisation} would like to talk with you on {date} at {time} ({zone}). Try "
        "beforehand whether your phone or computer can call, and say whether you can come:\n\n{test}\n\nThe "
        "link to the conversation comes before it begins. You need no account and no app."
    ),
    "planned_subject": "{organisation}: {date}, {time}",
    "reminder_sms": "{organisation}: we talk on {date}, {time}. Open this link then: {link}",
    "reminder_whatsapp": "{organisation}: we talk on {date} at {time}. Open this link then: {link}",
    "reminder_email": (
        "Hello {name},\n\n{organisation} will talk with you on {date} at {time} ({zone}). Open this link "
        "then:\n\n{link}\n\nPlease don't pass the link on: it is only for you."
    ),
    "reminder_subject": "{organisation}: a reminder for {date}, {time}",
    "moved_sms": "{organisation}: new time: {date}, {time}. Say if you come: {test}",
    "moved_whatsapp": (
        "{organisation} would like to talk with you at another time: {date} at {time}. Say whether you can come: {test}"
    ),
    "moved_email": (
        "Hello {name},\n\n{organisation} would like to talk with you at another time: {date} at {time} "
        "({zone}). Say whether you can come:\n\n{test}\n\nThe link to the conversation comes before it begins."
    ),
    "moved_subject": "{organisation}: another time, {date}, {time}",
    "cancelled_sms": "{organisation}: our conversation on {date}, {time} is cancelled.",
    "cancelled_whatsapp": "{organisation}: our conversation on {date} at {time} is cancelled.",
    "cancelled_email": (
        "Hello {name},\n\nour conversation on {date} at {time} ({zone}) is cancelled.\n\n{organisation}"
    ),
    "cancelled_subject": "{organisation}: cancelled, {date}, {time}",
    # Around the email's own text.
    "email_button": "Open the conversation",
    "email_answer": "Try and answer",
    "email_copying": "Or copy this link into your browser:",
    "email_preview": "This message is only for you.",
}
"""The delivered texts by name, as msgids for `Catalogue.text`."""

PHRASES: Final[Mapping[str, str]] = {
    "hello": "Hello. You can write to me here.",
    "here": "I am with you now.",
    "moment": "Please wait a moment.",
    "hear": "Can you hear me?",
    "photo": "Please send a photo.",
    "where": "Where does it hurt?",
    "since": "Since when?",
    "call": "I will call you now.",
    "safe": "Is it safe for you to talk now?",
    "thanks": "Thank you.",
    "stop": "I have to stop now. You can go on writing here.",
    "soon": "See you soon.",
}
"""The quick phrases by id, in the order of a conversation, as msgids. They name no illness and no profession."""


UNITS: Final[Mapping[str, str]] = {
    "second_one": "1 second",
    "second": "{number} seconds",
    "minute_one": "1 minute",
    "minute": "{number} minutes",
    "hour_one": "1 hour",
    "hour": "{number} hours",
    "in_minute_one": "in 1 minute",
    "in_minute": "in {number} minutes",
    "in_hour_one": "in 1 hour",
    "in_hour": "in {number} hours",
    "in_day": "in {number} days",
    "today": "Today",
    "yesterday": "Yesterday",
    "tomorrow": "Tomorrow",
}
"""Spans of time and near days by name, as msgids."""


class UnknownLanguage(LookupError):
    """There is no catalogue for this language."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language as people choose it: `name` is in its own script."""

    code: str
    name: str
    dir: Literal["ltr", "rtl"]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts of one language, by context and English source text."""

    language: Language
    texts: Mapping[str, Mapping[str, str]]

    def text(self, msgid: str, **values: object) -> str:
        """Return the text for an English source text, `{placeholders}` filled. Raise KeyError for an unknown one."""
        for texts in self.texts.values():
            if msgid in texts:
                return texts[msgid].format(**values) if values else texts[msgid]
        raise KeyError(msgid)

    def page(self) -> dict[str, str]:
        """Return what the page shows: English source text to text."""
        return dict(self.texts["page"])

    def call(self) -> dict[str, str]:
        """Return what a call shows: English source text to text."""
        return dict(self.texts["call"])

    def phrases(self) -> dict[str, str]:
        """Return the quick phrases: id to text."""
        return {phrase_id: self.texts["phrase"][msgid] for phrase_id, msgid in PHRASES.items()}


@cache
def languages() -> tuple[Language, ...]:
    """Return every language that has a catalogue, in the order of their names."""
    return tuple(sorted((c.language for c in _catalogues().values()), key=lambda language: language.name))


def catalogue(code: str) -> Catalogue:
    """Return one language's catalogue. Raise UnknownLanguage if there is none."""
    try:
        return _catalogues()[code]
    except KeyError:
        raise UnknownLanguage(code) from None


def match(accept_language: str | None) -> str:
    """Choose the language for an Accept-Language header (RFC 9110, 12.5.4), English if none fits."""
    found = negotiate_locale(_preferred(accept_language or ""), list(_catalogues()), sep="-")
    return found or FALLBACK


def read(path: Path) -> Catalogue:
    """Read one gettext file."""
    with path.open("rb") as file:
        entries = read_po(file, locale=path.stem, abort_invalid=True)
    header = dict(entries.mime_headers) | _own_header(path)
    texts: dict[str, dict[str, str]] = {context: {} for context in CONTEXTS}
    for entry in entries:
        if entry.id and entry.context:
            texts[entry.context][str(entry.id)] = str(entry.string)
    language = Language(
        code=path.stem,
        name=header["X-Name"],
        dir="rtl" if Locale.parse(path.stem).text_direction == "rtl" else "ltr",
        reviewed=header["X-Reviewed"] == "yes",
    )
    return Catalogue(language, texts)


@cache
def _catalogues() -> Mapping[str, Catalogue]:
    return {path.stem: read(path) for path in sorted(Path(__file__).parent.glob("*.po"))}


def _own_header(path: Path) -> dict[str, str]:
    # Babel drops header fields that it doesn't know.
    return dict(re.findall(r'^"(X-[A-Za-z]+): (.*?)\\n"$', path.read_text(encoding="utf-8"), re.MULTILINE))


def _preferred(header: str) -> list[str]:
    """List the header's languages, most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0 and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", tag):
            wanted.append((weight, tag.lower()))
    return [tag for _, tag in sorted(wanted, key=lambda pair: -pair[0])]

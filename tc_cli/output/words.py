"""Words for people: local times, durations, sizes, roles; and text from outside made harmless to a terminal."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Marks that turn the writing direction of what follows could make one person's words look like another's.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners and direction marks are control-like but belong to ordinary words in Persian, Arabic and emoji.
HARMLESS = frozenset("\u200c\u200d\u200e\u200f")
# What keeps a name to itself within a text of the other direction.
ISOLATES = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))
LANGUAGES = {
    "en": "English", "fr": "Français", "es": "Español", "pt": "Português", "ar": "العربية", "fa": "فارسی",
    "ps": "پښتو", "ru": "Русский", "uk": "Українська", "de": "Deutsch", "it": "Italiano", "tr": "Türkçe",
    "sw": "Kiswahili", "so": "Soomaali", "ha": "Hausa", "am": "አማርኛ", "ti": "ትግርኛ", "my": "မြန်မာ", "bn": "বাংলা",
    "ur": "اردو",
}  # fmt: skip
RTL = frozenset({"ar", "fa", "ps", "ur"})


def language(code: str, *, reviewed: bool) -> str:
    """Name a language by its code, and say if no native speaker has read its texts yet."""
    return code if reviewed else f"{code} (unreviewed)"


def in_english(code: str) -> str:
    """Name a language in English (Unicode CLDR)."""
    from babel import Locale

    return Locale.parse(code).english_name or code


def as_sent(text: str) -> str:
    """Return a text that will be sent as a terminal can show it: without what keeps names apart on phones."""
    return plain(text.translate(ISOLATES), keep_lines=True)


def plain(text: str, *, keep_lines: bool = False) -> str:
    """Return text without anything that could steer a terminal: such characters become U+FFFD, line breaks spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(char, keep_lines) for char in text)


def _harmless(char: str, keep_lines: bool) -> str:
    if char in "\n\t\r":
        return char if keep_lines and char == "\n" else " "
    if char in TURNING or unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}:
        return "\ufffd"
    if unicodedata.category(char) == "Cf" and char not in HARMLESS:
        return ""
    return char


def clock(when: datetime | None) -> str:
    """Return the local hour and minute."""
    return when.astimezone().strftime("%H:%M") if when else ""


def moment(when: datetime | None, now: datetime | None = None) -> str:
    """Return a local time as short as it can be: `14:02` today, else `2026-11-22 14:02`."""
    if when is None:
        return ""
    local = when.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    return local.strftime("%H:%M" if local.date() == today else "%Y-%m-%d %H:%M")


def day(when: datetime | None, now: datetime | None = None) -> str:
    """Return the local time of today, else the date: `14:02`, `2026-11-22`."""
    return moment(when, now).split(" ")[0]


def full_moment(when: datetime | None) -> str:
    """Return a local time with its zone."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z") if when else ""


def whole_seconds(seconds: float) -> int:
    """Return the seconds that are over: rounded down wherever they are shown, so that no two places differ.

    The server does the same to what it writes in the log.
    """
    return max(0, int(seconds))


def span(seconds: float) -> str:
    """Return a length of time in its one or two largest units: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`."""
    whole = whole_seconds(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return _two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")
    return _two(whole // DAY, "d", whole % DAY // HOUR, "h")


def since(when: datetime | None) -> str:
    """Return how long ago that was."""
    return span((datetime.now().astimezone() - when).total_seconds()) if when else ""


def size(count: int) -> str:
    """Return a number of bytes in kB or MB (thousands, as the limits are set)."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def length(seconds: float) -> str:
    """Return a length of time as clocks and players show it: `0:12`, `1:05:09`."""
    whole = whole_seconds(seconds)
    hours, minutes = divmod(whole // MINUTE, MINUTE)
    return f"{hours}:{minutes:02}:{whole % MINUTE:02}" if hours else f"{minutes}:{whole % MINUTE:02}"


def role(name: str) -> str:
    """Return a role as it is said: `service-user` is `service user`."""
    return name.replace("-", " ")


def yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small} {small_unit}" if small else "")


def measured(data: Mapping[str, Any]) -> str:
    """Say what a device test measured, to follow its result; figures need no translation."""
    said = []
    if isinstance(kbps := data.get("kbps"), int):
        said.append(f"{kbps} kbit/s")
    if isinstance(rtt := data.get("rtt_ms"), int):
        said.append(f"{rtt} ms")
    if isinstance(loss := data.get("loss"), float) and loss >= 0.005:
        said.append(f"−{loss:.0%}")
    return f" ({', '.join(said)})" if said else ""

"""How single facts read in a table: a few words, and the name of a theme colour that never says more than they do."""

from rich.cells import cell_len, set_cell_size

from tc_cli.output import words
from tc_cli.tui.text import bidi
from tc_cli.tui.words import _
from tc_cli.tui.words import language as own_language
from tc_server.wire.bodies import Message

ORDER = bidi.who_orders()
LONG = 15 * words.MINUTE
LONGER = 30 * words.MINUTE


def cut(text: str, width: int) -> str:
    """Return as much of a text as fits, in the order in which it is seen."""
    if cell_len(text) > width:
        text = set_cell_size(text, max(0, width - 1)).rstrip() + "…"
    return bidi.visual(text, order=ORDER)


def language(code: str) -> tuple[str, str]:
    """Name a language in its own script, with an arrow where it is written from the right."""
    name = words.LANGUAGES.get(code, code)
    return (f"{name} ◂" if code in words.RTL else name), ""


def language_by_name(code: str, own: str) -> str:
    """Name a language in its own script and, where that isn't staff's, in staff's language."""
    from babel import Locale, UnknownLocaleError

    seen = bidi.visual(own, order=ORDER)
    try:
        known = Locale.parse(code).get_display_name(own_language()) or ""
    except (UnknownLocaleError, ValueError):
        return seen
    return seen if known.casefold() == own.casefold() else f"{seen} · {known}"


def role(name: str) -> str:
    return {
        "service-user": _("service user"),
        "colleague": _("colleague"),
        "relative": _("relative"),
        "interpreter": _("interpreter"),
        "staff": _("staff"),
    }.get(name, name)


def online(here: bool) -> tuple[str, str]:
    return ("● " + _("here"), "success") if here else ("○ " + _("away"), "text-muted")


def state(name: str) -> tuple[str, str]:
    return {
        "invited": ("✉ " + _("invited"), "text-muted"),
        "waiting": ("◔ " + _("waiting"), "warning"),
        "active": ("▶ " + _("active"), "success"),
        "open": ("○ " + _("open"), "primary"),
        "closed": ("■ " + _("closed"), "text-muted"),
        "cancelled": ("✗ " + _("cancelled"), "text-muted"),
    }.get(name, (name, ""))


def left(seconds: float) -> str:
    """Return what is left of a time in its largest unit: nobody counts the minutes of a day."""
    return " ".join(words.span(seconds).split()[:2])


def patience(seconds: float) -> str:
    """Return the colour of a wait: it grows warmer."""
    if seconds >= LONGER:
        return "bold error"
    return "warning" if seconds >= LONG else ""


def said(message: Message) -> str:
    """Return a message on one line."""
    if message.file is not None:
        if message.file.seconds is not None:
            return f"🎤 {words.length(message.file.seconds)}"
        sign = "🖼" if message.file.type.startswith("image/") else "📎"
        return f"{sign} {words.plain(message.file.name)}"
    return words.plain(message.text or "")

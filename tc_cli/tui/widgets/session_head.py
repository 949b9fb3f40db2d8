"""The line over a chat: who it is, and how things stand, as much of it as there is room for."""

from datetime import datetime
from typing import NamedTuple

from textual.content import Content
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import cells
from tc_cli.tui.board import not_read_yet
from tc_cli.tui.text import bidi
from tc_cli.tui.words import _, n_
from tc_server.wire.bodies import Message, Session

# As words in a line of other colours; the theme's own muted colour is for whole widgets.
MUTED = "$foreground 60%"


class Part(NamedTuple):
    """Something to say; where there is no room, what has the highest rank goes first."""

    rank: int
    text: str
    style: str = ""


class SessionHead(Static):
    """Shows one session; `redraw` paints only if it reads differently."""

    DEFAULT_CSS = """
    SessionHead { height: 1; padding: 0 2; background: $surface; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: Content | None = None
        self._sides: tuple[list[Part], list[Part]] = ([], [])

    def on_resize(self) -> None:
        self._fit()

    def redraw(self, session: Session, log: list[Message], now: datetime, *, online: bool = True) -> None:
        """Show a session as it is now; `log` is as much of it as is known. Offline nobody knows who is here."""
        self._sides = left(session, online=online), right(session, log, now)
        self._fit()

    def _fit(self) -> None:
        if not self._sides[0]:
            return
        content = fitted(*self._sides, self.app.size.width - 4)
        if content != self._shown:
            self._shown = content
            self.update(content, layout=False)


def left(session: Session, *, online: bool = True) -> list[Part]:
    """Return who it is."""
    # Beside a name stands whether that person is here, and with what; the session's own mark says whether anybody is.
    named = next((one for one in session.people if (one.name, one.role) == (session.name, session.role)), None)
    devices = named.devices if named else 0
    here, colour = cells.online(named.online if named else session.online)
    several = n_("+{n} more", "+{n} more", len(session.people) - 1).format(n=len(session.people) - 1)
    return [
        Part(0, cells.cut(words.plain(session.name), 40), "bold"),
        *([Part(5, several, MUTED)] if len(session.people) > 1 else []),
        Part(6, cells.role(session.role), MUTED),
        Part(4, language(session.language)),
        *([Part(2, here, MUTED if colour == "text-muted" else f"${colour}")] if online else []),
        *([Part(7, _("{n} devices").format(n=devices), MUTED)] if devices > 1 else []),
    ]


def right(session: Session, log: list[Message], now: datetime) -> list[Part]:
    """Return how things stand."""
    state, colour = cells.state(session.state)
    said = [Part(1, state, MUTED if colour == "text-muted" else f"${colour}" if colour else "")]
    if session.state == "waiting" and session.waiting_since:
        span = (now - session.waiting_since).total_seconds()
        patience = cells.patience(span)
        said.insert(
            0, Part(3, words.span(span), " ".join(f"${word}" if word != "bold" else word for word in patience.split()))
        )
        if session.told_until and session.told_until > now:
            said.insert(0, Part(5, _("told: by {time}").format(time=words.clock(session.told_until)), MUTED))
    elif session.state in {"closed", "cancelled"} and session.erase_at:
        left_over = words.span((session.erase_at - now).total_seconds())
        said.insert(0, Part(3, _("erased in {span}").format(span=left_over), "$warning"))
    if receipt := _read(session, log):
        said.insert(0, receipt)
    return said


def language(code: str) -> str:
    """Name a language as it is read in its own script."""
    name, _style = cells.language(code)
    return bidi.visual(name, rtl=False, order=cells.ORDER)


def fitted(left: list[Part], right: list[Part], width: int) -> Content:
    """Return both sides with the space between them; what has no room is left out, by rank."""
    while True:
        one, other = _side(left, " · "), _side(right, "  ")
        room = width - one.cell_length - other.cell_length
        if room >= 2:
            return Content.assemble(one, " " * room, other)
        least = max([*left, *right], key=lambda part: part.rank)
        if least.rank == 0:
            return one
        left = [part for part in left if part is not least]
        right = [part for part in right if part is not least]


def _side(parts: list[Part], between: str) -> Content:
    return Content(between).join(Content.styled(part.text, part.style) for part in parts)


def _read(session: Session, log: list[Message]) -> Part | None:
    unread = not_read_yet(session, log)
    if unread is None:
        return None
    if not unread:
        return Part(4, "✓✓ " + _("seen by them"), "$primary")
    return Part(4, n_("{n} not read yet", "{n} not read yet", unread).format(n=unread), MUTED)

"""The line on top of every screen: where one is, who waits, how the link stands."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import agenda, batch_words
from tc_cli.tui.board import Change, Link, Topic
from tc_cli.tui.desk import Desk
from tc_cli.tui.words import _

SHOWN = frozenset({Topic.LINK, Topic.QUEUE, Topic.LINE, Topic.INVITES, Topic.SESSION, Topic.BATCH, Topic.MINUTE})
NARROW = 74
WIDE = 100
STEP = 1.25


class TopBar(Horizontal):
    """Places to go on the left, the state of things on the right."""

    DEFAULT_CSS = """
    TopBar {
        dock: top; height: 1; background: $panel; color: $foreground;
        #places { width: auto; }
        #state { width: 1fr; text-align: right; padding-right: 1; text-wrap: nowrap; text-overflow: clip; }
    }
    """

    def __init__(self, desk: Desk, here: str) -> None:
        super().__init__()
        self._desk = desk
        self._here = here
        self._latency: float | None = None
        self._painted: dict[str, Content] = {}
        self._width = 0

    def compose(self) -> ComposeResult:
        places = Static(id="places")
        # Places are told apart by their background; underlined they would look like a web page.
        places.auto_links = False
        yield places
        state = Static(id="state")
        state.auto_links = False
        yield state

    def on_mount(self) -> None:
        self._desk.changed.subscribe(self, self._on_change)
        self.redraw()

    def on_resize(self) -> None:
        # A screen that lies behind another is laid out when it comes to the front.
        if self.screen.is_active:
            self.redraw()

    def _on_change(self, change: Change) -> None:
        # Beside a question it is still seen: it must not say another thing than the question does.
        if change.topic in SHOWN and self.screen.is_current:
            self.redraw()

    def redraw(self) -> None:
        """Paint both sides, if they read differently now."""
        width = self.app.size.width
        resized, self._width = width != self._width, width
        narrow = width < NARROW
        places, state = self._places(narrow), self._state(narrow, width >= WIDE)
        if places.cell_length + state.cell_length >= width:
            state = self._state(True, False)
        if places.cell_length + state.cell_length >= width:
            places = self._places(narrow, brief=True)
        if places.cell_length + state.cell_length >= width:
            places = self._places(True)
        for part, content in (("#places", places), ("#state", state)):
            if resized or self._painted.get(part) != content:
                before = self._painted.get(part, Content(""))
                self._painted[part] = content
                # A new layout would paint the whole screen anew.
                moves = resized or (part == "#places" and before.cell_length != content.cell_length)
                self.query_one(part, Static).update(content, layout=moves)

    def _places(self, narrow: bool, *, brief: bool = False) -> Content:
        brand = "" if brief else " tc " if narrow else " TeleConnect "
        parts = [Content.styled(brand, "bold $primary")]
        for key, (mode, label) in enumerate(places().items(), 1):
            style = "bold $foreground on $primary 30%" if mode == self._here else "$text-muted"
            count = len(self._desk.board.queue) if mode == "waiting" else 0
            lost = self._crossed(mode)
            text = f" {key} {label}{f' {count}' if count else ''} "
            if narrow and mode != self._here:
                text = f" {key}{f':{count}' if count else ''} "
            leads = f"@click=app.go('{mode}')"
            parts.append(Content.assemble((text, f"{style} {leads}")))
            if lost:
                parts.append(Content.assemble((f"✗{lost} ", f"bold $error {leads}")))
        return Content("").join(parts)

    def _crossed(self, mode: str) -> int:
        """Count the messages that won't get there, and who can't come, as long as nobody has seen to them."""
        board = self._desk.board
        if mode == "agenda":
            return agenda.declined(board, self._desk.server_now())
        return sum(map(board.undelivered, board.invites.values())) if mode == "invites" else 0

    def _state(self, narrow: bool, wide: bool) -> Content:
        board = self._desk.board
        parts = []
        if unsent := board.unsent():
            parts.append(Content.styled(_("{n} unsent").format(n=unsent), "$warning"))
        if board.batch is not None and (sign := batch_words.sign(board.batch)):
            parts.append(Content.styled(sign, "$accent @click=app.batch"))
        if board.queue and wide:
            waited = words.span((self._desk.now() - board.queue[0].waiting_since).total_seconds())
            parts.append(Content.styled(_("longest {span}").format(span=waited), "$text-muted"))
        parts.append(self._link(board.link, narrow))
        return Content("  ").join(parts)

    def _link(self, link: Link, narrow: bool) -> Content:
        match link.phase:
            case "online":
                return Content.styled("● " + self._speed(link, narrow), "$success")
            case "ended":
                return Content.styled("■ " + _("logged out"), "$error")
            case "connecting":
                return Content.styled("◌ " + _("connecting…"), "$warning")
        return Content.styled("◌ " + _("offline"), "$warning")

    def _speed(self, link: Link, narrow: bool) -> str:
        if link.latency is None:
            return _("online")
        # A figure that trembles would be painted for nothing.
        known = self._latency
        if known is None or not known / STEP < link.latency < known * STEP:
            self._latency = link.latency
        assert self._latency is not None
        speed = f"{self._latency * 1000:.0f} ms"
        return speed if narrow else _("online {speed}").format(speed=speed)


def places() -> dict[str, str]:
    """Return the screens that number keys lead to, by mode."""
    return {
        "home": _("Home"),
        "waiting": _("Waiting"),
        "sessions": _("Sessions"),
        "invites": _("Invites"),
        "agenda": _("Agenda"),
    }

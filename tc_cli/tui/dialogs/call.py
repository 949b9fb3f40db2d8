"""Calling the people of a session: by sound or by video; and what can be done about a call that goes on."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tc_cli.output import browser, words
from tc_cli.tui import call_words, cells
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.calls import ALLOWED
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.threads import in_thread
from tc_cli.tui.words import _
from tc_server.wire.bodies import CallMedium, CallOpened

TOPICS = frozenset({Topic.CALL, Topic.MINUTE, Topic.LINK, Topic.SESSION})


class CallDialog(ModalScreen[CallOpened | None]):
    """Begins a call and opens its page; dismisses with the way into it where that must be shown instead."""

    CSS_PATH = "call.tcss"
    AUTO_FOCUS = "#audio"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "begin('audio')", _("Audio"), id="call.audio"),
        Binding("v", "begin('video')", _("Video"), id="call.video"),
        Binding("escape", "dismiss", _("Back"), id="call.back"),
        Binding("left,up", "app.focus_previous", show=False, id="call.previous"),
        Binding("right,down", "app.focus_next", show=False, id="call.next"),
    ]

    def __init__(self, desk: Desk, session_id: str) -> None:
        super().__init__()
        self.desk = desk
        self.session_id = session_id

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(_("Call {name}?").format(name=_name(self.desk, self.session_id)))
            frame.border_subtitle = _("a audio · v video · esc leaves")
            yield Static(_("It rings at their end once your call page is there."), markup=False)
            yield Static(_where(), markup=False, classes="hint")
            with Horizontal(id="choices"):
                yield Button(_("Audio"), id="audio", compact=True)
                yield Button(_("Video"), id="video", compact=True)
                yield Button(_("Back"), id="back", compact=True)

    def on_mount(self) -> None:
        self.desk.changed.subscribe(self, self._on_change)

    def action_begin(self, media: CallMedium) -> None:
        self._begin(media)

    @on(Button.Pressed)
    def choose(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        match event.button.id:
            case "audio":
                self._begin("audio")
            case "video":
                self._begin("video")
            case _:
                self.dismiss(None)

    @work(exclusive=True)
    async def _begin(self, media: CallMedium) -> None:
        try:
            self.dismiss(await hand_over(self.desk, self.session_id, media))
        except Trouble as trouble:
            self.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)

    def _on_change(self, change: Change) -> None:
        session = self.desk.board.sessions.get(self.session_id)
        if self.is_current and (session is None or session.state not in ALLOWED):
            self.dismiss(None)


class LiveCallDialog(ModalScreen[CallOpened | None]):
    """Ends the call that goes on, or opens its page anew; staying is where the cursor stands."""

    CSS_PATH = "call.tcss"
    AUTO_FOCUS = "#back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "hang_up", _("Hang up"), id="call.hang-up"),
        Binding("p", "page", _("Call page"), id="call.page"),
        Binding("escape,c", "dismiss", _("Back"), id="call.back"),
        Binding("left,up", "app.focus_previous", show=False, id="call.previous"),
        Binding("right,down", "app.focus_next", show=False, id="call.next"),
    ]

    def __init__(self, desk: Desk, session_id: str) -> None:
        super().__init__()
        self.desk = desk
        self.session_id = session_id

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(_("The call with {name}").format(name=_name(self.desk, self.session_id)))
            frame.border_subtitle = _("h hangs up · p call page · esc leaves")
            yield Static(id="status", markup=False)
            yield Static(_("Hanging up ends it for everybody."), markup=False)
            yield Static(_("p opens your call page anew; one that is open lets go."), markup=False)
            yield Static(_where(), markup=False, classes="hint")
            with Horizontal(id="choices"):
                yield Button(_("Hang up"), variant="error", id="hang-up", compact=True)
                yield Button(_("Call page"), id="page", compact=True)
                yield Button(_("Back"), id="back", compact=True)

    def on_mount(self) -> None:
        self.desk.changed.subscribe(self, self._on_change)
        self._redraw()

    def action_hang_up(self) -> None:
        self._hang_up()

    def action_page(self) -> None:
        self._page()

    @on(Button.Pressed)
    def choose(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        match event.button.id:
            case "hang-up":
                self._hang_up()
            case "page":
                self._page()
            case _:
                self.dismiss(None)

    @work(exclusive=True)
    async def _hang_up(self) -> None:
        try:
            await self.desk.feed.hang_up(self.session_id)
        except Trouble as trouble:
            self._tell(trouble)

    @work(exclusive=True)
    async def _page(self) -> None:
        call = self.desk.board.calls.live.get(self.session_id)
        try:
            self.dismiss(await hand_over(self.desk, self.session_id, call.media if call else "audio"))
        except Trouble as trouble:
            self._tell(trouble)

    def _tell(self, trouble: Trouble) -> None:
        self.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)

    def _on_change(self, change: Change) -> None:
        if change.topic in TOPICS:
            self._redraw()

    def _redraw(self) -> None:
        if self.session_id not in self.desk.board.calls.live:
            if self.is_current:
                self.dismiss(None)
            return
        said = call_words.status(self.desk.board, self.session_id, self.desk.server_now())
        self.query_one("#status", Static).update(f"{said.text}." if said else "")


async def hand_over(desk: Desk, session_id: str, media: CallMedium) -> CallOpened | None:
    """Have a call, and its page in the browser here; return the way into it where there is no browser.

    Raises Trouble.
    """
    opened = await desk.feed.call(session_id, media)
    if browser.is_here() and await in_thread(lambda: browser.open_page(opened.url)):
        return None
    return opened


def _name(desk: Desk, session_id: str) -> str:
    session = desk.board.sessions.get(session_id)
    return cells.cut(words.plain(session.name), 40) if session else ""


def _where() -> str:
    if browser.is_here():
        return _("The page opens in your browser.")
    return _("There is no browser here: you get a link, and a QR code for your phone.")

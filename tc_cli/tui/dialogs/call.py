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


class CallQuestion(ModalScreen[CallOpened | None]):
    """What both have in common: one thing done at a time, and none while the server can't be reached.

    Subclasses give `foot` their own buttons, and do in `done` what the one with that id says.
    """

    CSS_PATH = "call.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", show=False, id="call.previous"),
        Binding("right,down", "app.focus_next", show=False, id="call.next"),
    ]

    def __init__(self, desk: Desk, session_id: str) -> None:
        super().__init__()
        self.desk = desk
        self.session_id = session_id

    def foot(self, *buttons: Button) -> ComposeResult:
        """Give what stands below the words: whether it can work now, and the buttons."""
        yield Static(_("Offline: this works again once the server answers."), id="offline", markup=False)
        with Horizontal(id="choices"):
            yield from buttons
            yield Button(_("Back"), id="back", compact=True)

    def on_mount(self) -> None:
        self.desk.changed.subscribe(self, self._on_change)
        self.redraw()

    def on_screen_resume(self) -> None:
        # While something lay over it, it could not leave.
        self.redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs the server only while it can be reached."""
        return True if action != "do" or self.desk.board.link.online else None

    def action_do(self, what: str) -> None:
        self._do(what)

    @on(Button.Pressed)
    def choose(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        if event.button.id == "back":
            self.dismiss(None)
        else:
            self._do(event.button.id or "")

    def redraw(self) -> None:
        """Show it as things are now."""
        online = self.desk.board.link.online
        self.query_one("#offline").display = not online
        back = self.query_one("#back", Button)
        for button in self.query("#choices Button").results(Button):
            button.disabled = not online and button is not back
        if not online:
            back.focus()
        self.refresh_bindings()

    async def done(self, what: str) -> CallOpened | None:
        """Do what was chosen; return the way into the call page where that must be shown. Raises Trouble."""
        raise NotImplementedError

    @work(exclusive=True)
    async def _do(self, what: str) -> None:
        try:
            opened = await self.done(what)
        except Trouble as trouble:
            self.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)
            return
        if self.is_active:
            self.dismiss(opened)

    def _on_change(self, change: Change) -> None:
        if change.topic in TOPICS:
            self.redraw()


class CallDialog(CallQuestion):
    """Begins a call and opens its page; dismisses with the way into it where that must be shown instead."""

    AUTO_FOCUS = "#audio"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "do('audio')", _("Audio"), id="call.audio", tooltip=_("Call by sound alone")),
        Binding("v", "do('video')", _("Video"), id="call.video", tooltip=_("Call with pictures")),
        Binding("escape", "dismiss", _("Back"), id="call.back", tooltip=_("Don't call")),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(_("Call {name}?").format(name=_name(self.desk, self.session_id)))
            frame.border_subtitle = _("a audio · v video · esc leaves")
            yield Static(_("It rings at their end once your call page is there."), markup=False)
            yield Static(_where(), markup=False, classes="hint")
            yield from self.foot(
                Button(_("Audio"), id="audio", compact=True), Button(_("Video"), id="video", compact=True)
            )

    def redraw(self) -> None:
        """Show it as things are now, as long as there can be a call."""
        session = self.desk.board.sessions.get(self.session_id)
        if session is not None and session.state in ALLOWED:
            super().redraw()
        elif self.is_active:
            self.dismiss(None)

    async def done(self, what: str) -> CallOpened | None:
        """Begin a call. Raises Trouble."""
        return await hand_over(self.desk, self.session_id, "video" if what == "video" else "audio")


class LiveCallDialog(CallQuestion):
    """Ends the call that goes on, or opens its page anew; staying is where the cursor stands."""

    AUTO_FOCUS = "#back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "do('hang-up')", _("Hang up"), id="call.hang-up", tooltip=_("End the call for everybody")),
        Binding("p", "do('page')", _("Call page"), id="call.page", tooltip=_("Open your call page anew")),
        Binding("escape,c", "dismiss", _("Back"), id="call.back", tooltip=_("The call goes on")),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(_("The call with {name}").format(name=_name(self.desk, self.session_id)))
            frame.border_subtitle = _("h hangs up · p call page · esc leaves")
            yield Static(id="status", markup=False)
            yield Static(_("Hanging up ends it for everybody."), markup=False)
            yield Static(_("p opens your call page anew; one that is open lets go."), markup=False)
            yield Static(_where(), markup=False, classes="hint")
            yield from self.foot(
                Button(_("Hang up"), variant="error", id="hang-up", compact=True),
                Button(_("Call page"), id="page", compact=True),
            )

    def redraw(self) -> None:
        """Show it as things are now, as long as the call goes on."""
        if self.session_id not in self.desk.board.calls.live:
            if self.is_active:
                self.dismiss(None)
            return
        super().redraw()
        said = call_words.status(self.desk.board, self.session_id, self.desk.server_now(), keys=False)
        self.query_one("#status", Static).update(f"{said.text}." if said else "")

    async def done(self, what: str) -> CallOpened | None:
        """Hang up, or give another way into the call. Raises Trouble."""
        if what == "hang-up":
            await self.desk.feed.hang_up(self.session_id)
            return None
        call = self.desk.board.calls.live.get(self.session_id)
        return await hand_over(self.desk, self.session_id, call.media if call else "audio")


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

"""The way into a call for a browser elsewhere: as a link, on the clipboard, as a QR code; it goes once it was taken."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.output.calls import staff_leg
from tc_cli.tui import cells
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.widgets.web_link import WebLink, is_local
from tc_cli.tui.words import _
from tc_server.wire.bodies import CallOpened


class CallLink(ModalScreen[None]):
    """Shows where staff's call page is; leaves by itself once that page is in, or the call was ended."""

    CSS_PATH = "link.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,c", "copy", _("Copy"), id="call-link.copy", key_display="y", tooltip=_("Put it on the clipboard")),
        Binding("r", "renew", _("New link"), id="call-link.renew", tooltip=_("A new link; the old one stops working")),
        Binding("h", "hang_up", _("Hang up"), id="call-link.hang-up", tooltip=_("Don't call")),
        Binding("escape,q", "dismiss", _("Back"), id="call-link.back", key_display="esc"),
    ]

    def __init__(self, desk: Desk, opened: CallOpened) -> None:
        super().__init__()
        self.desk = desk
        self._opened = opened
        self._good = True
        self._lapsing: Timer | None = None

    def compose(self) -> ComposeResult:
        session = self.desk.board.sessions.get(self._opened.call.session_id)
        with Vertical(id="frame") as frame:
            name = cells.cut(words.plain(session.name), 40) if session else ""
            frame.border_title = Content(_("The call page, to talk with {name}").format(name=name))
            frame.border_subtitle = _("y copies · r new link · h hangs up · esc leaves")
            yield WebLink(Static(id="what", markup=False), Static(id="hint", markup=False))

    def on_mount(self) -> None:
        self.desk.changed.subscribe(self, self._on_change)
        self._show()

    def on_resize(self) -> None:
        self._redraw()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._opened.url)
        self.notify(_("Copied, if your terminal lets programs use the clipboard."))

    def action_renew(self) -> None:
        self._renew()

    def action_hang_up(self) -> None:
        self._hang_up()

    @work(exclusive=True)
    async def _renew(self) -> None:
        try:
            self._opened = await self.desk.feed.call(self._opened.call.session_id, self._opened.call.media)
        except Trouble as trouble:
            self._tell(trouble)
            return
        self._show()

    @work(exclusive=True)
    async def _hang_up(self) -> None:
        try:
            await self.desk.feed.hang_up(self._opened.call.session_id)
        except Trouble as trouble:
            self._tell(trouble)
            return
        self.dismiss()

    def _tell(self, trouble: Trouble) -> None:
        self.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)

    def _show(self) -> None:
        """Show the link as a new one."""
        self._good = True
        if self._lapsing is not None:
            self._lapsing.stop()
        left = (self._opened.expires_at - self.desk.server_now()).total_seconds()
        self._lapsing = self.set_timer(max(1.0, left), self._lapse)
        self._redraw()

    def _lapse(self) -> None:
        self._good = False
        self._redraw()

    def _redraw(self) -> None:
        self.query_one(WebLink).redraw(self._opened.url if self._good else "")
        what, hint = self._words()
        self.query_one("#what", Static).update(what)
        self.query_one("#hint", Static).update(hint)

    def _words(self) -> tuple[str, str]:
        if not self._good:
            return _("This link isn't good any more."), _("r makes a new one.")
        if is_local(self._opened.url):
            where = _("Open it in a browser on this machine. No phone reaches it.")
        elif self.query_one(WebLink).has_room:
            where = _("Scan it with your phone, or open it where there is a browser with a microphone.")
        else:
            where = _("Open it where there is a browser with a microphone. A larger terminal shows a QR code.")
        if self._opened.call.state == "opening":
            return where, _("Good for one time, within a minute. It rings at their end once it is open.")
        return where, _("Good for one time, within a minute. You are in the call again once it is open.")

    def _on_change(self, change: Change) -> None:
        session_id = self._opened.call.session_id
        if change.topic is Topic.CALL and change.session_id in {None, session_id} and self.is_active:
            self._look()

    def on_screen_resume(self) -> None:
        # While something lay over it, it could not leave.
        self._look()

    def _look(self) -> None:
        """Leave once the page is in, or somebody ended the call; without a call the link leads nowhere."""
        session_id = self._opened.call.session_id
        call = self.desk.board.calls.live.get(session_id)
        if call is not None and staff_leg(call) > staff_leg(self._opened.call):
            self.dismiss()
        elif call is None and self._good:
            over = self.desk.board.calls.ended.get(session_id)
            if over is not None and over.ended_by is not None:
                self.dismiss()
            else:
                self._lapse()

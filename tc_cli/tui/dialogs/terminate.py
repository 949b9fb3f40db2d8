"""Ending a session: close it for good, keep it open, or stay. What closing takes away is said before."""

from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tc_cli.output import words
from tc_cli.tui import going
from tc_cli.tui.board import LIVE, Change, Topic
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.widgets.tick import Tick
from tc_cli.tui.words import _
from tc_server.wire.bodies import Session


class TerminateDialog(ModalScreen[None]):
    """Makes the move that is chosen, and leaves once the server has made it."""

    CSS_PATH = "terminate.tcss"
    AUTO_FOCUS = "#stay"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "close", _("Close"), id="terminate.close", tooltip=_("End the session for everybody")),
        Binding("k", "keep_open", _("Keep open"), id="terminate.keep-open", tooltip=_("They can still write")),
        Binding(
            "t",
            "toggle_transcript",
            _("Transcript"),
            id="terminate.transcript",
            tooltip=_("Whether closing writes it to this computer"),
        ),
        Binding("escape", "dismiss", _("Stay"), id="terminate.stay", tooltip=_("Back to the chat, nothing is ended")),
        Binding("left,up", "app.focus_previous", show=False, id="terminate.previous"),
        Binding("right,down", "app.focus_next", show=False, id="terminate.next"),
    ]

    def __init__(self, desk: Desk, session_id: str) -> None:
        super().__init__()
        self.desk = desk
        self.session_id = session_id
        self._moving = False

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_subtitle = _("c closes · k keeps open · t transcript · esc stays")
            yield Static(id="unfinished", markup=False)
            yield Static(_("Close"), classes="head", markup=False)
            yield Static(id="goes", markup=False)
            with Horizontal(id="transcript"):
                yield Tick(_("Keep the transcript (PDF) in"), id="keep")
                yield Input(str(self.desk.preferences.folder), id="folder", compact=True)
            yield Static(_("Terminate but keep open"), classes="head", markup=False)
            yield Static(_("They can still write; the session comes back into the queue when they do."), markup=False)
            with Horizontal(id="choices"):
                yield Button(_("Close"), variant="error", id="close", compact=True)
                yield Button(_("Keep open"), id="keep-open", compact=True)
                yield Button(_("Stay"), id="stay", compact=True)

    def on_mount(self) -> None:
        self.desk.changed.subscribe(self, self._on_change)
        self._redraw()

    def on_screen_resume(self) -> None:
        # While something lay over it, it could not leave.
        self._redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to keep open what was started; what is open already is just left."""
        session = self._session
        return session is not None and session.state in {"active", "open"} if action == "keep_open" else True

    def action_close(self) -> None:
        self._close()

    def action_keep_open(self) -> None:
        session = self._session
        if session is not None and session.state == "active":
            self._keep_open()
        elif session is not None and session.state == "open":
            self.dismiss()

    def action_toggle_transcript(self) -> None:
        self.query_one(Tick).toggle()

    @on(Button.Pressed)
    def choose(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        match event.button.id:
            case "close":
                self._close()
            case "keep-open":
                self._keep_open()
            case _:
                self.dismiss()

    @on(Input.Changed, "#folder")
    def _wants_transcript(self, event: Input.Changed) -> None:
        if event.input.has_focus:
            self.query_one(Tick).value = True

    @on(Input.Submitted, "#folder")
    def _folder_is_named(self) -> None:
        self.query_one("#close").focus()

    @work(exclusive=True)
    async def _close(self) -> None:
        self._moving = True
        # The transcript comes first: what can't be kept isn't closed.
        try:
            kept = await self._keep_transcript()
            session = await self.desk.feed.move(self.session_id, "close")
        except Trouble as trouble:
            self._tell_trouble(trouble)
            return
        lines = [_("u reopens it, until {when}.").format(when=going.when(self._erase_at(session), self.desk.now()))]
        if kept is not None:
            lines.append(_("The transcript is {path}").format(path=kept))
        self.app.notify("\n".join(lines), title=_("Closed"), markup=False, timeout=8)
        self.dismiss()

    @work(exclusive=True)
    async def _keep_open(self) -> None:
        self._moving = True
        try:
            await self.desk.feed.move(self.session_id, "keep-open")
        except Trouble as trouble:
            self._tell_trouble(trouble)
            return
        self.dismiss()

    async def _keep_transcript(self) -> Path | None:
        if not self.query_one(Tick).value:
            return None
        self.desk.preferences.choose(folder=self.query_one("#folder", Input).value.strip())
        return await self.desk.feed.transcript(self.session_id, self.desk.preferences.folder)

    def _on_change(self, change: Change) -> None:
        if change.topic in {Topic.MINUTE, Topic.CALL} or change.session_id == self.session_id:
            self._redraw()

    def _redraw(self) -> None:
        session = self._session
        if session is None or session.state not in LIVE:
            # It has been ended from elsewhere.
            if self.is_active and not self._moving:
                self.dismiss()
            return
        name = words.plain(session.name)
        self.query_one("#frame").border_title = Content(_("End the session with {name}?").format(name=name))
        at = going.when(self._erase_at(session), self.desk.now())
        self.query_one("#goes", Static).update(going.ends(session, at, going.what(self.desk.board, session)))
        unfinished = going.unfinished(self.desk.board, session, self.desk.feed.draft(self.session_id))
        told = self.query_one("#unfinished", Static)
        told.display = bool(unfinished)
        told.update(_("Before you end it: {what}.").format(what=unfinished))
        self.query_one("#keep-open", Button).disabled = session.state != "active"
        self.refresh_bindings()

    def _erase_at(self, session: Session) -> datetime:
        return session.erase_at or self.desk.now() + going.retention(self.desk.board)

    def _tell_trouble(self, trouble: Trouble) -> None:
        self._moving = False
        self.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)

    @property
    def _session(self) -> Session | None:
        return self.desk.board.sessions.get(self.session_id)

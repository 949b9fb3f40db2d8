"""The link of an invite: as text, on the clipboard, as a QR code; and how its messages fared."""

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import cells, dates
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Desk
from tc_cli.tui.widgets.timeline import Timeline
from tc_cli.tui.widgets.web_link import WebLink, is_local
from tc_cli.tui.words import _, n_
from tc_server.wire.bodies import Invite

# Beside a QR code, below what is said of the link.
BESIDE = 12


class LinkDialog(ModalScreen[None]):
    """Shows one invite's link, live."""

    CSS_PATH = "link.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,c", "copy", _("Copy"), id="link.copy", key_display="y", tooltip=_("Put the link on the clipboard")),
        Binding("r", "resend", _("Send again"), id="link.resend", tooltip=_("Send the message once more")),
        Binding("d", "turn", _("Deliveries"), id="link.deliveries", tooltip=_("All that was tried, or the link again")),
        Binding("enter", "open", _("Open the chat"), id="link.open", tooltip=_("Show the session")),
        Binding("escape,q", "dismiss", _("Back"), id="link.back", key_display="esc"),
    ]

    def __init__(self, desk: Desk, invite_id: str, *, story: bool = False) -> None:
        super().__init__(classes="-story" if story else "")
        self.desk = desk
        self.invite_id = invite_id

    def compose(self) -> ComposeResult:
        with Vertical(id="frame"):
            yield WebLink(Static(id="hint", markup=False), Timeline("beside", _("d tells all")))
            with VerticalScroll(id="story"):
                yield Timeline("whole")

    def on_mount(self) -> None:
        self.desk.changed.subscribe(self, self._on_change)
        self._redraw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._redraw)

    def action_turn(self) -> None:
        """Show all that was tried instead of the link, or the link again."""
        self.toggle_class("-story")
        self.call_after_refresh(self._redraw)

    def action_copy(self) -> None:
        if self._invite is not None:
            self.app.copy_to_clipboard(self._invite.url)
            self.notify(_("Copied, if your terminal lets programs use the clipboard."))

    def action_open(self) -> None:
        if self._invite is not None:
            from tc_cli.tui.screens.session import SessionScreen

            session_id = self._invite.session_id
            self.dismiss()
            self.app.push_screen(SessionScreen(self.desk, session_id))

    def action_resend(self) -> None:
        if self._invite is not None:
            from tc_cli.tui.dialogs.resend import send_again

            send_again(self.app, self.desk, self._invite)

    def _on_change(self, change: Change) -> None:
        if change.topic in {Topic.INVITES, Topic.SESSION}:
            self._redraw()

    def _redraw(self) -> None:
        invite = self._invite
        if invite is None:
            self.dismiss()
            return
        name = cells.cut(words.plain(invite.name), 40)
        frame = self.query_one("#frame")
        story = self.has_class("-story")
        frame.border_subtitle = self._keys(story, self._is_over(invite))
        title = _("What was sent to {name}") if story else _("The link for {name}")
        frame.border_title = Content(title.format(name=name))
        self.query_one(WebLink).redraw(invite.url)
        self.query_one("#hint", Static).update(self._hint(invite))
        now, server_now = self.desk.now(), self.desk.server_now()
        if story:
            self.query_one("#whole", Timeline).show(invite, now, server_now)
        else:
            self.query_one("#beside", Timeline).show(invite, now, server_now, BESIDE)

    def _keys(self, story: bool, over: bool) -> str:
        if over:
            return _("d the link · esc leaves") if story else _("enter the chat · d tells all · esc leaves")
        return (
            _("y copies · r resends · d the link · esc leaves")
            if story
            else _("y copies · r resends · d tells all · enter the chat · esc leaves")
        )

    def _hint(self, invite: Invite) -> str:
        if self._is_over(invite):
            return _("This link doesn't open the session any more.")
        if invite.joined_at is not None:
            number = invite.devices
            came = n_("They have come by it, with {n} device.", "They have come by it, with {n} devices.", number)
            return came.format(n=number)
        if invite.planned_at is not None:
            return self._planned(invite.planned_at, invite)
        until = words.moment(invite.expires_at, self.desk.now())
        language = cells.cut(cells.language(invite.language)[0], 20)
        if is_local(invite.url):
            return _("Opens in {language} in a browser on this machine, until {when}. No phone reaches it.").format(
                language=language, when=until
            )
        return _("Opens in {language}, on any phone, until {when}.").format(language=language, when=until)

    def _planned(self, at: datetime, invite: Invite) -> str:
        when = dates.sentence(dates.understood(at, invite.timezone or "", self.desk.server_now()))
        comes = {True: _("They have said that they come."), False: _("They have said that they can't."), None: ""}
        opens = _("The link lets them in from 15 minutes before.")
        return " ".join(filter(None, [f"{when}.", comes[invite.coming], opens]))

    def _is_over(self, invite: Invite) -> bool:
        session = self.desk.board.sessions.get(invite.session_id)
        return invite.state == "cancelled" or (session is not None and session.state in {"closed", "cancelled"})

    @property
    def _invite(self) -> Invite | None:
        return self.desk.board.invites.get(self.invite_id)

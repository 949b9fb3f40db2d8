"""Planning for another time: when, in which zone the person is told it, and that they are told."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tc_cli.output import words
from tc_cli.tui import cells, dates
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.widgets.time_field import TimeField
from tc_cli.tui.words import _
from tc_server.wire.bodies import Invite, RescheduleRequest


class Reschedule(ModalScreen[None]):
    """Asks for the time, and plans for it."""

    CSS_PATH = "reschedule.tcss"
    AUTO_FOCUS = "#at"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", _("Back"), id="reschedule.back"),
        Binding("ctrl+j,ctrl+enter,f9", "plan", _("Plan"), id="reschedule.plan", key_display="ctrl+j", priority=True),
    ]

    def __init__(self, desk: Desk, invite: Invite) -> None:
        super().__init__()
        self.desk = desk
        self._invite = invite
        self._sending = False

    def compose(self) -> ComposeResult:
        invite = self._invite
        with Vertical(id="frame") as frame:
            name = cells.cut(words.plain(invite.name), 30)
            title = _("Another time for {name}") if invite.planned_at else _("A time for {name}")
            frame.border_title = Content(title.format(name=name))
            frame.border_subtitle = _("enter plans it · esc leaves it as it is")
            yield Static(self._planned(), id="planned", markup=False)
            yield TimeField(self.desk, _("tomorrow 14:30"), no_zone=_("as before"))
            yield Static(self._told(), id="told", markup=False)
            yield Static(id="missing", markup=False)

    def on_mount(self) -> None:
        self.query_one(TimeField).zone_is(self._invite.timezone or "")
        self._say("")

    @on(Input.Submitted)
    def action_plan(self) -> None:
        """Plan for what is written, or say what is missing."""
        try:
            plan = self.query_one(TimeField).plan()
        except Trouble as trouble:
            self._say(trouble.what)
            return
        if plan is None:
            self._say(_("Write when: tomorrow 14:30, fri 9:00, 2026-12-01 14:30 or in 2h."))
        elif not self._sending:
            self._sending = True
            self._send(RescheduleRequest(at=plan.at, timezone=plan.timezone))

    @on(Input.Changed)
    def forget_fault(self) -> None:
        """Take away what was said of the time before."""
        self._say("")

    @work(group="send")
    async def _send(self, request: RescheduleRequest) -> None:
        try:
            invite = await self.desk.feed.reschedule(self._invite.invite_id, request)
        except Trouble as trouble:
            self._sending = False
            if self.query_one(TimeField).refuses(trouble):
                self.query_one("#zone").focus()
                return
            self._say(f"{trouble.what}. {trouble.remedy}".strip())
            return
        when = dates.moment(request.at, self.desk.now())
        self.app.notify(_("Planned for {when}.").format(when=when), title=words.plain(invite.name), markup=False)
        self.dismiss()

    def _say(self, what: str) -> None:
        missing = self.query_one("#missing", Static)
        missing.update(what)
        missing.display = bool(what)

    def _planned(self) -> str:
        at = self._invite.planned_at
        if at is None:
            return _("This invite is for now.")
        now = self.desk.server_now()
        return _("So far: {when}").format(when=dates.understood(at, self._invite.timezone or "", now))

    def _told(self) -> str:
        if not self._invite.deliveries:
            return _("Nothing is sent to them: tell them yourself.")
        return _("They are told at once, and asked again whether they come.")

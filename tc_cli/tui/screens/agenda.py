"""The agenda: what is planned, by day, in staff's time and in the person's; who comes, and what they have been told."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tc_cli.output import timelines, words
from tc_cli.tui import agenda, cells, dates, delivery_words
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Desk
from tc_cli.tui.screens.place import Place
from tc_cli.tui.widgets.empty import Empty
from tc_cli.tui.widgets.listing import Column, Listing
from tc_cli.tui.widgets.row_detail import RowDetail
from tc_cli.tui.words import _
from tc_server.wire.bodies import Invite

SHOWN = frozenset({Topic.INVITES, Topic.SESSION, Topic.QUEUE, Topic.MINUTE})
ON_ONE = frozenset({"open", "copy", "deliveries", "move", "revoke", "resend", "chat"})


class Agenda(Place):
    """Everything that is planned, the next first."""

    MODE = "agenda"
    AUTO_FOCUS = "#agenda"
    CSS_PATH = "agenda.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", _("Open"), id="agenda.open", tooltip=_("The chat of who has come, else the link")),
        Binding("t", "move", _("New time"), id="agenda.move", tooltip=_("Plan for another time; the person is told")),
        Binding("x", "revoke", _("Take back"), id="agenda.revoke", tooltip=_("The person is told that it is off")),
        Binding("y", "copy", _("Copy"), id="agenda.copy", tooltip=_("Put the link on the clipboard")),
        Binding("d", "deliveries", _("Deliveries"), id="agenda.deliveries", tooltip=_("All that was tried")),
        Binding("r", "resend", _("Resend"), id="agenda.resend", tooltip=_("Send the message once more")),
        Binding("o", "chat", _("Chat"), id="agenda.chat", tooltip=_("Open the chat of who has come")),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        # The cursor is moved for staff only while they don't see it.
        self._comes = True

    def body(self) -> Iterable[Widget]:
        yield Listing[Invite](self._columns(), lambda invite: invite.invite_id, id="agenda", group=self._group)
        yield RowDetail()
        yield Empty(self._nothing)

    def redraw(self) -> None:
        found = agenda.planned(self.desk.board, self.desk.server_now())
        # What is past stands under a heading of its own, above what is to come.
        found.sort(key=lambda one: not self._is_due(one))
        self.set_class(not found, "-empty")
        listing = self.query_one("#agenda", Listing)
        listing.show(found)
        if self._comes and (wanted := self.desk.look_at) is not None:
            self.desk.look_at = None
            listing.put_cursor_on(wanted)
        self._comes = False
        self.query_one(RowDetail).redraw(listing)
        self.query_one(Empty).show_if(not found)
        self.keys_follow(self._possible())

    def concerns(self, change: Change) -> bool:
        return change.topic in SHOWN

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the invite under the cursor allows."""
        if action not in ON_ONE or not self.is_mounted:
            return True
        if (chosen := self._chosen()) is None:
            return None
        if action == "chat":
            return True if self._has_come(chosen) else None
        if action in {"move", "revoke", "resend"}:
            return None if self._has_come(chosen) else True
        return True

    def on_screen_suspend(self) -> None:
        self._comes = True

    def on_listing_moved(self, event: Listing.Moved) -> None:
        self.query_one(RowDetail).redraw(event.listing)
        self.keys_follow(self._possible())

    def on_listing_opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if (chosen := self._chosen()) is not None and self._has_come(chosen):
            self.action_chat()
        elif chosen is not None:
            self._show_link(chosen, story=False)

    def action_chat(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.desk.feed.seen(chosen.session_id)
            self.open_session(chosen.session_id)

    def action_deliveries(self) -> None:
        if (chosen := self._chosen()) is not None:
            self._show_link(chosen, story=True)

    def action_copy(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.app.copy_to_clipboard(chosen.url)
            self.notify(_("Copied, if your terminal lets programs use the clipboard."))

    def action_move(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.reschedule import Reschedule

            self.app.push_screen(Reschedule(self.desk, chosen))

    def action_revoke(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.take_back import take_back

            take_back(self.app, self.desk, chosen)

    def action_resend(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.resend import send_again

            send_again(self.app, self.desk, chosen)

    def _show_link(self, invite: Invite, *, story: bool) -> None:
        from tc_cli.tui.dialogs.link import LinkDialog

        self.app.push_screen(LinkDialog(self.desk, invite.invite_id, story=story))

    def _chosen(self) -> Invite | None:
        chosen: Invite | None = self.query_one("#agenda", Listing).chosen
        return chosen

    def _possible(self) -> object:
        chosen = self._chosen()
        return chosen and self._has_come(chosen)

    def _is_due(self, invite: Invite) -> bool:
        return agenda.is_due(self.desk.board, invite, self.desk.server_now())

    def _has_come(self, invite: Invite) -> bool:
        return agenda.has_come(self.desk.board, invite)

    # --- how it reads --------------------------------------------------------------------------------------------

    def _group(self, invite: Invite) -> str:
        if self._is_due(invite):
            return _("Its time has come, and nobody is there yet")
        assert invite.planned_at is not None
        return dates.whole_day(invite.planned_at.astimezone().date(), self.desk.now().date())

    def _columns(self) -> list[Column[Invite]]:
        return [
            Column("here", _("Here"), self._here, 5),
            Column("name", _("Name"), lambda i: (words.plain(i.name), "bold foreground"), 14),
            Column("there", _("There"), self._there, 17),
            Column("comes", _("Comes"), self._comes_or_not, 8),
            Column("language", _("Language"), lambda i: cells.language(i.language), 10, 74),
            Column("told", _("Told"), lambda i: delivery_words.briefly(delivery_words.latest(i)), 0),
            Column("reminder", _("Reminder"), self._reminder, 16, 100),
            Column("in", _("Time"), self._soon, 17, 118),
            Column("contact", _("Contact"), lambda i: (words.plain(i.phone or i.email or ""), "text-muted"), 20, 150),
            Column("note", _("Note"), lambda i: (words.plain(i.note or ""), "text-muted"), 30, 180),
        ]

    def _here(self, invite: Invite) -> tuple[str, str]:
        assert invite.planned_at is not None
        return words.clock(invite.planned_at), "bold warning" if self._is_due(invite) else "bold foreground"

    def _there(self, invite: Invite) -> tuple[str, str]:
        if invite.planned_at is None or invite.timezone is None or not self._is_elsewhere(invite):
            return "", ""
        return f"{dates.clock_there(invite.planned_at, invite.timezone)} {dates.place(invite.timezone)}", ""

    @staticmethod
    def _is_elsewhere(invite: Invite) -> bool:
        return invite.planned_at is not None and dates.is_elsewhere(invite.planned_at, invite.timezone)

    def _comes_or_not(self, invite: Invite) -> tuple[str, str]:
        if self._has_come(invite):
            return "● " + _("here"), "success"
        return coming(invite)

    def _reminder(self, invite: Invite) -> tuple[str, str]:
        at = timelines.next_reminder(invite)
        return (dates.moment(at, self.desk.now()), "text-muted") if at else ("", "")

    def _soon(self, invite: Invite) -> tuple[str, str]:
        assert invite.planned_at is not None
        if self._is_due(invite):
            day = invite.planned_at.astimezone().date()
            today = self.desk.now().date()
            late = dates.ago(invite.planned_at, self.desk.server_now())
            return late if day == today else dates.day(day, today), "warning"
        return dates.until(invite.planned_at, self.desk.server_now()), "text-muted"

    def _nothing(self) -> tuple[str, str]:
        if not self.desk.board.loaded:
            return _("Not connected"), _("Not known until the server answers.")
        return _("Nothing is planned"), _("Press n to invite somebody, and write a time at When.")


def coming(invite: Invite) -> tuple[str, str]:
    """Say whether somebody has said that they come."""
    if invite.coming is None:
        return "", ""
    return ("✓ " + _("yes"), "success") if invite.coming else ("✗ " + _("can't"), "error")

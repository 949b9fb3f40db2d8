"""All invites: who was invited, how, what has become of the message and of the invite."""

from collections.abc import Callable, Coroutine, Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tc_cli.output import words
from tc_cli.tui import cells, dates, delivery_words
from tc_cli.tui.board import OVER, Change, Topic
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.screens.place import Place
from tc_cli.tui.widgets.empty import Empty
from tc_cli.tui.widgets.listing import Column, Listing
from tc_cli.tui.widgets.row_detail import RowDetail
from tc_cli.tui.widgets.timeline import Timeline
from tc_cli.tui.words import _
from tc_server.wire.bodies import Invite

SHOWN = frozenset({Topic.INVITES, Topic.SESSION, Topic.MINUTE})
# From this height on there is room for a timeline below the table, growing to so many lines at most.
TALL = 22
LEAST, MOST = 6, 12


class Invites(Place):
    """Every invite whose session isn't erased, the newest first."""

    MODE = "invites"
    AUTO_FOCUS = "#invites"
    CSS_PATH = "invites.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show", _("Link"), id="invite.show", tooltip=_("The link, its QR code, its deliveries")),
        Binding("y", "copy", _("Copy"), id="invite.copy", tooltip=_("Put the link on the clipboard")),
        Binding("r", "resend", _("Resend"), id="invite.resend", tooltip=_("Send the message once more")),
        Binding("d", "deliveries", _("Deliveries"), id="invite.deliveries", tooltip=_("All that was tried")),
        Binding("x", "revoke", _("Take back"), id="invite.revoke", tooltip=_("The link stops working")),
        Binding("slash", "search", _("Search"), key_display="/", id="invites.search", tooltip=_("By name or contact")),
        Binding("o", "rotate", _("New link"), id="invite.rotate", tooltip=_("A new link; the old one stops working")),
        Binding("t", "move", _("New time"), id="invite.move", tooltip=_("Plan for a time, or for another one")),
        Binding("b", "app.batch", _("From a file"), id="invites.batch", tooltip=_("Invite many from a CSV file")),
        Binding("escape", "all", _("Show all"), show=False, id="invites.all", tooltip=_("Without search")),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._room = LEAST
        # The cursor is moved for staff only while they don't see it.
        self._comes = True

    def body(self) -> Iterable[Widget]:
        yield Input(placeholder=_("Search by name, contact, language or state"), id="search", compact=True)
        yield Listing[Invite](self._columns(), lambda invite: invite.invite_id, id="invites")
        yield RowDetail()
        yield Timeline("timeline", _("d tells all"))
        yield Empty(self._nothing)

    def redraw(self) -> None:
        found = self._found()
        self.set_class(not found, "-empty")
        listing = self.query_one("#invites", Listing)
        listing.show(found)
        if self._comes and (wanted := self.desk.look_at) is not None:
            self.desk.look_at = None
            listing.put_cursor_on(wanted)
        self._comes = False
        self._show_chosen()
        self.query_one(Empty).show_if(not found)
        self.keys_follow(self._possible())

    def concerns(self, change: Change) -> bool:
        return change.topic in SHOWN

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the invite under the cursor allows."""
        if action in {"show", "copy", "resend", "deliveries", "revoke", "rotate", "move"} and self.is_mounted:
            chosen = self._chosen()
            if chosen is None:
                return None
            state = self._state(chosen)
            if action in {"resend", "rotate"}:
                return None if state in OVER else True
            if action == "revoke":
                return True if state in {"invited", "waiting"} else None
            if action == "move":
                return True if state == "invited" and chosen.joined_at is None else None
        return True

    def on_mount(self) -> None:
        self._fit()

    def on_screen_suspend(self) -> None:
        self._comes = True

    def on_resize(self) -> None:
        self._fit()

    def on_listing_moved(self) -> None:
        self._show_chosen()
        self.keys_follow(self._possible())

    def on_listing_opened(self) -> None:
        self.action_show()

    def on_input_changed(self) -> None:
        self.redraw()

    def on_input_submitted(self) -> None:
        self.query_one("#invites").focus()

    def action_search(self) -> None:
        self.add_class("-searching")
        self.query_one(Input).focus()

    def action_all(self) -> None:
        self.query_one(Input).value = ""
        self.remove_class("-searching")
        self.query_one("#invites").focus()
        self.redraw()

    def action_show(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.link import LinkDialog

            self.app.push_screen(LinkDialog(self.desk, chosen.invite_id))

    def action_deliveries(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.link import LinkDialog

            self.app.push_screen(LinkDialog(self.desk, chosen.invite_id, story=True))

    def action_copy(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.app.copy_to_clipboard(chosen.url)
            self.notify(_("Copied, if your terminal lets programs use the clipboard."))

    def action_resend(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.resend import send_again

            send_again(self.app, self.desk, chosen)

    def action_revoke(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.take_back import take_back

            take_back(self.app, self.desk, chosen)

    def action_move(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.reschedule import Reschedule

            self.app.push_screen(Reschedule(self.desk, chosen))

    def action_rotate(self) -> None:
        if (chosen := self._chosen()) is not None:
            self._ask(
                _("Make a new link for {name}?").format(name=words.plain(chosen.name)),
                _("The old link stops working on every device at once. The new one has to be handed over or sent."),
                _("New link"),
                lambda: self._try(self.desk.feed.rotate(chosen.invite_id), _("There is a new link: enter shows it.")),
            )

    def _ask(self, question: str, told: str, yes: str, work: Callable[[], Coroutine[object, object, None]]) -> None:
        from tc_cli.tui.dialogs.confirm import Confirm

        def sure(answer: bool | None) -> None:
            if answer:
                self.run_worker(work())

        self.app.push_screen(Confirm(question, told, yes), sure)

    async def _try(self, work: Coroutine[object, object, Invite], done: str) -> None:
        try:
            await work
        except Trouble as trouble:
            self.trouble(trouble)
        else:
            self.notify(done)

    def _found(self) -> list[Invite]:
        wanted = self.query_one(Input).value.casefold().split()
        found = [one for one in self.desk.board.invites.values() if not wanted or self._matches(one, wanted)]
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    def _matches(self, invite: Invite, wanted: list[str]) -> bool:
        state = self._state(invite)
        language = cells.language(invite.language)[0]
        said = f"{invite.name} {invite.phone or ''} {invite.email or ''} {language} {state} {cells.state(state)[0]} "
        delivery = delivery_words.latest(invite)
        fate = delivery_words.briefly(delivery).text
        if delivery is not None:
            fate += f" {delivery.state} {delivery_words.state(delivery.state).text}"
        hay = (said + f"{fate} {invite.note or ''} {invite.invite_id}").casefold()
        return all(word in hay for word in wanted)

    def _state(self, invite: Invite) -> str:
        return self.desk.board.invite_state(invite)

    def _show_chosen(self) -> None:
        detail = self.query_one(RowDetail)
        detail.redraw(self.query_one("#invites", Listing))
        timeline = self.query_one(Timeline)
        timeline.set_class(not detail.has_class("-needed"), "-apart")
        if timeline.display:
            timeline.show(self._chosen(), self.desk.now(), self.desk.server_now(), self._room)

    def _fit(self) -> None:
        """Give the timeline a share of the height; it stays the same, so that moving the cursor paints just that."""
        height = self.app.size.height
        timeline = self.query_one(Timeline)
        timeline.display = height >= TALL
        self._room = max(LEAST, min(MOST, height // 4))
        timeline.styles.height = self._room + timeline.has_class("-apart")
        self.call_after_refresh(self._show_chosen)

    def _chosen(self) -> Invite | None:
        chosen: Invite | None = self.query_one("#invites", Listing).chosen
        return chosen

    def _possible(self) -> str:
        chosen = self._chosen()
        return self._state(chosen) if chosen else ""

    def _columns(self) -> list[Column[Invite]]:
        now = self.desk.now
        return [
            Column("state", _("State"), lambda i: cells.state(self._state(i)), 11),
            Column("name", _("Name"), lambda i: (words.plain(i.name), "bold foreground"), 16),
            Column("delivery", _("Delivery"), lambda i: delivery_words.briefly(delivery_words.latest(i)), 23),
            Column("contact", _("Contact"), lambda i: (words.plain(i.phone or i.email or ""), ""), 0, 68),
            Column("language", _("Language"), lambda i: cells.language(i.language), 12, 92),
            Column("role", _("Role"), lambda i: (cells.role(i.role), "text-muted"), 12, 140),
            Column("devices", _("Devices"), lambda i: (str(i.devices or ""), "text-muted"), 7, 100),
            Column("made", _("Made"), lambda i: (words.moment(i.created_at, now()), "text-muted"), 11, 100),
            Column("planned", _("Planned"), self._planned, 16, 112),
            Column("expires", _("Expires"), lambda i: (words.moment(i.expires_at, now()), "text-muted"), 16, 146),
        ]

    def _planned(self, invite: Invite) -> tuple[str, str]:
        return (dates.moment(invite.planned_at, self.desk.now()), "") if invite.planned_at else ("", "")

    def _nothing(self) -> tuple[str, str]:
        if self.query_one(Input).value:
            return _("Nothing found"), _("Escape shows all invites again.")
        return _("No invites yet"), _("Press n to invite somebody, b to invite many from a file.")

"""All sessions of this account: waiting, active, open, closed with the time left; found by name, word or state."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tc_cli.output import words
from tc_cli.tui import cells
from tc_cli.tui.board import LIVE, Change, Topic
from tc_cli.tui.desk import Trouble
from tc_cli.tui.screens.place import Place
from tc_cli.tui.widgets.empty import Empty
from tc_cli.tui.widgets.listing import Column, Listing
from tc_cli.tui.widgets.row_detail import RowDetail
from tc_cli.tui.words import _
from tc_server.wire.bodies import Session

SHOWN = frozenset({Topic.SESSION, Topic.LOG, Topic.LINE, Topic.MINUTE})
ORDER = {"active": 0, "waiting": 1, "open": 2, "closed": 3, "invited": 4, "cancelled": 5}
FILTERS = ("", "active", "waiting", "open", "closed", "invited", "cancelled")


class Sessions(Place):
    """Every session that isn't erased."""

    MODE = "sessions"
    AUTO_FOCUS = "#sessions"
    CSS_PATH = "sessions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", _("Open"), id="session.open", tooltip=_("Show the chat")),
        Binding(
            "slash",
            "search",
            _("Search"),
            key_display="/",
            id="sessions.search",
            tooltip=_("By name, role, language or state"),
        ),
        Binding(
            "f",
            "filter",
            _("Filter"),
            id="sessions.filter",
            tooltip=_("One state after the other: active, waiting, open, closed…"),
        ),
        Binding("t,f8", "terminate", _("Terminate"), id="session.terminate", tooltip=_("Close it, or keep it open")),
        Binding(
            "u", "reopen", _("Reopen"), id="session.reopen", tooltip=_("A closed session, as long as it isn't erased")
        ),
        Binding(
            "delete",
            "erase",
            _("Erase now"),
            id="session.erase",
            show=False,
            tooltip=_("Remove every trace at once; this can't be undone"),
        ),
        Binding("escape", "all", _("Show all"), show=False, id="sessions.all", tooltip=_("Without search and filter")),
    ]

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._state = ""

    def body(self) -> Iterable[Widget]:
        yield Input(placeholder=_("Search by name, role, language or state"), id="search", compact=True)
        yield Listing[Session](self._columns(), lambda session: session.session_id, id="sessions")
        yield RowDetail()
        yield Empty(self._nothing)

    def redraw(self) -> None:
        found = self._found()
        self.set_class(not found, "-empty")
        listing = self.query_one("#sessions", Listing)
        listing.show(found)
        self.query_one(RowDetail).redraw(listing)
        self.query_one(Empty).show_if(not found)
        self.keys_follow(self._possible())

    def concerns(self, change: Change) -> bool:
        return change.topic in SHOWN

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the session under the cursor allows."""
        if action in {"open", "terminate", "reopen", "erase"} and self.is_mounted:
            chosen = self._chosen()
            if chosen is None:
                return None
            if action == "terminate":
                return True if chosen.state in {"waiting", "active", "open"} else None
            if action == "reopen":
                return True if chosen.state == "closed" else None
            if action == "erase":
                return True if chosen.state in {"closed", "cancelled"} else None
        return True

    def on_listing_moved(self, event: Listing.Moved) -> None:
        self.query_one(RowDetail).redraw(event.listing)
        self.keys_follow(self._possible())

    def on_listing_opened(self, event: Listing.Opened) -> None:
        self.open_session(event.key)

    def on_input_changed(self) -> None:
        self.redraw()

    def on_input_submitted(self) -> None:
        self.query_one("#sessions").focus()

    def action_open(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.open_session(chosen.session_id)

    def action_search(self) -> None:
        self.add_class("-searching")
        self.query_one(Input).focus()

    def action_filter(self) -> None:
        self._state = FILTERS[(FILTERS.index(self._state) + 1) % len(FILTERS)]
        self.redraw()
        self._say_filter()

    def action_all(self) -> None:
        self._state = ""
        self.query_one(Input).value = ""
        self.remove_class("-searching")
        self.query_one("#sessions").focus()
        self.redraw()
        self._say_filter()

    def action_terminate(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.terminate import TerminateDialog

            self.app.push_screen(TerminateDialog(self.desk, chosen.session_id))

    def action_reopen(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.run_worker(self._reopen(chosen.session_id))

    def action_erase(self) -> None:
        if (chosen := self._chosen()) is not None:
            from tc_cli.tui.dialogs.confirm import Confirm

            def sure(yes: bool | None) -> None:
                if yes:
                    self.run_worker(self._erase(chosen.session_id))

            question = _("Erase the session with {name} now?").format(name=words.plain(chosen.name))
            told = _("Every message, file, name and contact goes at once. This can't be undone.")
            self.app.push_screen(Confirm(question, told, _("Erase")), sure)

    async def _reopen(self, session_id: str) -> None:
        try:
            await self.desk.feed.move(session_id, "reopen")
        except Trouble as trouble:
            self.trouble(trouble)

    async def _erase(self, session_id: str) -> None:
        try:
            await self.desk.feed.erase(session_id)
        except Trouble as trouble:
            self.trouble(trouble)
        else:
            self.notify(_("Erased; nothing of it is left."))

    def _possible(self) -> str:
        chosen = self._chosen()
        return chosen.state if chosen else ""

    def _say_filter(self) -> None:
        label = cells.state(self._state)[0] if self._state else ""
        self.query_one("#sessions", Listing).border_title = label
        self.query_one("#sessions", Listing).set_class(bool(label), "-filtered")

    def _found(self) -> list[Session]:
        wanted = self.query_one(Input).value.casefold().split()
        found = [one for one in self.desk.board.sessions.values() if self._matches(one, wanted)]
        found.sort(key=lambda one: one.last_activity_at, reverse=True)
        return sorted(found, key=lambda one: ORDER.get(one.state, 9))

    def _matches(self, session: Session, wanted: list[str]) -> bool:
        if self._state and session.state != self._state and not self._calls(session):
            return False
        if not wanted:
            return True
        people = " ".join(f"{person.name} {person.phone or ''} {person.email or ''}" for person in session.people)
        language = cells.language(session.language)[0]
        said = f"{session.name} {people} {session.role} {cells.role(session.role)} {language} {session.state} "
        hay = (said + f"{cells.state(session.state)[0]} {session.note or ''} {session.session_id}").casefold()
        return all(word in hay for word in wanted)

    def _calls(self, session: Session) -> bool:
        """Tell whether somebody waits for an answer in an open session: they are in the queue, too."""
        return self._state == "waiting" and self.desk.board.entry(session.session_id) is not None

    def _chosen(self) -> Session | None:
        chosen: Session | None = self.query_one("#sessions", Listing).chosen
        return chosen

    def _columns(self) -> list[Column[Session]]:
        return [
            Column("state", _("State"), lambda s: cells.state(s.state), 11),
            Column("name", _("Name"), lambda s: (words.plain(s.name), "bold foreground"), 16),
            Column("news", _("New"), self._news, 4),
            Column("online", _("Online"), lambda s: cells.online(s.online) if s.state in LIVE else ("", ""), 8, 74),
            Column("language", _("Language"), lambda s: cells.language(s.language), 12, 96),
            Column("role", _("Role"), lambda s: (cells.role(s.role), "text-muted"), 12, 120),
            Column("left", _("Time"), self._time, 16),
            Column("words", _("Last words"), self._last_words, 0),
        ]

    def _news(self, session: Session) -> tuple[str, str]:
        unsent = len(self.desk.board.line.get(session.session_id, []))
        if unsent:
            return f"↑{unsent}", "warning"
        unread = session.unread if session.state in {"waiting", "active", "open"} else 0
        return (str(unread), "bold accent") if unread else ("", "")

    def _time(self, session: Session) -> tuple[str, str]:
        now = self.desk.now()
        if session.erase_at is not None:
            left = cells.left((session.erase_at - now).total_seconds())
            return _("erased in {span}").format(span=left), "text-muted"
        if session.closes_soon and session.closes_at is not None:
            left = cells.left((session.closes_at - now).total_seconds())
            return _("closes in {span}").format(span=left), "warning"
        return words.moment(session.last_activity_at, now), "text-muted"

    def _last_words(self, session: Session) -> tuple[str, str]:
        message = self.desk.board.words.get(session.session_id)
        return (cells.said(message), "text-muted") if message else ("", "")

    def _nothing(self) -> tuple[str, str]:
        if self._state or self.query_one(Input).value:
            return _("Nothing found"), _("Escape shows all sessions again.")
        return _("No sessions yet"), _("Press n to invite somebody.")

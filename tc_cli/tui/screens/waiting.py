"""The waiting room: who waits, the longest first; starting with the next or the chosen one."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tc_cli.output import words
from tc_cli.tui import cells, delivery_words
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Trouble
from tc_cli.tui.screens.place import Place
from tc_cli.tui.widgets.empty import Empty
from tc_cli.tui.widgets.listing import Column, Listing
from tc_cli.tui.widgets.row_detail import RowDetail
from tc_cli.tui.words import _
from tc_server.wire.bodies import QueueEntry

SHOWN = frozenset({Topic.QUEUE, Topic.SESSION, Topic.LOG, Topic.RING, Topic.MINUTE})


class Waiting(Place):
    """The queue, live."""

    MODE = "waiting"
    AUTO_FOCUS = "#queue"
    CSS_PATH = "waiting.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s",
            "next",
            _("Start next"),
            id="queue.next",
            tooltip=_("Start with who has waited longest, those online first"),
        ),
        Binding("enter", "start", _("Start"), id="queue.start", tooltip=_("Start with the person under the cursor")),
        Binding("o", "look", _("Look in"), id="queue.look", tooltip=_("Open the chat without starting the session")),
        Binding(
            "m",
            "tell",
            _("Minutes"),
            id="queue.tell",
            tooltip=_("Tell them, in their language, how long it takes"),
        ),
    ]

    def body(self) -> Iterable[Widget]:
        yield Listing[QueueEntry](self._columns(), lambda entry: entry.session_id, id="queue")
        yield RowDetail()
        yield Empty(self._nobody)

    def ring_keys(self) -> str:
        if not self.desk.board.queue:
            return super().ring_keys()
        return _("s starts {name} · space silences").format(name=self.next_name())

    def redraw(self) -> None:
        queue = self.desk.board.queue
        self.set_class(not queue, "-empty")
        listing = self.query_one("#queue", Listing)
        listing.show(queue)
        self.query_one(RowDetail).redraw(listing)
        self.query_one(Empty).show_if(not queue)
        self.keys_follow(bool(queue))

    def concerns(self, change: Change) -> bool:
        return change.topic in SHOWN

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what needs somebody who waits."""
        if action in {"next", "start", "look", "tell"} and not self.desk.board.queue:
            return None
        return True

    def on_listing_moved(self, event: Listing.Moved) -> None:
        self.query_one(RowDetail).redraw(event.listing)

    def on_listing_opened(self, event: Listing.Opened) -> None:
        self.run_worker(self._begin(event.key), exclusive=True)

    def action_start(self) -> None:
        if (entry := self._chosen()) is not None:
            self.run_worker(self._begin(entry.session_id), exclusive=True)

    def action_next(self) -> None:
        self.run_worker(self._next(), exclusive=True)

    def action_look(self) -> None:
        if (entry := self._chosen()) is not None:
            self.desk.feed.seen(entry.session_id)
            self.open_session(entry.session_id)

    def action_tell(self) -> None:
        if (entry := self._chosen()) is not None:
            from tc_cli.tui.dialogs.tell import TellDialog

            def told(minutes: int | None) -> None:
                if minutes is not None:
                    self.run_worker(self._tell(entry.session_id, minutes))

            self.app.push_screen(TellDialog(entry.language), told)

    async def _next(self) -> None:
        try:
            session = await self.desk.feed.start_next()
        except Trouble as trouble:
            self.trouble(trouble)
        else:
            self.open_session(session.session_id)

    async def _begin(self, session_id: str) -> None:
        entry = self.desk.board.entry(session_id)
        verb = "start" if entry is None or entry.state == "waiting" else "resume"
        try:
            await self.desk.feed.move(session_id, verb)
        except Trouble as trouble:
            self.trouble(trouble)
        else:
            self.open_session(session_id)

    async def _tell(self, session_id: str, minutes: int) -> None:
        try:
            await self.desk.feed.tell(session_id, minutes)
        except Trouble as trouble:
            self.trouble(trouble)

    def _chosen(self) -> QueueEntry | None:
        chosen: QueueEntry | None = self.query_one("#queue", Listing).chosen
        return chosen

    def _columns(self) -> list[Column[QueueEntry]]:
        return [
            Column("place", "#", lambda e: (str(e.place), "text-muted"), 2),
            Column("unseen", "", self._unseen, 2),
            Column("name", _("Name"), lambda e: (words.plain(e.name), "bold foreground"), 16),
            Column("waited", _("Waiting"), self._waited, 10),
            Column(
                "since", _("Since"), lambda e: (words.moment(e.waiting_since, self.desk.now()), "text-muted"), 5, 92
            ),
            Column("online", _("Online"), lambda e: cells.online(e.online), 8),
            Column("language", _("Language"), lambda e: cells.language(e.language), 12, 74),
            Column("role", _("Role"), lambda e: (cells.role(e.role), "text-muted"), 12, 110),
            Column("delivery", _("Delivery"), lambda e: delivery_words.state(e.delivery), 13, 110),
            Column("words", _("Last words"), self._last_words, 0),
        ]

    def _unseen(self, entry: QueueEntry) -> tuple[str, str]:
        return ("🔔", "") if entry.session_id in self.desk.board.unseen else ("", "")

    def _waited(self, entry: QueueEntry) -> tuple[str, str]:
        span = (self.desk.now() - entry.waiting_since).total_seconds()
        if entry.told_until is not None and entry.told_until > self.desk.now():
            return _("till {time}").format(time=words.clock(entry.told_until)), "text-muted"
        return words.span(span), cells.patience(span)

    def _last_words(self, entry: QueueEntry) -> tuple[str, str]:
        message = self.desk.board.words.get(entry.session_id)
        return (cells.said(message), "") if message else ("", "")

    def _nobody(self) -> tuple[str, str]:
        invited = len(self.desk.board.in_states("invited"))
        if not self.desk.board.link.online:
            return _("Not connected"), _("Who waits is shown once the server answers. Nothing that you type is lost.")
        if invited:
            return _("Nobody is waiting"), _("{n} invited and not here yet. It rings when somebody comes.").format(
                n=invited
            )
        return _("Nobody is waiting"), _("Press n to invite somebody. It rings when they come.")

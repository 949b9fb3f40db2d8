"""The line under the top one: a band while somebody waits whom nobody has looked at, else what holds messages up."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import call_words, cells, delivery_words
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.calls import Asking
from tc_cli.tui.desk import Desk
from tc_cli.tui.words import n_
from tc_server.wire.bodies import QueueEntry

SHOWN = frozenset({Topic.RING, Topic.QUEUE, Topic.SESSION, Topic.CALL, Topic.INVITES, Topic.MINUTE})

AROUND = 2


class RingBanner(Static):
    """Says who waits unseen, else why messages wait; a click leads there."""

    @dataclass
    class Wanted(Message):
        """The session of who asks for a call is to be shown."""

        session_id: str

    DEFAULT_CSS = """
    RingBanner {
        dock: top; height: 1; margin-top: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    RingBanner.-rings { background: $warning; color: $background; text-style: bold; }
    RingBanner.-holds { color: $warning; }
    """

    def __init__(self, desk: Desk, keys: Callable[[], str], call_keys: Callable[[], str]) -> None:
        super().__init__(markup=False)
        self._desk = desk
        self._keys = keys
        self._call_keys = call_keys
        self._said = ""

    def on_mount(self) -> None:
        self._desk.changed.subscribe(self, self._on_change)
        self.redraw()

    def _on_change(self, change: Change) -> None:
        if change.topic in SHOWN and self.screen.is_active:
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if (asking := self._asking()) is not None:
            self.post_message(self.Wanted(asking.session_id))
        else:
            self.call_next(self.app.run_action, "go('waiting')" if self._desk.board.unseen else "go('invites')")

    def redraw(self) -> None:
        """Show whom it rings for, or nothing."""
        unseen = self._desk.board.unseen
        waiting = [entry for entry in self._desk.board.queue if entry.session_id in unseen]
        self.set_class(bool(unseen), "-rings")
        self.set_class(not unseen, "-holds")
        if (asking := self._asking()) is not None:
            self._say(f"🔔 {call_words.asked(asking)}   {self._call_keys()}")
        else:
            self._say(self._words(waiting) if waiting else self._held_up())

    def _asking(self) -> Asking | None:
        """Return who asks for a call, if that is all that it rings for: they are in the midst of talking with staff."""
        board = self._desk.board
        if len(board.unseen) != 1:
            return None
        return board.calls.asks(next(iter(board.unseen)), self._desk.server_now())

    def _held_up(self) -> str:
        """Say why messages wait, and whom to ask if there is room for it."""
        board = self._desk.board
        if board.unseen or (held := delivery_words.held_up(board, self._desk.server_now())) is None:
            return ""
        whole = " ".join(held)
        return whole if cell_len(whole) <= self.app.size.width - AROUND else held[0]

    def _say(self, what: str) -> None:
        # Its line is always there: were it to come and go, everything below would be painted anew.
        if what != self._said:
            self._said = what
            self.update(what, layout=False)

    def _words(self, unseen: list[QueueEntry]) -> str:
        # Since when, not how long: a clock that runs would be painted every second, one that stands would lie.
        since = words.moment(unseen[0].waiting_since, self._desk.now())
        name = cells.cut(words.plain(unseen[0].name), 24)
        what = n_(
            "{name} is waiting since {time}", "{n} people are waiting, the first since {time}", len(unseen)
        ).format(name=name, n=len(unseen), time=since)
        return f"🔔 {what}   {self._keys()}"

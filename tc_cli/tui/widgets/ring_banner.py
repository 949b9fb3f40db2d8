"""The ring that can be seen: a band under the top line while somebody waits whom nobody has looked at."""

from collections.abc import Callable

from textual import events
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import cells
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Desk
from tc_cli.tui.words import n_
from tc_server.wire.bodies import QueueEntry


class RingBanner(Static):
    """Says who waits unseen; a click leads to the waiting room."""

    DEFAULT_CSS = """
    RingBanner {
        dock: top; height: 1; margin-top: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    RingBanner.-rings { background: $warning; color: $background; text-style: bold; }
    """

    def __init__(self, desk: Desk, keys: Callable[[], str]) -> None:
        super().__init__(markup=False)
        self._desk = desk
        self._keys = keys
        self._said = ""

    def on_mount(self) -> None:
        self._desk.changed.subscribe(self, self._on_change)
        self.redraw()

    def _on_change(self, change: Change) -> None:
        if change.topic in {Topic.RING, Topic.QUEUE, Topic.SESSION} and self.screen.is_active:
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.call_next(self.app.run_action, "go('waiting')")

    def redraw(self) -> None:
        """Show whom it rings for, or nothing."""
        unseen = [entry for entry in self._desk.board.queue if entry.session_id in self._desk.board.unseen]
        self.set_class(bool(unseen), "-rings")
        self._say(self._words(unseen) if unseen else "")

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

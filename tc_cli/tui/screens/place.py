"""What all full screens have in common: the top line, the ring, the keys below, and being told of changes."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tc_cli.output import words
from tc_cli.tui import cells
from tc_cli.tui.board import Change
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.widgets.keys import Keys
from tc_cli.tui.widgets.ring_banner import RingBanner
from tc_cli.tui.widgets.top_bar import TopBar
from tc_cli.tui.words import _

TOGETHER = 0.05


class Place(Screen[None]):
    """A screen that number keys lead to. Subclasses give `body`, `redraw` and `concerns`."""

    MODE: ClassVar[str] = ""
    # Who gains and who loses the focus paints itself; the whole screen need not be painted with them.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n", "app.new_invite", _("New invite"), id="invite.new", tooltip=_("Invite somebody, or call a colleague")
        ),
        Binding(
            "space,f7",
            "app.silence",
            _("Silence"),
            id="ring.silence",
            show=False,
            tooltip=_("Stop ringing for those who wait now"),
        ),
        Binding("c", "app.to_call", _("Call"), id="call.asked", show=False, tooltip=_("Go to who asks for a call")),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._possible_now: object = None
        self._redrawing = False

    def compose(self) -> ComposeResult:
        yield TopBar(self.desk, self.MODE)
        yield RingBanner(self.desk, self.ring_keys, self.call_keys)
        yield from self.body()
        yield Keys()

    def body(self) -> Iterable[Widget]:
        """Give what stands between the top line and the keys."""
        raise NotImplementedError

    def ring_keys(self) -> str:
        """Say what can be done about the ring here."""
        return _("space silences")

    def call_keys(self) -> str:
        """Say what can be done here about somebody who asks for a call."""
        return _("c shows the chat · space silences")

    def next_name(self) -> str:
        """Name whom the server would start with: who has waited longest and is online, else who has waited longest."""
        queue = self.desk.board.queue
        entry = next((one for one in queue if one.online), queue[0] if queue else None)
        return cells.cut(words.plain(entry.name), 24) if entry else ""

    def redraw(self) -> None:
        """Show everything as it is now."""
        raise NotImplementedError

    def keys_follow(self, possible: object) -> None:
        """Draw the keys anew if what is possible isn't what it was."""
        if possible != self._possible_now:
            self._possible_now = possible
            self.refresh_bindings()

    def concerns(self, change: Change) -> bool:
        """Say whether a change is to be seen here."""
        return True

    def on_mount(self) -> None:
        self.desk.changed.subscribe(self, self._on_change)

    def on_screen_resume(self) -> None:
        self.query_one(TopBar).redraw()
        self.query_one(RingBanner).redraw()
        self.redraw()

    def _on_change(self, change: Change) -> None:
        if self.is_active and not self._redrawing and self.concerns(change):
            # Changes come in swarms: one painting for all of them.
            self._redrawing = True
            self.set_timer(TOGETHER, self._catch_up)

    def _catch_up(self) -> None:
        self._redrawing = False
        if self.is_active:
            self.redraw()

    def on_ring_banner_wanted(self, event: RingBanner.Wanted) -> None:
        self.open_session(event.session_id)

    def trouble(self, trouble: Trouble) -> None:
        """Say that something couldn't be done, and what to do."""
        self.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)

    def open_session(self, session_id: str) -> None:
        """Show a session's chat."""
        from tc_cli.tui.screens.session import SessionScreen

        self.app.push_screen(SessionScreen(self.desk, session_id))

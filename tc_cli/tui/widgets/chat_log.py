"""A conversation on the screen: paints only what is seen, keeps its place, says what is chosen, shown and wanted.

What an entry looks like is in `widgets/chat`. Places are rows from the top of the first entry.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tc_cli.output import words as said
from tc_cli.tui.text import bidi
from tc_cli.tui.widgets.chat import window
from tc_cli.tui.widgets.chat.column import Column
from tc_cli.tui.widgets.chat.entry import Entry, Mark
from tc_cli.tui.widgets.chat.look import CSS, PARTS
from tc_cli.tui.widgets.chat.painting import Paint, paint
from tc_cli.tui.widgets.chat.rows import Block, RowKind
from tc_cli.tui.widgets.chat.search import Search
from tc_cli.tui.widgets.chat.window import Anchor
from tc_cli.tui.words import _, n_

__all__ = ["ChatLog", "Entry", "Mark"]


class ChatLog(ScrollView, can_focus=True):
    """Sticks to its end until it is scrolled away from it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chat-log--{part}" for part in PARTS}
    DEFAULT_CSS = CSS
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "select(-1)", _("Up"), id="log.up", show=False, tooltip=_("Choose the message above")),
        Binding("down,j", "select(1)", _("Down"), id="log.down", show=False, tooltip=_("Choose the message below")),
        Binding("home,g", "first", _("First"), id="log.first", show=False, tooltip=_("Go to the oldest message here")),
        Binding("end,G", "last", _("Last"), id="log.last", show=False, tooltip=_("Go to the newest message")),
        Binding("enter", "choose", _("Open"), id="log.open", show=False, tooltip=_("Open the chosen file")),
        Binding("y", "copy", _("Copy"), id="log.copy", show=False, tooltip=_("Copy the chosen message")),
        Binding("n", "find(1)", _("Next hit"), id="log.next", show=False, tooltip=_("Go to the next hit")),
        Binding("N", "find(-1)", _("Hit before"), id="log.previous", show=False, tooltip=_("Go to the hit before")),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Go from hit to hit only where there are some: else the key means what it means elsewhere."""
        return bool(self._search.hits) if action == "find" else True

    @dataclass
    class Chosen(Message):
        """A file was chosen to be opened."""

        entry: Entry

    @dataclass
    class Selected(Message):
        """Another entry has the cursor, or none has."""

        entry: Entry | None

    @dataclass
    class Copy(Message):
        """An entry's words are to be copied."""

        text: str

    @dataclass
    class SeenTo(Message):
        """All entries up to this `seq` have been on the screen."""

        seq: int

    class NeedsEarlier(Message):
        """The top is near: earlier entries are wanted, unless they are on their way."""

    def __init__(
        self,
        now: Callable[[], datetime],
        roles: Callable[[str], str] = said.role,
        *,
        id: str | None = None,  # noqa: A002  # Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._now = now
        self._roles = roles
        self._order = bidi.who_orders()
        self._column = Column()
        self._search = Search()
        self._painted: LRUCache[tuple[Block, int, bool], Strip] = LRUCache(1024)
        self._anchor: Anchor | None = None
        self._selected: str | None = None
        self._at_start = True
        self._below = 0
        self._seen = 0
        self._arranging = False

    # --- what is shown -------------------------------------------------------------------------------------------

    def show(self, entries: Sequence[Entry], *, unread_after: int | None = None, at_start: bool = True) -> None:
        """Show these entries, oldest first; what is in the window stays there. Objects that are kept cost nothing."""
        column = self._column
        if self._anchor is not None:
            self._below += window.arrived(entries, window.last_seq(column.entries))
        place, height = (self.scroll_offset.y, self._air), column.height
        self._at_start = at_start
        changed = column.replace(entries, unread_after)
        if changed is None:
            return
        self._search.look_again(entries)
        self._arrange()
        if place != (self.scroll_offset.y, self._air):
            self.refresh()
        else:
            self._draw_again(changed, to_the_end=height != column.height)

    @property
    def selected(self) -> Entry | None:
        """Return the chosen entry."""
        index = self._column.index(self._selected) if self._selected else None
        return None if index is None else self._column.entries[index]

    def search(self, words: str) -> int:
        """Mark all hits and go to the newest; return how many entries have one."""
        self._search.look_for(words, self._column.entries)
        self._painted.clear()
        self.refresh()
        if self._search.hits:
            self._select(self._search.hits[-1])
        return len(self._search.hits)

    def look(self) -> None:
        """Tell what is seen now, for the window has come into view."""
        if not self.size.height or not self.screen.is_active or not self.app.app_focus:
            return
        seq = window.last_seen(self._column, self.scroll_offset.y, self._view)
        if seq > self._seen:
            self._seen = seq
            self.post_message(self.SeenTo(seq))

    def new_day(self) -> None:
        """Name the days anew."""
        self._painted.clear()
        self.refresh()

    # --- places --------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self.look, init=False)

    def on_resize(self) -> None:
        if self._column.resize(self.scrollable_content_region.width):
            self._painted.clear()
        self._arrange()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._arranging and round(old_value) != round(new_value):
            self._anchor = window.found_anchor(self._column, self.scroll_offset.y, self._view)
            self._arrange()

    @property
    def _view(self) -> int:
        return max(1, self.scrollable_content_region.height)

    @property
    def _air(self) -> int:
        """Return how many rows are empty above a conversation that is shorter than the window."""
        return max(0, self._view - self._column.height)

    def _arrange(self) -> None:
        """Measure what is in the window and around it, then put the window where its anchor is."""
        if not self.size.height:
            return
        view, column = self._view, self._column
        place = window.place_of(column, self._anchor, view)
        while column.measure(place - view, place + 2 * view):
            place = window.place_of(column, self._anchor, view)
        self._arranging = True
        size = Size(self.scrollable_content_region.width, column.height)
        if size != self.virtual_size:
            # Set plainly it would have the whole screen laid out again; the scrollbar is always there: nothing moves.
            self.set_reactive(ChatLog.virtual_size, size)
            self._scroll_update(size)
        self.scroll_to(y=place, animate=False, force=True, immediate=True)
        self._arranging = False
        if place >= column.height - view:
            self._anchor, self._below = None, 0
        self.call_after_refresh(self.look)
        if place < view and not self._at_start:
            self.post_message(self.NeedsEarlier())

    # --- paint ---------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Paint one row of the window."""
        width = self.scrollable_content_region.width
        if self._below and y == self._view - 1:
            return self._hint(width)
        place = self.scroll_offset.y + y - self._air
        if not 0 <= place < self._column.height:
            return Strip.blank(width, self._style("base"))
        index, row = self._column.at(place)
        block = self._column.block(index)
        selected = block.entry.key == self._selected and row >= block.lead
        if row >= len(block.rows):
            return Strip.blank(width, self._style("base"))
        strip = self._painted.get((block, row, selected))
        if strip is None:
            how = Paint(self._style, width, self._now().date(), self._order, self._roles)
            strip = paint(how, block, block.rows[row], selected, self._search.spans(block.entry))
            self._painted[(block, row, selected)] = strip
        return strip

    def _draw_again(self, changed: range, *, to_the_end: bool) -> None:
        """Have no more painted than has changed: over a slow link each row counts."""
        column, end = self._column, self.scroll_offset.y + self._view
        first = column.top(changed.start)
        last = end if to_the_end else column.top(changed.stop)
        if first < end and last > first:
            self.refresh_lines(first + self._air, min(last, end) - first)
        if self._below:
            self.refresh_lines(end - 1)

    def _draw_chosen(self) -> None:
        index = self._column.index(self._selected) if self._selected else None
        if index is not None:
            self.refresh_lines(self._column.top(index) + self._air, len(self._column.block(index).rows))

    def _hint(self, width: int) -> Strip:
        text = f" ↓ {n_('{n} new below', '{n} new below', self._below).format(n=self._below)} "
        left = (width - len(text)) // 2
        base = self._style("base")
        return Strip([Segment(" " * left, base), Segment(text, self._style("hint"))]).adjust_cell_length(width, base)

    def _style(self, part: str) -> Style:
        if part == "base":
            return self.rich_style
        return self.get_component_rich_style(f"chat-log--{part}", partial=part in {"file", "note"})

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painted.clear()

    # --- what the user does --------------------------------------------------------------------------------------

    def action_select(self, step: int) -> None:
        """Go to the next entry that somebody wrote, in a direction."""
        entries = self._column.entries
        now = self._column.index(self._selected) if self._selected else None
        if now is None:
            index = self._column.at(self.scroll_offset.y + self._view - 1)[0] if entries else 0
            step = -1
        else:
            index = now + step
        while 0 <= index < len(entries) and entries[index].kind == "fact":
            index += step
        if 0 <= index < len(entries):
            self._select(index)
        else:
            self.scroll_relative(y=step, animate=False)

    def clear_cursor(self) -> None:
        """Choose nothing."""
        if self._selected is not None:
            self._draw_chosen()
            self._selected = None
            self.post_message(self.Selected(None))

    def action_first(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        self.clear_cursor()
        self._anchor = None
        self._arrange()

    def action_page_up(self) -> None:
        self.scroll_to(y=self.scroll_offset.y - self._view + 1, animate=False)

    def action_page_down(self) -> None:
        self.scroll_to(y=self.scroll_offset.y + self._view - 1, animate=False)

    def action_choose(self) -> None:
        entry = self.selected
        if entry is not None and entry.file is not None:
            self.post_message(self.Chosen(entry))

    def action_copy(self) -> None:
        entry = self.selected
        if entry is not None:
            self.post_message(self.Copy(entry.words))

    def action_find(self, step: int) -> None:
        """Go to the next hit in a direction."""
        now = self._column.index(self._selected) if self._selected else None
        index = self._search.beside(len(self._column.entries) if now is None else now, step)
        if index is not None:
            self._select(index)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked on: an entry, its file, or the way down."""
        if self._below and event.y == self._view - 1:
            self.action_last()
            return
        place = self.scroll_offset.y + event.y - self._air
        if not 0 <= place < self._column.height:
            return
        index, row = self._column.at(place)
        block = self._column.block(index)
        if block.entry.kind == "fact" or row < block.lead:
            return
        self._select(index)
        if block.rows[row].kind in {RowKind.FILE, RowKind.PREVIEW}:
            self.action_choose()

    def _select(self, index: int) -> None:
        """Choose an entry and bring it wholly into the window."""
        column = self._column
        self._draw_chosen()
        self._anchor = window.anchor_of(column, index, self.scroll_offset.y, self._view)
        self._selected = self._anchor.key
        self._arrange()
        self._draw_chosen()
        self.post_message(self.Selected(column.entries[index]))

"""A table of things that live: only the rows that are seen are worked out and painted, the cursor stays on its thing,
one column takes what is left of the width. A thousand rows cost what twenty do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tc_cli.tui.cells import cut
from tc_cli.tui.widgets.ink import ink
from tc_cli.tui.words import _

T = TypeVar("T")
GAP = 2
HEAD = 1
LEAST_FLEXIBLE = 8
ENOUGH = 40

Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: its cell as text with a theme colour's name, its width in cells (0 takes what is left).

    It is shown from a terminal width of `from_width` on.
    """

    key: str
    label: str
    cell: Callable[[T], tuple[str, str]]
    width: int
    from_width: int = 0


class Listing(ScrollView, Generic[T], can_focus=True):
    """Is told the whole list and paints what is different. What Enter does is its screen's to say.

    With `group`, a heading stands above each run of things for which it returns the same.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"listing--head", "listing--cursor", "listing--group"}
    DEFAULT_CSS = """
    Listing {
        height: 1fr; background: transparent; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
        .listing--head { color: $text-muted; }
        .listing--group { color: $primary; text-style: bold; }
        .listing--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
        &:focus .listing--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", _("Up"), show=False),
        Binding("down,j", "move(1)", _("Down"), show=False),
        Binding("pageup", "page(-1)", _("Page up"), show=False),
        Binding("pagedown", "page(1)", _("Page down"), show=False),
        Binding("home,g", "first", _("First"), show=False),
        Binding("end,G", "last", _("Last"), show=False),
    ]
    cursor = reactive(0)

    class Opened(Message):
        """A row was chosen by the mouse."""

        def __init__(self, listing: "Listing[Any]", key: str) -> None:
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> "Listing[Any]":
            return self.listing

    class Moved(Message):
        """The cursor stands on another thing."""

        def __init__(self, listing: "Listing[Any]", key: str | None) -> None:
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> "Listing[Any]":
            return self.listing

    def __init__(
        self,
        columns: Sequence[Column[T]],
        key: Callable[[T], str],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        group: Callable[[T], str] | None = None,
    ) -> None:
        super().__init__(id=id)
        self._group = group
        # What each line shows: a heading, or the thing at this place; and the line of each thing.
        self._rows: Sequence[int | str] = ()
        self._row_of: Sequence[int] = ()
        self._columns = columns
        self._key = key
        self._items: list[T] = []
        self._chosen: str | None = None
        self._painted: dict[int, tuple[Cells, bool]] = {}
        self._widths: list[tuple[Column[T], int]] = []

    # --- what it is told -----------------------------------------------------------------------------------------

    def show(self, items: Sequence[T]) -> None:
        """Take the list as it is now."""
        self._items = list(items)
        self._lay_rows()
        keys = [self._key(item) for item in self._items]
        place = keys.index(self._chosen) if self._chosen in keys else min(self.cursor, len(keys) - 1)
        self.set_reactive(Listing.cursor, max(0, place))
        self._resize()
        self._choose()
        self._touch_up()

    @property
    def chosen(self) -> T | None:
        """Return the thing under the cursor."""
        return self._items[self.cursor] if 0 <= self.cursor < len(self._items) else None

    @property
    def leaves_out(self) -> bool:
        """Tell whether the terminal is too narrow for all columns, or for whole sentences in the widest."""
        return len(self._layout) < len(self._columns) or any(
            room < ENOUGH for column, room in self._layout if not column.width
        )

    def left_out(self) -> list[tuple[str, str]]:
        """Return label and text of what the row under the cursor doesn't show, or not all of."""
        if (item := self.chosen) is None:
            return []
        shown = {column.key: room for column, room in self._layout}
        cells = [(column, column.cell(item)[0]) for column in self._columns if column.label]
        return [(c.label, text) for c, text in cells if text and cell_len(text) > shown.get(c.key, 0)]

    def put_cursor_on(self, key: str) -> None:
        """Move the cursor to a thing, if it is listed."""
        for place, item in enumerate(self._items):
            if self._key(item) == key:
                self.cursor = place

    # --- keys and mouse ------------------------------------------------------------------------------------------

    def action_move(self, steps: int) -> None:
        self.cursor += steps

    def action_page(self, pages: int) -> None:
        self.cursor += pages * max(1, self._rows_seen - 1)

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = len(self._items) - 1

    def on_click(self, event: events.Click) -> None:
        row = self.scroll_offset.y + event.y - HEAD
        place = self._rows[row] if event.y >= HEAD and row < len(self._rows) else ""
        if isinstance(place, str):
            return
        event.stop()
        self.cursor = place
        if event.chain > 1:
            self.post_message(self.Opened(self, self._key(self._items[place])))

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self._items) - 1))

    def watch_cursor(self) -> None:
        self._choose()
        row = self._row_of[self.cursor] if self._items else 0
        # A heading comes into sight with the first of its things.
        above = int(row > 0 and isinstance(self._rows[row - 1], str))
        self.scroll_to_region(Region(0, row - above, 1, 1 + HEAD + above), animate=False, x_axis=False, force=True)
        self._touch_up()

    def on_resize(self) -> None:
        self._widths = []
        self._resize()
        self.refresh()

    # --- painting ------------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painted.clear()

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window: the heads of the columns, or a row."""
        width = self.scrollable_content_region.width
        if y < HEAD:
            return self._head(width)
        row = self.scroll_offset.y + y - HEAD
        if row >= len(self._rows):
            self._painted.pop(y, None)
            return Strip.blank(width, self.rich_style)
        cells, under_cursor = self._line(row)
        self._painted[y] = (cells, under_cursor)
        if isinstance(self._rows[row], str):
            style = self.get_component_rich_style("listing--group")
            return Strip([Segment(cut(cells[0][0], width), style)]).adjust_cell_length(width, self.rich_style)
        return self._row(cells, under_cursor, width)

    def _touch_up(self) -> None:
        """Have those lines painted anew that read differently now."""
        for y in range(HEAD, self.size.height):
            row = self.scroll_offset.y + y - HEAD
            now = self._line(row) if row < len(self._rows) else None
            if self._painted.get(y) != now:
                self.refresh(Region(0, y, self.size.width, 1))

    def _line(self, row: int) -> tuple[Cells, bool]:
        place = self._rows[row]
        if isinstance(place, str):
            return ((place, ""),), False
        item = self._items[place]
        return tuple(column.cell(item) for column, _width in self._layout), place == self.cursor

    def _row(self, cells: Cells, under_cursor: bool, width: int) -> Strip:
        row_style = self.get_component_rich_style("listing--cursor") if under_cursor else self.rich_style
        segments = []
        for (text, colour), (_column, room) in zip(cells, self._layout, strict=True):
            style = row_style if under_cursor or not colour else row_style + Style.parse(ink(self.app, colour))
            if under_cursor and colour.startswith("bold"):
                style = row_style + Style(bold=True)
            segments.append(Segment(set_cell_size(cut(text, room), room), style))
            segments.append(Segment(" " * GAP, row_style))
        return Strip(segments).adjust_cell_length(width, row_style)

    def _head(self, width: int) -> Strip:
        style = self.get_component_rich_style("listing--head")
        text = "".join(set_cell_size(cut(column.label, room), room) + " " * GAP for column, room in self._layout)
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)

    @property
    def _layout(self) -> list[tuple[Column[T], int]]:
        if not self._widths:
            shown = [column for column in self._columns if self.app.size.width >= column.from_width]
            taken = sum(column.width + GAP for column in shown) - GAP
            flexible = max(1, sum(not column.width for column in shown))
            left = max(LEAST_FLEXIBLE, (self.scrollable_content_region.width - taken) // flexible)
            self._widths = [(column, column.width or left) for column in shown]
        return self._widths

    @property
    def _rows_seen(self) -> int:
        return max(1, self.scrollable_content_region.height - HEAD)

    def _resize(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows) + HEAD)

    def _lay_rows(self) -> None:
        if self._group is None:
            self._rows = self._row_of = range(len(self._items))
            return
        rows: list[int | str] = []
        before = None
        for place, item in enumerate(self._items):
            if (heading := self._group(item)) != before:
                rows.append(heading)
                before = heading
            rows.append(place)
        self._rows = rows
        self._row_of = [row for row, place in enumerate(rows) if not isinstance(place, str)]

    def _choose(self) -> None:
        chosen = self._key(self._items[self.cursor]) if self._items else None
        if chosen != self._chosen:
            self._chosen = chosen
            self.post_message(self.Moved(self, chosen))

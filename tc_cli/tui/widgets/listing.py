"""A table of things that live: rows are changed where they stand, the cursor stays on its thing, one column takes
what is left of the width.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from tc_cli.tui.cells import cut
from tc_cli.tui.widgets.ink import ink

T = TypeVar("T")
PADDING = 2
SCROLLBAR = 1
LEAST_FLEXIBLE = 8


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


class Listing(DataTable[Text], Generic[T], inherit_bindings=False):
    """A DataTable that is told the whole list and paints what is different. What Enter does is its screen's to say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in DataTable.BINDINGS if not (isinstance(binding, Binding) and binding.key == "enter")
    ]

    DEFAULT_CSS = """
    Listing { height: 1fr; background: transparent; scrollbar-size-vertical: 1; overflow-x: hidden; }
    Listing > .datatable--header { background: transparent; color: $text-muted; text-style: none; }
    """

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
        """The cursor stands on another row."""

        def __init__(self, listing: "Listing[Any]", key: str | None) -> None:
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> "Listing[Any]":
            return self.listing

    def __init__(self, columns: Sequence[Column[T]], key: Callable[[T], str], **options: Any) -> None:
        super().__init__(cursor_type="row", show_header=True, **options)
        self._specs = columns
        self._key = key
        self._items: list[T] = []
        self._shown: list[str] = []
        self._cells: dict[str, tuple[tuple[str, str], ...]] = {}
        self._laid_out = 0

    def show(self, items: Sequence[T]) -> None:
        """Take the list as it is now."""
        self._items = list(items)
        if self._laid_out:
            self._paint()

    @property
    def chosen(self) -> T | None:
        """Return the thing under the cursor."""
        return self._items[self.cursor_row] if 0 <= self.cursor_row < len(self._items) else None

    def put_cursor_on(self, key: str) -> None:
        """Move the cursor to a thing, if it is listed."""
        if key in self._shown:
            self.move_cursor(row=self._shown.index(key), animate=False)

    def repaint(self) -> None:
        """Paint every cell anew, as after a change of theme."""
        self._laid_out = 0
        self._lay_out(self.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out(event.size.width)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if event.row_key.value is not None:
            self.post_message(self.Opened(self, event.row_key.value))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self.post_message(self.Moved(self, event.row_key.value))

    def _columns_for(self, width: int) -> list[tuple[Column[T], int]]:
        terminal = self.app.size.width
        shown = [spec for spec in self._specs if terminal >= spec.from_width]
        taken = sum(spec.width + PADDING for spec in shown)
        flexible = sum(not spec.width for spec in shown)
        left = max(LEAST_FLEXIBLE, (width - taken - SCROLLBAR) // max(1, flexible))
        return [(spec, spec.width or left) for spec in shown]

    def _lay_out(self, width: int) -> None:
        if width in {0, self._laid_out}:
            return
        self._laid_out = width
        chosen = self._shown[self.cursor_row] if 0 <= self.cursor_row < len(self._shown) else None
        self.clear(columns=True)
        self._layout = self._columns_for(width)
        for spec, cells in self._layout:
            self.add_column(spec.label, width=cells, key=spec.key)
        self._shown, self._cells = [], {}
        self._paint()
        if chosen is not None:
            self.put_cursor_on(chosen)

    def _paint(self) -> None:
        keys = [self._key(item) for item in self._items]
        cells = {
            key: tuple(spec.cell(item) for spec, _w in self._layout)
            for key, item in zip(keys, self._items, strict=True)
        }
        if keys != self._shown:
            self._fill(keys, cells)
        else:
            self._touch_up(cells)
        self._shown, self._cells = keys, cells

    def _fill(self, keys: list[str], cells: dict[str, tuple[tuple[str, str], ...]]) -> None:
        chosen = self._shown[self.cursor_row] if 0 <= self.cursor_row < len(self._shown) else None
        row, scroll = self.cursor_row, self.scroll_offset
        with self.app.batch_update():
            self.clear()
            for key in keys:
                self.add_row(*self._drawn(cells[key]), key=key)
            if keys:
                index = keys.index(chosen) if chosen in keys else min(row, len(keys) - 1)
                self.move_cursor(row=max(0, index), animate=False, scroll=False)
            self.scroll_to(y=scroll.y, animate=False)

    def _touch_up(self, cells: dict[str, tuple[tuple[str, str], ...]]) -> None:
        for key, row in cells.items():
            before = self._cells.get(key)
            for index, cell in enumerate(row):
                if before is None or before[index] != cell:
                    spec, width = self._layout[index]
                    self.update_cell(key, spec.key, self._text(cell, width))

    def _drawn(self, row: tuple[tuple[str, str], ...]) -> list[Text]:
        return [self._text(cell, width) for cell, (_spec, width) in zip(row, self._layout, strict=True)]

    def _text(self, cell: tuple[str, str], width: int) -> Text:
        text, style = cell
        shown = Text(cut(text, width), no_wrap=True, end="")
        if style:
            shown.stylize(ink(self.app, style))
        return shown

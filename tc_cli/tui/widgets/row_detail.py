"""Below a table: what of the row under the cursor the table has no room for."""

from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tc_cli.tui import cells
from tc_cli.tui.widgets.listing import Listing
from tc_cli.tui.widgets.session_head import MUTED

LINES = 2


class RowDetail(Static):
    """Has its lines as long as the table is too narrow; they stay, so that moving the cursor paints just them."""

    DEFAULT_CSS = """
    RowDetail {
        display: none; height: 3; border-top: solid $primary 30%; padding: 0 1; text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-needed { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._shown: Content | None = None

    def redraw(self, listing: Listing[Any]) -> None:
        """Show what a table leaves out."""
        self.set_class(listing.leaves_out and listing.chosen is not None, "-needed")
        content = _laid_out(listing.left_out(), (self.content_size.width or self.app.size.width - 2))
        if content != self._shown:
            self._shown = content
            self.update(content, layout=False)


def _laid_out(parts: list[tuple[str, str]], width: int) -> Content:
    """Put label and text one after the other, on a new line where the last is full."""
    lines: list[list[Content]] = [[]]
    room = width
    for label, text in parts:
        text = cells.cut(text, width - cell_len(label) - 1)
        part = Content.assemble((label, MUTED), " ", text)
        if part.cell_length > room and lines[-1]:
            if len(lines) == LINES:
                break
            lines.append([])
            room = width
        lines[-1].append(part)
        room -= part.cell_length + 3
    return Content("\n").join(Content("   ").join(line) for line in lines)

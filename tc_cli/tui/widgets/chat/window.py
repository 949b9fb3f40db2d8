"""The window on a conversation, as arithmetic: where it stands, what holds it there, how far down one has seen.

Places are rows from the top of the first entry; `top` is the window's first row, `view` how many it has.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tc_cli.tui.widgets.chat.column import Column
from tc_cli.tui.widgets.chat.entry import Entry


class Anchor(NamedTuple):
    """What stays where it is: an entry, and how far below the top of the window its own rows begin."""

    key: str
    offset: int


def found_anchor(column: Column, top: int, view: int) -> Anchor | None:
    """Return the first measured entry in the window, for its place is certain; None at the end."""
    if not column.entries or top >= column.height - view:
        return None
    first, last = column.at(top)[0], column.at(top + view - 1)[0]
    index = next((place for place in range(first, last + 1) if column.is_measured(place)), first)
    return Anchor(column.entries[index].key, column.top(index) + column.block(index).lead - top)


def anchor_of(column: Column, index: int, top: int, view: int) -> Anchor:
    """Return what holds an entry wholly in the window, moved as little as can be."""
    block, height = column.block(index), len(column.block(index).rows)
    offset = column.top(index) - top
    if offset < 0 or height >= view:
        offset = 0
    elif offset + height > view:
        offset = view - height
    return Anchor(column.entries[index].key, offset + block.lead)


def place_of(column: Column, anchor: Anchor | None, view: int) -> int:
    """Return the row at which the window begins; without an anchor it is at the end."""
    end = max(0, column.height - view)
    index = column.index(anchor.key) if anchor else None
    if anchor is None or index is None:
        return end
    lead = column.block(index).lead
    return min(end, max(0, column.top(index) + lead - anchor.offset))


def last_seen(column: Column, top: int, view: int) -> int:
    """Return the highest `seq` of what is wholly in the window or above it, or fills it."""
    if not column.entries:
        return 0
    index, row = column.at(top + view - 1)
    if row < len(column.block(index).rows) - 1 and column.top(index) > top:
        index -= 1
    return last_seq(column.entries[: index + 1])


def last_seq(entries: Sequence[Entry]) -> int:
    return next((entry.seq for entry in reversed(entries) if entry.seq is not None), 0)


def arrived(entries: Sequence[Entry], known: int) -> int:
    """Return how many entries others have written after this `seq`."""
    count = 0
    for entry in reversed(entries):
        if entry.seq is not None and entry.seq <= known:
            break
        count += not entry.mine and entry.kind != "fact" and entry.seq is not None
    return count

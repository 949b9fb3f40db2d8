"""Entries one under another: where each begins, its height measured when it is first seen and guessed until then."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from tc_cli.tui.widgets.chat.entry import Entry
from tc_cli.tui.widgets.chat.rows import Block, block, guess


class Column:
    """Places are counted in rows from the top of the first entry."""

    def __init__(self) -> None:
        self.entries: Sequence[Entry] = ()
        self.width = 80
        self._first_unread: int | None = None
        self._blocks: list[Block | None] = []
        self._heights: list[int] = []
        self._tops: list[int] | None = [0]

    def replace(self, entries: Sequence[Entry], unread_after: int | None) -> range | None:
        """Show these entries; those that are the same objects beside the same neighbours stay measured.

        Return which are to be drawn anew, None if none.
        """
        old, old_unread = self.entries, self._first_unread
        self.entries = entries
        self._first_unread = _first_after(entries, unread_after)
        head = _same(old, entries)
        tail = min(_same(reversed(old), reversed(entries)), min(len(old), len(entries)) - head)
        # The first entry of the tail has got another one before it.
        tail = max(0, tail - 1)
        end = len(old) - tail
        shift = len(entries) - len(old)
        middle = range(head, len(entries) - tail)
        self._blocks = [*self._blocks[:head], *(None for _ in middle), *self._blocks[end:]]
        self._heights = [*self._heights[:head], *(self._guess(index) for index in middle), *self._heights[end:]]
        moved = old_unread + shift if old_unread is not None and old_unread >= end else old_unread
        if moved == self._first_unread and not middle and len(old) == len(entries):
            return None
        self._tops = None
        if moved == self._first_unread:
            return middle
        self._forget(moved)
        self._forget(self._first_unread)
        return range(len(entries))

    def resize(self, width: int) -> bool:
        """Take another width; False if it is the same."""
        if width == self.width:
            return False
        self.width = width
        self._blocks = [None] * len(self.entries)
        self._heights = [self._guess(index) for index in range(len(self.entries))]
        self._tops = None
        return True

    def measure(self, first: int, last: int) -> bool:
        """Measure what lies between two places; False if all of it had been."""
        if not self.entries:
            return False
        found = False
        for index in range(self.at(first)[0], self.at(last)[0] + 1):
            if self._blocks[index] is None:
                self.block(index)
                found = True
        return found

    def block(self, index: int) -> Block:
        """Return an entry's rows, measured now if need be."""
        known = self._blocks[index]
        if known is None:
            known = block(*self._about(index), self.width)
            self._blocks[index] = known
            if self._heights[index] != len(known.rows):
                self._heights[index] = len(known.rows)
                self._tops = None
        return known

    def is_measured(self, index: int) -> bool:
        return self._blocks[index] is not None

    @property
    def height(self) -> int:
        return self._starts()[-1]

    def top(self, index: int) -> int:
        """Return where an entry begins."""
        return self._starts()[index]

    def at(self, place: int) -> tuple[int, int]:
        """Return which entry is there, and which of its rows; a place outside gives the nearest entry."""
        starts = self._starts()
        index = min(max(0, bisect_right(starts, place) - 1), len(self.entries) - 1)
        return index, place - starts[index]

    def index(self, key: str) -> int | None:
        """Return where the entry with this key is; the last ones are the most asked for."""
        return next((place for place in range(len(self.entries) - 1, -1, -1) if self.entries[place].key == key), None)

    def _starts(self) -> list[int]:
        if self._tops is None:
            self._tops = [0, *accumulate(self._heights)]
        return self._tops

    def _about(self, index: int) -> tuple[Entry, Entry | None, bool]:
        previous = self.entries[index - 1] if index else None
        return self.entries[index], previous, index == self._first_unread

    def _guess(self, index: int) -> int:
        return guess(*self._about(index), self.width)

    def _forget(self, index: int | None) -> None:
        if index is not None and index < len(self.entries):
            self._blocks[index] = None
            self._heights[index] = self._guess(index)


def _same(old: Iterable[Entry], new: Iterable[Entry]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one is not other:
            break
        count += 1
    return count


def _first_after(entries: Sequence[Entry], seq: int | None) -> int | None:
    """Return where the first entry of somebody else with a higher `seq` is."""
    if seq is None:
        return None
    found = None
    for index in range(len(entries) - 1, -1, -1):
        entry = entries[index]
        if entry.seq is None or entry.mine:
            continue
        if entry.seq <= seq:
            break
        if entry.kind != "fact":
            found = index
    return found

"""The rows an entry takes at a width: what leads it in (day, unread line, name), then its own lines."""

from dataclasses import dataclass
from enum import Enum, auto

from textual.strip import Strip

from tc_cli.output import words
from tc_cli.tui.text import bidi
from tc_cli.tui.text.bidi import Line
from tc_cli.tui.text.wrap import cells
from tc_cli.tui.widgets.chat.entry import Entry, new_day, new_group
from tc_server.wire.bodies import File

# Beyond this a conversation falls apart into two far edges, and a line is tiring to read.
WIDEST, LONGEST = 108, 72


class RowKind(Enum):
    BLANK = auto()
    DAY = auto()
    UNREAD = auto()
    HEAD = auto()
    FACT = auto()
    TEXT = auto()
    FILE = auto()
    NOTE = auto()
    PREVIEW = auto()


FILE_SIGNS = {"image": "▣", "audio": "♪"}
SIGN_WIDTH = 2
NOTHING = Line("")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a line of words, or a strip. `ends` marks the last row of what was written, where the mark stands."""

    kind: RowKind
    line: Line = NOTHING
    ends: bool = False
    strip: Strip | None = None


BLANK, HEAD, DAY, UNREAD = (Row(kind) for kind in (RowKind.BLANK, RowKind.HEAD, RowKind.DAY, RowKind.UNREAD))


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """An entry's rows; the first `lead` of them stand before it. `width` is that of its widest own line."""

    entry: Entry
    rows: tuple[Row, ...]
    lead: int
    width: int


def text_width(width: int) -> int:
    """Return how many cells a line of text may take where the conversation has `width`."""
    stage = min(width, WIDEST)
    return max(8, min(LONGEST, stage - (16 if stage >= 72 else 10)))


def leading(entry: Entry, previous: Entry | None, is_first_unread: bool) -> list[Row]:
    """Return what stands between the entry before and this one."""
    rows: list[Row] = []
    if new_day(entry, previous):
        rows += [BLANK, DAY] if previous else [DAY]
    if is_first_unread:
        rows.append(UNREAD)
    if entry.kind == "fact":
        if previous and previous.kind != "fact" and not rows:
            rows.append(BLANK)
    elif rows or new_group(entry, previous):
        rows += [HEAD] if rows else [BLANK, HEAD]
    return rows


def guess(entry: Entry, previous: Entry | None, is_first_unread: bool, width: int) -> int:
    """Return about how many rows an entry takes, without breaking its lines."""
    own = len(entry.text) // text_width(width) + entry.text.count("\n") + 1
    return len(leading(entry, previous, is_first_unread)) + own + len(entry.preview) + bool(entry.note)


def block(entry: Entry, previous: Entry | None, is_first_unread: bool, width: int) -> Block:
    """Return an entry's rows, lines broken."""
    room = text_width(width)
    lead = leading(entry, previous, is_first_unread)
    own = _own(entry, room if entry.kind != "fact" else min(width, WIDEST) - 4)
    return Block(entry, (*lead, *own), len(lead), max(_width(row) for row in own))


def _own(entry: Entry, room: int) -> list[Row]:
    if entry.kind == "fact":
        return [Row(RowKind.FACT, line) for line in bidi.lines(entry.text, room)]
    kind, text = (RowKind.FILE, file_text(entry.file)) if entry.file else (RowKind.TEXT, entry.text)
    rows = [Row(kind, line) for line in bidi.lines(text, room)]
    rows += [Row(RowKind.PREVIEW, strip=strip.crop(0, room)) for strip in entry.preview]
    rows[-1] = Row(rows[-1].kind, rows[-1].line, ends=True, strip=rows[-1].strip)
    if entry.note:
        rows += [Row(RowKind.NOTE, line) for line in bidi.lines(entry.note, room)]
    return rows


def file_text(file: File) -> str:
    """Return a file on one line: a sign for its kind, `SIGN_WIDTH` wide, its name, its size or length if known."""
    size = f"  {words.size(file.size)}" if file.size else ""
    if file.seconds is not None:
        size = f"  {words.length(file.seconds)}"
    return f"{FILE_SIGNS.get(file.type.split('/')[0], '▤')} {file.name}{size}"


def _width(row: Row) -> int:
    return row.strip.cell_length if row.strip else cells(row.line.text)

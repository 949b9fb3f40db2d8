"""Rows made into strips: who stands left and who right, bubbles, marks, the cursor, hits of a search."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tc_cli.tui.text import bidi
from tc_cli.tui.text.bidi import Bidi, Line
from tc_cli.tui.text.wrap import cells
from tc_cli.tui.widgets.chat.days import day_name
from tc_cli.tui.widgets.chat.entry import Entry, Mark
from tc_cli.tui.widgets.chat.rows import SIGN_WIDTH, WIDEST, Block, Row, RowKind
from tc_cli.tui.words import _

Spans = list[tuple[int, int]]
CURSOR = "▸"
SIGNS: Mapping[Mark, str] = {"pending": "◷", "sent": "✓", "delivered": "✓✓", "read": "✓✓", "refused": "✗"}
GUTTER = 4
BAR_LEFT, BAR_RIGHT = "▐", "▌"


@dataclass(frozen=True, slots=True)
class Paint:
    """What painting needs to know besides the row. `style` gives a part's look by its name."""

    style: Callable[[str], Style]
    width: int
    today: date
    order: Bidi
    roles: Callable[[str], str]


def paint(paint: Paint, block: Block, row: Row, selected: bool, spans: Spans) -> Strip:
    """Return a row as wide as the log."""
    stage = min(paint.width, WIDEST)
    left = (paint.width - stage) // 2
    segments = _segments(paint, block, row, stage, selected, spans)
    base = paint.style("base")
    return Strip([Segment(" " * left, base), *segments]).adjust_cell_length(paint.width, base)


def _segments(paint: Paint, block: Block, row: Row, stage: int, selected: bool, spans: Spans) -> list[Segment]:
    entry = block.entry
    match row.kind:
        case RowKind.BLANK:
            return []
        case RowKind.DAY:
            return _rule(day_name(entry.at.date(), paint.today), stage, paint.style("day"))
        case RowKind.UNREAD:
            return _rule(_("new"), stage, paint.style("unread"))
        case RowKind.HEAD:
            return _head(paint, entry, stage)
        case RowKind.FACT:
            return _centred(bidi.visual(row.line.text, row.line.rtl, paint.order), stage, paint.style("fact"))
    return _bubble(paint, block, row, stage, selected, spans)


def _rule(words: str, stage: int, style: Style) -> list[Segment]:
    room = stage - cells(words) - 4
    return [Segment(f" {'─' * (room // 2)} {words} {'─' * (room - room // 2)} ", style)]


def _centred(words: str, stage: int, style: Style) -> list[Segment]:
    return [Segment(" " * max(0, (stage - cells(words)) // 2) + words, style)]


def _head(paint: Paint, entry: Entry, stage: int) -> list[Segment]:
    name = bidi.visual(entry.who, order=paint.order)
    role = f" · {paint.roles(entry.role)}" if entry.role and not entry.mine else ""
    rest = f"{role} · {entry.at:%H:%M}"
    used = cells(name) + cells(rest)
    left = max(2, stage - GUTTER - 1 - used) if entry.mine else 2
    who = paint.style("me" if entry.mine else "name")
    return [Segment(" " * left, paint.style("base")), Segment(name, who), Segment(rest, paint.style("time"))]


def _bubble(paint: Paint, block: Block, row: Row, stage: int, selected: bool, spans: Spans) -> list[Segment]:
    entry = block.entry
    side = "mine" if entry.mine else "theirs"
    look = paint.style("selected" if selected else side)
    body = [Segment(" ", look), *_body(paint, block, row, look, spans), Segment(" ", look)]
    base, bar = paint.style("base"), paint.style(f"{side}-bar")
    cursor = Segment(CURSOR if selected and row is block.rows[block.lead] else " ", paint.style("cursor"))
    if not entry.mine:
        return [cursor, Segment(BAR_LEFT, bar), *body]
    fill = stage - GUTTER - 1 - block.width - 2
    mark = Segment(f" {SIGNS.get(entry.mark, '')}" if row.ends else "", paint.style(f"mark-{entry.mark or 'sent'}"))
    return [Segment(" " * (fill - 1), base), cursor, *body, Segment(BAR_RIGHT, bar), mark]


def _body(paint: Paint, block: Block, row: Row, look: Style, spans: Spans) -> list[Segment]:
    """Return the inside of a bubble, exactly as wide as the block."""
    if row.strip is not None:
        return [*row.strip, Segment(" " * (block.width - row.strip.cell_length), look)]
    kinds = {RowKind.FILE: look + paint.style("file"), RowKind.NOTE: look + paint.style("note")}
    style = kinds.get(row.kind, look)
    hit = look + paint.style("hit")
    inside = [] if row.kind is RowKind.NOTE else _inside(row.line, spans, SIGN_WIDTH if row.kind is RowKind.FILE else 0)
    pieces = [Segment(text, hit if found else style) for text, found in bidi.marked(row.line, inside, paint.order)]
    fill = Segment(" " * (block.width - sum(cells(piece.text) for piece in pieces)), look)
    return [fill, *pieces] if row.line.rtl else [*pieces, fill]


def _inside(line: Line, spans: Spans, offset: int) -> Spans:
    """Return the spans of a text as far as they lie in one of its lines; the text begins `offset` into the lines."""
    first = line.start - offset
    last = first + len(line.text)
    return [
        (max(start, first) - first, min(stop, last) - first) for start, stop in spans if start < last and stop > first
    ]

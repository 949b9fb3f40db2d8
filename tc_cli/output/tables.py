"""Draws tables and single things with Rich: coloured on a terminal; plain, unboxed and never cut when piped."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.console import Console
from rich.segment import Segments
from rich.table import Table
from rich.text import Text

from tc_cli.output import words

T = TypeVar("T")
PIPE_WIDTH = 10_000


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column, or one line of a thing. `style` colours by text; `fold` gives several lines, `cut` an ellipsis."""

    heading: str
    cell: Callable[[T], str]
    style: Callable[[str], str] | None = None
    fold: bool = False
    cut: bool = False
    right: bool = False


Columns = Sequence[Column[T]]


def draw_list(items: Sequence[T], columns: Columns[T]) -> None:
    """Print one row an item, columns that are empty everywhere left out on a terminal."""
    _print(_table(items, columns))


def draw_groups(groups: Sequence[tuple[str, Sequence[T]]], columns: Columns[T]) -> None:
    """Print one row an item under the heading of its group, on a terminal; none of the columns may fold."""
    console = Console(file=sys.stdout, highlight=False)
    table = _table([item for _heading, items in groups for item in items], columns)
    head, *rows = console.render_lines(table, pad=False, new_lines=True)
    console.print(Segments(head), end="")
    for heading, items in groups:
        console.print(Text(heading, style="bold cyan"))
        for _item in items:
            console.print(Segments(rows.pop(0)), end="")


def _table(items: Sequence[T], columns: Columns[T]) -> Table:
    cells = [[words.plain(column.cell(item)) for column in columns] for item in items]
    on_terminal = sys.stdout.isatty()
    shown = [number for number, _ in enumerate(columns) if not on_terminal or any(row[number] for row in cells)]
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for number in shown:
        column = columns[number]
        table.add_column(
            column.heading.upper(),
            justify="right" if column.right else "left",
            no_wrap=not (column.fold or column.cut),
            overflow="fold" if column.fold else "ellipsis",
        )
    for row in cells:
        table.add_row(*(_text(columns[number], row[number]) for number in shown))
    return table


def draw_thing(item: T, columns: Columns[T]) -> None:
    """Print one line a column: its heading, then its value; empty ones are left out."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for column in columns:
        if value := words.plain(column.cell(item), keep_lines=True):
            table.add_row(column.heading, _text(column, value))
    _print(table)


def draw_heading(text: str, told: str = "", style: str = "", *, space: bool = True) -> None:
    """Print a line that opens a part of what is shown, an empty one before it; `told` follows it in its own style."""
    before = "\n" if space else ""
    _print(Text.assemble((f"{before}{words.plain(text)}", "bold"), (words.plain(told), style)))


def write(text: str) -> None:
    """Print text as it is."""
    sys.stdout.write(f"{text}\n")


def _text(column: Column[T], value: str) -> Text:
    style = column.style(value) if column.style else ""
    return Text(value, style=style, no_wrap=True, overflow="ellipsis") if column.cut else Text(value, style=style)


def _print(part: Table | Text) -> None:
    if sys.stdout.isatty():
        Console(file=sys.stdout, highlight=False).print(part)
        return
    console = Console(file=sys.stdout, no_color=True, highlight=False, width=PIPE_WIDTH, color_system=None)
    with console.capture() as captured:
        console.print(part)
    sys.stdout.write("\n".join(line.rstrip() for line in captured.get().split("\n")))

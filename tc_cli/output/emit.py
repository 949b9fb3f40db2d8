"""Writes data to stdout in the chosen format: one JSON document, JSON lines, CSV or a table."""

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from tc_cli.output.manner import Format, manner
from tc_cli.output.tables import Columns, draw_list, draw_thing

T = TypeVar("T", bound=msgspec.Struct)


def listing(items: Iterable[T], columns: Columns[T], *, kind: type[msgspec.Struct] | None = None) -> None:
    """Write many things. An empty table says nothing on stdout; `kind` gives an empty CSV its heading."""
    if manner.format is Format.JSONL:
        for item in items:
            line(item)
        return
    everything = list(items)
    if manner.format is Format.JSON:
        _document(everything)
    elif manner.format is Format.CSV:
        _csv(everything, kind)
    elif everything:
        draw_list(everything, columns)


def thing(item: T, columns: Columns[T]) -> None:
    """Write one thing."""
    if manner.format is Format.JSON:
        _document(item)
    elif manner.format is Format.JSONL:
        line(item)
    elif manner.format is Format.CSV:
        _csv([item], None)
    else:
        draw_thing(item, columns)


def line(item: msgspec.Struct) -> None:
    """Write one thing as a line of JSON, at once."""
    sys.stdout.write(f"{msgspec.json.encode(item).decode()}\n")
    sys.stdout.flush()


def _document(value: object) -> None:
    sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(value), indent=2).decode()}\n")


def _csv(items: Sequence[msgspec.Struct], kind: type[msgspec.Struct] | None) -> None:
    heading = kind or (type(items[0]) if items else None)
    if heading is None:
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(field.encode_name for field in msgspec.structs.fields(heading))
    for item in items:
        writer.writerow(_cell(value) for value in msgspec.to_builtins(item).values())


def _cell(value: object) -> object:
    """Return a value as CSV has it: what is nested, and yes or no, as in JSON; null as nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value

"""A sheet of people to invite, read from CSV: its rows, with the lines they begin on, and what is wrong with them."""

import csv
import difflib
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tc_cli.client import when
from tc_cli.client.batch import contacts
from tc_cli.client.batch.encoding import text_of
from tc_cli.client.batch.faults import COLUMNS, Fault
from tc_cli.client.errors import BadFile, Misuse

_KNOWN = "Known are: " + ", ".join(COLUMNS)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}[ T]|\d{1,2}\.\d{1,2}\.\d{4} )")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One person to invite; `cells` is what stands in the file, the rest what is meant by it."""

    line: int
    reference: str
    name: str
    kind: str
    phone: str
    email: str
    language: str
    via: str
    note: str
    at: datetime | None
    timezone: str
    cells: dict[str, str]

    @property
    def known_by(self) -> str:
        """Return what tells this row from all others of its batch: its reference, else how the person is reached."""
        return self.shown or f"line {self.line}"

    @property
    def shown(self) -> str:
        """Return what stands for this row in a report; nothing if it can't be told from others."""
        return self.reference or self.contact

    @property
    def contact(self) -> str:
        """Return the phone number, or else the address, in the one form that all ways to write it share."""
        return contacts.same_number(self.phone) if self.phone else self.email.lower()

    def key(self, batch: str) -> str:
        """Return the idempotency key of this row in a batch: a hash, so that there is nothing personal in it."""
        kind = "reference" if self.reference else "contact"
        return hashlib.sha256(f"{batch}\n{kind}\n{self.known_by}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows in the order of the file, and the faults that can be told without asking the server."""

    name: str
    rows: list[Row]
    faults: list[Fault]


def read(content: bytes, name: str, *, language: str = "en", now: datetime | None = None) -> Sheet:
    """Read a sheet; `name` is the file's, `language` for rows without one. Times count from `now`.

    Raises BadFile for what concerns the whole file: its encoding, its columns, no row in it.
    """
    text = text_of(content, name)
    rows: list[Row] = []
    faults: list[Fault] = []
    lines = _records(text, name)
    head = next(lines, None)
    if head is None:
        raise BadFile(f"{name} is empty", f"Begin it with a line of column names. {_KNOWN}")
    columns = _columns(head[1], name)
    now = now or datetime.now().astimezone()
    for line, cells in lines:
        spare = [cell for cell in cells[len(columns) :] if cell.strip()]
        if spare:
            reason = (
                f"There are more cells than the {len(columns)} columns. Put a cell that has the separator in quotes."
            )
            faults.append(Fault(line, "row", spare[0].strip(), reason))
        filled = dict(zip(columns, cells, strict=False))
        row, wrong = _row(line, {column: filled.get(column, "") for column in COLUMNS}, language, now)
        rows.append(row)
        faults += wrong
    if not rows:
        raise BadFile(f"{name} has a line of column names and nobody below it", "Write one row for each person")
    return Sheet(name, rows, [*faults, *_numbers(rows), *_nameless(rows), *_doubles(rows)])


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that have something in them, each with the line on which it begins."""
    skipped = 0
    separator = None
    if told := _SEPARATOR_LINE.match(text):
        separator, text, skipped = told[1], text[told.end() :], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        what = f"The row that begins on line {begins} of {name} can't be read"
        raise BadFile(what, f"Look for a quotation mark that isn't closed, or isn't doubled ({error})") from error


def _separator(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda separator: (head.count(separator), separator == ","))


def _columns(cells: list[str], name: str) -> list[str]:
    columns = [contacts.tidy(cell).casefold() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    unknown = [cell for cell in columns if cell not in COLUMNS]
    if unknown:
        told = ", ".join(_suggested(cell) for cell in unknown)
        plural = "an unknown column" if len(unknown) == 1 else "unknown columns"
        raise BadFile(f"{name} has {plural}: {told}", _KNOWN)
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise BadFile(f"{name} has the column {twice[0]} twice", "Take one of them out")
    if "name" not in columns:
        raise BadFile(f"{name} has no column called name", f"Name the columns in its first line. {_KNOWN}")
    return columns


def _suggested(cell: str) -> str:
    if not cell:
        return "one without a name"
    near = difflib.get_close_matches(cell, COLUMNS, 1, 0.6)
    return f"{cell!r}" + (f" (is {near[0]} meant?)" if near else "")


def _row(line: int, cells: dict[str, str], language: str, now: datetime) -> tuple[Row, list[Fault]]:
    def cell(column: str) -> str:
        return contacts.tidy(cells[column])

    at, faults = _time(line, cell("at"), cell("timezone"), now)
    row = Row(
        line=line,
        reference=" ".join(cell("reference").split()),
        name=cell("name"),
        kind=cell("kind").casefold() or "remote",
        phone=contacts.phone(cells["phone"]),
        email=contacts.email(cells["email"]),
        language=cell("language").casefold() or language,
        via=cell("via").casefold() or "auto",
        note=cells["note"].strip(),
        at=at,
        timezone=cell("timezone"),
        cells=cells,
    )
    return row, faults


def _time(line: int, at: str, timezone: str, now: datetime) -> tuple[datetime | None, list[Fault]]:
    """Read a time in its row's zone, else in that of this machine."""
    try:
        when.zone_of(timezone or "UTC")
    except Misuse as wrong:
        return None, [Fault(line, "timezone", timezone, _told(wrong))]
    if at and not _DAY.match(at):
        # Sent again, or gone on with tomorrow, it would be another day for some.
        told = f"'{at}' depends on when the file is sent. Write the day, like 2026-12-01 14:30."
        return None, [Fault(line, "at", at, told)]
    try:
        return (when.read(at, timezone or when.local_zone(), now) if at else None), []
    except Misuse as wrong:
        return None, [Fault(line, "at", at, _told(wrong))]


def _numbers(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        if row.phone and (wrong := contacts.wrong_with(row.phone)):
            yield Fault(row.line, "phone", row.cells["phone"], wrong)


def _nameless(rows: list[Row]) -> Iterator[Fault]:
    """Find who could not be told from others when the file is sent again."""
    for row in rows:
        if row.via == "link" and not row.reference and not row.contact:
            reason = (
                "Without phone and email it takes a reference, so that sending the file again invites nobody twice."
            )
            yield Fault(row.line, "reference", "", reason)


def _doubles(rows: list[Row]) -> Iterator[Fault]:
    """Find rows that say the same person: one reference, or one contact where references don't tell them apart."""
    references: dict[str, int] = {}
    reached: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.reference:
            first = references.setdefault(row.reference, row.line)
            if first != row.line:
                yield Fault(row.line, "reference", row.cells["reference"], f"The same stands on line {first} already.")
        number = contacts.same_number(row.phone) if row.phone else ""
        for column, contact in (("phone", number), ("email", row.email.lower())):
            if not contact:
                continue
            other = reached.setdefault((column, contact), row)
            if other is not row and not (row.reference and other.reference):
                told = f"The same stands on line {other.line} already. Two people who share it need a reference each."
                yield Fault(row.line, column, row.cells[column], told)


def _told(wrong: Misuse) -> str:
    return f"{wrong.what}. {wrong.remedy}" + ("" if wrong.remedy.endswith("?") else ".")

"""The report of a batch: a CSV with one row for each row of the sheet, on disk before the next part is sent."""

import csv
import fcntl
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from tc_cli.client import paths
from tc_cli.client.errors import BadFile, Exists

SETTLED = frozenset({"invited", "repeated"})


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a row. `reference` is what it is known by: its reference, else its contact."""

    line: int
    reference: str
    result: str
    invite_id: str = ""
    url: str = ""
    error: str = ""


_HEADING = [field.name for field in msgspec.structs.fields(ReportRow)]


class Report:
    """Rows are appended and forced to disk. `settled` holds by reference who needn't be invited again.

    `look` at what is there first; then use it as a context manager, so that no second run writes into it meanwhile.
    Links are in it, so nobody else can read it.
    """

    def __init__(self, path: Path, *, resume: bool = False, force: bool = False) -> None:
        self.path = path
        self.settled: dict[str, ReportRow] = {}
        self._resume = resume
        self._force = force
        self._file: IO[str]

    def look(self, known: Callable[[], Iterable[str]], name: str) -> None:
        """Read what is there, and write nothing; `known` gives by what the rows of the sheet called `name` are known.

        Raises Exists, and BadFile if it isn't a report, or is that of another sheet.
        """
        if not self.path.parent.is_dir():
            raise BadFile(f"There is no folder {self.path.parent}", "Make it first")
        if not self.path.exists():
            return
        if not (self._resume or self._force):
            raise Exists(f"{self.path} exists", "Give --resume to go on where it ends, or --force to begin a new one")
        if self._resume:
            self.settled = {row.reference: row for row in read(self.path) if row.result in SETTLED}
            self._require_kin(set(known()), name)

    def __enter__(self) -> Self:
        """Begin it, with what is settled. Raises BadFile if another run is writing it."""
        with _held(self.path):
            paths.write_private(self.path, (",".join(_HEADING) + "\n" + _lines(self.settled.values())).encode())
        self._file = self.path.open("a", encoding="utf-8", newline="")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.fsync(self._file.fileno())
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            # Else a power cut could take the file's name away.
            os.fsync(folder)
        finally:
            os.close(folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, rows: Sequence[ReportRow]) -> None:
        """Append rows, and return when a power cut can't take them away."""
        self._file.write(_lines(rows))
        self._file.flush()
        os.fsync(self._file.fileno())

    def _require_kin(self, known: set[str], name: str) -> None:
        if strangers := self.settled.keys() - known:
            line = min(self.settled[stranger].line for stranger in strangers)
            what = f"{self.path} tells of rows that aren't in {name}, such as line {line}"
            raise BadFile(what, "Give the report of this file, or another name for a new one")


def read(path: Path) -> list[ReportRow]:
    """Read a report; a last line that a power cut has torn is left out. Raises BadFile if it is none."""
    text = path.read_text(encoding="utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    if not whole:
        return []
    reader = csv.DictReader(io.StringIO(whole, newline=""))
    try:
        rows = list(reader)
        if reader.fieldnames != _HEADING:
            raise BadFile(f"{path} isn't a report of `tc invite batch`", "Give another name, or --force to replace it")
        return [msgspec.convert(row, ReportRow, strict=False) for row in rows]
    except (csv.Error, msgspec.ValidationError) as error:
        raise BadFile(f"{path} can't be read as a report ({error})", "Give --force to begin a new one") from error


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold off another run that writes the same report. Raises BadFile if there is one."""
    if not path.exists():
        yield
        return
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadFile(f"Another run is writing {path}", "Wait for its end") from None
        yield


def _lines(rows: Iterable[ReportRow]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([" ".join(str(getattr(row, name)).split()) for name in _HEADING])
    return out.getvalue()

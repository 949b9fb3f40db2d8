"""Where the report of a batch lies, and what its rows say."""

import os
from pathlib import Path

from tc_cli.client.batch.reporting import Report, ReportRow
from tc_cli.client.batch.sheet import Sheet
from tc_cli.client.errors import BadFile, TcError
from tc_cli.tui.batch import Fault

MOST = 20


def report(found: Sheet, path: Path, elsewhere: Path) -> Report:
    """Return the report to write for a file, going on with one that is there unless that is of other people.

    It lies beside the file, or `elsewhere` if nothing can be written there. Raises BadFile if there is no place for it.
    """
    known = {row.known_by for row in found.rows}
    failure: TcError = BadFile(f"No report can be written for {path.name}", "Remove old reports")
    for number in range(1, MOST + 1):
        candidate = Report(_beside(path, elsewhere, number), resume=True)
        try:
            candidate.look(lambda: known, found.name)
        except BadFile as error:
            failure = error
            continue
        return candidate
    raise failure


def refusal(row: ReportRow) -> Fault:
    """Read why a row was refused: the first of its faults names its column."""
    column, colon, reason = row.error.partition(": ")
    known = colon and " " not in column
    return Fault(row.line, column if known else "", row.reference, reason if known else row.error)


def _beside(path: Path, elsewhere: Path, number: int) -> Path:
    folder = path.parent if os.access(path.parent, os.W_OK) else elsewhere
    return folder / f"{path.stem}.report{f'-{number}' if number > 1 else ''}.csv"

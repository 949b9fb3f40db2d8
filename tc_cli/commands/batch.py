"""`tc invite batch`: everybody in a file, checked first, invited part by part, reported row by row."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tc_cli.commands import verbs
from tc_cli.output import diagnostics, progress
from tc_cli.output.exits import Exit

if TYPE_CHECKING:
    from tc_cli.client.batch.persistence import Persistence
    from tc_cli.client.batch.planning import Plan
    from tc_cli.client.batch.reporting import Report, ReportRow
    from tc_cli.client.batch.sheet import Sheet
    from tc_cli.client.errors import TcError

EXAMPLES = (
    "tc invite batch people.csv --dry-run",
    "tc invite batch people.csv --report people-report.csv --resume",
    "tc invite batch people.csv --skip-bad --rate 5 -o jsonl",
    "export-people | tc invite batch - --batch november",
)


def add_to(app: typer.Typer) -> None:
    """Make it a verb of `tc invite`."""
    verbs.verb(app, "batch", *EXAMPLES)(batch)


def batch(
    file: Annotated[str, typer.Argument(metavar="FILE.csv", help="Whom to invite, one a row; - reads it from stdin.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and send nothing.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Send the rows that have no fault.")] = False,
    rate: Annotated[float | None, typer.Option(help="Send no more than so many rows a second.", metavar="N")] = None,
    report: Annotated[Path | None, typer.Option(help="Keep a report here, as CSV.", metavar="FILE")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the report ends.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a report that exists.")] = False,
    name: Annotated[
        str | None, typer.Option("--batch", help="Name of the batch, by default the file's.", metavar="NAME")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of rows without one.", metavar="L")] = "en",
    patience: Annotated[
        float, typer.Option(help="How long to try while the server can't be reached.", metavar="SECONDS")
    ] = 300,
) -> None:
    """Invite everybody in a file. Sent again, or after a kill, it invites nobody twice.

    First all rows are checked; with a fault in any, nobody is invited. Columns: name, phone, email, language, via, at,
    timezone, note, kind, reference, in any order; only name is needed in each row, and a way to reach the person.
    """
    from tc_cli.client import profile
    from tc_cli.client.api import Api
    from tc_cli.client.batch import planning
    from tc_cli.client.batch.persistence import Persistence
    from tc_cli.client.errors import Unreachable

    _fit_together(file, report, name, rate, resume=resume, force=force)
    sheet = _sheet(file, language)
    with Api(profile.access(), tries=1) as api, _opened(report, sheet, resume, force, dry_run=dry_run) as kept:
        persistence = Persistence(api, patience, _lost, lambda: diagnostics.note("The server is back."))
        try:
            with progress.rows("Checking", len(sheet.rows)) as advance:
                plan = planning.check(sheet, name or Path(file).stem, persistence, advance)
        except KeyboardInterrupt:
            diagnostics.note("Interrupted while checking; nothing was sent.")
            raise
        except Unreachable as error:
            raise Unreachable(error.what, "Nothing was sent. Run the same command again once it can") from error
        _tell_faults(plan)
        if dry_run:
            _show_plan(plan, skip_bad=skip_bad)
        elif plan.faults and not skip_bad:
            _refuse(plan)
        else:
            _run(plan, persistence, kept, rate)


def _fit_together(
    file: str, report: Path | None, name: str | None, rate: float | None, *, resume: bool, force: bool
) -> None:
    from tc_cli.client.errors import Misuse

    if file == "-" and not name:
        why = "What comes from stdin has no name, and by its name a batch is known when it comes again"
        raise Misuse(why, "Give --batch NAME")
    if resume and report is None:
        raise Misuse("--resume goes on where a report ends, and there is none", "Give --report FILE too")
    if resume and force:
        raise Misuse("--resume keeps the report and --force replaces it", "Choose one")
    if rate is not None and rate <= 0:
        raise Misuse("--rate must be more than 0", "Leave it out to go as fast as the server does")
    if report is not None and report.resolve() == Path(file).resolve():
        raise Misuse("The report would be written over the file itself", "Give it another name")


def _sheet(file: str, language: str) -> "Sheet":
    from tc_cli.client.batch import sheet

    if file == "-":
        # What a test or another program puts in stdin's place may have no bytes below its text.
        raw = getattr(sys.stdin, "buffer", None)
        return sheet.read(raw.read() if raw is not None else sys.stdin.read().encode(), "stdin", language=language)
    return sheet.read(Path(file).read_bytes(), Path(file).name, language=language)


@contextmanager
def _opened(
    path: Path | None, sheet: "Sheet", resume: bool, force: bool, *, dry_run: bool
) -> "Iterator[Report | None]":
    """Open the report before anything is asked of the server; it is on disk only once there is something in it."""
    from tc_cli.client.batch.reporting import Report

    if path is None or dry_run:
        yield None
        return
    report = Report(path, resume=resume, force=force)
    report.look(lambda: {row.known_by for row in sheet.rows}, sheet.name)
    yield report


def _tell_faults(plan: "Plan") -> None:
    for fault in plan.faults:
        diagnostics.say(str(fault))


def _refuse(plan: "Plan") -> None:
    faulty, rows = len(plan.faulty), len(plan.rows)
    what = f"{_counted(len(plan.faults), 'fault')} in {faulty:,} of {_counted(rows, 'row')}; nothing was sent"
    remedy = "Put them right, or give --skip-bad to invite the others" if faulty < rows else "Put them right"
    diagnostics.error(what, remedy)
    raise typer.Exit(Exit.REFUSED)


def _show_plan(plan: "Plan", *, skip_bad: bool) -> None:
    from tc_cli.output import batches

    batches.show_plan(plan)
    good = len(plan.rows) - len(plan.faulty)
    if plan.faults:
        faults = f"{_counted(len(plan.faults), 'fault')} in {_counted(len(plan.faulty), 'row')}"
        diagnostics.note(f"{faults}. Nothing was sent.")
        raise typer.Exit(Exit.PARTLY if skip_bad and good else Exit.REFUSED)
    diagnostics.note("No faults. Nothing was sent.")


def _run(plan: "Plan", persistence: "Persistence", report: "Report | None", rate: float | None) -> None:
    from tc_cli.client.batch import sending
    from tc_cli.client.errors import TcError, Unreachable
    from tc_cli.output import batches

    settled = report.settled if report else {}
    shown = batches.Shown(with_report=report is not None)
    shown.add(list(settled.values()))
    sent = sending.send(plan, persistence, settled=settled, pace=sending.Pace(rate))
    try:
        with report or nullcontext(), progress.rows("Inviting", len(plan.rows)) as advance:
            advance(len(settled))
            for part in sent:
                if report:
                    report.write(part)
                shown.add(part)
                advance(len(part))
    except Unreachable as error:
        shown.finish()
        raise Unreachable(error.what, f"{_so_far(shown.rows, plan)}. {_go_on(report)}") from error
    except TcError:
        shown.finish()
        diagnostics.note(f"{_so_far(shown.rows, plan)}. {_go_on(report)}.")
        raise
    except BrokenPipeError:
        diagnostics.note(f"Nobody reads on, so it ends here: {_so_far(shown.rows, plan)}. {_go_on(report)}.")
        raise
    except KeyboardInterrupt:
        shown.finish()
        diagnostics.note(f"Interrupted: {_so_far(shown.rows, plan)}. {_go_on(report)}.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    shown.finish()
    diagnostics.note(batches.told(shown.rows))
    _leave(shown.rows)


def _leave(rows: "list[ReportRow]") -> None:
    refused = sum(row.result == "refused" for row in rows)
    if refused:
        raise typer.Exit(Exit.PARTLY if refused < len(rows) else Exit.REFUSED)


def _so_far(rows: "list[ReportRow]", plan: "Plan") -> str:
    invited = sum(row.result != "refused" for row in rows)
    return f"{invited:,} of {_counted(len(plan.rows), 'row')} are invited"


def _go_on(report: "Report | None") -> str:
    again = "Run the same command again"
    if report:
        again += " with --resume and without --force"
    return f"{again} to go on; nobody is invited twice"


def _lost(why: "TcError") -> None:
    diagnostics.warn(f"{why.what.rstrip('.')}. Trying on; nothing is lost, and nobody is invited twice.")


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")

"""How a batch looks: its rows as they come, what it would do, and what it came to."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from tc_cli.client import ids
from tc_cli.client.batch.planning import Plan
from tc_cli.client.batch.reporting import ReportRow
from tc_cli.output import emit, words
from tc_cli.output.manner import Format, manner
from tc_cli.output.tables import Column
from tc_cli.output.views import BAD, FAINT, GOOD

_STYLES = {"invited": GOOD, "repeated": FAINT, "refused": BAD, "ok": GOOD}


class PlannedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would do with a row: `result` is ok, repeated or refused, `channel` how the text would go.

    `lacking` is why it can't go by WhatsApp.
    """

    line: int
    reference: str
    result: str
    channel: str = ""
    at: str = ""
    error: str = ""
    lacking: str = ""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows come to one thing."""

    what: str
    rows: int


ROWS: tuple[Column[ReportRow], ...] = (
    Column("line", lambda r: str(r.line), right=True),
    Column("reference", lambda r: r.reference, cut=True),
    Column("result", lambda r: r.result, lambda word: _STYLES.get(word, "")),
    Column("invite", lambda r: ids.short(r.invite_id)),
    Column("link", lambda r: r.url),
    Column("error", lambda r: r.error, fold=True),
)
COUNTS: tuple[Column[Count], ...] = (
    Column("what", lambda c: c.what),
    Column("rows", lambda c: f"{c.rows:,}", right=True),
)


class Shown:
    """The rows of a run on stdout: JSON lines as they come, all else at the end; as a table only their counts when
    there is a report of them.
    """

    def __init__(self, *, with_report: bool) -> None:
        self.rows: list[ReportRow] = []
        self._with_report = with_report

    def add(self, rows: Sequence[ReportRow]) -> None:
        """Take what came of some rows."""
        self.rows += rows
        if manner.format is Format.JSONL:
            for row in rows:
                emit.line(row)

    def finish(self) -> None:
        """Show what hasn't been shown."""
        if manner.format is Format.JSONL:
            return
        if manner.format is Format.TABLE and self._with_report:
            emit.listing(_counts(self.rows), COUNTS, kind=Count)
        else:
            emit.listing(self.rows, ROWS, kind=ReportRow)


def show_plan(plan: Plan) -> None:
    """Show what a run would do: as a table how many are invited by which channel, else row by row."""
    if manner.format is not Format.TABLE:
        emit.listing(_planned(plan), (), kind=PlannedRow)
        return
    counts = [Count(what=f"to invite by {channel}", rows=rows) for channel, rows in sorted(plan.channels.items())]
    times = sorted(row.at for row in plan.rows if row.at)
    lacking = sum(outcome.lacking is not None for outcome in plan.outcomes.values())
    more = {
        **({f"planned, from {words.moment(times[0])} to {words.moment(times[-1])}": len(times)} if times else {}),
        "without WhatsApp, for want of a template": lacking,
        "invited before": plan.repeated,
        "with faults": len(plan.faulty),
    }
    emit.listing([*counts, *(Count(what=what, rows=rows) for what, rows in more.items() if rows)], COUNTS, kind=Count)


def told(rows: Sequence[ReportRow]) -> str:
    """Say in one line what a run came to."""
    count = Counter(row.result for row in rows)
    said = [f"{count['invited']:,} invited"]
    if count["repeated"]:
        said.append(f"{count['repeated']:,} were invited before")
    if count["refused"]:
        said.append(f"{count['refused']:,} refused")
    return ", ".join(said) + "."


def _counts(rows: Sequence[ReportRow]) -> list[Count]:
    return [Count(what=what, rows=number) for what, number in sorted(Counter(row.result for row in rows).items())]


def _planned(plan: Plan) -> list[PlannedRow]:
    faulty = plan.faulty
    return [
        PlannedRow(
            line=row.line,
            reference=row.shown,
            result=(result := "refused" if row.line in faulty else plan.outcomes[row.line].result),
            channel=plan.outcomes[row.line].channel or "link" if result == "ok" else "",
            at=row.at.isoformat() if row.at else "",
            error="; ".join(f"{fault.column}: {fault.reason}" for fault in faulty.get(row.line, ())),
            lacking=plan.outcomes[row.line].lacking or "" if result == "ok" else "",
        )
        for row in plan.rows
    ]

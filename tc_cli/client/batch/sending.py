"""The run of a batch: part after part is invited at the pace asked for, each with what came of its rows."""

import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tc_cli.client.batch import planning
from tc_cli.client.batch.faults import Fault
from tc_cli.client.batch.persistence import Persistence
from tc_cli.client.batch.planning import Plan
from tc_cli.client.batch.reporting import ReportRow
from tc_cli.client.batch.sheet import Row
from tc_server.wire.batches import BatchOutcome


@dataclass(slots=True)
class Pace:
    """Lets `rate` rows a second go, any number with None."""

    rate: float | None = None
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _due: float | None = None

    @property
    def at_once(self) -> int:
        """Return how many rows go together, so that a slow pace is an even one."""
        return planning.CHUNK if self.rate is None else max(1, min(planning.CHUNK, int(self.rate)))

    def wait(self, rows: int) -> None:
        """Wait until these rows may go."""
        if self.rate is None:
            return
        now = self.clock()
        if self._due is not None and self._due > now:
            self.pause(self._due - now)
        self._due = max(now, self._due or now) + rows / self.rate


def send(
    plan: Plan,
    persistence: Persistence,
    *,
    settled: Mapping[str, ReportRow] = MappingProxyType({}),
    pace: Pace | None = None,
) -> Iterator[list[ReportRow]]:
    """Invite the plan's rows that have no fault and aren't `settled`; yield what came of each part, in file order.

    What has been yielded is done for good, and a part that was sent and not yielded is repeated by the next run without
    inviting anybody twice. Raises Unreachable once patience ends, Refused if the server won't talk to this login.
    """
    pace = pace or Pace()
    faulty = plan.faulty
    todo = [row for row in plan.rows if not _is_settled(row, settled, faulty)]
    waiting: list[Row] = []
    part: list[Row] = []
    good = [row for row in todo if row.line not in faulty]
    ends = {chunk[-1].line: len(chunk) for chunk in planning.chunks(good, pace.at_once)}
    for row in todo:
        waiting.append(row)
        if row.line not in faulty:
            part.append(row)
        if row.line in ends and part:
            pace.wait(len(part))
            outcomes = persistence.do(planning.request(part, plan.batch, check=False))
            yield _reported(waiting, dict(zip([one.line for one in part], outcomes, strict=True)), faulty)
            waiting, part = [], []
    if waiting:
        yield _reported(waiting, {}, faulty)


def _is_settled(row: Row, settled: Mapping[str, ReportRow], faulty: Container[int]) -> bool:
    """Tell whether a row was reported; one that doubles another isn't by the other's having been."""
    earlier = settled.get(row.known_by)
    return earlier is not None and (row.line not in faulty or row.line == earlier.line)


def _reported(
    rows: Sequence[Row], outcomes: dict[int, BatchOutcome], faulty: dict[int, list[Fault]]
) -> list[ReportRow]:
    return [_sent(row, outcomes[row.line]) if row.line in outcomes else refused(row, faulty[row.line]) for row in rows]


def refused(row: Row, faults: Sequence[Fault]) -> ReportRow:
    """Report a row that isn't sent."""
    why = "; ".join(f"{fault.column}: {fault.reason}" for fault in faults)
    return ReportRow(line=row.line, reference=row.shown, result="refused", error=why)


def _sent(row: Row, outcome: BatchOutcome) -> ReportRow:
    faults = [*([outcome.error] if outcome.error else []), *outcome.more]
    return ReportRow(
        line=row.line,
        reference=row.shown,
        result=outcome.result,
        invite_id=outcome.invite_id or "",
        url=outcome.url or "",
        error="; ".join(f"{fault.field}: {fault.detail}" for fault in faults),
    )

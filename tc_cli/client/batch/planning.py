"""The plan of a batch: every row checked by the server before anybody is invited, every fault found."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from tc_cli.client import calls
from tc_cli.client.batch.faults import Fault
from tc_cli.client.batch.persistence import Persistence
from tc_cli.client.batch.sheet import Row, Sheet
from tc_server.wire.batches import BatchOutcome, BatchRequest, BatchRow

CHUNK = 100
_LARGEST_REQUEST = 500_000
_LONGEST_CELL = 2500
"""Characters of a cell that are sent: more than any may have, so that the server refuses what is cut."""


@dataclass(slots=True)
class Plan:
    """What a run would do. `channels` counts who would be invited how, `repeated` who was invited before."""

    batch: str
    rows: Sequence[Row]
    faults: list[Fault]
    channels: Counter[str] = field(default_factory=Counter)
    outcomes: dict[int, BatchOutcome] = field(default_factory=dict)
    repeated: int = 0

    @property
    def faulty(self) -> dict[int, list[Fault]]:
        """Return the faults of each line that has some."""
        found: dict[int, list[Fault]] = {}
        for fault in self.faults:
            found.setdefault(fault.line, []).append(fault)
        return found


def check(
    sheet: Sheet, batch: str, persistence: Persistence, advance: Callable[[int], None] = lambda _rows: None
) -> Plan:
    """Check all rows with the server, which writes nothing; `advance` is told how many more are done.

    Raises Unreachable once patience ends, and Refused if the server won't talk to this login.
    """
    plan = Plan(batch, sheet.rows, list(sheet.faults))
    told = {(fault.line, fault.column) for fault in sheet.faults}
    bad = {fault.line for fault in sheet.faults}
    for chunk in chunks(sheet.rows, CHUNK):
        answer = persistence.do(request(chunk, batch, check=True))
        for row, outcome in zip(chunk, answer, strict=True):
            plan.outcomes[row.line] = outcome
            plan.faults += [one for one in _faults(row, outcome) if (one.line, one.column) not in told]
            if row.line in bad or outcome.result == "refused":
                continue
            if outcome.result == "repeated":
                plan.repeated += 1
            else:
                plan.channels[outcome.channel or "link"] += 1
        advance(len(chunk))
    plan.faults.sort(key=lambda fault: fault.place)
    return plan


def request(rows: Sequence[Row], batch: str, *, check: bool) -> "calls.Call[list[BatchOutcome]]":
    """Return the request that invites these rows, or checks them; it can be sent again and again."""
    return calls.invite_batch(BatchRequest(check=check, rows=[_wire(row, batch) for row in rows]))


def chunks(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """Cut rows into parts of at most `most`, none larger than a request may be."""
    part: list[Row] = []
    size = 0
    for row in rows:
        weight = len(msgspec.json.encode(_wire(row, "")))
        if part and (len(part) >= most or size + weight > _LARGEST_REQUEST):
            yield part
            part, size = [], 0
        part.append(row)
        size += weight
    if part:
        yield part


def _faults(row: Row, outcome: BatchOutcome) -> Iterator[Fault]:
    for fault in [*([outcome.error] if outcome.error else []), *outcome.more]:
        yield Fault(row.line, fault.field, row.cells.get(fault.field, "") or fault.value or "", fault.detail)


def _wire(row: Row, batch: str) -> BatchRow:
    def cut(text: str) -> str:
        return text[:_LONGEST_CELL]

    return BatchRow(
        key=row.key(batch),
        name=cut(row.name),
        kind=cut(row.kind),
        phone=cut(row.phone) or None,
        email=cut(row.email) or None,
        language=cut(row.language),
        via=cut(row.via),
        note=cut(row.note) or None,
        at=row.at.isoformat() if row.at else None,
        timezone=cut(row.timezone) or None,
    )

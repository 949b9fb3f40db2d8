"""A file of people on its way to being invited: what is wrong with it, how far it has come, how its messages fare.

Pure: the feed moves it on, screens read it and never write.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tc_cli.output import timelines
from tc_server.wire.bodies import Invite

SETTLED = frozenset({"sent", "folder", "delivered", "failed", "withdrawn", "by_hand"})
OVER = frozenset({"closed", "cancelled", "erased"})


class Stage(StrEnum):
    """Where a batch stands. `failed`: it could not be checked; `paused`: it ended before everybody was invited."""

    CHECKING = "checking"
    FAILED = "failed"
    CHECKED = "checked"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"


WORKING = frozenset({Stage.CHECKING, Stage.SENDING})


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a row from its invite: the line on which it begins, the column, what stands there, why it won't do."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Invited:
    """A row that has its invite; `known_by` is its reference, or how the person is reached."""

    line: int
    known_by: str
    invite_id: str


@dataclass(slots=True)
class Batch:
    """One file. `steps` of its `rows` are done in this stage; `waits` says why nothing moves, `what` and `remedy` what
    went wrong. `channels` counts who would be invited how, `repeated` who was before; `results` what came of rows.
    """

    path: Path
    stage: Stage = Stage.CHECKING
    rows: int = 0
    steps: int = 0
    faults: list[Fault] = field(default_factory=list)
    channels: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    report: Path | None = None
    # Rows that the report has as invited, from an earlier run.
    settled: int = 0
    results: Counter[str] = field(default_factory=Counter)
    refused: list[Fault] = field(default_factory=list)
    invited: dict[str, Invited] = field(default_factory=dict)
    rate: float = 0.0
    waits: str = ""
    pausing: bool = False
    what: str = ""
    remedy: str = ""
    code: str = ""

    @property
    def name(self) -> str:
        """Return by what the server knows its rows again: the file's name without its ending."""
        return self.path.stem

    @property
    def works(self) -> bool:
        return self.stage in WORKING

    @property
    def percent(self) -> int:
        return self.steps * 100 // self.rows if self.rows else 0

    @property
    def faulty(self) -> int:
        """Return how many rows have faults."""
        return len({fault.line for fault in self.faults})

    @property
    def left(self) -> float | None:
        """Return the seconds that are left at the present rate, if there is one."""
        return (self.rows - self.steps) / self.rate if self.rate > 0 and not self.waits else None


@dataclass(slots=True)
class Fares:
    """How the messages of a batch fare: `counts` by what has become of them, and each row whose message failed."""

    counts: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[Invited, Invite]] = field(default_factory=list)


def fare(invite: Invite | None) -> str:
    """Say what has become of a message: queued, sent, folder, delivered, failed, withdrawn, by_hand or unknown."""
    if invite is None:
        return "unknown"
    if (latest := timelines.latest(invite)) is None:
        return "by_hand"
    match latest.state:
        case "sent" if latest.provider == "folder":
            return "folder"
        case "sent" | "delivered":
            return latest.state
        case "failed":
            return "withdrawn" if latest.reason == "withdrawn" else "failed"
    # What is over is tried no more.
    return "withdrawn" if invite.state in OVER else "queued"


def fares(invited: Iterable[Invited], invites: Mapping[str, Invite]) -> Fares:
    """Count how the messages of these rows fare, as far as is known."""
    found = Fares()
    for row in invited:
        invite = invites.get(row.invite_id)
        what = fare(invite)
        found.counts[what] += 1
        if what == "failed" and invite is not None:
            found.failed.append((row, invite))
    return found

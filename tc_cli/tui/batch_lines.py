"""The rows of a batch that need somebody: with a fault, refused, or with a message that didn't get there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tc_cli.output import words
from tc_cli.tui import delivery_words
from tc_cli.tui.batch import Batch, Fares, Stage
from tc_cli.tui.widgets.listing import Column
from tc_cli.tui.words import _


@dataclass(frozen=True, slots=True)
class Line:
    """One row in the list: on which line of the file it begins, what is wrong with which value, and why."""

    key: str
    line: int
    what: str
    value: str
    reason: str
    invite_id: str = ""

    @property
    def head(self) -> str:
        """Return what comes before the reason where both stand in a sentence."""
        value = f'"{words.plain(self.value)}"' if self.value else _("(empty)")
        return _("line {n}").format(n=self.line) + ", " + " ".join(filter(None, (self.what, value))) + ": "

    def matches(self, wanted: Sequence[str]) -> bool:
        """Tell whether all these words stand in it."""
        hay = f"{self.line} {self.what} {self.value} {self.reason}".casefold()
        return all(word in hay for word in wanted)


def columns() -> list[Column[Line]]:
    return [
        Column("line", _("Line"), lambda one: (str(one.line), "bold foreground"), 6),
        Column("what", _("What"), lambda one: (one.what or "–", ""), 13),
        Column("value", _("Value"), lambda one: (words.plain(one.value) or _("(empty)"), ""), 20),
        Column("reason", _("Reason"), lambda one: (words.plain(one.reason), ""), 0),
    ]


def lines(batch: Batch, found: Fares) -> list[Line]:
    """Return them in the order of the file: faults before it is sent, afterwards what was refused or has failed."""
    faults = batch.faults if batch.stage in {Stage.CHECKED, Stage.CHECKING} else batch.refused
    rows = [Line(f"{place}", one.line, one.column, one.value, one.reason) for place, one in enumerate(faults)]
    return sorted([*rows, *_failed(found)], key=lambda one: one.line)


def _failed(found: Fares) -> Iterable[Line]:
    for row, invite in found.failed:
        if (latest := delivery_words.latest(invite)) is None:
            continue
        why = delivery_words.reason(latest.reason or "refused", latest.channel, latest.provider)
        reason = " ".join([f"{why[:1].upper()}{why[1:]}.", *delivery_words.remedies(latest)])
        yield Line(row.invite_id, row.line, _("not delivered"), invite.name, reason, row.invite_id)

"""One verb on several ids: where they come from, what is shown of each, and what it means if some failed."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import typer

from tc_cli.output import diagnostics, progress
from tc_cli.output.exits import Exit

if TYPE_CHECKING:
    from msgspec import Struct

    from tc_cli.output.tables import Columns

T = TypeVar("T", bound="Struct")
_HOPELESS = frozenset({"unreachable", "not_logged_in"})


@dataclass(slots=True)
class Several(Generic[T]):
    """What came of each id, in order; `single` if just one was typed."""

    single: bool
    done: list[T] = field(default_factory=list)
    failed: list[Exit] = field(default_factory=list)

    def show(self, many: "Columns[T]", one: "Columns[T]") -> None:
        """Write the one thing, or all as a list; leave with 8 if some failed."""
        from tc_cli.output import emit

        if self.single:
            emit.thing(self.done[0], one)
        elif self.done or not self.failed:
            emit.listing(self.done, many)
        self.leave()

    def leave(self) -> None:
        """Leave with 8 if some failed; if all did for one reason, with that one's code."""
        if not self.failed:
            return
        alike = not self.done and len(set(self.failed)) == 1
        raise typer.Exit(self.failed[0] if alike else Exit.PARTLY)


def given_ids(given: Sequence[str]) -> list[str]:
    """Return the ids as typed, `-` replaced by the first word of each line of stdin; raise Misuse if none came."""
    from tc_cli.client.errors import Misuse

    wanted: list[str] = []
    for one in given:
        wanted.extend(_from_stdin() if one == "-" else [one])
    if not wanted:
        raise Misuse("No id came on stdin", "Give one a line")
    return list(dict.fromkeys(wanted))


def given_id(given: str) -> str:
    """Return the one id as typed or from stdin; raise Misuse if several came."""
    from tc_cli.client.errors import Misuse

    wanted = given_ids([given])
    if len(wanted) > 1:
        raise Misuse(f"{len(wanted)} ids came on stdin, and this takes one", "Use xargs -n1")
    return wanted[0]


def each(given: Sequence[str], do: Callable[[str], T], wanted: Sequence[str] | None = None) -> Several[T]:
    """Do something with every id and say which failed; a single one's error is raised as it is.

    `wanted` is what `given` stands for, where stdin has been read already. A server that has gone, or has ended the
    login, won't take those that are left either: they aren't tried.
    """
    from tc_cli.client.errors import TcError

    wanted = given_ids(given) if wanted is None else wanted
    several: Several[T] = Several(single=len(given) == 1 and given[0] != "-")
    try:
        with progress.rows("", len(wanted)) as advance:
            for one in wanted:
                try:
                    several.done.append(do(one))
                except TcError as error:
                    if len(wanted) == 1:
                        raise
                    error.what = f"{one}: {error.what}"
                    several.failed.append(diagnostics.failed(error))
                    if error.code in _HOPELESS:
                        break
                advance(1)
    except KeyboardInterrupt:
        diagnostics.note(f"Interrupted: {len(several.done):,} of {len(wanted):,} done.")
        raise
    if left := len(wanted) - len(several.done) - len(several.failed):
        diagnostics.say(f"{left:,} more weren't tried.")
    return several


def _from_stdin() -> list[str]:
    return [words[0] for line in sys.stdin if (words := line.split())]

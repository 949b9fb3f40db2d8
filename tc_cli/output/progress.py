"""A bar for what takes a while, on stderr and only on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tc_cli.output import diagnostics
from tc_cli.output.manner import manner

Advance = Callable[[int], None]


@contextmanager
def bar(label: str, total: int, *, bytes_: bool = False) -> Iterator[Advance]:
    """Show a bar of `total` steps (or bytes); yield what moves it on."""
    if manner.quiet or not sys.stderr.isatty():
        yield _nothing
        return
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TransferSpeedColumn

    counts = [DownloadColumn(), TransferSpeedColumn()] if bytes_ else [MofNCompleteColumn()]
    columns = TextColumn("{task.description}", markup=False), BarColumn(), *counts
    with Progress(*columns, console=diagnostics.console(), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps: progress.advance(task, steps)


def _nothing(_steps: int) -> None:
    pass

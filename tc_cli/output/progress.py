"""A bar for what takes a while, on stderr and only on a terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tc_cli.output import diagnostics, words
from tc_cli.output.manner import manner

Advance = Callable[[int], None]
_EVERY = 10.0
"""Seconds between two notes."""
_FEW = 3


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


@contextmanager
def rows(label: str, total: int) -> Iterator[Advance]:
    """Show how far many things have come, how fast that goes and how long it will take; where no terminal is, in notes.

    Fewer than `_FEW` are left without.
    """
    if manner.quiet or total < _FEW:
        yield _nothing
        return
    if not sys.stderr.isatty():
        yield _Notes(label, total)
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(_rate(task.finished_speed or task.speed or 0), style="progress.data.speed")

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    console = diagnostics.console()
    with Progress(*columns, Rate(), TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps: progress.advance(task, steps)


class _Notes:
    """Says now and then how far it is, for logs and for who listens."""

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = total
        self._done = 0
        self._began = self._said = time.monotonic()

    def __call__(self, steps: int) -> None:
        """Take that some more are done."""
        self._done += steps
        now = time.monotonic()
        if now - self._said < _EVERY or self._done >= self._total:
            return
        self._said = now
        rate = self._done / (now - self._began)
        left = words.span((self._total - self._done) / rate)
        said = f"{self._done:,} of {self._total:,}, {_rate(rate)}, {left} left"
        diagnostics.note(f"{self._label}: {said}" if self._label else said)


def _rate(rate: float) -> str:
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"


def _nothing(_steps: int) -> None:
    pass

"""What a terminal is told about directions while the full screen is on it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tc_cli.tui.text import bidi


@contextmanager
def ordered_here() -> Iterator[None]:
    """Keep a terminal that knows directions from ordering a second time what is ordered here."""
    if bidi.who_orders() is bidi.Bidi.TERMINAL or not sys.stderr.isatty():
        yield
        return
    _tell(bidi.EXPLICIT)
    try:
        yield
    finally:
        _tell(bidi.IMPLICIT)


def _tell(sequence: str) -> None:
    sys.stderr.write(sequence)
    sys.stderr.flush()

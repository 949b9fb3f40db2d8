"""One line on stderr that is written over as things change; on a terminal that can't, a line for each change."""

import os
import shutil
import sys

from tc_cli.output import words


class LiveLine:
    """Shows how things stand, and how long that has been so."""

    def __init__(self) -> None:
        self._moves = os.environ.get("TERM", "dumb") != "dumb"
        self._shown = ""

    def show(self, what: str, clock: str = "") -> None:
        """Say it in place of what was said before; a running clock alone is no reason for a new line."""
        what = words.plain(what)
        said = f"{what} · {clock}" if clock and self._moves else what
        if said == self._shown:
            return
        self._shown = said
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[K{said[:width]}" if self._moves else f"{said}\n")
        sys.stderr.flush()

    def leave(self) -> None:
        """Go on below it."""
        if self._shown and self._moves:
            sys.stderr.write("\n")
            sys.stderr.flush()
        self._shown = ""

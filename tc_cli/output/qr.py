"""A link as a QR code on the terminal, for a phone that is held up to it."""

import io
import os
import sys

from tc_cli.output import diagnostics

# Light on dark whatever the terminal's own colours are: some phones don't read it the other way round.
LIGHT_ON_DARK = "\x1b[97;40m"
PLAIN = "\x1b[0m"


def draw(url: str) -> None:
    """Draw `url` on stdout, if the terminal can show it."""
    import segno

    if "utf" not in (sys.stdout.encoding or "").lower():
        diagnostics.note("This terminal can't show a QR code; give the link in another way")
        return
    drawn = io.StringIO()
    segno.make(url, error="l", boost_error=False).terminal(drawn, border=2, compact=True)
    coloured = "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    for row in drawn.getvalue().splitlines():
        sys.stdout.write(f"{LIGHT_ON_DARK}{row}{PLAIN}\n" if coloured else f"{row}\n")

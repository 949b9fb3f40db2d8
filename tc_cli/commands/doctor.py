"""`tc doctor`: what works between this terminal and the server, and what to do about what doesn't."""

from typing import Annotated

import typer

from tc_cli.commands import verbs
from tc_cli.output.exits import Exit


def add_to(app: typer.Typer) -> None:
    verbs.verb(app, "doctor", "tc doctor", "tc doctor --call", "tc doctor -o json")(doctor)


def doctor(
    call: Annotated[bool, typer.Option("--call", help="Also call the server's echo, by every way.")] = False,
) -> None:
    """See what works from here to the server."""
    from tc_cli.commands import checkup
    from tc_cli.output import emit, views

    found = checkup.everything(call=call)
    emit.listing(found, views.CHECKS, kind=views.Check)
    failed = [check.name for check in found if check.status == "failed"]
    if failed:
        raise typer.Exit(Exit.NOT_ALLOWED if failed == ["login"] else Exit.UNREACHABLE)

"""`tc agenda`: what is planned, the next first."""

from typing import Annotated

import typer

from tc_cli.commands import verbs


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verbs.verb(app, "agenda", "tc agenda", "tc agenda -o json", "tc agenda --ics > talks.ics")(agenda)


def agenda(
    ics: Annotated[bool, typer.Option("--ics", help="As a calendar file; it names nobody.")] = False,
) -> None:
    """Show what is planned, in your time and in the person's."""
    from tc_cli.client import calls
    from tc_cli.output import agendas, calendars

    with verbs.api() as api:
        planned = api.do(calls.agenda()).items
    if ics:
        calendars.write(planned)
    else:
        agendas.show(planned)

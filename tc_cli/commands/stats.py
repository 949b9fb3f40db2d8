"""`tc stats`: counts of the whole server, for admins."""

import typer

from tc_cli.commands import verbs


def add_to(app: typer.Typer) -> None:
    verbs.verb(app, "stats", "tc stats -o json")(stats)


def stats() -> None:
    """Count what there is and what was erased (admins)."""
    from tc_cli.client import calls
    from tc_cli.output import emit, views

    with verbs.api() as api:
        emit.thing(api.do(calls.stats()), views.STATS)

"""How the agenda looks: on a terminal a heading for each day, else one row an invite."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from tc_cli.output import diagnostics, emit, tables, views
from tc_cli.output.manner import draws
from tc_server.wire.bodies import Invite


def show(planned: Sequence[Invite]) -> None:
    """Show what is planned, the next first."""
    if not draws():
        emit.listing(planned, views.AGENDA, kind=Invite)
        return
    if not planned:
        diagnostics.note('Nothing is planned. `tc invite remote … --at "tomorrow 14:30"` plans.')
        return
    today = datetime.now().astimezone().date()
    days = [(_said(day, today), list(found)) for day, found in groupby(planned, _day)]
    tables.draw_groups(days, views.AGENDA_DAY)


def _day(invite: Invite) -> date:
    assert invite.planned_at is not None
    return invite.planned_at.astimezone().date()


def _said(day: date, today: date) -> str:
    named = {today: "Today, ", today + timedelta(days=1): "Tomorrow, "}.get(day, "")
    return f"{named}{day:%A} {day.day} {day:%B}"

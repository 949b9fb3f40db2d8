"""How a session looks: its facts and the people in it, or the receipt that is left of it."""

from typing import Protocol

from tc_cli.output import emit, tables, views
from tc_cli.output.manner import Format, manner
from tc_server.wire.bodies import ErasedSession, Session


class Outcome(Protocol):
    """What came of several ids."""

    @property
    def single(self) -> bool: ...

    @property
    def done(self) -> list[Session | ErasedSession]: ...

    def leave(self) -> None: ...


def show(outcome: Outcome) -> None:
    """Show what became of each id, then leave with the exit code that follows."""
    if outcome.single:
        show_one(outcome.done[0])
    elif manner.format is Format.TABLE:
        emit.listing([one for one in outcome.done if isinstance(one, Session)], views.SESSIONS)
        emit.listing([one for one in outcome.done if isinstance(one, ErasedSession)], views.RECEIPTS)
    else:
        emit.listing(outcome.done, ())
    outcome.leave()


def show_one(session: Session | ErasedSession) -> None:
    """Show one session in full."""
    if isinstance(session, ErasedSession):
        emit.thing(session, views.ERASED)
        return
    emit.thing(session, views.SESSION)
    if manner.format is Format.TABLE and session.people:
        tables.draw_heading("People")
        tables.draw_list(session.people, views.PEOPLE)

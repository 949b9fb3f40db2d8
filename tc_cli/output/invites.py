"""How an invite looks: the link and its QR code for whoever passes it on, the deliveries for whoever waits."""

from typing import Protocol

from tc_cli.output import diagnostics, emit, qr, tables, timelines, views
from tc_cli.output.manner import Format, draws, manner
from tc_cli.output.tables import Columns
from tc_server.wire.bodies import Invite


class Outcome(Protocol):
    """What came of several ids."""

    @property
    def single(self) -> bool: ...

    @property
    def done(self) -> list[Invite]: ...

    def leave(self) -> None: ...


def show_made(invite: Invite) -> None:
    """Show an invite that has just been made."""
    _show_link(invite, _what_next(invite))


def _show_link(invite: Invite, next_: str) -> None:
    _show(invite, views.INVITE_MADE if draws() else views.INVITE)
    if draws():
        tables.write("")
        qr.draw(invite.url)
        diagnostics.note(next_)
        if not invite.reviewed:
            diagnostics.note(f"The texts in '{invite.language}' are unreviewed: no native speaker has read them yet.")


def show_each(outcome: Outcome, *, rotated: bool = False) -> None:
    """Show what became of each id; of a single one that was given a new link, the QR code too."""
    if not outcome.single:
        emit.listing(outcome.done, views.INVITES, kind=Invite)
    elif rotated:
        reminders = ", and the reminders" if outcome.done[0].planned_at else ""
        told = f"Nothing is sent by itself: pass the link on, or `tc invite resend` sends it{reminders}."
        _show_link(outcome.done[0], told)
    else:
        _show(outcome.done[0], views.INVITE)
    outcome.leave()


def _show(invite: Invite, columns: Columns[Invite]) -> None:
    emit.thing(invite, columns)
    if manner.format is Format.TABLE and invite.deliveries:
        timelines.draw(invite.deliveries)


def _what_next(invite: Invite) -> str:
    if invite.planned_at is not None:
        told = "They are told the time now" if invite.deliveries else "Tell them the time and pass the link on"
        reminded = ", and get the link with each reminder" if timelines.next_reminder(invite) else ""
        return f"{told}{reminded}. `tc agenda` shows what is planned."
    if any(delivery.state != "failed" for delivery in invite.deliveries):
        return "The text is on its way. `tc queue watch` rings when they come."
    return "Pass the link on or let them scan it. `tc queue watch` rings when they come."

"""Taking an invite back: asks first, and says what becomes of it."""

from textual.app import App

from tc_cli.output import words
from tc_cli.tui import agenda
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.dialogs.confirm import Confirm
from tc_cli.tui.words import _
from tc_server.wire.bodies import Invite


def take_back(app: App[None], desk: Desk, invite: Invite) -> None:
    """Take an invite back if staff is sure."""

    def sure(answer: bool | None) -> None:
        if answer:
            app.run_worker(_revoke(app, desk, invite.invite_id))

    question = _("Take back the invite of {name}?").format(name=words.plain(invite.name))
    app.push_screen(Confirm(question, _what_happens(desk, invite), _("Take back")), sure)


def _what_happens(desk: Desk, invite: Invite) -> str:
    is_to_come = agenda.awaited(desk.board, invite) and not agenda.is_due(desk.board, invite, desk.server_now())
    if is_to_come and invite.deliveries:
        return _("They are sent word that you don't talk then. The link stops working, and no reminder goes out.")
    return _("The link stops working, and whoever opens it is told that the invite is over.")


async def _revoke(app: App[None], desk: Desk, invite_id: str) -> None:
    try:
        await desk.feed.revoke(invite_id)
    except Trouble as trouble:
        app.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)
    else:
        app.notify(_("Taken back."), markup=False)

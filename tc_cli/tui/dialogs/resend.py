"""Sending an invite's message once more: by which channel, where there are several."""

from typing import ClassVar, cast

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tc_cli.output import words
from tc_cli.tui import cells, forms
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.words import _
from tc_server.wire.bodies import Invite, Via


class Resend(ModalScreen[str | None]):
    """Dismisses with the chosen channel's name, None if left."""

    CSS_PATH = "resend.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", _("Back"), id="resend.back")]

    def __init__(self, name: str, ways: list[tuple[str, str]]) -> None:
        super().__init__()
        self._name = name
        self._ways = ways

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(_("Send {name} the link again").format(name=self._name))
            frame.border_subtitle = _("enter sends · esc leaves")
            yield OptionList(*(Option(label, way) for label, way in self._ways), compact=True)

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Give the channel."""
        self.dismiss(event.option_id)


def send_again(app: App[None], desk: Desk, invite: Invite) -> None:
    """Send an invite's message again; ask first which way, where there are several."""

    def chosen(way: str | None) -> None:
        if way is not None:
            app.run_worker(_send(app, desk, invite.invite_id, cast("Via", way)))

    ways = forms.ways(invite.phone, invite.email)
    if not ways:
        told = _("There is no number and no address. Hand over the link, or invite anew.")
        app.notify(told, title=_("Nothing to send it to"), severity="warning", markup=False)
    elif len(ways) == 1:
        chosen(ways[0][1])
    else:
        name = cells.cut(words.plain(invite.name), 30)
        app.push_screen(Resend(name, [(_("as fits best"), "auto"), *ways]), chosen)


async def _send(app: App[None], desk: Desk, invite_id: str, way: Via) -> None:
    try:
        await desk.feed.resend(invite_id, way)
    except Trouble as trouble:
        app.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)
    else:
        app.notify(_("Sent again."), markup=False)

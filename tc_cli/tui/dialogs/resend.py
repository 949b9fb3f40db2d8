"""Sending an invite's message once more: by which channel, where there are several; and what else may help."""

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
from tc_cli.tui import cells, delivery_words, forms
from tc_cli.tui.board import not_delivered
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.words import _
from tc_server.wire.bodies import Invite, Via

COPY, ANEW = "copy", "anew"


class Resend(ModalScreen[str | None]):
    """Dismisses with the chosen channel's name, COPY or ANEW; None if left."""

    CSS_PATH = "resend.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", _("Back"), id="resend.back")]

    def __init__(self, name: str, ways: list[tuple[str, str]]) -> None:
        super().__init__()
        self._name = name
        self._ways = ways

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(_("Send {name} the link again").format(name=self._name))
            frame.border_subtitle = _("enter chooses · esc leaves")
            yield OptionList(*(Option(label, way) for label, way in self._ways), compact=True)

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Give the channel."""
        self.dismiss(event.option_id)


def send_again(app: App[None], desk: Desk, invite: Invite) -> None:
    """Send an invite's message again; ask first which way, where there are several."""

    def chosen(way: str | None) -> None:
        if way == COPY:
            app.copy_to_clipboard(invite.url)
            app.notify(_("Copied, if your terminal lets programs use the clipboard."))
        elif way == ANEW:
            _invite_anew(app, desk, invite)
        elif way is not None:
            app.run_worker(_send(app, desk, invite.invite_id, cast("Via", way)))

    failed = not_delivered(invite)
    ways = _ways(invite)
    if not ways:
        told = _("There is no number and no address. Hand over the link, or invite anew.")
        app.notify(told, title=_("Nothing to send it to"), severity="warning", markup=False)
    elif len(ways) == 1 and not failed:
        chosen(ways[0][1])
    else:
        name = cells.cut(words.plain(invite.name), 30)
        best = [(_("as fits best"), "auto")] if len(ways) > 1 and not failed else []
        app.push_screen(Resend(name, [*best, *ways, *(_else(invite) if failed else [])]), chosen)


def _ways(invite: Invite) -> list[tuple[str, str]]:
    """Return the ways to somebody, those that have failed last and with why."""
    fates = {one.channel: one for one in invite.deliveries if one.state == "failed" and one.reason != "withdrawn"}
    ways = forms.ways(invite.phone, invite.email)
    fine = [(label, way) for label, way in ways if way not in fates]
    return fine + [(f"{label}   {delivery_words.briefly(fates[way]).text}", way) for label, way in ways if way in fates]


def _else(invite: Invite) -> list[tuple[str, str]]:
    """Return what else may help: whoever was added to a session can't be invited anew into it from here."""
    copy = [(_("copy the link, to hand it over"), COPY)]
    alone = (invite.kind, invite.role) in {("remote", "service-user"), ("in-person", "colleague")}
    return [*copy, (_("to another number or address…"), ANEW)] if alone else copy


def _invite_anew(app: App[None], desk: Desk, invite: Invite) -> None:
    """Open the form of an invite with what is known of somebody; the invite that failed can be taken back then."""
    from tc_cli.tui.dialogs.new_invite import NewInvite

    begun = desk.forms.get(None)
    if begun is not None and begun.name.strip():
        app.push_screen(NewInvite(desk))
        app.notify(_("You had begun this one: send it or clear it first."), severity="warning")
        return
    desk.forms[None] = forms.Typed(
        kind=invite.kind,
        name=invite.name,
        phone=invite.phone or "",
        email=invite.email or "",
        note=invite.note or "",
        language=invite.language,
    )
    app.push_screen(NewInvite(desk))
    app.notify(_("Once it is sent, take the old invite back with x."))


async def _send(app: App[None], desk: Desk, invite_id: str, way: Via) -> None:
    try:
        await desk.feed.resend(invite_id, way)
    except Trouble as trouble:
        app.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)
    else:
        app.notify(_("It goes out again."), markup=False)

"""Where a time to come is written, with the person's time zone beside it, and below how it is understood."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tc_cli.tui import dates
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.forms import Plan
from tc_cli.tui.words import _


class ZoneNames(Suggester):
    """Completes time zones and their cities; the right arrow takes what is offered."""

    async def get_suggestion(self, value: str) -> str | None:
        from tc_cli.tui.feed import times

        return times.completed(value)


class TimeField(Vertical):
    """Two inputs, `#at` and `#zone`, whose changes are heard above too."""

    DEFAULT_CSS = """
    TimeField {
        height: auto;
        .row { height: 1; }
        .label { width: 11; color: $text-muted; }
        #of-zone { width: auto; padding: 0 1 0 2; color: $text-muted; }
        Input { background: $surface; padding: 0 1; }
        Input:focus { background: $panel; }
        #at { width: 3fr; }
        #zone { width: 2fr; }
        .said { display: none; height: auto; padding-left: 12; color: $success; }
        .said.-wrong { color: $error; }
    }
    """

    def __init__(self, desk: Desk, placeholder: str, at: str = "", zone: str = "", *, no_zone: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._placeholder = placeholder
        self._no_zone = no_zone or _("as their number")
        self._begun = (at, zone)
        self._zone = ""

    def compose(self) -> ComposeResult:
        at, zone = self._begun
        with Horizontal(classes="row"):
            yield Static(_("When"), classes="label", markup=False)
            yield Input(at, placeholder=self._placeholder, id="at", compact=True, select_on_focus=False)
            yield Static(_("their zone"), id="of-zone", markup=False)
            yield Input(
                zone,
                placeholder=self._no_zone,
                id="zone",
                compact=True,
                select_on_focus=False,
                suggester=ZoneNames(case_sensitive=False),
            )
        yield Static(id="at-said", classes="said", markup=False)

    def on_mount(self) -> None:
        self.redraw()

    def zone_is(self, zone: str) -> None:
        """Take the zone that holds where none is written."""
        if zone != self._zone:
            self._zone = zone
            self.redraw()

    def plan(self) -> Plan | None:
        """Return what is written, None where nothing is. Raises Trouble."""
        from tc_cli.tui.feed import times

        return times.read(self._at.value, self.query_one("#zone", Input).value, self._desk.server_now())

    @on(Input.Changed)
    def redraw(self) -> None:
        """Say how it is understood, or what is wrong with it."""
        try:
            plan = self.plan()
            told = dates.understood(plan.at, plan.timezone or self._zone, self._desk.server_now()) if plan else ""
            wrong = False
        except Trouble as trouble:
            told, wrong = trouble.what, True
        said = self.query_one("#at-said", Static)
        said.update(dates.sentence(told))
        said.display = bool(told)
        said.set_class(wrong, "-wrong")

    @property
    def _at(self) -> Input:
        return self.query_one("#at", Input)

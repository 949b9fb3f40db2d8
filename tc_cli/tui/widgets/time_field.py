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

INVALID_ZONE = "invalid_timezone"
# With less room than this the zone stands below the time.
ROOM = 60


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
        .times { height: 1; }
        .label { width: 11; color: $text-muted; }
        #of-zone { width: auto; padding: 0 1 0 2; color: $text-muted; }
        .times > Input { background: $surface; padding: 0 1; }
        .times > Input:focus { background: $panel; }
        #at { width: 3fr; min-width: 22; }
        #zone { width: 2fr; }
        &.-tight .times { layout: grid; grid-size: 2 2; grid-columns: 11 1fr; grid-rows: 1; height: 2; }
        &.-tight #of-zone { width: 11; padding: 0; }
        &.-tight Input { width: 1fr; }
        .said { display: none; height: auto; padding-left: 12; color: $success; }
        .said.-doubtful { color: $warning; }
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
        self._zones: tuple[str, ...] = ()
        self._refused = ""

    def compose(self) -> ComposeResult:
        at, zone = self._begun
        with Horizontal(classes="times"):
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

    def on_resize(self) -> None:
        self.set_class(self.size.width < ROOM, "-tight")
        if self.has_focus_within:
            self._have_in_sight()

    def on_descendant_focus(self) -> None:
        self._have_in_sight()

    def zone_is(self, zone: str, zones: tuple[str, ...] = ()) -> None:
        """Take the zone that holds where none is written, and all that it may be instead."""
        if (zone, zones) != (self._zone, self._zones):
            self._zone, self._zones = zone, zones
            self.refuses(None)

    def refuses(self, trouble: Trouble | None) -> bool:
        """Show what the server has against the zone, until something else is written; tell whether it is that."""
        about_zone = trouble is not None and trouble.code == INVALID_ZONE
        self._refused = f"{trouble.what}. {trouble.remedy}".strip() if trouble and about_zone else ""
        self._say()
        return about_zone

    def plan(self) -> Plan | None:
        """Return what is written, None where nothing is. Raises Trouble."""
        from tc_cli.tui.feed import times

        return times.read(self._at.value, self.query_one("#zone", Input).value, self._desk.server_now())

    @on(Input.Changed)
    def redraw(self) -> None:
        """Say how what is written now is understood, or what is wrong with it."""
        self.refuses(None)

    def _say(self) -> None:
        doubtful = False
        try:
            plan = self.plan()
            doubtful = plan is not None and plan.timezone is None and dates.differ(plan.at, self._zones)
            told = self._understood(plan, doubtful) if plan else ""
            wrong = bool(plan and self._refused)
        except Trouble as trouble:
            told, wrong = trouble.what, True
        said = self.query_one("#at-said", Static)
        said.update(dates.sentence(self._refused if wrong and self._refused else told))
        said.display = bool(told)
        said.set_class(doubtful and not wrong, "-doubtful")
        said.set_class(wrong, "-wrong")
        if self.has_focus_within:
            self._have_in_sight()

    def _understood(self, plan: Plan, doubtful: bool) -> str:
        zone = None if doubtful else plan.timezone or self._zone
        return dates.understood(plan.at, zone, self._desk.server_now())

    def _have_in_sight(self) -> None:
        """Show how it is understood too, where the form is longer than its place."""
        self.call_after_refresh(self.scroll_visible, animate=False)

    @property
    def _at(self) -> Input:
        return self.query_one("#at", Input)

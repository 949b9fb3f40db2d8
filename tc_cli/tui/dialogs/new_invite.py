"""Inviting somebody: who and how, with the exact text beside it in their language before it is sent."""

from collections.abc import Iterable
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Button, Input, OptionList, Select, Static

from tc_cli.output import words
from tc_cli.tui import cells, contacts
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.forms import Plan, Typed, ways
from tc_cli.tui.threads import in_thread
from tc_cli.tui.widgets.preview import Preview
from tc_cli.tui.widgets.time_field import TimeField
from tc_cli.tui.words import _
from tc_cli.tui.words import language as own_language
from tc_server.wire import bodies as b

PREVIEW_AFTER = 0.4
ADDED = ("colleague", "relative", "interpreter")


class NewInvite(ModalScreen[None]):
    """Makes an invite, or (`session_id`) adds a person to a session. What is typed is kept until it is sent."""

    CSS_PATH = "new_invite.tcss"
    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,ctrl+enter,f9", "send", _("Send"), id="invite.send", key_display="ctrl+j", priority=True),
        Binding("escape", "leave", _("Back"), id="invite.back"),
        Binding("ctrl+l", "clear", _("Clear"), id="invite.clear", priority=True),
        # Before the field itself sees them: on a busy machine the letters that follow would still go into the old one.
        Binding("tab", "after", show=False, id="invite.after", priority=True),
        Binding("shift+tab", "before", show=False, id="invite.before", priority=True),
        Binding("down,enter", "next_field", show=False, id="invite.next", priority=True),
        Binding("up", "previous_field", show=False, id="invite.previous", priority=True),
        Binding("pagedown", "read_on(1)", _("Read on"), show=False, id="invite.on", priority=True),
        Binding("pageup", "read_on(-1)", _("Read back"), show=False, id="invite.up", priority=True),
        Binding("left,right", "other_kind", show=False, id="invite.kind", priority=True),
    ]

    def __init__(self, desk: Desk, session_id: str | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.session_id = session_id
        self._typed = desk.forms.setdefault(session_id, Typed(language=own_language()))
        self._unreviewed: set[str] = set()
        self._faults: dict[str, str] = {}
        self._soon: Timer | None = None
        self._sending = False

    # --- what it is made of --------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        typed = self._typed
        with Vertical(id="frame") as frame:
            frame.border_title = _("Add somebody") if self.session_id else _("New invite")
            frame.border_subtitle = _("ctrl+j sends · ctrl+l clears · esc leaves, what you typed is kept")
            with Horizontal(id="kinds"):
                for kind, label in self._kinds():
                    yield Button(label, id=kind, compact=True)
            yield Static(id="meant", markup=False)
            with Horizontal(id="both"):
                with VerticalScroll(id="form", can_focus=False):
                    yield from self._field("name", _("Name"), typed.name)
                    yield from self._field("phone", _("Phone"), typed.phone, "+41 79 123 45 67")
                    yield from self._field("email", _("Email"), typed.email)
                    yield from self._choice("language", _("Language"))
                    yield Static(id="language-said", classes="said", markup=False)
                    yield from self._choice("via", _("Send by"))
                    if self.session_id is None:
                        yield from self._field("note", _("Note"), typed.note, _("for you alone, never sent"))
                        yield TimeField(self.desk, _("now; tomorrow 14:30"), typed.at, typed.zone)
                yield Preview()
            with Horizontal(id="end"):
                yield Static(id="missing", markup=False)
                yield Button(_("Send"), id="send", variant="primary", compact=True)

    def _kinds(self) -> list[tuple[str, str]]:
        if self.session_id is not None:
            return [(role, cells.role(role).capitalize()) for role in ADDED]
        return [("remote", _("Remote service user")), ("in-person", _("Service user in person"))]

    def _field(self, name: str, label: str, value: str, placeholder: str = "") -> ComposeResult:
        with Horizontal(classes="row"):
            yield Static(label, classes="label", markup=False)
            yield Input(value, placeholder=placeholder, id=name, compact=True, select_on_focus=False)
        yield Static(id=f"{name}-said", classes="said", markup=False)

    def _choice(self, name: str, label: str) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Static(label, classes="label", markup=False)
            yield Select[str]([("…", "")], id=name, allow_blank=False, compact=True)

    def on_mount(self) -> None:
        if self._typed.kind not in dict(self._kinds()):
            self._typed.kind = self._kinds()[0][0]
        self._show_kind()
        self._show_ways()
        self._show_languages([_unknown(code) for code in words.LANGUAGES])
        self._fetch_languages()
        for name in ("phone", "email"):
            self._check(name)
        self._preview_soon()

    # --- what is typed -------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#kinds Button")
    def choose_kind(self, event: Button.Pressed) -> None:
        """Take whom it is for."""
        self._typed.kind = event.button.id or ""
        self._show_kind()
        self._preview_soon()

    @on(Input.Changed)
    def take_text(self, event: Input.Changed) -> None:
        """Keep what is typed, and check it."""
        setattr(self._typed, event.input.id or "", event.value)
        if event.input.id in {"phone", "email"}:
            self._check(event.input.id)
        self._show_ways()
        self._say_missing("")
        self._preview_soon()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave keys to a list or a button that has the focus."""
        match action:
            case "next_field" | "previous_field":
                return isinstance(self.focused, Input)
            case "other_kind":
                return isinstance(self.focused, Button) and self.focused.id in dict(self._kinds())
            case "read_on":
                return not isinstance(self.focused, OptionList)
        return True

    def action_after(self) -> None:
        self.focus_next()

    def action_before(self) -> None:
        self.focus_previous()

    def action_next_field(self) -> None:
        self.focus_next()

    def action_previous_field(self) -> None:
        self.focus_previous()

    def action_other_kind(self) -> None:
        """Take the other of the two, as an arrow does among choices."""
        kinds = list(dict(self._kinds()))
        chosen = kinds[(kinds.index(self._typed.kind) + 1) % len(kinds)]
        self.query_one(f"#{chosen}", Button).press().focus()

    def action_read_on(self, pages: int) -> None:
        """Go on in the text that would be sent, or back."""
        self.query_one(Preview).read_on(pages)

    def action_clear(self) -> None:
        """Empty the form."""
        self._typed = self.desk.forms[self.session_id] = Typed(kind=self._typed.kind, language=self._typed.language)
        for one in self.query(Input):
            one.value = ""
        self.query_one("#name").focus()

    @on(Select.Changed)
    def take_choice(self, event: Select.Changed) -> None:
        """Keep what is chosen."""
        if event.value:
            setattr(self._typed, event.select.id or "", str(event.value))
            self._say_unreviewed()
            self._preview_soon()

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Send it, or say what is missing."""
        missing = self._missing()
        if missing:
            self._say_missing(missing)
        elif not self._sending:
            self._sending = True
            self._send()

    def action_leave(self) -> None:
        self.dismiss()

    @work(group="send")
    async def _send(self) -> None:
        try:
            if self.session_id is None:
                invite = await self.desk.feed.invite(self._request())
            else:
                invite = await self.desk.feed.add_person(self.session_id, self._person())
        except Trouble as trouble:
            self._sending = False
            if self._is_about_zone(trouble):
                self._say_missing("")
                self.query_one("#zone").focus()
                return
            kept = _("What you typed is kept.") if trouble.code == "unreachable" else ""
            self._say_missing(f"{trouble.what}. {trouble.remedy} {kept}".strip())
            return
        self.desk.forms[self.session_id] = Typed(language=own_language())
        from tc_cli.tui.dialogs.link import LinkDialog

        app = self.app
        self.dismiss()
        app.push_screen(LinkDialog(self.desk, invite.invite_id))

    def _missing(self) -> str:
        if not self._typed.name.strip():
            self.query_one("#name").focus()
            return _("A name is missing; they see it, so a first name will do.")
        for name in ("phone", "email"):
            if fault := self._faults.get(name):
                self.query_one(f"#{name}").focus()
                return fault
        try:
            self._plan()
        except Trouble as trouble:
            self.query_one("#at").focus()
            return trouble.what
        return ""

    def _plan(self) -> Plan | None:
        """Return when it is for, None for now. Raises Trouble for what can't be read."""
        return self.query_one(TimeField).plan() if self.session_id is None else None

    def _say_missing(self, what: str) -> None:
        self.query_one("#missing", Static).update(what)

    # --- checking ------------------------------------------------------------------------------------------------

    @work(group="check")
    async def _check(self, name: str) -> None:
        text = str(getattr(self._typed, name))
        check = contacts.phone if name == "phone" else contacts.email
        # The world's phone numbers take a moment to read.
        checked = await in_thread(lambda: check(text))
        if not self.is_attached or text != getattr(self._typed, name):
            return
        if name == "phone" and self.session_id is None:
            self.query_one(TimeField).zone_is(checked.zone, checked.zones)
        if (fault := "" if checked.good else checked.said) != self._faults.get(name, ""):
            self._faults[name] = fault
            self._preview_soon()
        said = self.query_one(f"#{name}-said", Static)
        said.update(checked.said)
        said.display = bool(checked.said)
        said.set_class(not checked.good, "-wrong")

    # --- choices -------------------------------------------------------------------------------------------------

    def _show_kind(self) -> None:
        kind = self._typed.kind
        for button in self.query("#kinds Button").results(Button):
            button.set_class(button.id == kind, "-chosen")
        self.query_one("#meant", Static).update(_meant(kind))
        label = _("Colleague") if kind == "in-person" else _("Name")
        self.query(".label").first(Static).update(label)

    def _show_ways(self) -> None:
        typed = self._typed
        choices = [
            (_("as fits best, see below"), "auto"),
            *ways(typed.phone.strip(), typed.email.strip()),
            (_("no message: I hand over the link"), "link"),
        ]
        if typed.via not in {way for _label, way in choices}:
            typed.via = "auto"
        select = cast("Select[str]", self.query_one("#via", Select))
        chosen = typed.via
        with select.prevent(Select.Changed):
            select.set_options(choices)
            select.value = chosen

    @work(group="languages")
    async def _fetch_languages(self) -> None:
        try:
            languages = await self.desk.feed.languages()
        except Trouble:
            return
        self._show_languages(languages)

    def _show_languages(self, languages: Iterable[b.Language]) -> None:
        languages = list(languages)
        self._unreviewed = {language.code for language in languages if not language.reviewed}
        named = [(cells.language_by_name(language.code, language.name), language.code) for language in languages]
        select = cast("Select[str]", self.query_one("#language", Select))
        chosen = self._typed.language
        with select.prevent(Select.Changed):
            select.set_options(named)
            if chosen in {code for _label, code in named}:
                select.value = chosen
        self._say_unreviewed()

    def _say_unreviewed(self) -> None:
        said = self.query_one("#language-said", Static)
        said.display = self._typed.language in self._unreviewed
        said.update(_("unreviewed: no native speaker has read it"))

    # --- the text as it will be read -----------------------------------------------------------------------------

    def _preview_soon(self) -> None:
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(PREVIEW_AFTER, self._preview)

    @work(group="preview", exclusive=True)
    async def _preview(self) -> None:
        try:
            request = self._request(name=self._typed.name.strip() or "…")
        except Trouble:
            request = None
        if request is None or any(self._faults.values()):
            self._preview_waits()
            return
        try:
            previews = await self.desk.feed.preview(request)
        except Trouble as trouble:
            if not self.is_attached:
                return
            if self._is_about_zone(trouble):
                self._preview_waits()
            else:
                self.query_one(Preview).say(f"{trouble.what}\n{trouble.remedy}")
            return
        if self.is_attached:
            self._is_about_zone(None)
            chosen = next((one for one in previews if one.turn == 1), previews[0])
            self.query_one(Preview).show(chosen, next((one.reason for one in previews if one.reason), None))

    def _preview_waits(self) -> None:
        self.query_one(Preview).say(_("The text is shown here once what is marked above is right."))

    def _is_about_zone(self, trouble: Trouble | None) -> bool:
        """Show beside the zone what the server has against it; tell whether it is that."""
        return self.session_id is None and self.query_one(TimeField).refuses(trouble)

    # --- what is asked of the server -----------------------------------------------------------------------------

    def _request(self, name: str = "") -> b.InviteRequest:
        typed, plan = self._typed, self._plan()
        return b.InviteRequest(
            kind="in-person" if typed.kind == "in-person" else "remote",
            name=name or typed.name.strip(),
            phone=typed.phone.strip() or None,
            email=typed.email.strip() or None,
            language=typed.language,
            via=self._way(),
            note=typed.note.strip() or None,
            at=plan.at if plan else None,
            timezone=plan.timezone if plan else None,
        )

    def _way(self) -> b.Via:
        typed = self._typed
        reachable = typed.phone.strip() or typed.email.strip()
        return cast("b.Via", typed.via) if reachable else "link"

    def _person(self) -> b.PersonRequest:
        typed = self._typed
        return b.PersonRequest(
            role=cast("b.AddedRole", typed.kind),
            name=typed.name.strip(),
            phone=typed.phone.strip() or None,
            email=typed.email.strip() or None,
            language=typed.language,
            via=self._way(),
        )


def _meant(kind: str) -> str:
    return {
        "remote": _("Somebody elsewhere gets a link, and waits until you start."),
        "in-person": _("The service user sits beside you; the link goes to a colleague who is to advise."),
        "colleague": _("Somebody of your own profession gets a link into this session."),
        "relative": _("Somebody close to the service user gets a link into this session."),
        "interpreter": _("Somebody who interprets gets a link into this session."),
    }.get(kind, "")


def _unknown(code: str) -> b.Language:
    return b.Language(code=code, name=words.LANGUAGES[code], dir="rtl" if code in words.RTL else "ltr", reviewed=True)

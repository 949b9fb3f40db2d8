"""“With you in N minutes”: four usual numbers, or a typed one. The words are the server's, in the person's language."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.validation import Integer
from textual.widgets import Button, Input, Label, Static

from tc_cli.tui import cells
from tc_cli.tui.words import _

USUAL = (5, 10, 15, 30)
LONGEST = 600


class TellDialog(ModalScreen[int | None]):
    """Dismisses with the minutes; None if left. `language` is who waits' own, if it is known."""

    CSS_PATH = "tell.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", _("Back"), id="tell.back"),
        Binding("up", "app.focus_previous", show=False, id="tell.previous"),
        Binding("down", "app.focus_next", show=False, id="tell.next"),
    ]

    def __init__(self, language: str | None = None) -> None:
        super().__init__()
        self._language = language

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = _("With you in …")
            frame.border_subtitle = _("Enter sends  ·  esc leaves")
            with Horizontal(id="typed"):
                yield Input(
                    type="integer",
                    max_length=3,
                    compact=True,
                    validators=[Integer(1, LONGEST)],
                    validate_on=["submitted"],
                )
                yield Label(_("minutes"))
            with Horizontal(id="usual"):
                for minutes in USUAL:
                    yield Button(str(minutes), name=str(minutes), compact=True)
            yield Static(self._told(), id="told", markup=False)

    @on(Button.Pressed)
    def take_usual(self, event: Button.Pressed) -> None:
        """Take one of the usual numbers."""
        self.dismiss(int(event.button.name or ""))

    @on(Input.Submitted)
    def take_typed(self, event: Input.Submitted) -> None:
        """Take the number typed, if it is one."""
        if event.validation_result is not None and event.validation_result.is_valid:
            self.dismiss(int(event.value))
            return
        told = self.query_one("#told", Static)
        told.add_class("-wrong")
        told.update(_("A number from 1 to {most}").format(most=LONGEST))

    def _told(self) -> str:
        if self._language is None:
            return _("They read it in their own language.")
        return _("They read it in their language: {name}").format(name=cells.language(self._language)[0])

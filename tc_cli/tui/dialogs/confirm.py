"""A question before something that can't be undone; No is where the cursor stands."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tc_cli.tui.words import _


class Confirm(ModalScreen[bool]):
    """Dismisses with True only if the button or `y` says so: Enter and Escape alone change nothing."""

    CSS_PATH = "confirm.tcss"
    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", _("Yes"), id="confirm.yes"),
        Binding("escape,n", "no", _("No"), id="confirm.no"),
        Binding("left,right,up,down", "app.focus_next", show=False, id="confirm.other"),
    ]

    def __init__(self, question: str, what_happens: str, yes_label: str) -> None:
        super().__init__()
        self._question = question
        self._what_happens = what_happens
        self._yes_label = yes_label

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(self._question)
            frame.border_subtitle = _("y does it · n or esc leaves it as it is")
            yield Static(self._what_happens, markup=False)
            with Horizontal():
                yield Button(Content(self._yes_label), variant="error", id="yes", compact=True)
                yield Button(_("No"), id="no", compact=True)

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Answer with the button."""
        self.dismiss(event.button.id == "yes")

"""What every key does where one is: made from the bindings themselves, so it can't be wrong."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tc_cli.tui.words import _


class Help(ModalScreen[None]):
    """Lists the keys of the screen below, then those that work everywhere."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", _("Back"), key_display="esc"),
    ]

    def __init__(self, bindings: Sequence[ActiveBinding]) -> None:
        super().__init__()
        self._bindings_below = [active for active in bindings if active.binding.id and not active.binding.system]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="frame") as frame:
            frame.border_title = _("Keys")
            frame.border_subtitle = _("esc leaves")
            here = [active for active in self._bindings_below if active.node is not self.app]
            yield from self._group(_("On this screen"), here)
            yield from self._group(_("Everywhere"), [one for one in self._bindings_below if one.node is self.app])
            yield Static(_("ctrl+p finds everything by its name, every session too."), classes="hint", markup=False)

    def _group(self, title: str, bindings: Sequence[ActiveBinding]) -> ComposeResult:
        yield Static(title, classes="head", markup=False)
        lines: dict[str, list[ActiveBinding]] = {}
        for active in bindings:
            lines.setdefault(active.binding.action, []).append(active)
        for same in lines.values():
            with Horizontal(classes="line"):
                yield Static(self._keys(same), classes="keys")
                yield Static(_about(same[0]), classes="about")

    def _keys(self, same: Sequence[ActiveBinding]) -> Content:
        keys = " ".join(dict.fromkeys(self.app.get_key_display(one.binding) for one in same))
        return Content.styled(keys, "bold $primary" if same[0].enabled else "$text-muted")


def _about(active: ActiveBinding) -> Content:
    more = f"  {active.tooltip}" if active.tooltip else ""
    return Content.assemble((active.binding.description, "bold"), (more, "$foreground 65%"))

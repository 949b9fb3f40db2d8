"""The line of keys at the bottom: as many as there is room for. Help, which lists all of them, and Quit always stay."""

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from tc_cli.tui.text.wrap import cells

STAYING = frozenset({"help", "quit"})
# A space before the key, one after it, one after its words.
AROUND = 3


class Keys(Footer):
    """Leaves out what stands last where the terminal is too narrow for all of it."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._room = 0

    def compose(self) -> ComposeResult:
        keys = [widget for widget in super().compose() if isinstance(widget, FooterKey)]
        self._room = self.app.size.width
        room = self._room - sum(_width(key) for key in keys if key.action in STAYING)
        for key in keys:
            if key.action not in STAYING:
                room -= _width(key)
            if room >= 0 or key.action in STAYING:
                yield key

    def on_resize(self) -> None:
        if self.app.size.width != self._room:
            self.call_after_refresh(self.recompose)


def _width(key: FooterKey) -> int:
    return cells(key.key_display) + cells(key.description) + AROUND

"""The line over a chat that tells of its call; as long as there was none it takes no room."""

from textual.content import Content
from textual.widgets import Static

from tc_cli.tui.call_words import Said


class CallLine(Static):
    """Says how the call stands; `redraw` paints only if it reads differently."""

    DEFAULT_CSS = """
    CallLine { height: 1; padding: 0 2; display: none; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: Said | None = None

    def redraw(self, said: Said | None) -> None:
        """Show it as it is now."""
        if said == self._said:
            return
        self._said = said
        # Once there it stays: were it to go with the call, everything below would be painted anew.
        self.display = True
        self.update(Content.styled(f"☎ {said.text}", f"${said.colour}") if said else "", layout=False)

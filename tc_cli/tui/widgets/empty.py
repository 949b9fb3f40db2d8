"""What a list says while there is nothing in it: the state of things, and what to do."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static


class Empty(Vertical):
    """Stands under the heads of the columns while the list is empty."""

    DEFAULT_CSS = """
    Empty { display: none; height: 1fr; align: center middle; }
    Empty Static { width: 100%; text-align: center; }
    Empty #what { text-style: bold; }
    Empty #remedy { color: $text-muted; }
    """

    def __init__(self, tell: Callable[[], tuple[str, str]]) -> None:
        super().__init__()
        self._tell = tell

    def compose(self) -> ComposeResult:
        yield Static(id="what", markup=False)
        yield Static(id="remedy", markup=False)

    def show_if(self, empty: bool) -> None:
        """Say it as it is now, if there is nothing to see."""
        self.display = empty
        if not empty:
            return
        what, remedy = self._tell()
        self.query_one("#what", Static).update(what)
        self.query_one("#remedy", Static).update(remedy)

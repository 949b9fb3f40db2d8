"""Looking for words in a chat: one line to write them in, and how many entries hold them."""

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tc_cli.tui.words import _


class SearchLine(Horizontal):
    """Hidden until it is opened; Escape gives the search up."""

    DEFAULT_CSS = """
    SearchLine {
        display: none;
        height: 1;
        padding: 0 2;
        background: $surface;
        &.-open { display: block; }
        & > Input { width: 1fr; background: $surface; }
        & > Static { width: auto; color: $text-muted; }
    }
    """

    @dataclass
    class Wanted(Message):
        """These words are looked for."""

        words: str

    class GivenUp(Message):
        """Nothing is looked for any more."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder=_("Search this chat"), compact=True)
        yield Static(markup=False)

    def open(self) -> None:
        """Show it, and write there."""
        self.add_class("-open")
        self.query_one(Input).focus()

    def say(self, found: str) -> None:
        """Say what was found."""
        self.query_one(Static).update(found)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Wanted(event.value))

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.remove_class("-open")
            self.query_one(Input).value = ""
            self.say("")
            self.post_message(self.GivenUp())

"""What is about to be said: the pad, and above it the line as read, emoji by name, files to go, why it cannot go."""

from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from tc_cli.output import words
from tc_cli.tui.text import bidi
from tc_cli.tui.text.bidi import Bidi
from tc_cli.tui.widgets.pad import Pad
from tc_cli.tui.words import _

LONGEST = 20_000
PREVIEWED = 3


class Composer(Vertical):
    """Keeps what is typed until it is sent; `text` may be set, to a draft or a phrase."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        /* Around the pad and not its own: else each key would paint it too. */
        & > #frame { height: auto; border: round $foreground 25%; }
        & > #frame:focus-within { border: round $border; }
        & > Static { height: auto; display: none; padding: 0 2; }
        & > Static.-shown { display: block; }
        & > #as-read { color: $secondary; max-height: 3; }
        & > #emoji { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #refusal { color: $error; }
        & > #files { color: $warning; }
    }
    """

    @dataclass
    class Sent(Message):
        """This is to be said."""

        text: str

    @dataclass
    class Changed(Message):
        """This stands in the pad now."""

        text: str

    @dataclass
    class Dropped(Message):
        """These files were dropped on the pad, and Enter said that they are to be sent."""

        paths: list[Path]

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id)
        self._placeholder = placeholder or _("Write a message: enter sends, ctrl+j breaks the line")
        self._order = bidi.who_orders()
        self._files: list[Path] = []

    def compose(self) -> ComposeResult:
        yield Static(id="refusal")
        yield Static(id="as-read")
        yield Static(id="emoji")
        yield Static(id="files")
        with Vertical(id="frame"):
            yield Pad(self._placeholder)

    @property
    def pad(self) -> Pad:
        return self.query_one(Pad)

    @property
    def text(self) -> str:
        return self.pad.text

    @text.setter
    def text(self, text: str) -> None:
        self.pad.load_text(text)
        self.pad.move_cursor(self.pad.document.end)

    def insert(self, text: str) -> None:
        """Put text where the cursor is, apart from what stands before it, and go on typing there."""
        row, column = self.pad.cursor_location
        before = self.pad.document.get_line(row)[:column]
        self.pad.insert(f" {text}" if before and not before[-1].isspace() else text)
        self.pad.focus()

    def focus_pad(self) -> None:
        self.pad.focus()

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.pad.look_for_emoji()
        self._say("#refusal", "")
        self._say("#as-read", self._as_read())
        self.post_message(self.Changed(self.text))

    @on(Pad.Submitted)
    def _submitted(self, event: Pad.Submitted) -> None:
        event.stop()
        if self._files:
            self.post_message(self.Dropped(self._files))
            self._hold([])
        text = self.text.strip()
        if not text:
            return
        if len(text) > LONGEST:
            self._say(
                "#refusal",
                _("{n:,} characters; a message holds {most:,}. Shorten it, or send it in parts.").format(
                    n=len(text), most=LONGEST
                ),
            )
            return
        self.text = ""
        self.post_message(self.Sent(text))

    @on(Pad.Dropped)
    def _dropped(self, event: Pad.Dropped) -> None:
        """Ask first: the path may have been pasted to be read, and what is sent can't be fetched back."""
        event.stop()
        self._hold([*self._files, *event.paths])

    @on(Pad.Left)
    def _left(self, event: Pad.Left) -> None:
        if self._files:
            event.stop()
            self._hold([])

    def _hold(self, files: list[Path]) -> None:
        self._files = files
        names = ", ".join(words.plain(path.name) for path in files)
        self._say("#files", _("Enter sends {names} · Escape does not").format(names=names) if files else "")

    @on(Pad.Offered)
    def _offered(self, event: Pad.Offered) -> None:
        event.stop()
        names = "   ".join(f"{picture} {name}" for name, picture in event.emoji)
        self._say("#emoji", _("Tab: {names}").format(names=names) if names else "")

    def _as_read(self) -> str:
        """Return the lines as they are read, if the pad itself can't show them so."""
        text = self.text
        if self._order is Bidi.TERMINAL or not bidi.has_rtl(text):
            return ""
        width = max(10, self.size.width - 4)
        lines = [line for line in bidi.lines(text, width) if line.text][-PREVIEWED:]
        return "\n".join(bidi.aligned(line.text, width, self._order) for line in lines)

    def _say(self, where: str, what: str) -> None:
        place = self.query_one(where, Static)
        place.set_class(bool(what), "-shown")
        if what:
            place.update(Content(what))

"""Where one types: a text area that grows, sends on Enter, and knows every terminal's key for a new line."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, cast

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.binding import Binding, BindingType
from textual.keys import Keys
from textual.message import Message
from textual.widgets import TextArea

from tc_cli.tui.text import emoji
from tc_cli.tui.text.dropped import dropped
from tc_cli.tui.words import _

# As the Kitty protocol, xterm's modifyOtherKeys and plain terminals call it.
NEW_LINE = frozenset({"shift+enter", "alt+enter", "ctrl+enter", "ctrl+j", "shift+\r", "alt+\r", "ctrl+\r"})
# A terminal without either protocol sends Alt+Enter as escape and return, which Textual reads as Enter alone: half a
# message would be sent.
cast(dict[str, tuple[Keys, ...]], ANSI_SEQUENCES_KEYS).setdefault("\x1b\r", (Keys.ControlJ,))


class Pad(TextArea):
    """Posts what is done to it; what follows from that is the composer's."""

    DEFAULT_CSS = """
    Pad {
        height: auto;
        max-height: 5;
        border: none;
        background: $background;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: transparent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", _("Send"), id="pad.send", show=False, tooltip=_("Send what is written")),
        Binding("ctrl+j", "new_line", _("New line"), id="pad.line", show=False, tooltip=_("Shift, Alt or Ctrl+J")),
        Binding("escape", "leave", _("Chat"), id="pad.leave", tooltip=_("Leave the message for the chat above")),
        Binding("pageup", "screen.page(-1)", show=False),
        Binding("pagedown", "screen.page(1)", show=False),
        # A text area has these two select text; here they do what they do on the whole screen.
        Binding("f6", "screen.add", _("Add"), id="pad.add", show=False, tooltip=_("Invite one more person")),
        Binding("f7", "app.silence", show=False, id="pad.silence", tooltip=_("Stop ringing for those who wait now")),
    ]

    class Submitted(Message):
        """Enter was pressed."""

    @dataclass
    class Dropped(Message):
        """Files were dropped."""

        paths: list[Path]

    @dataclass
    class Offered(Message):
        """A name of an emoji was begun; the first fitting one is taken by Tab. Empty: nothing is offered."""

        emoji: list[tuple[str, str]]

    class Left(Message):
        """Escape was pressed: who wants to go leaves the pad, unless the composer has something to give up first."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, highlight_cursor_line=False)
        # Twice a second for hours would be the most expensive part of a quiet screen over ssh.
        self.cursor_blink = False
        self._offered: list[tuple[str, str]] = []

    async def _on_key(self, event: events.Key) -> None:
        if event.key in NEW_LINE:
            self._take(event)
            self.action_new_line()
        elif event.key == "enter":
            self._take(event)
            self.action_submit()
        elif event.key == "tab" and self._offered:
            self._take(event)
            self._complete(self._offered[0][1])
        elif event.key == "escape":
            self._take(event)
            self.action_leave()
        else:
            await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        if paths := dropped(event.text):
            self.post_message(self.Dropped(paths))
            return
        self.insert(event.text.replace("\r\n", "\n").replace("\r", "\n"))

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Say that a slash is typed here like any letter: Textual doesn't know its character."""
        return key == "slash" or super().check_consume_key(key, character)

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def action_new_line(self) -> None:
        self.insert("\n")

    def look_for_emoji(self) -> None:
        """Put an emoji in place of a name that was just closed; offer some for one that is begun."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        closed = emoji.replaced(before) if before.endswith(":") else before
        if closed != before:
            self.replace(closed, (row, 0), (row, column))
            before = closed
        begun = emoji.begun(before)
        self._offer(emoji.fitting(begun[1]) if begun else [])

    def _complete(self, picture: str) -> None:
        row, column = self.cursor_location
        begun = emoji.begun(self.document.get_line(row)[:column])
        if begun:
            self.replace(picture, (row, column - len(begun[0])), (row, column))
        self._offer([])

    def action_leave(self) -> None:
        """Give up what is offered, else the pad."""
        if self._offered:
            self._offer([])
        else:
            self.post_message(self.Left())

    def _offer(self, offered: list[tuple[str, str]]) -> None:
        if offered != self._offered:
            self._offered = offered
            self.post_message(self.Offered(offered))

    @staticmethod
    def _take(event: events.Key) -> None:
        event.stop()
        event.prevent_default()

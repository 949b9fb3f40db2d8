"""A text as it would go out, and below what it costs; keys read on in it while a field of the form has the focus."""

from collections.abc import Callable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import cells, delivery_words
from tc_cli.tui.text import bidi
from tc_cli.tui.words import _, n_
from tc_server.wire import bodies as b

MUTED = "$foreground 65%"
LEAST = 20


class Preview(VerticalScroll, can_focus=False):
    """The way and the text itself come first, what else is to be known after them. Its border says if there is more."""

    DEFAULT_CSS = """
    Preview {
        border-title-align: right; border-title-color: $foreground;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        #text { width: 1fr; height: auto; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="preview")
        self._draw: Callable[[int], Content] = lambda _width: Content("")
        self._shown = Content("")

    def compose(self) -> ComposeResult:
        yield Static(id="text", markup=False)

    def say(self, what: str) -> None:
        """Say why there is no text."""
        self._show(lambda _width: Content.styled(what, MUTED))

    def show(self, preview: b.Preview, lacking: b.DeliveryReason | None) -> None:
        """Show a text; `lacking` is why it doesn't go by WhatsApp."""
        self._show(lambda width: _drawn(preview, lacking, width))

    def read_on(self, pages: int) -> None:
        """Go on, or back."""
        self.scroll_relative(y=pages * max(1, self.scrollable_content_region.height - 1), animate=False)

    def on_resize(self) -> None:
        self.call_after_refresh(self._redraw)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._mark()

    def _show(self, draw: Callable[[int], Content]) -> None:
        self._draw = draw
        if self._redraw():
            self.scroll_home(animate=False)

    def _redraw(self) -> bool:
        """Draw it for the room that there is; tell whether it reads otherwise than before."""
        text = self.query_one("#text", Static)
        content = self._draw(max(LEAST, text.size.width or 30))
        is_new = content.plain != self._shown.plain
        if is_new:
            self._shown = content
            text.update(content)
        self.call_after_refresh(self._mark)
        return is_new

    def _mark(self) -> None:
        back, on = self.scroll_y > 0, self.scroll_y < self.max_scroll_y
        keys = [*(["▲ " + _("page up")] if back else []), *(["▼ " + _("page down")] if on else [])]
        self.border_title = Content("  ".join(keys))


def _drawn(preview: b.Preview, lacking: b.DeliveryReason | None, width: int) -> Content:
    lines = []
    for line in bidi.lines(words.as_sent(preview.text), width):
        seen = bidi.visual(line.text, line.rtl, cells.ORDER)
        lines.append(" " * (width - cell_len(seen)) + seen if line.rtl else seen)
    head, facts = [_channel(preview.channel), preview.to or ""], []
    if preview.segments is not None:
        head.append(n_("{n} segment", "{n} segments", preview.segments).format(n=preview.segments))
        facts.append(str(preview.encoding))
    facts.append({"free": _("free"), "per-message": _("paid a message")}.get(preview.cost, _("paid a segment")))
    why = _("Not by WhatsApp: {why}.").format(why=delivery_words.REASONS[lacking]) if lacking else ""
    return Content("\n").join(
        [
            Content.styled(" · ".join(filter(None, head)), "bold"),
            *([Content.styled(words.plain(preview.subject), "bold")] if preview.subject else []),
            *map(Content, lines),
            Content(""),
            Content.styled(" · ".join(facts), MUTED),
            *([Content.styled(why, MUTED)] if why else []),
        ]
    )


def _channel(channel: str) -> str:
    return {
        "whatsapp": _("WhatsApp"),
        "sms": _("SMS"),
        "email": _("email"),
    }.get(channel, _("Nothing is sent: you hand over the link"))

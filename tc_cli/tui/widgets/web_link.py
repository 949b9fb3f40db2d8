"""A link to hand on: on a line of its own, to be clicked or marked, with its QR code beside what there is to say."""

import io
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

QR_ROWS = 22
QR_COLUMNS = 74


class WebLink(Vertical):
    """Shows a link; the widgets that it is made with stand beside the code."""

    DEFAULT_CSS = """
    WebLink {
        height: auto;
        /* Who reads a QR code from a terminal needs dark squares on light ground, whatever the theme. */
        #qr { width: auto; height: auto; color: #ffffff; background: #000000; margin-right: 2; }
        #told { width: 1fr; height: auto; max-height: 100%; }
        #url { color: $primary; margin-bottom: 1; }
        Vertical, Horizontal { height: auto; }
    }
    """

    def __init__(self, *beside: Widget) -> None:
        super().__init__()
        self._beside = beside
        self._url = ""

    def compose(self) -> ComposeResult:
        # On a line of its own the whole link can be marked with the mouse, where the clipboard isn't reached.
        yield Static(id="url")
        with Horizontal():
            yield Static(id="qr", markup=False)
            with VerticalScroll(id="told", can_focus=False), Vertical():
                yield from self._beside

    def redraw(self, url: str) -> None:
        """Show a link, or an empty one: nothing."""
        if url == self._url:
            return
        self._url = url
        self.query_one("#url", Static).update(Content.styled(url, Style(link=url)) if url else "")
        self.query_one("#qr", Static).update(qr_code(url) if url else "")
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    @property
    def has_room(self) -> bool:
        """Tell whether the terminal is large enough for a QR code."""
        return self.app.size.height >= QR_ROWS and self.app.size.width >= QR_COLUMNS

    def _fit(self) -> None:
        self.query_one("#qr").display = bool(self._url) and self.has_room


def is_local(url: str) -> bool:
    """Tell whether a link opens on this machine alone."""
    where = urlsplit(url).hostname or ""
    return where == "localhost" or where.startswith("127.")


def qr_code(url: str) -> str:
    """Return a link's QR code in half blocks, with its quiet zone; two rows of it stand in one line."""
    import segno

    drawn = io.StringIO()
    segno.make(url, error="l", boost_error=False).terminal(drawn, border=2, compact=True)
    *rows, last = drawn.getvalue().rstrip("\n").split("\n")
    # The number of rows is odd: the quiet zone also takes the half line that is left over.
    return "\n".join([*rows, last.replace("▀", "█")])

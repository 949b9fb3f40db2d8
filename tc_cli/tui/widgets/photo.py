"""One photo, as large as its place allows, drawn in the best way that the terminal has."""

import asyncio
import logging
import os
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from rich.control import Control
from rich.segment import ControlType, Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tc_cli.tui.pictures import NoPicture, Way, opened, preview, way

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual_image.renderable.tgp import Image as KittyImage

# What goes over a network is made small: some 50 kB instead of several hundred.
FAR_LONGEST, FAR_COLOURS = 240, 24
NEAR_COLOURS = 256
AS_IT_IS = ((ControlType.CURSOR_FORWARD, 0),)
DEFAULT_CELL = (10, 20)
# A picture painted while the screen around it still finds its place, or is being resized, goes over the line twice.
SETTLE = 0.1


class Photo(Widget):
    """Draws `content` in a thread whenever its size changes; posts Failed if it is no photo."""

    DEFAULT_CSS = """
    Photo { width: 1fr; height: 1fr; }
    """

    class Failed(Message):
        """This can't be shown as a picture."""

    def __init__(self, content: bytes | None = None, *, by: Way | None = None, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.way = way() if by is None else by
        self._content = content
        self._strips: tuple[Strip, ...] = ()
        self._sixels: tuple[str, Size] | None = None
        self._placed: KittyImage | None = None
        self._settling: Timer | None = None

    def show(self, content: bytes | None) -> None:
        """Show another photo, or none."""
        self._content = content
        self._draw_soon()

    def on_mount(self) -> None:
        # Both would lose what tells the terminal which picture goes where.
        if self.app.no_color and self.way in {Way.KITTY, Way.SIXEL}:
            self.way = Way.BLOCKS

    def on_resize(self) -> None:
        self._draw_soon()

    async def on_unmount(self) -> None:
        await self._take_away()

    def render_line(self, y: int) -> Strip:
        top = (self.size.height - len(self._strips)) // 2
        if not 0 <= y - top < len(self._strips):
            return Strip.blank(self.size.width, self.rich_style)
        strip = self._strips[y - top]
        left = (self.size.width - strip.cell_length) // 2
        right = self.size.width - left - strip.cell_length
        style = self.rich_style
        return Strip([Segment(" " * left, style), *strip, Segment(" " * right, style)], self.size.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw; a Sixel picture goes out whole with the last line, for it isn't made of cells."""
        lines = super().render_lines(crop)
        if self._sixels is None or not lines or not self.screen.is_active:
            return lines
        data, cells = self._sixels
        place = self.content_region
        x, y = place.x + (place.width - cells.width) // 2, place.y + (place.height - cells.height) // 2
        picture = [
            Segment(Control.move_to(x, y).segment.text, control=AS_IT_IS),
            Segment(data, control=AS_IT_IS),
            Segment(Control.move_to(place.right, place.bottom - 1).segment.text, control=AS_IT_IS),
        ]
        lines[-1] = Strip([*lines[-1], *picture], lines[-1].cell_length)
        return lines

    def _draw_soon(self) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE, self._draw_now)

    def _draw_now(self) -> None:
        if self.size:
            self.run_worker(self._draw(), exclusive=True, group="photo")

    async def _draw(self) -> None:
        await self._take_away()
        self._strips, self._sixels = (), None
        if self._content is not None and self.way is not Way.OFF:
            try:
                await self._draw_by_way(self._content)
            except NoPicture:
                self.post_message(self.Failed())
        self.refresh()

    async def _draw_by_way(self, content: bytes) -> None:
        size, background = self.size, self.background_colors[1]
        match self.way:
            case Way.KITTY:
                self._placed, self._strips = await asyncio.to_thread(_kitty, content, size)
            case Way.SIXEL:
                self._sixels = await asyncio.to_thread(_sixels, content, size)
            case _:
                colour = not self.app.theme.endswith("grey")
                self._strips = await asyncio.to_thread(
                    preview, content, size.width, size.height, background, colour=colour, small=False
                )

    async def _take_away(self) -> None:
        """Free the terminal's memory of the picture."""
        if self._placed is not None:
            placed, self._placed = self._placed, None
            await asyncio.to_thread(placed.cleanup)


def _kitty(content: bytes, size: Size) -> "tuple[KittyImage, tuple[Strip, ...]]":
    """Send a picture to the terminal, in pieces between what else goes there; return what stands in its place."""
    from rich.console import Console

    _ask_nothing()
    from textual_image.renderable.tgp import Image as KittyImage

    photo, cells = _scaled(content, size)
    image = KittyImage(photo, cells.width, cells.height)
    console = Console(width=cells.width, height=cells.height)
    placeholders = image.__rich_console__(console, console.options)
    lines = [segment for segment in placeholders if isinstance(segment, Segment)]
    return image, tuple(Strip([Segment(line.text.rstrip("\n"), line.style)], cells.width) for line in lines)


def _sixels(content: bytes, size: Size) -> tuple[str, Size]:
    """Return a picture as Sixels, and how many cells it covers."""
    from textual_image._sixel import SixelOptions, image_to_sixels

    photo, cells = _scaled(content, size)
    width, height = _cell()
    photo = photo.resize((cells.width * width, cells.height * height))
    return image_to_sixels(photo, SixelOptions(colors=FAR_COLOURS if _is_far() else NEAR_COLOURS)), cells


def _scaled(content: bytes, size: Size) -> "tuple[Image, Size]":
    """Return a photo with as many pixels as it shall have, and how many cells it covers, its sides in proportion."""
    from PIL.Image import Dither

    width, height = _cell()
    photo = opened(content, size.width * width, size.height * height)
    cells = Size(max(1, round(photo.width / width)), max(1, round(photo.height / height)))
    if _is_far():
        photo.thumbnail((FAR_LONGEST, FAR_LONGEST))
        photo = photo.convert("RGB").quantize(FAR_COLOURS, dither=Dither.NONE)
    return photo, cells


def _is_far() -> bool:
    return "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ


def _cell() -> tuple[int, int]:
    """Return a cell's width and height in pixels, as the kernel knows them."""
    _ask_nothing()
    from textual_image._terminal import get_cell_size

    cell = get_cell_size()
    return (cell.width, cell.height) if cell.width and cell.height else DEFAULT_CELL


@cache
def _ask_nothing() -> None:
    """Keep the library from asking the terminal: it does so on import, and what asks here can't hear the answer."""
    from textual_image import _terminal

    def refuse(*_: object, **__: object) -> NoReturn:
        raise _terminal.TerminalError("the terminal isn't asked")

    _terminal.capture_terminal_response = refuse
    logging.getLogger("textual_image").addHandler(logging.NullHandler())

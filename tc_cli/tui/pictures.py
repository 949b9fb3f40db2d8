"""Photos as a terminal can show them: which way this one can, told from its environment alone, and half blocks.

Nothing asks the terminal: on a slow link its answer would come late and be taken for keys.
"""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_COLUMNS = 32
MOST_ROWS = 10
FORMATS = ("JPEG", "PNG", "WEBP")
UPPER_HALF = "▀"
# WezTerm and Konsole speak Kitty's protocol too, but without the placeholders that keep a picture in its place.
KITTY_TERMS = frozenset({"xterm-kitty", "xterm-ghostty"})
KITTY_PROGRAMS = frozenset({"kitty", "ghostty"})
SIXEL_TERMS = frozenset({"foot", "mlterm", "contour", "yaft"})
SIXEL_PROGRAMS = frozenset({"WezTerm", "iTerm.app", "iTerm2", "mintty"})
SIXEL_MARKS = frozenset({"WEZTERM_PANE", "KONSOLE_VERSION"})
# Colours less apart than this (squared, over both halves) pass as one: each change costs 40 bytes on the line.
ALIKE = 600

Pixel = tuple[int, int, int]
BLACK: Pixel = (0, 0, 0)


class Way(StrEnum):
    """How a terminal draws pictures."""

    KITTY = "kitty"
    SIXEL = "sixel"
    BLOCKS = "blocks"
    OFF = "off"


class NoPicture(Exception):
    """This isn't a photo that can be shown."""


def way(environment: Mapping[str, str] = os.environ, *, terminal: bool | None = None) -> Way:
    """Return the best way this terminal is known to have; `TC_IMAGES` overrules. `terminal`: stdout is one."""
    wanted = environment.get("TC_IMAGES", "").lower()
    if wanted in set(Way):
        return Way(wanted)
    term = environment.get("TERM", "")
    if term == "dumb":
        return Way.OFF
    if terminal is None:
        terminal = sys.__stdout__ is not None and sys.__stdout__.isatty()
    if not terminal or _is_multiplexed(environment, term):
        return Way.BLOCKS
    return _by_name(environment, term)


def preview(
    content: bytes, columns: int, rows: int, background: Color, *, colour: bool = True, small: bool = True
) -> tuple[Strip, ...]:
    """Draw a photo in half blocks, at most `columns` by `rows` cells and never larger than it is; raise NoPicture.

    `small` keeps it within what a chat should cost. Takes a while: call it in a thread.
    """
    if small:
        columns, rows = min(columns, MOST_COLUMNS), min(rows, MOST_ROWS)
    photo = opened(content, columns, rows * 2)
    flat = _flat(photo, background, colour)
    return tuple(_strip(flat, row) for row in range((flat.height + 1) // 2))


def opened(content: bytes, width: int, height: int) -> "Image":
    """Open a photo upright, scaled to fit into `width` by `height` pixels; raise NoPicture."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as photo:
            # Lets JPEG decode at a fraction of its size; harmless elsewhere. Turned photos need either side.
            longest = max(width, height) * 2
            photo.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(photo)
            upright = upright if upright.mode in {"RGB", "RGBA"} else upright.convert("RGBA")
            upright.thumbnail((max(1, width), max(1, height)), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NoPicture from error
    return upright


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Return a photo's width and height in pixels as it is seen, without decoding it; None if it isn't one."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as photo:
            turned = photo.getexif().get(0x0112, 1) >= 5
            return (photo.height, photo.width) if turned else (photo.width, photo.height)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _by_name(environment: Mapping[str, str], term: str) -> Way:
    """Tell what a terminal draws from what it calls itself. ssh carries TERM, and often LC_TERMINAL."""
    program = environment.get("TERM_PROGRAM") or environment.get("LC_TERMINAL", "")
    if term in KITTY_TERMS or program in KITTY_PROGRAMS or "KITTY_WINDOW_ID" in environment:
        return Way.KITTY
    if term.split("-")[0] in SIXEL_TERMS or program in SIXEL_PROGRAMS or SIXEL_MARKS & environment.keys():
        return Way.SIXEL
    return Way.BLOCKS


def _is_multiplexed(environment: Mapping[str, str], term: str) -> bool:
    """Tell whether something stands between that eats pictures: tmux, screen, Zellij, a browser."""
    between = {"TMUX", "STY", "ZELLIJ"} & environment.keys()
    return bool(between) or term.startswith(("screen", "tmux")) or "web_driver" in environment.get("TEXTUAL_DRIVER", "")


def _flat(photo: "Image", background: Color, colour: bool) -> "Image":
    """Lay a photo on the background, an even number of rows high."""
    from PIL import Image

    sheet = Image.new("RGB", (photo.width, photo.height + photo.height % 2), background.rgb)
    sheet.paste(photo, mask=photo if photo.mode == "RGBA" else None)
    return sheet if colour else sheet.convert("L").convert("RGB")


def _strip(flat: "Image", row: int) -> Strip:
    segments = [Segment(text, _style(*pair)) for text, pair in _runs(flat, row)]
    return Strip(segments, flat.width)


def _runs(flat: "Image", row: int) -> Iterator[tuple[str, tuple[Pixel, Pixel]]]:
    """Yield a row of cells as stretches of one look: characters, upper and lower colour."""
    text, pair = "", (BLACK, BLACK)
    for upper, lower in zip(_pixels(flat, row * 2), _pixels(flat, row * 2 + 1), strict=True):
        if text and _apart(upper, pair[0]) + _apart(lower, pair[1]) < ALIKE:
            text += text[0]
            continue
        if text:
            yield text, pair
        text, pair = (" ", (lower, lower)) if _apart(upper, lower) < ALIKE // 2 else (UPPER_HALF, (upper, lower))
    yield text, pair


def _pixels(flat: "Image", y: int) -> Iterator[Pixel]:
    line = iter(flat.crop((0, y, flat.width, y + 1)).tobytes())
    return zip(line, line, line, strict=True)


def _apart(one: Pixel, other: Pixel) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


@lru_cache(4096)
def _style(upper: Pixel, lower: Pixel) -> Style:
    below = RichColor.from_rgb(*lower)
    return Style(bgcolor=below) if upper == lower else Style(color=RichColor.from_rgb(*upper), bgcolor=below)

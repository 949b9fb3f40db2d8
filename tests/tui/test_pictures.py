"""Photos in a terminal: the way is told from the environment, and half blocks are cheap and true."""

import io
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from PIL import Image
from rich.color_triplet import ColorTriplet
from textual.color import Color
from textual.strip import Strip

from tc_cli.tui.pictures import NoPicture, Way, dimensions, preview, way

DARK = Color(18, 24, 29)
ORIENTATION = 0x0112


def photo(width: int, height: int, form: str = "PNG", *, turned: int = 1, mode: str = "RGB") -> bytes:
    """Return a photo whose upper half is red and whose lower half is blue."""
    image = Image.new(mode, (width, height), (200, 0, 0, 255)[: len(mode)])
    image.paste((0, 0, 200, 255)[: len(mode)], (0, height // 2, width, height))
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def behind(strip: Strip) -> ColorTriplet:
    """Return the background of a line's first cell."""
    style = next(iter(strip)).style
    assert style is not None
    assert style.bgcolor is not None
    return style.bgcolor.get_truecolor()


@pytest.mark.parametrize(
    ("environment", "best"),
    [
        ({"TERM": "xterm-256color"}, Way.BLOCKS),
        ({"TERM": "xterm-kitty"}, Way.KITTY),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Way.KITTY),
        ({"TERM": "xterm-ghostty"}, Way.KITTY),
        ({"TERM": "foot"}, Way.SIXEL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", "WEZTERM_PANE": "0"}, Way.SIXEL),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Way.SIXEL),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/tmux"}, Way.BLOCKS),
        ({"TERM": "screen", "TERM_PROGRAM": "WezTerm"}, Way.BLOCKS),
        ({"TERM": "dumb"}, Way.OFF),
        ({"TERM": "xterm-kitty", "TC_IMAGES": "off"}, Way.OFF),
        ({"TERM": "tmux-256color", "TC_IMAGES": "Sixel"}, Way.SIXEL),
        ({"TERM": "xterm-kitty", "TC_IMAGES": "auto"}, Way.KITTY),
        ({"TERM": "xterm-kitty", "TC_IMAGES": "no such thing"}, Way.KITTY),
        ({}, Way.BLOCKS),
    ],
)
def test_the_way_is_told_from_the_environment(environment: dict[str, str], best: Way) -> None:
    assert way(environment, terminal=True) is best


def test_what_is_no_terminal_gets_no_graphics() -> None:
    assert way({"TERM": "xterm-kitty"}, terminal=False) is Way.BLOCKS


def test_a_preview_keeps_the_proportions_and_the_limits_of_a_chat() -> None:
    strips = preview(photo(800, 400), 200, 50, DARK)
    assert (len(strips), {strip.cell_length for strip in strips}) == (8, {32})
    assert {strip.cell_length for strip in preview(photo(400, 800), 32, 10, DARK)} == {10}


def test_a_small_photo_is_not_blown_up() -> None:
    assert [strip.text for strip in preview(photo(2, 2), 32, 10, DARK)] == ["▀▀"]


def test_like_neighbours_are_one_stretch_for_each_costs_bytes() -> None:
    strips = preview(photo(640, 400), 32, 10, DARK)
    assert [len(list(strip)) for strip in strips] == [1] * 10


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_upper_half_is_above(form: str) -> None:
    strips = preview(photo(64, 64, form), 8, 4, DARK)
    assert behind(strips[0]).red > 150 > behind(strips[-1]).red


def test_a_turned_photo_is_shown_upright() -> None:
    on_its_side = photo(800, 400, "JPEG", turned=6)
    assert dimensions(on_its_side) == (400, 800)
    assert {strip.cell_length for strip in preview(on_its_side, 32, 10, DARK)} == {10}


def test_what_is_transparent_shows_what_is_behind() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 255, 255, 0)).save(clear, "PNG")
    assert behind(preview(clear.getvalue(), 8, 4, DARK)[0]) == DARK.rgb


def test_without_colour_a_photo_is_grey() -> None:
    assert all(len(set(behind(strip))) == 1 for strip in preview(photo(64, 64), 8, 4, DARK, colour=False))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", photo(64, 64)[:60], photo(64, 64, "JPEG")[:200]])
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(NoPicture):
        preview(content, 32, 10, DARK)


def test_what_is_no_photo_has_no_dimensions() -> None:
    assert dimensions(b"%PDF-1.4") is None


DRAWN_IN_A_TERMINAL = """
import sys
from textual.geometry import Size
from tc_cli.tui.widgets import photo
content = open(sys.argv[1], 'rb').read()
shown, strips = photo._kitty(content, Size(40, 10))
sixels, cells = photo._sixels(content, Size(40, 10))
print(len(strips), strips[0].cell_length, sixels[:2] == chr(27) + 'P', cells.width, cells.height)
"""


def test_drawing_asks_the_terminal_nothing(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(photo(400, 200))
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    ran = subprocess.run(
        [sys.executable, "-c", DRAWN_IN_A_TERMINAL, path], stdin=slave, stdout=slave, stderr=subprocess.PIPE, timeout=60
    )
    os.close(slave)
    said = os.read(master, 65536)
    os.close(master)
    assert ran.stderr == b""
    assert said.count(b"\x1b_G") >= 2
    assert b"a=q" not in said
    assert b"\x1b[" not in said
    assert said.split(b"\x1b\\")[-1].split() == [b"10", b"40", b"True", b"40", b"10"]

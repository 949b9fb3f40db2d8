"""Draws the PNG icons like `icons/icon.svg`, to the edge so that a phone may cut any shape from them.

Run as `python -m tc_server.web.draw_icons`.
"""

from typing import Final

from PIL import Image, ImageDraw

from tc_server.web.assets import HERE

GROUND: Final = "#0f5e59"
INK: Final = "#f4f1ea"
_GRID: Final = 64
_SMOOTH: Final = 4


def draw(size: int) -> Image.Image:
    """Draw the icon, `size` pixels square."""
    scale = size * _SMOOTH / _GRID
    image = Image.new("RGB", (size * _SMOOTH, size * _SMOOTH), GROUND)
    brush = ImageDraw.Draw(image)

    def at(*points: float) -> list[float]:
        return [point * scale for point in points]

    brush.ellipse(at(13, 15, 51, 44.9), fill=INK)
    brush.polygon(at(20, 38, 20, 49, 30, 43), fill=INK)
    brush.arc(at(22.5, 21, 41.5, 40), 15, 165, fill=GROUND, width=round(3.5 * scale))
    return image.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    for size in (192, 512):
        draw(size).save(HERE / "icons" / f"icon-{size}.png", optimize=True)

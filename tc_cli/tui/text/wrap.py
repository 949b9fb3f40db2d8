"""Where a paragraph breaks into lines, in terminal cells: between words, and inside a word that no line can hold."""

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

WORD = re.compile(r"\S+\s*|\s+")
# Scripts that write without spaces break between any two characters.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def cells(text: str) -> int:
    """Return how many cells text takes."""
    return len(text) if text.isascii() else cell_len(text)


def wrap(text: str, width: int) -> Iterator[tuple[int, str]]:
    """Give each line with the place in the text where it starts. A line break in the text ends a paragraph."""
    start = 0
    for paragraph in text.split("\n"):
        if len(paragraph) <= width and paragraph.isascii():
            yield start, paragraph.rstrip()
        else:
            yield from _lines(paragraph, start, max(2, width))
        start += len(paragraph) + 1


def _lines(paragraph: str, offset: int, width: int) -> Iterator[tuple[int, str]]:
    start = end = used = 0
    for word in WORD.findall(paragraph):
        for piece in _pieces(word, width, width - used):
            bare = cells(piece.rstrip())
            if used and used + bare > width:
                yield offset + start, paragraph[start:end].rstrip()
                start, used = end, 0
            used += cells(piece)
            end += len(piece)
    yield offset + start, paragraph[start:].rstrip()


def _pieces(word: str, width: int, room: int) -> list[str]:
    """Cut a word that is wider than a line; one in a script without spaces begins in the room that is left."""
    bare = cells(word.rstrip())
    if bare <= room or (bare <= width and not UNSPACED.search(word)):
        return [word]
    if not UNSPACED.search(word) or room < 2:
        return chop_cells(word, width)
    first = chop_cells(word, room)[0]
    rest = word[len(first) :]
    return [first, *chop_cells(rest, width)] if rest else [first]

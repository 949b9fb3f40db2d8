"""The fonts in use: a face shapes text with HarfBuzz and keeps account of the glyphs that it drew."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

STYLE = re.compile(r"\[.*|-(Regular|SemiBold|Bold|Medium|VF)$")
# Ids from here on are of glyphs that no font has: clusters drawn as one.
FIRST_MERGED = 0x10000


class Weight(IntEnum):
    """Name the two weights in use, by their place on a font's weight axis."""

    REGULAR = 400
    BOLD = 600


class Glyph(NamedTuple):
    """Place one glyph, in font units, with the text that it stands for."""

    id: int
    advance: int
    x: int
    y: int
    text: str


class Cluster(NamedTuple):
    """Hold glyphs by id and offset that are drawn as one, and their width together."""

    parts: tuple[tuple[int, int, int], ...]
    advance: int


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Hold glyphs in visual order with their width and the reach of their ink above and below the baseline, in em/1000.

    Shapes are equal only to themselves: each is made once.
    """

    glyphs: tuple[Glyph, ...]
    width: float
    top: float
    bottom: float


class Face:
    """Shape text with one font file at one weight."""

    def __init__(self, file: Path, index: int, weight: Weight, scale: float = 1.0) -> None:
        import uharfbuzz as hb

        self.name = f"{STYLE.sub('', file.stem)}-{weight.name.title()}"
        self.weight = weight
        self.scale = scale
        self.source: Any = hb.Face(hb.Blob.from_file_path(str(file)), index)
        self.axes: dict[str, Any] = {axis.tag: axis for axis in self.source.axis_infos}
        self.drawn: set[int] = set()
        self.merged: dict[Cluster, int] = {}
        self._font: Any = hb.Font(self.source)
        if "wght" in self.axes:
            self._font.set_variations({"wght": weight})
        self._letters: frozenset[int] = frozenset(self.source.unicodes)
        self._is_truetype = "glyf" in self.source.table_tags
        self._shapes: dict[tuple[str, bool], Shape] = {}

    def __contains__(self, char: str) -> bool:
        return ord(char) in self._letters

    @property
    def unit(self) -> float:
        """Return the font's unit in em/1000."""
        return float(1000 / self.source.upem)

    @property
    def has_outlines(self) -> bool:
        return self._is_truetype or "CFF " in self.source.table_tags or "CFF2" in self.source.table_tags

    def shape(self, text: str, rtl: bool) -> Shape:
        """Turn a piece of one direction into glyphs."""
        key = (text, rtl)
        if key not in self._shapes:
            self._shapes[key] = self._shape(text, rtl)
        return self._shapes[key]

    def clusters(self, text: str, rtl: bool) -> list[str]:
        """Split a piece where a line may break in an emergency: between what is drawn as one."""
        starts = sorted({info.cluster for info in self._run(text, rtl).glyph_infos} | {0})
        return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]

    def _run(self, text: str, rtl: bool) -> Any:
        import uharfbuzz as hb

        run = hb.Buffer()
        run.add_str(text)
        run.guess_segment_properties()
        run.direction = "rtl" if rtl else "ltr"
        run.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
        hb.shape(self._font, run, {})
        return run

    def _shape(self, text: str, rtl: bool) -> Shape:
        run = self._run(text, rtl)
        placed = list(zip(run.glyph_infos, run.glyph_positions, strict=True))
        starts = sorted({info.cluster for info, _ in placed})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        glyphs: list[Glyph] = []
        top = bottom = 0
        for start, group in groupby(placed, key=lambda pair: pair[0].cluster):
            cluster = [Glyph(info.codepoint, at.x_advance, at.x_offset, at.y_offset, "") for info, at in group]
            glyphs += self._bear(cluster, text[start : ends[start]])
            for glyph in cluster:
                ink = self._font.get_glyph_extents(glyph.id)
                if ink and ink.height:
                    top = max(top, glyph.y + ink.y_bearing)
                    bottom = max(bottom, -(glyph.y + ink.y_bearing + ink.height))
        width = sum(glyph.advance for glyph in glyphs)
        return Shape(tuple(glyphs), width * self.unit, top * self.unit, bottom * self.unit)

    def _bear(self, cluster: list[Glyph], text: str) -> Sequence[Glyph]:
        """Let a cluster bear its text: merged into one glyph, so that viewers can select and search it.

        Glyphs beside the one that bears the text would be read as gaps or rubbish. Where the font's outlines cannot be
        combined, the widest glyph bears the text.
        """
        self.drawn.update(glyph.id for glyph in cluster)
        if len(cluster) == 1 and not (cluster[0].x or cluster[0].y):
            return [cluster[0]._replace(text=text)]
        if not self._is_truetype:
            bearer = max(cluster, key=lambda glyph: glyph.advance)
            return [glyph._replace(text=text if glyph is bearer else "") for glyph in cluster]
        parts, pen = [], 0
        for glyph in cluster:
            parts.append((glyph.id, pen + glyph.x, glyph.y))
            pen += glyph.advance
        whole = Cluster(tuple(parts), pen)
        return [Glyph(self.merged.setdefault(whole, FIRST_MERGED + len(self.merged)), pen, 0, 0, text)]

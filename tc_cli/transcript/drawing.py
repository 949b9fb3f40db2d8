"""Drawing planned pages as a PDF. The only module that knows fpdf2; it reaches below its text methods, which shape and
order each line anew and place each kerned glyph by a matrix, to write glyphs that are shaped and ordered already."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF
from fpdf.fonts import CoreFont, TTFFont

from tc_cli.transcript import page as sheet
from tc_cli.transcript.cutting import cut
from tc_cli.transcript.faces import Face, Glyph, Shape
from tc_cli.transcript.model import Labels
from tc_cli.transcript.page import Box, Page, Words

PRODUCER = "TeleConnect"


class Document(FPDF):
    """Write glyphs, boxes and fonts into a PDF."""

    def __init__(self, labels: Labels, made_at: datetime) -> None:
        super().__init__(unit="pt", format="A4")
        self.set_auto_page_break(False)
        self.set_title(labels.title)
        self.set_lang(labels.language)
        self.set_producer(PRODUCER)
        self.set_creation_date(made_at.astimezone(UTC))
        self._fonts: dict[Face, TTFFont] = {}
        self._new_ids: dict[Face, dict[int, int]] = {}
        self._shape = cache(self._show)

    def embed(self, faces: Iterable[Face]) -> None:
        """Embed the drawn part of each face."""
        with TemporaryDirectory() as folder:
            for number, face in enumerate(faces):
                font, new_ids = cut(face)
                file = Path(folder, f"{number}.ttf")
                file.write_bytes(font)
                self.add_font(file.stem, fname=file)
                self._keep(face, self.fonts[file.stem], new_ids)

    def _keep(self, face: Face, font: CoreFont | TTFFont, new_ids: dict[int, int]) -> None:
        assert isinstance(font, TTFFont)
        font.name = face.name
        # fpdf2 reads a font's tables when it needs them, which is after its file is gone.
        font.ttfont.ensureDecompiled()
        self._fonts[face], self._new_ids[face] = font, new_ids

    def draw(self, page: Page) -> None:
        """Add a page with its marks."""
        self.add_page()
        self._out("\n".join(self._box(box) for box in page.boxes))
        self._out("\n".join(self._words(words) for words in page.words))

    def _box(self, box: Box) -> str:
        return f"{box.grey:g} g {box.x:.2f} {self.h - box.y - box.height:.2f} {box.width:.2f} {box.height:.2f} re f"

    def _words(self, words: Words) -> str:
        parts = [f"BT {words.grey:g} g {words.x:.2f} {self.h - words.y:.2f} Td"]
        for face, run in groupby(words.line.atoms, key=attrgetter("face")):
            size = words.line.size * face.scale
            parts.append(self._set_font_for_page(self._fonts[face], size, wrap_in_text_object=False))
            parts.append("".join(self._shape(face, atom.shape, size) for atom in run).replace("] TJ[", ""))
        return " ".join([*parts, "ET"])

    def _show(self, face: Face, shape: Shape, size: float) -> str:
        """Write the glyphs of a shape: between them numbers move left by thousandths of the size, and `Ts` lifts."""
        out = ["["]
        lift, behind = 0.0, 0.0
        for glyph in shape.glyphs:
            code, width = self._code(face, glyph)
            if glyph.y != lift:
                lift = glyph.y
                out.append(f"] TJ {lift * face.unit * size / 1000:.2f} Ts[")
            behind -= glyph.x * face.unit
            if step := round(behind):
                out.append(f" {step}")
                behind -= step
            out.append(f"<{code}>")
            behind += width - (glyph.advance - glyph.x) * face.unit
        if step := round(behind):
            out.append(f" {step}")
        out.append("] TJ 0 Ts" if lift else "] TJ")
        return "".join(out).replace("><", "")

    def _code(self, face: Face, glyph: Glyph) -> tuple[str, int]:
        """Return the code by which the page calls a glyph, and its width as the font declares it."""
        font, new_id = self._fonts[face], self._new_ids[face][glyph.id]
        glyph_name = font.ttfont.getGlyphName(new_id)
        width = round(font.ttfont["hmtx"].metrics[glyph_name][0] * font.scale)
        picked = font.subset.get_glyph(new_id, tuple(map(ord, glyph.text)), glyph_name, width)
        return f"{font.subset.pick_glyph(picked) or 0:04x}", width


def draw(pages: Sequence[Page], faces: Iterable[Face], labels: Labels, made_at: datetime) -> bytes:
    """Return the PDF of planned pages, dated by `made_at` so that the same pages give the same bytes."""
    document = Document(labels, made_at)
    document.embed(faces)
    for page in pages:
        document.draw(page)
    assert (document.w, document.h) == (sheet.WIDTH, sheet.HEIGHT)
    return bytes(document.output())

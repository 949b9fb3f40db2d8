"""Setting text: paragraphs become lines of shaped atoms no wider than a column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from tc_cli.transcript.breaking import is_space, parts_of_address, pieces
from tc_cli.transcript.emoji import spell_out
from tc_cli.transcript.faces import Face, Shape, Weight
from tc_cli.transcript.ordering import levels, starts_rtl, visual
from tc_cli.transcript.scripts import han_style
from tc_cli.transcript.typecase import Typecase


@dataclass(frozen=True, slots=True)
class Atom:
    """Hold what is drawn at a stretch: one face, one level."""

    text: str
    face: Face
    level: int
    shape: Shape

    @property
    def width(self) -> float:
        """Return the width in em/1000 of the line's type size."""
        return self.shape.width * self.face.scale


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold the atoms between two places where a line may break."""

    atoms: tuple[Atom, ...]
    is_space: bool
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """Hold atoms from left to right with their width and the reach of their ink, in points."""

    atoms: tuple[Atom, ...]
    size: float
    rtl: bool

    @property
    def width(self) -> float:
        return sum(atom.width for atom in self.atoms) * self.size / 1000

    @property
    def top(self) -> float:
        return max((atom.shape.top * atom.face.scale for atom in self.atoms), default=0) * self.size / 1000

    @property
    def bottom(self) -> float:
        return max((atom.shape.bottom * atom.face.scale for atom in self.atoms), default=0) * self.size / 1000


class Typesetter:
    """Set text with the faces of a typecase; what recurs is shaped once."""

    def __init__(self, typecase: Typecase) -> None:
        self._typecase = typecase
        self._piece = cache(self._make_piece)

    def lines(self, text: str, size: float, width: float, weight: Weight = Weight.REGULAR) -> list[Line]:
        """Set cleaned text at a size in a column of a width, both in points; each paragraph runs its own way."""
        text = spell_out(text, lambda sign: self._typecase.has_sign(sign, weight))
        han = han_style(text)
        way = starts_rtl(text) or False
        lines: list[Line] = []
        for paragraph in text.split("\n"):
            own = starts_rtl(paragraph)
            rtl = way if own is None else own
            lines += self._paragraph(paragraph, size, width * 1000 / size, weight, han, rtl)
        return lines

    def _paragraph(self, text: str, size: float, room: float, weight: Weight, han: str, rtl: bool) -> Iterator[Line]:
        for line in _fill(self._split(text, weight, han, rtl), room):
            atoms = [atom for piece in line for atom in piece.atoms]
            yield Line(tuple(visual(atoms)), size, rtl)

    def _split(self, text: str, weight: Weight, han: str, rtl: bool) -> Iterator[Piece]:
        found = levels(text, rtl)
        start = 0
        for piece in pieces(text):
            end = start + len(piece)
            yield self._piece(piece, bytes(found[start:end]), weight, han)
            start = end

    def _make_piece(self, text: str, found: bytes, weight: Weight, han: str) -> Piece:
        atoms: list[Atom] = []
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or found[end] != found[start]:
                for part, face in self._typecase.assign(text[start:end], weight, han):
                    atoms.append(_atom(part, face, found[start]))
                start = end
        return _piece(atoms, is_space(text))


def _atom(text: str, face: Face, level: int) -> Atom:
    return Atom(text, face, level, face.shape(text, rtl=level % 2 == 1))


def _piece(atoms: Sequence[Atom], is_space: bool = False) -> Piece:
    return Piece(tuple(atoms), is_space, sum(atom.width for atom in atoms))


def _fill(row: Iterator[Piece], room: float) -> Iterator[list[Piece]]:
    """Fill lines one after another; the space at which a line breaks is dropped."""
    line: list[Piece] = []
    used = 0.0
    for piece in row:
        for part in [piece] if piece.width <= room or piece.is_space else _torn(piece, room):
            if used + part.width > room and line and not part.is_space:
                yield _without_last_space(line)
                line, used = [], 0.0
            line.append(part)
            used += part.width
    yield _without_last_space(line)


def _without_last_space(line: Sequence[Piece]) -> list[Piece]:
    end = len(line)
    while end > 0 and line[end - 1].is_space:
        end -= 1
    return list(line[:end])


def _torn(piece: Piece, room: float) -> Iterator[Piece]:
    """Tear a word wider than a line: where an address may break, or else anywhere between clusters."""
    for atom in piece.atoms:
        for part in parts_of_address(atom.text):
            smaller = _piece([_atom(part, atom.face, atom.level)])
            if smaller.width <= room:
                yield smaller
                continue
            for stretch in _stretches(atom, part, room):
                yield _piece([stretch])


def _stretches(atom: Atom, text: str, room: float) -> Iterator[Atom]:
    """Cut a text between clusters into the longest stretches that fit."""
    taken, used = "", 0.0
    for cluster in atom.face.clusters(text, rtl=atom.level % 2 == 1):
        width = _atom(cluster, atom.face, atom.level).width
        if taken and used + width > room:
            yield _atom(taken, atom.face, atom.level)
            taken, used = "", 0.0
        taken += cluster
        used += width
    yield _atom(taken, atom.face, atom.level)

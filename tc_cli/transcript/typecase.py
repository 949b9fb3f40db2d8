"""Which face draws which letter: faces are opened when the first letter of their script turns up."""

from collections.abc import Iterator
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from unicodedata import category, east_asian_width

from tc_cli.transcript.emoji import is_emoji
from tc_cli.transcript.errors import MissingFont
from tc_cli.transcript.faces import Face, Weight
from tc_cli.transcript.finding import FontFinder
from tc_cli.transcript.scripts import (
    COMMON,
    HAN_STYLES,
    LATIN,
    SERVED,
    SYMBOLS,
    describe,
    script_of,
    scripts_sharing,
)

REPLACEMENT = "\ufffd"
LAST_RESORT = "?"
JOINERS = "\u200b\u200c\u200d\u200e\u200f\u061c\u034f"
MARKS = ("Mn", "Me", "Mc")
KEYCAP = "\u20e3"


class Typecase:
    """Hold the faces of one transcript.

    With `allow_missing`, letters of a script that no font serves print as replacement boxes; otherwise they raise
    MissingFont.
    """

    def __init__(self, finder: FontFinder, allow_missing: bool = False) -> None:
        self._finder = finder
        self._allow_missing = allow_missing
        self._opened: dict[tuple[Path, int, Weight], Face] = {}
        self._of_script: dict[tuple[str, Weight], Face | None] = {}

    @property
    def faces(self) -> tuple[Face, ...]:
        """Return the faces that drew something."""
        return tuple(face for face in self._opened.values() if face.drawn)

    def base(self, weight: Weight) -> Face:
        """Return the face of Latin letters, without which nothing can be written."""
        face = self._face_of_script(LATIN, weight, "a")
        if face is None:
            raise MissingFont(describe(LATIN).name, describe(LATIN).remedy)
        return face

    def has_sign(self, char: str, weight: Weight) -> bool:
        """Tell whether some face draws a sign that belongs to no script."""
        return self._of_common(char, None, weight, "Hani") is not None

    def assign(self, text: str, weight: Weight, han: str) -> list[tuple[str, Face]]:
        """Split a piece by the face that draws it; `han` is the style of its ideographs.

        A character that no face has becomes a replacement box.
        """
        drawn: list[tuple[str, Face]] = []
        face = self._leading(text, weight, han)
        for position, char in enumerate(text):
            shown, face = self._pick(char, face, weight, han, text[position + 1 : position + 2])
            drawn.append((shown, face))
        return [("".join(shown for shown, _ in run), face) for face, run in groupby(drawn, key=lambda pair: pair[1])]

    def _leading(self, text: str, weight: Weight, han: str) -> Face | None:
        """Return the face of a piece's first letter, which draws the signs before it too if it can."""
        letter = next(((char, code) for char in text if (code := script_of(char)) not in COMMON), None)
        return self._of_letter(*letter, weight, han) if letter else None

    def _pick(self, char: str, last: Face | None, weight: Weight, han: str, following: str) -> tuple[str, Face]:
        if last and (char in JOINERS or (category(char) in MARKS and char in last)):
            return char, last
        if following == KEYCAP and char.isascii():
            for signs in self._sign_faces(weight):
                if char in signs and KEYCAP in signs:
                    return char, signs
        code = script_of(char)
        face = self._of_common(char, last, weight, han) if code in COMMON else self._of_letter(char, code, weight, han)
        return (char, face) if face else self._replacement(weight)

    def _replacement(self, weight: Weight) -> tuple[str, Face]:
        base = self.base(weight)
        return (REPLACEMENT if REPLACEMENT in base else LAST_RESORT), base

    def _of_letter(self, char: str, code: str, weight: Weight, han: str) -> Face | None:
        base = self.base(weight)
        if char in base:
            return base
        code = han if code == "Hani" else code
        face = self._face_of_script(code, weight, char)
        if face is None and code in SERVED and not self._allow_missing:
            raise MissingFont(describe(code).name, describe(code).remedy)
        return face if face and char in face else None

    def _of_common(self, char: str, last: Face | None, weight: Weight, han: str) -> Face | None:
        if last and char in last:
            return last
        base = self.base(weight)
        if char in base and not is_emoji(char):
            return base
        if east_asian_width(char) in "WF" and not is_emoji(char):
            wide = self._face_of_script(han, weight, char)
            if wide and char in wide:
                return wide
        scripts = (self._face_of_script(code, weight, char) for code in scripts_sharing(char))
        faces = chain((face for face in scripts if face), self._sign_faces(weight))
        return next((face for face in faces if char in face), None)

    def _face_of_script(self, code: str, weight: Weight, sample: str) -> Face | None:
        key = (code, weight)
        if key not in self._of_script:
            self._of_script[key] = self._find_face_of_script(code, weight, sample)
        return self._of_script[key]

    def _find_face_of_script(self, code: str, weight: Weight, sample: str) -> Face | None:
        script = describe(code)
        for stem in script.stems:
            file = self._finder.find(stem)
            face = file and self._open(file, stem, weight, HAN_STYLES.get(code, ""), script.scale)
            if face and sample in face:
                return face
        file = self._finder.find_covering(sample)
        return self._open(file, "", weight, scale=script.scale) if file else None

    def _sign_faces(self, weight: Weight) -> Iterator[Face]:
        for stem in SYMBOLS:
            file = self._finder.find(stem)
            if file and (face := self._open(file, stem, weight)):
                yield face

    def _open(self, file: Path, stem: str, weight: Weight, style: str = "", scale: float = 1.0) -> Face | None:
        if weight is Weight.BOLD:
            file = self._finder.find_bold(stem, file) or file
        key = (file, _index_of_style(file, style), weight)
        if key not in self._opened:
            face = Face(*key, scale)
            if not face.has_outlines:
                return None
            self._opened[key] = face
        return self._opened[key]


@cache
def _index_of_style(file: Path, style: str) -> int:
    """Return which font of a collection has a style of ideographs: its family's name ends in it."""
    if file.suffix.lower() not in (".ttc", ".otc") or not style:
        return 0
    import uharfbuzz as hb

    blob = hb.Blob.from_file_path(str(file))
    for index in range(hb.Face(blob).count):
        family = hb.Face(blob, index).get_name(hb.OTNameIdPredefined.FONT_FAMILY) or ""
        if family.endswith(style):
            return index
    return 0

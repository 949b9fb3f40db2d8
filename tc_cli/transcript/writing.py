"""The way in: a transcript becomes a PDF in a file. What is heavy is imported here, when it is needed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from tc_cli.transcript.model import Labels, Transcript


def write_transcript(
    transcript: Transcript,
    out: BinaryIO | Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    labels: Labels | None = None,
    fonts: Sequence[Path] | None = None,
    allow_missing: bool = False,
) -> None:
    """Write a transcript as a PDF.

    `progress` hears how many messages of how many are laid out. Fonts are looked for in the folders `fonts`, by default
    wherever this machine has them. Raises MissingFont for a script that no font serves, unless `allow_missing` lets its
    letters print as replacement boxes; a path is only written to when the whole PDF is there.
    """
    from tc_cli.transcript.composing import Composer
    from tc_cli.transcript.drawing import draw
    from tc_cli.transcript.finding import FontFinder
    from tc_cli.transcript.setting import Typesetter
    from tc_cli.transcript.typecase import Typecase

    labels = labels or Labels()
    typecase = Typecase(FontFinder(fonts), allow_missing)
    pages = Composer(Typesetter(typecase), labels).compose(transcript, progress)
    pdf = draw(pages, typecase.faces, labels, transcript.started_at)
    if isinstance(out, Path):
        out.write_bytes(pdf)
    else:
        out.write(pdf)

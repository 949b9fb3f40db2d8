"""Files between here and a session: photos are made small and lose what they tell, names from elsewhere are tamed."""

import io
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from tc_cli.client.errors import BadFile

LONGEST_SIDE = 1600
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Upload:
    """A file ready to be sent; `kind` is its media type, `original` the size in bytes that it had."""

    name: str
    kind: str
    content: bytes
    original: int


def prepare(path: Path) -> Upload:
    """Read a file and make it ready; raise BadFile if it can't be read or is a photo that can't be opened.

    What isn't a photo goes as it is, under the type that its name claims: the server decides what it takes.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(
            f"{path} can't be read ({(error.strerror or 'unknown reason').lower()})", "Check its path"
        ) from error
    claimed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content.startswith(MAGIC) and claimed.startswith(("image/", "application/octet-stream")):
        kind, small = _photo(content, path.name)
        return Upload(path.name, kind, small, len(content))
    return Upload(path.name, claimed, content, len(content))


def _photo(content: bytes, name: str) -> tuple[str, bytes]:
    """Return the media type and bytes of a photo turned upright, its longest side at most 1600 px, without metadata."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as photo:
            form = photo.format or ""
            upright = ImageOps.exif_transpose(photo)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadFile(f"{name} is no photo that can be opened", "Take it again, or save it anew") from error
    # Pillow writes comments and text chunks that it finds in `info`.
    upright.info = {}
    out = io.BytesIO()
    upright.save(out, form, quality=QUALITY, optimize=True)
    return Image.MIME[form], out.getvalue()


def safe_name(name: str) -> str:
    """Return a name from elsewhere as one that can only be a file in the folder at hand."""
    kept = "".join(char if char.isprintable() and char not in '/\\:*?"<>|' else "_" for char in name)
    return kept.strip(". ")[-100:] or "file"

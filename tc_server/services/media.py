"""What a file is, by its content; photos and voice notes without their metadata."""

import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from tc_server.domain.errors import FileBroken, FileType
from tc_server.services import recordings

PHOTOS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF = "application/pdf"
_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    PDF: (".pdf",),
    "audio/ogg": (".ogg", ".opus", ".oga"),
    "audio/webm": (".webm", ".weba"),
    "audio/mp4": (".m4a", ".mp4"),
    "audio/aac": (".aac",),
}
_ALIASES = {
    "image/jpg": "image/jpeg",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
    "video/webm": "audio/webm",  # what systems say of the ending .webm, whatever is in it
    "video/mp4": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/mp4a-latm": "audio/mp4",
    "audio/x-aac": "audio/aac",
    "audio/aacp": "audio/aac",
}
PIXELS_MAX = 40_000_000
"""The most pixels a photo may unpack to: more would let a small file fill the memory."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file as it is to be kept: its bytes, its true type, and how many seconds a voice note lasts."""

    data: bytes
    type: str
    seconds: float | None = None


def inspect(data: bytes, declared: str) -> Inspected:
    """Find out what a file is, and strip it of its metadata.

    `declared` is the Content-Type that came with it; `application/octet-stream` or nothing leaves it to the content.
    Raises FileType, FileBroken.
    """
    type_ = _kind(data)
    declared = declared.partition(";")[0].strip().lower()
    declared = _ALIASES.get(declared, declared)
    if declared not in ("", "application/octet-stream", type_):
        raise FileType(f"The file is declared as {declared}, but it is {type_}. Send it under its true type.")
    if type_ == PDF:
        _check_pdf(data)
        return Inspected(data, type_)
    if type_ in recordings.CONTAINERS:
        sound, seconds = recordings.rewritten(data, type_)
        return Inspected(sound, type_, seconds)
    return Inspected(_stripped(data), type_)


def clean_file_name(name: str, type_: str) -> str:
    """Make a file's name safe to show and to save, with the ending of what it is."""
    stem = re.sub(r'[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069<>:"|?*]', "", name.replace("\\", "/").split("/")[-1])
    endings = _ENDINGS[type_]
    stem = stem.strip(" .")[:120] or "file"
    return stem if stem.lower().endswith(endings) else stem + endings[0]


def _kind(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    # Readers accept junk before the header (ISO 32000-1, annex H.3.4.1), within the first 1024 bytes.
    if b"%PDF-" in data[:1024] and not data.startswith((b"MZ", b"\x7fELF", b"PK")):
        return PDF
    if found := recordings.kind(data):
        return found
    raise FileType


def _check_pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-2048:] or b"startxref" not in data[-2048:]:
        raise FileBroken


def _stripped(data: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=tuple(PHOTOS))
            if image.width * image.height > PIXELS_MAX:
                raise FileBroken(f"The photo has over {PIXELS_MAX // 1_000_000} million pixels. Send a smaller one.")
            image.load()
            return data if _is_bare(image) else _encoded(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise FileBroken from fault
    except Image.DecompressionBombWarning as fault:
        raise FileBroken from fault


def _is_bare(image: Image.Image) -> bool:
    telling = {"exif", "xmp", "comment", "photoshop", "Raw profile type exif", "XML:com.adobe.xmp", "mpoffset"}
    text = getattr(image, "text", None)
    return not (telling & image.info.keys()) and not text and not image.getexif()


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    upright = ImageOps.exif_transpose(image)
    # A fresh image holds pixels and nothing else.
    bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    if upright.mode == "P" and (palette := upright.getpalette()):
        bare.putpalette(palette)
    match image.format:
        case "JPEG":
            bare.save(out, "JPEG", quality=88, optimize=True)
        case "PNG":
            bare.save(out, "PNG", optimize=True)
        case _:
            bare.save(out, "WEBP", quality=85)
    return out.getvalue()

"""Files as people send them: photos with a position in them, broken ones, and ones that aren't what they say."""

import io
import struct
import zlib

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"
EXE = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"This program cannot be run in DOS mode." * 20
CAMERA = "Planted-Camera-Maker"


def photo(format_: str = "JPEG", size: tuple[int, int] = (64, 48), *, with_position: bool = False) -> bytes:
    """Draw a photo whose left half is red; with a position it is also to be turned by a quarter, as phones do."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    if with_position:
        exif = Image.Exif()
        exif[Base.Orientation] = 6
        exif[Base.Make] = CAMERA
        exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (47.0, 22.0, 30.0)
        exif.get_ifd(IFD.GPSInfo)[GPS.GPSLongitude] = (8.0, 32.0, 10.0)
        image.save(out, format_, exif=exif, quality=95)
    else:
        image.save(out, format_)
    return out.getvalue()


def bomb() -> bytes:
    """Make a small PNG that says it unpacks to 60,000 x 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1_000_000, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def texted_png() -> bytes:
    """Make a PNG with a packed text that unpacks to 20 MB."""
    plain = photo("PNG")
    text = b"Comment\0\0" + zlib.compress(b"x" * 20_000_000, 9)
    return plain[:33] + _chunk(b"zTXt", text) + plain[33:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

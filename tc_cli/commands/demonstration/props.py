"""What the demo's people send each other: a photo that knows too much, and a PDF."""

# ruff: noqa: TID253 - imported by the verb only when it runs
from pathlib import Path

from PIL import ExifTags, Image


def photo(folder: Path) -> Path:
    """Make a photo as a phone does: big, lying on its side, with the place it was taken."""
    path = folder / "photo.jpg"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (33.0, 53.0, 37.0)}
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(path, exif=exif, quality=90)
    return path


def leaflet(folder: Path) -> Path:
    """Make a one-page PDF."""
    path = folder / "advice.pdf"
    Image.new("RGB", (595, 842), "white").save(path)
    return path

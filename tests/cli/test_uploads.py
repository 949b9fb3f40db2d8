"""Photos leave small, upright and without what they knew; other files leave as they are."""

import io
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from tc_cli.client import uploads
from tc_cli.client.errors import BadFile


def photo(path: Path, form: str, size: tuple[int, int] = (2400, 1200)) -> Path:
    """Make a photo that lies on its side and knows where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "SpyPhone"
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (33.0, 53.0, 37.0)}
    Image.new("RGB", size, "teal").save(path, form, exif=exif)
    return path


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_photo_is_made_small_upright_and_silent(tmp_path: Path, form: str, kind: str) -> None:
    upload = uploads.prepare(photo(tmp_path / f"photo.{form.lower()}", form))
    sent = Image.open(io.BytesIO(upload.content))
    assert upload.kind == kind
    assert sent.size == (800, 1600)
    assert dict(sent.getexif()) == {}
    assert b"SpyPhone" not in upload.content


def test_comments_and_text_chunks_stay_behind(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Amal of Homs")
    Image.new("RGB", (10, 10)).save(tmp_path / "drawn.png", pnginfo=texts)
    Image.new("RGB", (10, 10)).save(tmp_path / "drawn.jpg", comment=b"Amal of Homs")
    for name in ("drawn.png", "drawn.jpg"):
        assert b"Homs" not in uploads.prepare(tmp_path / name).content


def test_a_small_photo_is_not_blown_up(tmp_path: Path) -> None:
    upload = uploads.prepare(photo(tmp_path / "small.jpg", "JPEG", (40, 20)))
    assert Image.open(io.BytesIO(upload.content)).size == (20, 40)


def test_what_a_photo_is_shows_in_it_and_not_in_its_name(tmp_path: Path) -> None:
    assert uploads.prepare(photo(tmp_path / "photo.png", "JPEG")).kind == "image/jpeg"


def test_a_pdf_goes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7 ...")
    upload = uploads.prepare(tmp_path / "plan.pdf")
    assert (upload.kind, upload.content, upload.name) == ("application/pdf", b"%PDF-1.7 ...", "plan.pdf")


def test_a_pdf_that_claims_to_be_a_photo_is_left_for_the_server_to_refuse(tmp_path: Path) -> None:
    (tmp_path / "plan.jpg").write_bytes(b"%PDF-1.7 ...")
    assert uploads.prepare(tmp_path / "plan.jpg").kind == "image/jpeg"


def test_a_truncated_photo_is_refused_here(tmp_path: Path) -> None:
    whole = photo(tmp_path / "whole.jpg", "JPEG").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadFile, match=r"half\.jpg"):
        uploads.prepare(tmp_path / "half.jpg")


@pytest.mark.parametrize("name", ["missing.jpg", "."])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadFile, match="can't be read"):
        uploads.prepare(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("skin.jpg", "skin.jpg"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\x00b\n.pdf", "a_b_.pdf"),
        ("...", "file"),
        ("صورة.jpg", "صورة.jpg"),
        ("C:\\x", "C__x"),
    ],
)
def test_a_name_from_elsewhere_can_only_be_a_file_here(name: str, safe: str) -> None:
    assert uploads.safe_name(name) == safe

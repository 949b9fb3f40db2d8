"""Files in chat: what is taken and as what, what is refused and how, and what names become."""

import io
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from tests.server.conftest import NewServer
from tests.server.pictures import CAMERA, EXE, PDF, bomb, photo, texted_png
from tests.server.world import Guest, World, done, refused
from tests.sounds import recording

JPEG, PNG = photo("JPEG"), photo("PNG")


async def somebody(world: World) -> Guest:
    """Have somebody wait."""
    return await world.guest(await world.standing("files"))


async def fetched(guest: Guest, sent: dict[str, Any]) -> bytes:
    """Fetch a file that was sent."""
    answer = await guest.get(f"/sessions/{guest.session_id}/files/{sent['file']['file_id']}")
    assert answer.headers["content-type"] == sent["file"]["type"]
    assert len(answer.content) == sent["file"]["size"]
    return answer.content


@pytest.mark.parametrize(
    ("data", "declared", "type_"),
    [
        (JPEG, "image/jpeg", "image/jpeg"),
        (JPEG, "image/jpg", "image/jpeg"),
        (JPEG, "", "image/jpeg"),
        (PNG, "application/octet-stream", "image/png"),
        (photo("WEBP"), "image/webp", "image/webp"),
        (PDF, "application/pdf; charset=binary", "application/pdf"),
        (b"junk before\n" + PDF, "", "application/pdf"),
    ],
    ids=["jpeg", "jpg", "undeclared", "octets", "webp", "pdf", "pdf after junk"],
)
async def test_what_a_file_is_its_content_says(world: World, data: bytes, declared: str, type_: str) -> None:
    layla = await somebody(world)
    sent = done(await layla.put_file(layla.session_id, data, "x", declared), 201)
    assert sent["file"]["type"] == type_
    assert await fetched(layla, sent) == data


@pytest.mark.parametrize(
    ("data", "name", "declared", "expected"),
    [
        (PDF, "photo.jpg", "image/jpeg", (415, "file_type")),
        (EXE, "letter.pdf", "application/pdf", (415, "file_type")),
        (EXE + PDF, "letter.pdf", "application/pdf", (415, "file_type")),
        (b"PK\x03\x04" + PDF, "letter.pdf", "application/pdf", (415, "file_type")),
        (b"<html><script>alert(1)</script></html>", "x.jpg", "image/jpeg", (415, "file_type")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.svg", "image/svg+xml", (415, "file_type")),
        (b"GIF89a" + b"\0" * 100, "x.gif", "image/gif", (415, "file_type")),
        (PNG, "x.png", "image/jpeg", (415, "file_type")),
        (b"", "x.jpg", "image/jpeg", (415, "file_type")),
        (JPEG[: len(JPEG) // 2], "x.jpg", "image/jpeg", (422, "file_broken")),
        (PNG[:60], "x.png", "image/png", (422, "file_broken")),
        (b"\xff\xd8\xff", "x.jpg", "image/jpeg", (422, "file_broken")),
        (b"RIFF\xff\xff\xff\xffWEBP" + b"\0" * 50, "x.webp", "", (422, "file_broken")),
        (PDF[:20], "x.pdf", "application/pdf", (422, "file_broken")),
        (bomb(), "x.png", "image/png", (422, "file_broken")),
        (texted_png(), "x.png", "image/png", (422, "file_broken")),
    ],
    ids=[
        *("pdf as jpg", "exe as pdf", "exe with a pdf in it", "zip as pdf", "html as jpg", "svg", "gif", "png as jpeg"),
        *("empty", "half a jpeg", "half a png", "a jpeg's head", "a webp's head", "half a pdf", "bomb", "packed text"),
    ],
)
async def test_what_is_refused(world: World, data: bytes, name: str, declared: str, expected: tuple[int, str]) -> None:
    layla = await somebody(world)
    assert refused(await layla.put_file(layla.session_id, data, name, declared)) == expected
    assert [e["kind"] for e in done(await layla.get(f"/sessions/{layla.session_id}/messages"), 200)["items"]] == [
        "joined"
    ]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_loses_its_position_and_stands_upright(world: World, format_: str) -> None:
    layla = await somebody(world)
    data = photo(format_, (64, 48), with_position=True)
    assert CAMERA.encode() in data
    kept = await fetched(layla, done(await layla.put_file(layla.session_id, data), 201))
    assert CAMERA.encode() not in kept
    assert b"Exif" not in kept
    image = Image.open(io.BytesIO(kept))
    assert not image.getexif()
    assert image.size == (48, 64)
    top, bottom = (image.convert("RGB").getpixel((24, y)) for y in (8, 56))
    assert near(top, (255, 0, 0))
    assert near(bottom, (0, 0, 255))


def near(seen: object, meant: tuple[int, int, int]) -> bool:
    """Tell whether two colours look alike."""
    assert isinstance(seen, tuple)
    return all(abs(a - b) < 40 for a, b in zip(seen, meant, strict=True))


@pytest.mark.parametrize("size", [10_000_001, 50_000_000])
async def test_a_file_that_is_too_big_is_refused_and_its_sender_hears_so(world: World, size: int) -> None:
    layla = await somebody(world)
    answer = await layla.put_file(layla.session_id, JPEG + b"\0" * (size - len(JPEG)), "big.jpg", "image/jpeg")
    assert refused(answer) == (413, "file_size")
    assert "10 MB" in answer.json()["detail"]


async def test_the_limit_is_a_setting_and_a_file_of_just_that_size_is_taken(new_server: NewServer) -> None:
    server = new_server(TC_MAX_FILE="2000")
    async with World(server) as world:
        layla = await somebody(world)
        fits = PDF[:9] + b" " * (2000 - len(PDF)) + PDF[9:]
        assert len(fits) == 2000
        done(await layla.put_file(layla.session_id, fits), 201)
        assert refused(await layla.put_file(layla.session_id, fits[:9] + b" " + fits[9:])) == (413, "file_size")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (quote("reçu été 収据 إيصال.pdf"), "reçu été 収据 إيصال.pdf"),
        (quote("../../etc/passwd"), "passwd.pdf"),
        (quote("..\\..\\windows\\system.ini", safe=""), "system.ini.pdf"),
        (quote("/abs/olute.PDF", safe=""), "olute.PDF"),
        (quote("photo\u202efdp.exe"), "photofdp.exe.pdf"),
        (quote("a\0b\r\nSet-Cookie: x=1.pdf"), "abSet-Cookie x=1.pdf"),
        (quote('quo"te;filename=x.pdf'), "quote;filename=x.pdf"),
        (quote(" . . "), "file.pdf"),
        (quote("x" * 300 + ".pdf"), "x" * 120 + ".pdf"),
        ("%ff%fe", "\ufffd\ufffd.pdf"),
        ("%", "%.pdf"),
        ("", "file.pdf"),
        (quote("NUL.pdf"), "NUL.pdf"),
    ],
)
async def test_names_become_safe_to_show_and_to_save(world: World, given: str, kept: str) -> None:
    layla = await somebody(world)
    sent = done(await layla.put_file(layla.session_id, PDF, given, "application/pdf"), 201)
    assert sent["file"]["name"] == kept
    answer = await layla.get(f"/sessions/{layla.session_id}/files/{sent['file']['file_id']}")
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(kept, safe='')}"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("client_id", ["short", "x" * 65, "with spaces%20", "d%2Fots", "%00aaaaaaaa", "ähnlich-wie"])
async def test_a_client_id_out_of_form_is_refused(world: World, client_id: str) -> None:
    layla = await somebody(world)
    answer = await layla.put_file(layla.session_id, PDF, client_id=client_id)
    assert refused(answer) in {(400, "invalid"), (404, "not_found")}


async def test_a_file_is_seen_by_its_session_alone_and_by_who_was_there(world: World) -> None:
    staff = await world.standing("files")
    layla, other = await world.guest(staff), await world.guest(staff)
    sent = done(await layla.put_file(layla.session_id, PDF), 201)
    path = f"/files/{sent['file']['file_id']}"
    assert refused(await other.get(f"/sessions/{other.session_id}{path}")) == (404, "not_found")
    assert refused(await staff.get(f"/sessions/{other.session_id}{path}")) == (404, "not_found")
    body = {"role": "relative", "name": "Uncle", "via": "link"}
    added = done(await staff.post(f"/sessions/{layla.session_id}/participants", json=body), 201)
    uncle = await world.join(added)
    assert refused(await uncle.get(f"/sessions/{layla.session_id}{path}")) == (404, "not_found")


async def test_the_same_upload_again_and_at_once_is_one_file(world: World) -> None:
    import asyncio

    layla = await somebody(world)
    answers = await asyncio.gather(
        *(layla.put_file(layla.session_id, photo(with_position=True), client_id="same-upload") for _ in range(5))
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["file"]["file_id"] for answer in answers}) == 1
    assert await fetched(layla, answers[0].json())
    log = done(await layla.get(f"/sessions/{layla.session_id}/messages"), 200)["items"]
    assert [entry["kind"] for entry in log] == ["joined", "file"]


async def test_a_voice_note_says_how_long_it_lasts(world: World) -> None:
    layla = await somebody(world)
    sent = done(await layla.put_file(layla.session_id, recording("webm"), "note", "audio/webm;codecs=opus"), 201)
    assert (sent["file"]["type"], sent["file"]["name"]) == ("audio/webm", "note.webm")
    assert 1.4 < sent["file"]["seconds"] < 1.7
    heard = await fetched(layla, sent)
    assert heard.startswith(b"\x1a\x45\xdf\xa3")

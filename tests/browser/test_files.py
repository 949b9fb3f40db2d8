"""Files from the phone: photos lose what they know of the place, what can't be sent is said where it was picked."""

import io
import re

import pytest
from PIL import Image
from playwright.async_api import expect

from tc_cli.client import calls
from tests.browser.conftest import MAX_FILE
from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.server.pictures import CAMERA, EXE, PDF, photo

BROKEN = "Not sent: the file can’t be read. It may be damaged."
WRONG_KIND = "Not sent: this kind of file isn’t accepted. Photos (JPEG, PNG, WebP), PDF files and voice notes are."
TOO_BIG = "Not sent: the file is too large. At most {size} is possible."
TRUNCATED = photo(size=(640, 480))[:400]
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.mark.parametrize(
    ("language", "file", "reason"),
    [
        pytest.param("en", ("scan.jpg", "image/jpeg", PDF), WRONG_KIND, id="a PDF renamed .jpg"),
        pytest.param("ar", ("leg.jpg", "image/jpeg", TRUNCATED), BROKEN, id="a truncated JPEG"),
        pytest.param("fr", ("letter.pdf", "application/pdf", EXE), WRONG_KIND, id="a program renamed .pdf"),
        pytest.param("es", ("all.zip", "application/zip", b"PK"), WRONG_KIND, id="a kind that isn't taken"),
        pytest.param("sw", ("a.svg", "image/svg+xml", DRAWING), WRONG_KIND, id="a drawing with script in it"),
        pytest.param("am", ("big.pdf", "application/pdf", PDF + bytes(MAX_FILE)), TOO_BIG, id="too big"),
    ],
)
async def test_what_cannot_be_sent_is_said_at_its_place_in_the_log(
    desk: Desk, phone: Phone, language: str, file: tuple[str, str, bytes], reason: str
) -> None:
    invite = await desk.invite(language=language)
    await phone.come(invite.url)
    await phone.pick(file)
    told = phone["message"].locator(".reason")
    shown = said(language, reason).partition("{size}")
    await expect(told).to_contain_text(shown[0])
    await expect(told).to_contain_text(shown[2])
    await expect(told).to_have_attribute("role", "alert")
    await expect(phone["message"].locator(".file-name")).to_have_text(file[0])
    await phone.write("still here")
    await phone.sees("still here")
    await phone["message"].get_by_role("button", name=said(language, "Remove"), exact=True).click()
    await expect(told).to_have_count(0)
    assert [entry.kind for entry in await desk.log(invite.session_id)] == ["joined", "text"]


async def test_a_photo_arrives_upright_small_and_without_its_place(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    taken = photo(size=(2400, 1800), with_position=True)
    assert CAMERA.encode() in taken
    await phone.pick(("home.JPG", "image/jpeg", taken))
    await expect(phone.find("[data-testid=message][data-seq] img")).to_be_visible()
    [file] = [entry.file for entry in await desk.log(invite.session_id) if entry.file]
    content = await desk.do(calls.get_file(invite.session_id, file.file_id))
    assert (file.name, file.type, file.size) == ("home.jpg", "image/jpeg", len(content))
    assert CAMERA.encode() not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (1200, 1600)
        assert not picture.getexif()
        assert [red_or_blue(picture, y) for y in (100, 1500)] == ["red", "blue"]


@pytest.mark.parametrize(("format_", "kind"), [("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")])
async def test_whatever_the_browser_can_show_can_be_sent(desk: Desk, phone: Phone, format_: str, kind: str) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.pick(("picture", kind, photo(format_)))
    await expect(phone.find("[data-testid=message][data-seq] img")).to_be_visible()
    [file] = [entry.file for entry in await desk.log(invite.session_id) if entry.file]
    assert (file.name, file.type) == ("picture.jpg", "image/jpeg")


async def test_a_file_shows_how_far_it_is_and_can_be_taken_back(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    line = await phone.context.new_cdp_session(phone.page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", slow)
    await phone.pick(("long.pdf", "application/pdf", long_pdf(300_000)))
    progress = phone["message"].locator("progress")
    await expect(progress).to_have_attribute("value", re.compile(r"0\.[1-9]"))
    await expect(progress).to_have_attribute("aria-label", "Sending")
    await phone.pick(("wrong.pdf", "application/pdf", PDF))
    await phone["message"].filter(has_text="wrong.pdf").get_by_role("button", name="Cancel").click()
    await expect(phone["message"]).to_have_count(1)
    await expect(phone.find("[data-testid=message][data-seq] a.file")).to_have_attribute("download", "long.pdf")
    await expect(progress).to_have_count(0)
    assert [entry.file.name for entry in await desk.log(invite.session_id) if entry.file] == ["long.pdf"]


async def test_words_that_are_too_long_are_given_back(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.write("ä" * 20_001)
    await expect(phone["message"].locator(".reason")).to_contain_text("this is too long")
    await phone["message"].get_by_role("button", name="Edit").click()
    await expect(phone["composer"]).to_have_value("ä" * 20_001)
    assert await desk.written(invite.session_id) == []


def long_pdf(size: int) -> bytes:
    """Make a PDF of a little more than `size` bytes."""
    start, _, rest = PDF.partition(b"\n")
    return start + b"\n%" + b"0" * size + b"\n" + rest


def red_or_blue(picture: Image.Image, y: int) -> str:
    """Name the colour in the middle of a row."""
    pixel = picture.convert("RGB").getpixel((picture.width // 2, y))
    assert isinstance(pixel, tuple)
    return "red" if pixel[0] > pixel[2] else "blue"

"""Voice notes: spoken into the page, heard on both sides, given up, and explained where the microphone is blocked."""

from typing import Any

import pytest
from playwright.async_api import expect

from tc_cli.client import calls
from tc_cli.client.uploads import Upload
from tests.browser.conftest import NewTalker
from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.sounds import recording

# The page's policy forbids what Playwright would look with again and again.
PLAYS = """() => new Promise((done) => {
  const player = document.querySelector('audio')
  const look = () => (player.currentTime > 0.2 ? done() : requestAnimationFrame(look))
  look()
})"""


async def speak(phone: Phone) -> None:
    """Record for a while, as the page's own clock says."""
    await phone["voice-note"].click()
    await expect(phone.find(".speaking .time")).to_have_text("0:01")


async def named(phone: Phone, name: str) -> None:
    """See what the button says that it does, to ears and to eyes."""
    await expect(phone["voice-note"]).to_have_accessible_name(name)
    await expect(phone["voice-note"]).to_have_attribute("title", name)


async def its_file(desk: Desk, session_id: str) -> Any:
    """Return the file of the only voice note."""
    (file,) = [entry.file for entry in await desk.log(session_id) if entry.file is not None]
    return file


async def test_a_voice_note_is_recorded_sent_and_heard(desk: Desk, new_talker: NewTalker) -> None:
    phone = (await new_talker()).phone
    invite = await desk.invite()
    await phone.come(invite.url)
    await named(phone, "Record a voice note")
    sign = await phone["voice-note"].locator("path").get_attribute("d")
    await speak(phone)
    await expect(phone["composer"]).to_be_hidden()
    await named(phone, "Send the voice note")
    assert await phone["voice-note"].locator("path").get_attribute("d") != sign
    await phone["voice-note"].click()
    await named(phone, "Record a voice note")
    await expect(phone["voice-note"].locator("path")).to_have_attribute("d", sign or "")
    await expect(phone["message"].locator(".play")).to_have_attribute("aria-label", "Your voice note, 0:01")
    file = await its_file(desk, invite.session_id)
    assert file.type == "audio/webm"
    assert 0.5 < file.seconds < 5
    assert (await desk.do(calls.get_file(invite.session_id, file.file_id))).startswith(b"\x1a\x45\xdf\xa3")
    await phone["message"].locator(".play").click()
    await expect(phone["message"].locator("audio")).to_be_visible()
    await phone.page.evaluate(PLAYS)


async def test_holding_records_and_letting_go_sends(desk: Desk, new_talker: NewTalker) -> None:
    phone = (await new_talker()).phone
    invite = await desk.invite()
    await phone.come(invite.url)
    await speak(phone)
    await phone.find(".speaking button").click()
    await phone["voice-note"].hover()
    await phone.page.mouse.down()
    await expect(phone.find(".speaking .time")).to_have_text("0:01")
    await phone.page.mouse.up()
    await expect(phone["message"].locator(".play")).to_be_visible()


async def test_it_can_be_given_up(desk: Desk, new_talker: NewTalker) -> None:
    phone = (await new_talker()).phone
    invite = await desk.invite(language="ar")
    await phone.come(invite.url)
    await speak(phone)
    await phone.page.get_by_role("button", name=said("ar", "Cancel"), exact=True).click()
    await expect(phone["composer"]).to_be_visible()
    await phone.write("rather written")
    await phone.sees("rather written")
    assert [entry.kind for entry in await desk.log(invite.session_id)] == ["joined", "text"]


async def test_by_key_it_starts_and_is_sent(desk: Desk, new_talker: NewTalker) -> None:
    phone = (await new_talker()).phone
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone["voice-note"].press("Enter")
    await expect(phone.find(".speaking .time")).to_have_text("0:01")
    await expect(phone["voice-note"]).to_have_attribute("aria-label", "Send the voice note")
    await phone["voice-note"].press("Enter")
    await expect(phone["message"].locator(".play")).to_be_visible()


async def test_a_blocked_microphone_is_explained(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone["voice-note"].click()
    await expect(phone.find("#notice")).to_contain_text("microphone")
    await expect(phone["composer"]).to_be_visible()


@pytest.mark.parametrize("width", [320, 390])
async def test_what_staff_sends_is_heard_and_fits(desk: Desk, new_talker: NewTalker, width: int) -> None:
    phone = (await new_talker(viewport={"width": width, "height": 640})).phone
    invite = await desk.invite(language="ar")
    await phone.come(invite.url)
    upload = calls.put_file(invite.session_id, calls.new_client_id(), _upload())
    await desk.do(upload)
    play = phone["message"].locator(".play")
    await expect(play).to_be_visible()
    await play.click()
    await expect(phone["message"].locator("audio")).to_be_visible()
    wide: bool = await phone.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


def _upload() -> Upload:
    content = recording("ogg")
    return Upload("note.ogg", "audio/ogg", content, len(content))

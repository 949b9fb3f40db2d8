"""The main job from beginning to end: `tc` on one side, a browser on the other."""

import io
from pathlib import Path

import pytest
from playwright.async_api import expect
from pypdf import PdfReader

from tc_cli.client.conversation import Arrived
from tc_server.wire.frames import Erased, ReadNow, TypingNow
from tests.browser.conftest import NewPhone, NewServer
from tests.browser.desk import Desk, hears, open_desk
from tests.browser.phone import NOTHING_KEPT, Phone
from tests.browser.said import said
from tests.server.pictures import PDF, photo


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
async def test_from_an_invitation_to_a_transcript(
    desk: Desk, phone: Phone, tmp_path: Path, language: str, direction: str
) -> None:
    made = await desk.tc("invite", "remote", "--name", "Layla", "--link-only", "--language", language)
    session_id = made["session_id"]
    assert made["state"] == "invited"

    await phone.open(made["url"])
    await expect(phone.find("html")).to_have_attribute("dir", direction)
    await expect(phone.find("html")).to_have_attribute("lang", language)
    await expect(phone["join"]).to_have_text(said(language, "Join"), use_inner_text=True)
    await phone.join()
    await expect(phone["waiting"]).to_be_visible()
    await expect(phone.find("#place")).to_have_text(said(language, "You are next."))
    await phone.is_("online")

    [entry] = await desk.tc("queue", "list")
    assert (entry["session_id"], entry["name"], entry["language"], entry["place"]) == (
        session_id,
        "Layla",
        language,
        1,
    )
    assert entry["online"]
    await desk.tc("queue", "tell", session_id, "--minutes", "7")
    await expect(phone.find("#told")).to_be_visible()

    await phone.write("It hurts here")
    await phone.sees("It hurts here")
    await phone.pick(("leg.jpg", "image/jpeg", photo()), ("letter.pdf", "application/pdf", PDF))
    await expect(phone.find("[data-testid=message][data-seq] img")).to_be_visible()
    await expect(phone.find("[data-testid=message] a.file")).to_have_attribute("download", "letter.pdf")
    await expect(phone["waiting"]).to_be_visible()

    started = await desk.tc("queue", "next")
    assert (started["session_id"], started["state"]) == (session_id, "active")
    await expect(phone["waiting"]).to_be_hidden()
    await expect(phone.find("#with")).to_have_text(said(language, "You are talking with {names}.", names=desk.name))

    await desk.tc("session", "send", session_id, "Since when?")
    await phone.sees("Since when?")
    await phone.write("منذ يومين 🙂")
    await phone.sees("منذ يومين 🙂")
    messages = await desk.tc("session", "messages", session_id)
    assert [(m["seq"], m["text"]) for m in messages if m["text"]] == await phone.written()

    await desk.tc("session", "close", session_id)
    await expect(phone["ended"]).to_be_visible()
    await expect(phone["ended"]).to_contain_text(said(language, "The conversation has ended."))
    await expect(phone["message"]).to_have_count(0)
    assert await phone.kept() == NOTHING_KEPT

    await desk.tc("session", "reopen", session_id)
    await expect(phone["composer"]).to_be_visible()
    await phone.sees("Since when?")
    await phone.write("One more thing")
    await phone.sees("One more thing")
    await desk.tc("session", "close", session_id)
    await expect(phone["ended"]).to_be_visible()

    paper = tmp_path / "layla.pdf"
    await desk.tc("session", "transcript", session_id, "--out", str(paper))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.read_bytes())).pages)
    assert all(words in text for words in ("It hurts here", "Since when?", "One more thing", "letter.pdf"))


async def test_typing_and_reading_are_seen_on_the_other_side(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await desk.move(invite.session_id, "start")
    async with desk.link() as link:
        link.follow(invite.session_id)
        await phone["composer"].press_sequentially("Hel")
        await hears(link, TypingNow)
        await phone.write("Hello")
        heard = await hears(link, Arrived, lambda event: event.message.text == "Hello")
        await phone.sees("Hello", "sent")
        link.read(invite.session_id, heard.message.seq)
        await phone.sees("Hello", "read")
        answer = await desk.say(invite.session_id, "Hi")
        await hears(link, ReadNow, lambda event: event.seq >= answer.seq)


async def test_a_file_from_staff_is_shown_or_downloaded(desk: Desk, phone: Phone, tmp_path: Path) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    (tmp_path / "skin.jpg").write_bytes(photo(size=(800, 600)))
    (tmp_path / "plan.pdf").write_bytes(PDF)
    files = ["--file", str(tmp_path / "skin.jpg"), "--file", str(tmp_path / "plan.pdf")]
    await desk.tc("session", "send", invite.session_id, "Look", *files)
    picture = phone.find(".theirs .picture img")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 800)
    await picture.click()
    await expect(phone.find("#photo img")).to_be_visible()
    await phone.page.keyboard.press("Escape")
    async with phone.page.expect_download() as download:
        await phone.find(".theirs a.file").click()
    saved = await download.value
    assert saved.suggested_filename == "plan.pdf"
    assert (await saved.path()).read_bytes() == PDF


async def test_kept_open_and_taken_up_again(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await desk.move(invite.session_id, "start")
    await desk.move(invite.session_id, "keep-open")
    await expect(phone.find("#with")).to_have_text("The conversation is still open. Write whenever you like.")
    await phone.write("A question, still")
    await phone.sees("A question, still")
    [waiting] = await desk.tc("queue", "list")
    assert (waiting["session_id"], waiting["state"]) == (invite.session_id, "open")
    await desk.tc("session", "resume", invite.session_id)
    await expect(phone.find("#with")).to_contain_text(desk.name)
    assert await desk.tc("queue", "list") == []


async def test_in_time_nothing_is_left_on_the_phone(new_server: NewServer, new_phone: NewPhone) -> None:
    server = new_server(TC_CLOSED_RETENTION="1s")
    desk, phone = await open_desk(server), await new_phone()
    phone.expect_complaint("404", "410", "409")
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.write("Nobody may know")
    await phone.sees("Nobody may know")
    await phone["composer"].fill("and this")
    async with desk.link() as link:
        await desk.move(invite.session_id, "close")
        await expect(phone["ended"]).to_be_visible()
        await hears(link, Erased)
    await expect(phone["ended"]).to_be_visible()
    assert await phone.kept() == NOTHING_KEPT
    assert "Nobody may know" not in await phone.page.content()
    await phone.page.reload()
    await phone.join()
    await expect(phone.find(".lead[data-stop=link_unknown]")).to_be_visible()
    assert await phone.kept() == NOTHING_KEPT

"""Going away: Leave says so to staff, quick exit to nobody, and leaves no trace on the phone."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from playwright.async_api import expect

from tc_cli.client.conversation import Online
from tc_server.wire.frames import Presence, SessionFrame
from tests.browser.conftest import NewPhone
from tests.browser.desk import Desk, hears
from tests.browser.phone import NOTHING_KEPT, Phone
from tests.serving import Server


async def press_the_button(phone: Phone) -> None:
    """Exit with a finger."""
    await phone["quick-exit"].click()


async def press_escape_thrice(phone: Phone) -> None:
    """Exit by the keyboard."""
    for _ in range(3):
        await phone.page.keyboard.press("Escape")


async def test_who_leaves_gives_up_their_place_and_can_come_back(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    async with desk.link() as link:
        await hears(link, Online)
        await phone["leave"].click()
        await expect(phone.find("[data-stop=left]")).to_be_visible()
        gone = await hears(link, SessionFrame, lambda frame: frame.state == "invited")
        assert gone.waiting_since is None
        assert gone.people[0].devices == 0
    assert await phone.kept() == NOTHING_KEPT
    await expect(phone["message"]).to_have_count(0)
    await phone.find("#return").click()
    await phone.is_("online")
    await expect(phone["waiting"]).to_be_visible()
    assert (await desk.session(invite.session_id)).state == "waiting"


async def test_leaving_asks_before_words_are_lost(desk: Desk, phone: Phone) -> None:
    await phone.come((await desk.invite()).url)
    await phone["composer"].fill("not yet sent")
    await phone["leave"].click()
    await expect(phone.find("#leaving")).to_be_visible()
    await phone.find("#leaving button[value=stay]").click()
    await expect(phone["composer"]).to_have_value("not yet sent")
    await phone["leave"].click()
    await phone.find("#leaving button[value=leave]").click()
    await expect(phone.find("[data-stop=left]")).to_be_visible()
    assert await phone.kept() == NOTHING_KEPT


@pytest.mark.parametrize("exit_", [press_the_button, press_escape_thrice])
async def test_quick_exit_leaves_no_trace_and_keeps_the_place(
    desk: Desk, phone: Phone, server: Server, exit_: Callable[[Phone], Awaitable[None]]
) -> None:
    phone.expect_complaint("401")
    invite = await desk.invite()
    await phone.come(invite.url)
    waiting_since = (await desk.session(invite.session_id)).waiting_since
    await phone.write("nobody may see this")
    await phone.sees("nobody may see this")
    await phone["composer"].fill("nor this")
    [cookie] = await phone.context.cookies()
    async with desk.link() as link:
        await hears(link, Online)
        await exit_(phone)
        await hears(link, Presence, lambda frame: not frame.online)
    await phone.page.wait_for_url(f"{server.url}/")
    await expect(phone.find("table")).to_be_visible()
    assert "TeleConnect" not in await phone.page.content()
    assert await phone.kept() == NOTHING_KEPT
    assert await phone.page.evaluate("indexedDB.databases()") == []

    session = await desk.session(invite.session_id)
    assert (session.state, session.online, session.waiting_since) == ("waiting", False, waiting_since)
    async with httpx.AsyncClient(cookies={str(cookie["name"]): str(cookie["value"])}) as thief:
        answer = await thief.get(f"{server.api}/sessions/{invite.session_id}/messages")
        assert answer.status_code == 401

    await phone.page.go_back()
    assert phone.page.url == "about:blank"
    await phone.page.go_forward()
    assert phone.page.url == f"{server.url}/"


async def test_quick_exit_works_before_join(desk: Desk, phone: Phone, server: Server) -> None:
    await phone.open((await desk.invite()).url)
    await press_the_button(phone)
    await phone.page.wait_for_url(f"{server.url}/")
    await phone.page.go_back()
    assert phone.page.url == "about:blank"


async def test_quick_exit_works_offline(desk: Desk, phone: Phone, server: Server) -> None:
    """Offline nothing can be fetched in its place, but the words are gone from the screen and the phone."""
    phone.expect_complaint("WebSocket", "ERR_INTERNET_DISCONNECTED")
    await phone.come((await desk.invite()).url)
    await phone.context.set_offline(True)
    await phone.write("nobody may see this")
    await phone.sees("nobody may see this", "pending")
    await press_the_button(phone)
    await phone.page.wait_for_url(lambda url: "/j/" not in url)
    assert "nobody may see this" not in await phone.page.content()
    await phone.context.set_offline(False)
    await phone.open(server.url)
    assert await phone.kept() == NOTHING_KEPT


async def test_who_comes_back_after_a_quick_exit_is_where_they_were(desk: Desk, new_phone: NewPhone) -> None:
    layla, omar = await new_phone(), await new_phone()
    invite = await desk.invite("Layla")
    await layla.come(invite.url)
    await layla.write("hello")
    await layla.sees("hello")
    await omar.come((await desk.invite("Omar")).url)
    await press_the_button(layla)
    await layla.page.wait_for_url(lambda url: url.endswith("/"))
    await layla.come(invite.url)
    await expect(layla.find("#place")).to_have_text("You are next.")
    await layla.sees("hello")
    await expect(omar.find("#place")).to_have_text("You are number 2 in line.")

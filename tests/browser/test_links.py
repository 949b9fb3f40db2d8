"""The link: whom it lets in, when it doesn't any more, and what it never tells."""

import asyncio
from datetime import UTC, datetime

from playwright.async_api import expect

from tc_cli.client import calls
from tests.browser.conftest import NewPhone, NewServer
from tests.browser.desk import Desk, open_desk
from tests.browser.phone import NOTHING_KEPT, Phone
from tests.browser.said import said
from tests.serving import Server, eventually


async def is_stopped(phone: Phone, language: str, text: str) -> None:
    """Wait for the last screen, with nothing but this on it."""
    shown = said(language, text, organisation="TeleConnect")
    await expect(phone.find("#stopped .lead:visible")).to_have_text(shown)
    await expect(phone["composer"]).to_be_hidden()
    assert await phone.kept() == NOTHING_KEPT


async def test_a_wrong_link_lets_nobody_in(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("404")
    invite = await desk.invite(language="ar")
    await phone.open(f"{invite.url[:-4]}zzzz")
    await phone.join()
    wrong = "This link doesn’t work. Please open all of it again, or ask {organisation} for a new one."
    await is_stopped(phone, "ar", wrong)
    await phone.page.goto("about:blank")
    await phone.open(invite.url.partition("#")[0])
    await is_stopped(phone, "ar", wrong)


async def test_a_revoked_link_says_so(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("410")
    invite = await desk.invite(language="fr")
    await desk.tc("invite", "revoke", invite.invite_id)
    await phone.open(invite.url)
    await phone.join()
    taken_back = "This invitation was taken back. If you still want to talk, please ask {organisation}."
    await is_stopped(phone, "fr", taken_back)


async def test_a_link_revoked_while_somebody_waits_ends_their_wait(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("410")
    invite = await desk.invite()
    await phone.come(invite.url)
    await desk.do(calls.revoke(invite.invite_id))
    taken_back = "This invitation was taken back. If you still want to talk, please ask {organisation}."
    await is_stopped(phone, "en", taken_back)


async def test_an_expired_link_says_so(new_server: NewServer, phone: Phone) -> None:
    phone.expect_complaint("410")
    desk = await open_desk(new_server(TC_INVITE_LIFETIME="1s"))
    invite = await desk.invite(language="es")
    await phone.open(invite.url)
    await asyncio.to_thread(eventually, lambda: datetime.now(UTC) > invite.expires_at)
    await phone.join()
    await is_stopped(phone, "es", "This invitation is no longer valid. Please ask {organisation} for a new one.")


async def test_a_rotated_link_works_in_its_new_form_alone(desk: Desk, new_phone: NewPhone) -> None:
    old, new = await new_phone(), await new_phone()
    old.expect_complaint("404")
    invite = await desk.invite()
    await old.come(invite.url)
    rotated = await desk.do(calls.rotate(invite.invite_id))
    await expect(old.find("[data-problem=again]")).to_be_visible()
    await old["join"].click()
    wrong = "This link doesn’t work. Please open all of it again, or ask {organisation} for a new one."
    await is_stopped(old, "en", wrong)
    await new.come(rotated.url)
    await expect(new["waiting"]).to_be_visible()


async def test_the_link_of_a_closed_session_says_that_it_has_ended(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("409")
    invite = await desk.invite(language="sw")
    await phone.come(invite.url)
    await desk.move(invite.session_id, "close")
    await expect(phone["ended"]).to_be_visible()
    await phone.page.reload()
    await phone.join()
    await expect(phone["ended"].locator("h2")).to_have_text(said("sw", "The conversation has ended."))
    assert await phone.kept() == NOTHING_KEPT


async def test_the_same_link_works_in_a_second_browser(desk: Desk, new_phone: NewPhone) -> None:
    first, second = await new_phone(), await new_phone()
    invite = await desk.invite()
    await first.come(invite.url)
    await first.write("from the first")
    await first.sees("from the first")
    await second.come(invite.url)
    await second.sees("from the first")
    await second.write("from the second")
    await first.sees("from the second")
    assert await first.written() == await second.written()
    assert (await desk.session(invite.session_id)).people[0].devices == 2
    assert [entry.kind for entry in await desk.log(invite.session_id)].count("joined") == 1


async def test_a_reload_asks_for_nothing_again(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.write("hello")
    await phone.sees("hello")
    await phone.page.reload()
    await phone.is_("online")
    await phone.sees("hello")
    await expect(phone["waiting"]).to_be_visible()
    await expect(phone["terms"]).to_be_hidden()
    assert (await desk.session(invite.session_id)).people[0].devices == 1


async def test_another_language_is_a_choice_away_at_any_time(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.open(invite.url)
    await phone["language"].select_option("ar")
    await expect(phone.find("html")).to_have_attribute("dir", "rtl")
    await phone.join()
    await phone.is_("online")
    assert (await desk.session(invite.session_id)).people[0].language == "ar"
    await phone.write("hello")
    await phone.sees("hello")
    await phone["language"].select_option("am")
    await expect(phone.find("html")).to_have_attribute("lang", "am")
    await phone.is_("online")
    await phone.sees("hello")


async def test_without_the_cookie_join_must_be_pressed_again(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.write("hello")
    await phone.sees("hello")
    await phone.context.clear_cookies()
    await phone.page.reload()
    await expect(phone.find("[data-problem=again]")).to_be_visible()
    await phone["join"].click()
    await phone.is_("online")
    await phone.sees("hello")


async def test_opening_the_link_tells_nothing_until_join_is_pressed(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    before = await desk.session(invite.session_id)
    await phone.open(invite.url)
    await phone["terms"].check()
    await phone["language"].select_option("fr")
    await expect(phone.find("html")).to_have_attribute("lang", "fr")
    assert await desk.session(invite.session_id) == before
    assert await desk.do(calls.show_invite(invite.invite_id)) == invite
    assert (await desk.do(calls.queue())).items == []
    await phone["join"].press("Enter")
    await expect(phone.find("#trouble")).to_contain_text(said("fr", "Please tick the box first."))
    await expect(phone["terms"]).to_be_focused()
    assert await desk.session(invite.session_id) == before
    await phone.join()
    await phone.is_("online")
    [person] = (await desk.session(invite.session_id)).people
    assert (person.devices, person.online) == (1, True)


async def test_the_secret_of_a_link_goes_nowhere_but_into_the_body_of_join(
    desk: Desk, phone: Phone, server: Server
) -> None:
    invite = await desk.invite()
    secret = invite.url.partition("#")[2]
    await phone.come(invite.url)
    page = await (await phone.page.request.get(invite.url)).body()
    await phone.page.reload()
    await phone.is_("online")
    for request in phone.requests:
        headers = await request.all_headers()
        assert not headers.get("referer"), request.url
        assert secret not in request.url + str(headers)
        assert (secret in (request.post_data or "")) == request.url.endswith("/join")
        if "/j/" in request.url:
            assert "cookie" not in headers
            response = await request.response()
            assert response is not None
            assert (await response.all_headers())["referrer-policy"] == "no-referrer"
    stranger = await phone.page.request.get(invite.url, headers={"Cookie": ""})
    assert page == await stranger.body()
    assert secret not in server.log.read_text()

"""What is planned: who comes too early is told when it is, says whether they come, and joins once it is time."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from tc_cli.client import calls
from tc_server.wire.bodies import Invite
from tests.browser.conftest import NewPhone
from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.browser.test_access import fits, passes_axe, tab_to
from tests.serving import Server
from tests.web.test_page import CODES

ADDIS = "Africa/Addis_Ababa"
EARLY = timedelta(minutes=15)
GONE = "This link doesn’t work any more. Please ask {organisation} for a new one."


def ahead(**time: float) -> datetime:
    """Return a time that is still to come."""
    return datetime.now(UTC) + timedelta(**time)


def link_to_test(url: str) -> str:
    """Return the link to the device test that the first message has."""
    return url.replace("/j/", "/test/")


async def come_early(phone: Phone, url: str) -> None:
    """Open a link and press Join before it is time."""
    phone.expect_complaint("409")
    await phone.open(url)
    await phone.join()
    await expect(phone["early"]).to_be_visible()


async def coming(desk: Desk, invite: Invite) -> bool | None:
    """Ask as staff whether the person comes."""
    return (await desk.do(calls.show_invite(invite.invite_id))).coming


async def test_who_comes_too_early_is_told_when_it_is_in_the_phones_own_time_zone(
    desk: Desk, new_phone: NewPhone
) -> None:
    phone = await new_phone(timezone_id=ADDIS)
    planned = ahead(days=2).replace(hour=21, minute=45, second=0, microsecond=0)
    invite = await desk.invite(at=planned)
    before = await desk.session(invite.session_id)
    await come_early(phone, invite.url)
    local = planned.astimezone(ZoneInfo(ADDIS))
    date = f"{local:%A, %B} {local.day}, {local.year}"
    planned_for = said(
        "en", "This conversation is planned for {date}, {clock}.", date=date, clock="12:45\u00a0AM Ethiopia\u00a0Time"
    )
    await expect(phone["planned"]).to_have_text(planned_for)
    await expect(phone["until"]).to_have_text(f"in {(local.date() - datetime.now(ZoneInfo(ADDIS)).date()).days} days")
    await expect(phone["early"]).to_contain_text("You can join from 12:30 AM, 15 minutes before.")
    await expect(phone["early"]).to_be_focused()
    await expect(phone["waiting"]).to_be_hidden()
    assert await desk.session(invite.session_id) == before
    assert (await desk.do(calls.queue())).items == []


async def test_an_answer_is_given_by_a_press_and_can_be_changed(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(language="fr", at=ahead(hours=5))
    await come_early(phone, invite.url)
    assert await coming(desk, invite) is None
    await phone["come"].click()
    thanks = said("fr", "Thank you. We know that you will come.")
    await expect(phone["answered"].locator("p:visible")).to_have_text(thanks)
    await expect(phone["answered"]).to_be_focused()
    await expect(phone["come"]).to_be_hidden()
    assert await coming(desk, invite) is True
    await phone["change-answer"].click()
    await expect(phone["come"]).to_be_focused()
    assert await coming(desk, invite) is True
    await phone["not-come"].click()
    await expect(phone["answered"].locator("[data-answer=no]")).to_be_visible()
    assert await coming(desk, invite) is False
    assert (await desk.session(invite.session_id)).state == "invited"


async def test_an_answer_that_does_not_get_through_is_not_taken_for_one(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("ERR_INTERNET_DISCONNECTED")
    invite = await desk.invite(at=ahead(hours=5))
    await come_early(phone, invite.url)
    await phone.context.set_offline(True)
    await phone["come"].click()
    await expect(phone["coming"].get_by_role("alert")).to_contain_text("You are offline.")
    await expect(phone["answered"]).to_be_hidden()
    await phone.context.set_offline(False)
    await phone["come"].click()
    await expect(phone["answered"]).to_be_visible()
    await expect(phone.find("[data-fault=offline]")).to_be_hidden()
    assert await coming(desk, invite) is True


async def test_once_it_is_time_join_is_offered_by_itself_and_nobody_is_taken_in_unasked(
    desk: Desk, phone: Phone
) -> None:
    invite = await desk.invite(at=datetime.now(UTC) + EARLY + timedelta(seconds=5))
    await come_early(phone, invite.url)
    await expect(phone["until"]).to_have_text("in 16 minutes")
    await expect(phone["join"]).to_be_visible()
    await expect(phone["early"]).to_be_hidden()
    await expect(phone.find("#trouble")).to_contain_text("You can join now.")
    await expect(phone["join"]).to_be_focused()
    assert (await desk.session(invite.session_id)).state == "invited"
    await phone["join"].press("Enter")
    await expect(phone["waiting"]).to_be_visible()
    await phone.is_("online")


async def test_a_phone_that_slept_looks_at_the_clock_when_it_wakes(desk: Desk, phone: Phone) -> None:
    await phone.page.clock.install()
    invite = await desk.invite(at=ahead(hours=3))
    await come_early(phone, invite.url)
    await expect(phone["until"]).to_have_text("in 3 hours")
    await phone.page.clock.pause_at(ahead(minutes=150))
    await phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(phone["until"]).to_have_text(re.compile("in 3[01] minutes"))
    await phone.page.clock.resume()
    await phone.page.clock.fast_forward("20:00")
    await expect(phone["join"]).to_be_visible()
    # To the server it is still too early, whatever this clock says: the phone's is wrong, and that is heeded.
    await phone["join"].click()
    await expect(phone["early"]).to_be_visible()
    await expect(phone["until"]).to_have_text("in 3 hours")


async def test_a_phone_whose_clock_is_wrong_is_told_the_right_distance(desk: Desk, phone: Phone) -> None:
    await phone.page.clock.install(time=datetime.now(UTC) - timedelta(days=400))
    await come_early(phone, (await desk.invite(at=ahead(minutes=40))).url)
    await expect(phone["until"]).to_have_text("in 40 minutes")


async def test_what_was_moved_is_told_with_the_answer(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(at=ahead(hours=5))
    await come_early(phone, invite.url)
    await desk.tc("invite", "reschedule", invite.invite_id, "--at", ahead(hours=9).isoformat(timespec="seconds"))
    await phone["come"].click()
    await expect(phone["until"]).to_have_text("in 9 hours")
    assert await coming(desk, invite) is True


async def test_a_link_that_ends_meanwhile_says_so_at_the_answer(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("410")
    invite = await desk.invite(language="sw", at=ahead(hours=5))
    await come_early(phone, invite.url)
    await desk.do(calls.revoke(invite.invite_id))
    await phone["come"].click()
    taken_back = "This invitation was taken back. If you still want to talk, please ask {organisation}."
    await expect(phone.find("#stopped .lead:visible")).to_have_text(said("sw", taken_back, organisation="TeleConnect"))
    await expect(phone["early"]).to_be_hidden()


async def test_what_the_early_screen_needs_may_fail_to_load_once(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("409", "ERR_FAILED", "Failed to fetch")
    invite = await desk.invite(at=ahead(hours=5))
    await phone.context.route("**/early.js*", lambda route: route.abort(), times=1)
    await phone.open(invite.url)
    await phone.join()
    await expect(phone.find("[data-problem=unreachable]")).to_be_visible()
    async with phone.page.expect_event("load"):
        await phone["join"].click()
    await phone.join()
    await expect(phone["early"]).to_be_visible()


async def test_the_device_test_asks_nothing_about_its_link_until_an_answer_is_pressed(
    desk: Desk, new_phone: NewPhone, server: Server
) -> None:
    phone = await new_phone(timezone_id=ADDIS)
    planned = ahead(days=3).replace(hour=11, minute=30, second=0, microsecond=0)
    invite = await desk.invite(at=planned)
    secret = invite.url.partition("#")[2]
    before = await desk.session(invite.session_id)
    await phone.open(link_to_test(invite.url))
    await expect(phone["come"]).to_be_visible()
    await expect(phone["planned"]).to_be_hidden()
    assert [request.url for request in phone.requests if "/api/" in request.url] == []
    assert await desk.session(invite.session_id) == before
    await phone["not-come"].click()
    await expect(phone["answered"]).to_be_focused()
    await expect(phone["planned"]).to_contain_text("2:30\u00a0PM Ethiopia\u00a0Time.")
    assert await coming(desk, invite) is False
    for request in phone.requests:
        assert secret not in request.url + str(await request.all_headers())
        assert (secret in (request.post_data or "")) == request.url.endswith("/join/answer")
    assert secret not in server.log.read_text()
    onward = phone.page.get_by_role("link", name="Go to the conversation")
    await expect(onward).to_have_attribute("href", f"/j/en#{secret}")
    await onward.click()
    await expect(phone["terms"]).to_be_visible()


async def test_the_answer_can_be_given_after_the_test_too(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(at=ahead(days=1))
    await phone.context.add_init_script("delete window.RTCPeerConnection")
    await phone.open(link_to_test(invite.url))
    await phone["test-start"].click()
    await expect(phone["test-result"]).to_be_visible()
    await phone["test-result"].get_by_test_id("come").click()
    await expect(phone["test-result"].get_by_test_id("answered")).to_be_focused()
    assert await coming(desk, invite) is True
    await phone["test-again"].click()
    await expect(phone["test-result"].get_by_test_id("answered")).to_be_visible()
    await expect(phone["test-back"]).to_have_text("Go to the conversation", use_inner_text=True)


async def test_the_early_screen_leads_to_the_device_test_with_its_link(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(language="ar", at=ahead(days=1))
    await come_early(phone, invite.url)
    await phone["early-test"].click()
    await expect(phone["test-start"]).to_be_visible()
    assert phone.page.url == link_to_test(invite.url)
    await expect(phone["come"]).to_be_visible()


async def test_a_link_that_leads_nowhere_takes_no_answer(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint("404", "409", "410")
    invite = await desk.invite(language="ar", at=ahead(days=1))
    await phone.open(f"{link_to_test(invite.url)[:-4]}zzzz")
    await phone["come"].click()
    alert = phone["coming"].get_by_role("alert")
    await expect(alert).to_have_text(said("ar", GONE, organisation="TeleConnect"), use_inner_text=True)
    await expect(phone["come"]).to_be_hidden()
    await desk.do(calls.revoke(invite.invite_id))
    await phone.page.goto("about:blank")
    await phone.open(link_to_test(invite.url))
    await phone["not-come"].click()
    await expect(alert).to_have_text(said("ar", GONE, organisation="TeleConnect"), use_inner_text=True)
    unplanned = await desk.invite()
    await phone.page.goto("about:blank")
    await phone.open(link_to_test(unplanned.url))
    await phone["come"].click()
    await expect(alert).to_have_text("You can’t answer with this link any more.", use_inner_text=True)


async def test_without_a_link_or_from_the_waiting_room_the_device_test_asks_for_no_answer(
    desk: Desk, phone: Phone, server: Server
) -> None:
    await phone.open(f"{server.url}/test/en")
    await expect(phone["test-start"]).to_have_attribute("aria-disabled", "false")
    await expect(phone["coming"]).to_be_hidden()
    await phone.come((await desk.invite(at=ahead(minutes=10))).url)
    await phone["device-test"].click()
    await expect(phone["test-start"]).to_have_attribute("aria-disabled", "false")
    await expect(phone["coming"]).to_be_hidden()


async def test_previews_of_both_links_change_nothing(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(at=ahead(days=1))
    before = await desk.session(invite.session_id)
    for url in (invite.url, link_to_test(invite.url)):
        response = await phone.page.request.get(url)
        assert response.ok
        assert response.headers["referrer-policy"] == "no-referrer"
    assert await desk.session(invite.session_id) == before
    assert await desk.do(calls.show_invite(invite.invite_id)) == invite


async def test_all_of_it_is_possible_without_a_mouse(desk: Desk, phone: Phone) -> None:
    keys = phone.page.keyboard
    invite = await desk.invite(at=ahead(hours=5))
    await come_early(phone, invite.url)
    await tab_to(phone, "not-come")
    await keys.press("Enter")
    await expect(phone["answered"]).to_be_focused()
    await tab_to(phone, "change-answer")
    await keys.press("Space")
    await expect(phone["come"]).to_be_focused()
    await keys.press("Enter")
    await expect(phone["answered"].locator("[data-answer=yes]")).to_be_visible()
    await tab_to(phone, "early-test")
    await tab_to(phone, "quick-exit", backwards=True)
    await keys.press("Enter")
    await expect(phone["early"]).to_have_count(0)


@pytest.mark.parametrize("language", CODES)
async def test_it_is_for_everybody(desk: Desk, new_phone: NewPhone, language: str) -> None:
    scheme = "dark" if language in {"ar", "fr"} else "light"
    phone = await new_phone(
        viewport={"width": 320, "height": 568}, color_scheme=scheme, timezone_id="America/Argentina/Buenos_Aires"
    )
    invite = await desk.invite(language=language, at=ahead(days=1))
    await come_early(phone, invite.url)
    await fits(phone)
    await passes_axe(phone, "early")
    await phone["not-come"].click()
    await expect(phone["answered"]).to_be_visible()
    await fits(phone)
    await passes_axe(phone, "answered")
    await phone["early-test"].click()
    await expect(phone["come"]).to_be_visible()
    await fits(phone)
    await passes_axe(phone, "test")
    await phone["come"].click()
    await expect(phone["answered"]).to_be_visible()
    await fits(phone)
    await passes_axe(phone, "test, answered")

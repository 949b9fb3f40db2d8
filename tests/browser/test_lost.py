"""The page for a lost link: on small screens, in both directions of writing, without a mouse, and without scripts."""

import asyncio
import re
import secrets
from typing import Any

import pytest
from playwright.async_api import expect

from tc_server.locales import languages
from tests.browser.conftest import NewPhone
from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.browser.test_access import fits, passes_axe, tab_to
from tests.serving import Server, eventually

ANSWER = (
    "If there is an open invitation for this contact, a message with the link is on its way. It can take a few minutes."
)
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 568}}


async def invited(desk: Desk) -> tuple[str, str]:
    """Invite somebody by email; return their address and their link."""
    address = f"{secrets.token_hex(8)}@example.org"
    made = await desk.tc("invite", "remote", "--name", "Layla", "--email", address)
    return address, made["url"]


async def messages(server: Server, address: str, number: int) -> list[str]:
    """Wait until so many messages went to an address."""

    def look() -> list[str]:
        texts = [path.read_text() for path in (server.data / "outbox").glob("*.txt")]
        found = [text for text in texts if text.startswith(f"To: {address}\n")]
        return found if len(found) >= number else []

    return await asyncio.to_thread(eventually, look)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_lost_link_is_asked_for_and_comes_and_works(
    desk: Desk, server: Server, new_phone: NewPhone, scripts: bool
) -> None:
    address, url = await invited(desk)
    phone = await new_phone(java_script_enabled=scripts)
    await phone.open(f"{server.url}/lost/en")
    await phone["contact"].fill(address)
    await phone["lost-send"].click()
    await expect(phone["asked"]).to_contain_text(ANSWER)
    await expect(phone["contact"]).to_be_hidden()
    _, again = await messages(server, address, 2)
    assert url in again
    assert address not in phone.page.url
    await phone.page.reload()
    await expect(phone["asked"]).to_be_visible()


async def test_nobody_learns_from_the_answer_whether_somebody_is_invited(
    desk: Desk, server: Server, new_phone: NewPhone
) -> None:
    address, _ = await invited(desk)
    seen = set()
    for contact in (address, "nobody@example.org", "+44 20 7946 0958", "nonsense"):
        phone = await new_phone()
        await phone.open(f"{server.url}/lost/en")
        await phone["contact"].fill(contact)
        await phone["contact"].press("Enter")
        await expect(phone["asked"]).to_be_visible()
        seen.add((phone.page.url, await phone.page.content()))
    assert len(seen) == 1


async def test_nothing_is_sent_without_a_contact(server: Server, phone: Phone) -> None:
    await phone.open(f"{server.url}/lost/en")
    await phone["lost-send"].click()
    await expect(phone["contact"]).to_be_focused()
    assert not [request for request in phone.requests if request.method == "POST"]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_small_screen_and_passes_axe(
    server: Server, new_phone: NewPhone, language: str, scheme: str
) -> None:
    phone = await new_phone(**SMALL, color_scheme=scheme)
    await phone.open(f"{server.url}/lost/{language}")
    await expect(phone["language"]).to_be_attached()
    await fits(phone)
    await passes_axe(phone, "form")
    await expect(phone.page.get_by_label(said(language, "Phone number or email address"))).to_be_editable()
    await phone["contact"].fill("x" * 254)
    await phone["lost-send"].click()
    await expect(phone["asked"]).to_be_visible()
    await fits(phone)
    await passes_axe(phone, "answer")


@pytest.mark.parametrize("language", [language.code for language in languages()])
async def test_it_fits_in_every_language_also_without_scripts(
    server: Server, new_phone: NewPhone, language: str
) -> None:
    for scripts in (True, False):
        phone = await new_phone(**SMALL, java_script_enabled=scripts)
        for address in (f"/lost/{language}", f"/lost/{language}?asked"):
            await phone.open(f"{server.url}{address}")
            await fits(phone)


async def test_the_whole_way_is_possible_without_a_mouse_and_the_answer_is_read_out(
    server: Server, phone: Phone
) -> None:
    keys = phone.page.keyboard
    await phone.open(f"{server.url}/lost")
    await tab_to(phone, "contact")
    await keys.type("layla@example.org")
    await tab_to(phone, "lost-send")
    await keys.press("Enter")
    await expect(phone["asked"]).to_be_visible()
    await expect(phone.page.get_by_role("heading", name=ANSWER)).to_be_focused()
    await tab_to(phone, "lost-again")
    await keys.press("Enter")
    await expect(phone["contact"]).to_have_value("")


async def test_another_language_is_chosen_at_the_top_or_without_scripts_at_the_end(
    server: Server, new_phone: NewPhone
) -> None:
    phone = await new_phone()
    await phone.open(f"{server.url}/lost")
    await phone["language"].select_option("ar")
    await expect(phone.find("html")).to_have_attribute("dir", "rtl")
    await expect(phone.find("h2").first).to_have_text(said("ar", "Get the link again"))
    simple = await new_phone(java_script_enabled=False)
    await simple.open(f"{server.url}/lost/en")
    await expect(simple["language"]).to_be_hidden()
    await simple.find(".tongues a[lang=sw]").click()
    await expect(simple.find("h2").first).to_have_text(said("sw", "Get the link again"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_quick_exit_leads_to_the_harmless_page(server: Server, new_phone: NewPhone, scripts: bool) -> None:
    phone = await new_phone(java_script_enabled=scripts)
    await phone.open(f"{server.url}/lost/en")
    await phone["quick-exit"].click()
    await phone.page.wait_for_url(re.compile(r":\d+/$"))
    if scripts:
        await phone.page.go_back()
        await expect(phone["contact"]).to_have_count(0)


async def test_a_link_that_does_not_work_leads_here(server: Server, phone: Phone) -> None:
    phone.expect_complaint("404")
    await phone.open(f"{server.url}/j/ar#leads-nowhere")
    await phone.join()
    await phone["lost-link"].locator("visible=true").click()
    await phone.page.wait_for_url(f"{server.url}/lost/ar")
    await expect(phone["contact"]).to_be_visible()

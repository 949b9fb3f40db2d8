"""Calls for everybody: small screens, both directions of writing, light and dark, screen readers, no mouse."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.conftest import NewTalker
from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.browser.talk import Talker, begin, connected
from tests.browser.test_access import OVERFLOWING, RULES


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
async def test_every_stage_of_a_call_passes_axe(desk: Desk, new_talker: NewTalker, language: str, scheme: str) -> None:
    round_ = await begin(desk, new_talker, language, color_scheme=scheme)
    await round_.ring("video")
    await passes_axe(round_.layla, "ringing")
    await passes_axe(round_.staff, "staff, ringing")
    await round_.layla.phone["accept-video"].click()
    await connected(round_.layla, round_.staff)
    await expect(round_.layla.phone["remote-video"]).to_be_visible()
    await passes_axe(round_.layla, "talking")
    await passes_axe(round_.staff, "staff, talking")
    await round_.layla.phone.page.reload()
    await expect(round_.layla.phone["incoming-call"]).to_have_attribute("data-state", "elsewhere")
    await passes_axe(round_.layla, "still running")
    await round_.staff.phone["hangup"].click()
    await expect(round_.staff.phone["ended"]).to_be_visible()
    await passes_axe(round_.staff, "staff, ended")


async def passes_axe(talker: Talker, stage: str) -> None:
    """Hold the page to WCAG 2.2 AA."""
    results = await Axe().run(talker.phone.page, options=RULES)
    assert results.violations_count == 0, f"{stage}: {results.generate_report()}"


@pytest.mark.parametrize("language", ["en", "ar", "de", "ru", "so", "my", "ur"])
async def test_a_call_leaves_room_for_the_chat_on_a_small_screen(
    desk: Desk, new_talker: NewTalker, language: str
) -> None:
    round_ = await begin(desk, new_talker, language, viewport={"width": 320, "height": 568})
    layla = round_.layla.phone
    await fits(layla)
    await round_.ring("video")
    await fits(layla)
    await layla["accept-video"].click()
    await expect(layla["remote-video"]).to_be_visible()
    await expect(layla["local-video"]).to_be_visible()
    await fits(layla)
    await layla.write("Can you see it?")
    await layla.sees("Can you see it?")
    await expect(layla.message("Can you see it?")).to_be_in_viewport()
    label = said(language, "Hang up")
    await expect(layla.page.get_by_role("button", name=label)).to_be_in_viewport()


async def fits(phone: Phone) -> None:
    """See that nothing is cut off or scrolls sideways, and that one can write."""
    assert await phone.page.evaluate("document.documentElement.scrollWidth") == 320
    assert await phone.page.evaluate(OVERFLOWING) == []
    await expect(phone["composer"]).to_be_in_viewport(ratio=1)


async def test_the_whole_call_is_possible_without_a_mouse(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    layla = round_.layla.phone
    await layla["composer"].focus()
    await round_.ring()
    await expect(layla["composer"]).to_be_focused()
    await layla["accept-audio"].press("Enter")
    await connected(round_.layla)
    await expect(layla.find(".call")).to_be_focused()
    await layla.page.keyboard.press("Tab")
    await expect(layla["mute"]).to_be_focused()
    await layla["hangup"].press("Enter")
    await expect(layla["chat-log"]).to_be_focused()

"""For everybody: small screens, both directions of writing, light and dark, screen readers, no mouse."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tc_cli.client.conversation import Online
from tc_server.locales import languages
from tests.browser.conftest import NewPhone
from tests.browser.desk import Desk, hears
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.server.pictures import EXE, PDF, photo

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter((element) => {
  const {left, right, width} = element.getBoundingClientRect()
  return width > 1 && (left < -0.5 || right > innerWidth + 0.5)
}).map((element) => element.outerHTML.slice(0, 100))"""


async def fill(desk: Desk, phone: Phone, session_id: str) -> None:
    """Put one of each kind into the log."""
    await phone.write("It hurts here " + "very" * 30)
    await desk.say(session_id, "https://example.org/" + "long" * 30)
    name = f"a name that is long{'_and_longer' * 5}.pdf"
    await phone.pick(("leg.jpg", "image/jpeg", photo(size=(800, 600))), (name, "application/pdf", PDF))
    await expect(phone.find("a.file")).to_be_visible()
    await phone.pick(("letter.pdf", "application/pdf", EXE))
    await expect(phone.find(".reason")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("ar", "light"), ("ar", "dark"), ("am", "light")]
)
async def test_every_screen_passes_axe(desk: Desk, new_phone: NewPhone, language: str, scheme: str) -> None:
    phone = await new_phone(color_scheme=scheme)
    invite = await desk.invite(language=language)
    await phone.open(invite.url)
    await phone["join"].press("Enter")
    await passes_axe(phone, "welcome")
    await phone.join()
    await phone.is_("online")
    await desk.say(invite.session_id, "Hello")
    await fill(desk, phone, invite.session_id)
    await passes_axe(phone, "waiting")
    await desk.move(invite.session_id, "start")
    await expect(phone.find("#with")).to_be_visible()
    await passes_axe(phone, "chat")
    await phone["composer"].fill("not sent")
    await phone["leave"].click()
    await passes_axe(phone, "leaving")
    await phone.find("#leaving button[value=stay]").click()
    await desk.move(invite.session_id, "close")
    await expect(phone["ended"]).to_be_visible()
    await passes_axe(phone, "ended")


async def passes_axe(phone: Phone, screen: str) -> None:
    """Hold the page to WCAG 2.2 AA."""
    results = await Axe().run(phone.page, options=RULES)
    assert results.violations_count == 0, f"{screen}: {results.generate_report()}"


@pytest.mark.parametrize("language", [language.code for language in languages()])
async def test_nothing_reaches_over_the_edge_of_a_small_screen(desk: Desk, new_phone: NewPhone, language: str) -> None:
    phone = await new_phone(viewport={"width": 320, "height": 568}, color_scheme="dark")
    invite = await desk.invite("A very long name " * 5, language=language)
    await phone.open(invite.url)
    await fits(phone)
    await phone.join()
    await phone.is_("online")
    await desk.tc("queue", "tell", invite.session_id, "--minutes", "25")
    await expect(phone.find("#told")).to_be_visible()
    await fits(phone)
    await fill(desk, phone, invite.session_id)
    await expect(phone["composer"]).to_be_in_viewport()
    await fits(phone)
    await desk.move(invite.session_id, "start")
    await expect(phone.find("#with")).to_be_visible()
    await fits(phone)
    await phone["composer"].fill("not sent " + "x" * 100)
    await desk.move(invite.session_id, "close")
    await expect(phone.find("#unsent")).to_be_visible()
    await fits(phone)


async def fits(phone: Phone) -> None:
    """See that nothing is cut off or scrolls sideways."""
    assert await phone.page.evaluate("document.documentElement.scrollWidth") == 320
    assert await phone.page.evaluate(OVERFLOWING) == []


async def test_the_whole_way_is_possible_without_a_mouse(desk: Desk, phone: Phone) -> None:
    keys = phone.page.keyboard
    invite = await desk.invite()
    await phone.open(invite.url)
    await tab_to(phone, "terms")
    await keys.press("Space")
    await tab_to(phone, "join")
    await keys.press("Enter")
    await phone.is_("online")
    await expect(phone["waiting"]).to_be_focused()
    await tab_to(phone, "composer")
    await keys.type("Hello")
    await keys.press("Shift+Enter")
    await keys.type("there")
    await keys.press("Enter")
    await phone.sees("Hello\nthere")
    await expect(phone["composer"]).to_be_focused()
    await desk.move(invite.session_id, "start")
    await desk.say(invite.session_id, "Send a photo, please")
    await phone.sees("Send a photo, please")
    async with phone.page.expect_file_chooser() as chooser:
        await tab_to(phone, "attach", backwards=True)
        await keys.press("Enter")
    await (await chooser.value).set_files({"name": "leg.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    picture = phone.find("[data-testid=message][data-seq] .picture")
    await expect(picture).to_be_visible()
    await picture.focus()
    await keys.press("Enter")
    await expect(phone.find("#photo")).to_be_visible()
    await keys.press("Escape")
    await expect(phone.find("#photo")).to_be_hidden()
    await expect(picture).to_be_focused()
    await tab_to(phone, "leave", backwards=True)
    await keys.press("Enter")
    await expect(phone.find("[data-stop=left]")).to_be_visible()
    await expect(phone.find("#stopped")).to_be_focused()
    await keys.press("Tab")
    await expect(phone.find("#return")).to_be_focused()
    await keys.press("Enter")
    await phone.is_("online")
    await tab_to(phone, "quick-exit", backwards=True)
    await keys.press("Enter")
    await phone.page.wait_for_url(re.compile("/$"))


async def tab_to(phone: Phone, handle: str, *, backwards: bool = False) -> None:
    """Press Tab until a part of the page has the focus, which must show."""
    for _ in range(20):
        await phone.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        focused = phone.find(":focus")
        if await focused.count() and await focused.get_attribute("data-testid") == handle:
            return
    raise AssertionError(f"{handle} isn't reached")


async def test_screen_readers_are_told_what_happens(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(language="ar")
    await phone.come(invite.url)
    log = phone.page.get_by_role("log", name=said("ar", "Conversation"))
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(phone.page.get_by_role("textbox", name=said("ar", "Write a message"))).to_be_editable()
    await expect(phone.page.get_by_role("button", name=said("ar", "Send"), exact=True)).to_be_enabled()
    await expect(phone.page.get_by_role("combobox", name=said("ar", "Language"))).to_have_value("ar")
    for part in (phone["connection"], phone.find("#waiting > div"), phone.find("#with"), phone.find("#typing")):
        await expect(part).to_have_attribute("role", "status")
    await phone.pick(("leg.jpg", "image/jpeg", photo()))
    await expect(log.get_by_role("img", name=said("ar", "Your photo"))).to_be_visible()
    await desk.say(invite.session_id, "Hello")
    await expect(log.get_by_text("Hello")).to_have_attribute("dir", "auto")


async def test_a_message_on_its_way_stays_the_same_element(desk: Desk, phone: Phone) -> None:
    """What a screen reader has spoken isn't taken away and put there again when it is sent and read."""
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.write("Hello")
    written = await phone.message("Hello").element_handle()
    await phone.sees("Hello", "sent")
    async with desk.link() as link:
        await hears(link, Online)
        link.read(invite.session_id, 2)
        await phone.sees("Hello", "read")
    assert written is not None
    assert await written.evaluate("element => element.isConnected")

"""The device test in a browser: step by step to a word, through a real relay and the real echo, and shown to staff."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import FLAGS, NewPhone, NewServer, NewTalker, browser_with
from tests.browser.desk import Desk, open_desk
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.browser.slow_line import line_before
from tests.browser.test_access import OVERFLOWING, passes_axe
from tests.certificate import make
from tests.coturn import Coturn, run
from tests.echo.peers import Device
from tests.serving import DEADLINE, Server
from tests.tools import require

# What was heard and seen of the echo, before it is let go.
SENSED = """async () => {
  const found = {audio: 0, video: 0}
  for (const connection of connections) {
    for (const [, entry] of await connection.getStats()) {
      if (entry.type !== 'inbound-rtp') continue
      found[entry.kind] += entry.kind === 'audio' ? entry.totalAudioEnergy : entry.framesDecoded
    }
  }
  return found.audio > 0 && found.video > 5
}"""


# Whether the bar has moved while the connection is looked at; it is hidden before and after.
MOVES = """() => {
  const bar = document.querySelector('#progress')
  if (bar.hidden) return false
  window.seen = (window.seen || new Set()).add(bar.value)
  return window.seen.size > 3
}"""


@pytest.fixture
def turn(tmp_path: Path) -> Iterator[Coturn]:
    """Run a relay."""
    with run(tmp_path / "turn") as turn:
        yield turn


async def press(phone: Phone, step: str, choice: str) -> None:
    """Press what a step offers."""
    await phone[f"step-{step}"].locator(f"[data-choice={choice}]:visible").click()


async def stands(phone: Phone, step: str, state: str) -> None:
    """Wait until a step has come to something."""
    await expect(phone[f"step-{step}"]).to_have_attribute("data-state", state)


async def up_to_the_connection(phone: Phone) -> None:
    """Take all steps but the last, with everything working."""
    await phone["test-start"].click()
    await stands(phone, "browser", "good")
    await stands(phone, "microphone", "good")
    await press(phone, "camera", "test")
    await press(phone, "camera", "yes")
    await press(phone, "speaker", "play")
    await press(phone, "speaker", "yes")


async def test_somebody_who_waits_tests_hears_themselves_and_shows_it(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker
) -> None:
    server = new_server(**turn.settings(TC_TURN_URLS=f"{turn.urls},turns:127.0.0.1:9?transport=tcp"))
    desk = await open_desk(server)
    invite = await desk.invite()
    layla = (await new_talker()).phone
    await layla.come(invite.url)
    await layla["device-test"].click()
    await expect(layla["test-way-back"]).to_be_hidden()
    await up_to_the_connection(layla)
    await expect(layla["test-way-back"]).to_be_visible()
    await layla.page.wait_for_function(MOVES)
    await layla.page.wait_for_function(SENSED, polling=100)
    await expect(layla["verdict"]).to_have_text("Good for video", use_inner_text=True)
    for way, state in (("udp", "open"), ("tcp", "open"), ("tls", "closed")):
        await expect(layla.find(f"[data-way={way}]")).to_have_attribute("data-state", state)
    assert re.fullmatch(r"Delay\s+\d+ ms\s+Lost\s+\d%\s+Speed\s+\d+ kbit/s", await layla["figures"].inner_text())

    await layla["test-show"].click()
    await expect(layla["test-shown"]).to_be_visible()
    fact = (await desk.log(invite.session_id))[-1]
    assert fact.kind == "device_test"
    assert fact.data is not None
    assert {name: fact.data[name] for name in ("result", "audio", "video", "relay")} == {
        "result": "video",
        "audio": True,
        "video": True,
        "relay": "udp",
    }
    assert fact.data["kbps"] >= 300
    assert (await desk.tc("session", "messages", invite.session_id))[-1]["kind"] == "device_test"

    await layla["test-back"].click()
    await layla.is_("online")
    await expect(layla["chat-log"]).to_contain_text("Your device test: Good for video")


@pytest.mark.parametrize("ways", [["udp", "tcp", "tls"], ["tls"]])
async def test_the_way_of_web_pages_is_open_where_the_relays_certificate_is_trusted(
    tmp_path: Path, new_server: NewServer, media_browser: Browser, ways: list[str]
) -> None:
    """With TLS alone all that is measured goes that way."""
    certificate = make(tmp_path)
    with run(tmp_path / "turn", certificate=certificate.files) as turn:
        tls = f"turns:127.0.0.1:{turn.tls_port}?transport=tcp"
        urls = f"{turn.urls},{tls}" if len(ways) > 1 else tls
        # The echo is at the other end, and trusts whom the server's machine trusts.
        server = new_server(**turn.settings(TC_TURN_URLS=urls, SSL_CERT_FILE=str(certificate.cert)))
        async with browser_with(media_browser, certificate.chromium_flag) as new_talker:
            phone = (await new_talker()).phone
            await phone.open(f"{server.url}/test/en")
            await up_to_the_connection(phone)
            for way in ways:
                await expect(phone.find(f"[data-way={way}]")).to_have_attribute("data-state", "open")
            await expect(phone["ways"].locator("li:visible")).to_have_count(len(ways))
            await expect(phone["verdict"]).to_have_text("Good for video", use_inner_text=True)
            await expect(phone["figures"]).to_contain_text("kbit/s")


async def test_whoever_tests_stays_in_line_and_is_told_when_it_is_their_turn(desk: Desk, new_phone: NewPhone) -> None:
    invite = await desk.invite()
    phone = await new_phone()
    await phone.come(invite.url)
    await phone["device-test"].click()
    await expect(phone["test-start"]).to_be_visible()
    await expect(phone["your-turn"].locator("p")).to_be_hidden()
    await desk.move(invite.session_id, "start")
    await expect(phone["your-turn"]).to_contain_text("is here for you now")
    await phone["your-turn"].get_by_role("link").click()
    await phone.is_("online")
    await expect(phone.find("#with")).to_be_visible()


async def test_in_the_middle_of_the_test_there_is_a_way_back(desk: Desk, new_talker: NewTalker) -> None:
    invite = await desk.invite()
    phone = (await new_talker()).phone
    await phone.come(invite.url)
    await phone["device-test"].click()
    await phone["test-start"].click()
    await press(phone, "camera", "test")
    await phone["test-way-back"].click()
    await phone.is_("online")
    await expect(phone["waiting"]).to_be_visible()


async def test_a_stranger_has_nothing_to_show_and_nowhere_to_go_back_to(server: Server, new_talker: NewTalker) -> None:
    phone = (await new_talker()).phone
    await phone.open(f"{server.url}/test")
    await phone["test-start"].click()
    await press(phone, "camera", "skip")
    await press(phone, "speaker", "skip")
    await expect(phone["verdict"]).to_have_text("Good for voice only", use_inner_text=True)
    await expect(phone["test-show"]).to_be_hidden()
    await expect(phone["test-back"]).to_be_hidden()
    await expect(phone["test-way-back"]).to_be_hidden()
    await phone["test-again"].click()
    await stands(phone, "microphone", "good")


async def test_a_blocked_microphone_is_explained_for_this_browser(server: Server, browser: Browser) -> None:
    # It has devices, but no window to ask in, so it refuses.
    flags = [*FLAGS, "--use-fake-device-for-media-stream"]
    refusing = await browser.browser_type.launch(executable_path=str(require("chromium")), args=flags)
    phone = Phone(context := await refusing.new_context(locale="en", reduced_motion="reduce"), await context.new_page())
    await phone.open(f"{server.url}/test/en")
    await phone["test-start"].click()
    await stands(phone, "microphone", "bad")
    step = phone["step-microphone"]
    await expect(step).to_contain_text(
        said("en", "Press the sign left of the address, and switch microphone and camera on.")
    )
    await passes_axe(phone, "blocked")
    await press(phone, "microphone", "on")
    await press(phone, "camera", "skip")
    await press(phone, "speaker", "skip")
    await expect(phone["verdict"]).to_have_text("Chat only", use_inner_text=True)
    await expect(phone["test-result"]).to_contain_text("Without a microphone the others can’t hear you.")
    assert phone.unexpected() == []
    await refusing.close()


async def test_inside_another_app_the_link_can_be_copied(server: Server, new_talker: NewTalker) -> None:
    phone = (await new_talker(user_agent="Mozilla/5.0 (Linux; Android 13; wv) Chrome/130 Mobile [FBAN/FB4A]")).phone
    await phone.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    await phone.open(f"{server.url}/test/en")
    await phone["test-start"].click()
    await stands(phone, "browser", "fair")
    await phone["step-browser"].get_by_role("button", name="Copy the link").click()
    await expect(phone["step-browser"]).to_contain_text("Copied")
    assert await phone.page.evaluate("navigator.clipboard.readText()") == f"{server.url}/test/en"


async def test_a_network_that_lets_nothing_through_is_told_and_can_be_tried_again(
    new_server: NewServer, new_talker: NewTalker
) -> None:
    server = new_server(TC_TURN_URLS="turn:127.0.0.1:9?transport=tcp", TC_TURN_SECRET="nobody")
    phone = (await new_talker()).phone
    await phone.open(f"{server.url}/test/en")
    await up_to_the_connection(phone)
    await stands(phone, "connection", "bad")
    await press(phone, "connection", "again")
    await stands(phone, "connection", "running")
    await stands(phone, "connection", "bad")
    await press(phone, "connection", "on")
    await expect(phone["verdict"]).to_have_text("Chat only", use_inner_text=True)
    await expect(phone["test-result"]).to_contain_text("Your network lets no call through.")


@pytest.mark.parametrize(
    ("rate", "verdict", "why"),
    [
        (150_000, "Good for voice only", "The connection carries voices, but no pictures."),
        (45_000, "Good for voice only", "The connection carries voices, but no pictures."),
        (8_000, "Chat only", "The connection is too weak for a call."),
    ],
)
async def test_a_weak_line_is_judged_by_what_a_call_needs(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker, rate: float, verdict: str, why: str
) -> None:
    async with line_before(turn.port) as line:
        server = new_server(**turn.settings(TC_TURN_URLS=f"turn:127.0.0.1:{line.port}?transport=udp"))
        phone = (await new_talker()).phone
        await phone.open(f"{server.url}/test/en")
        line.rate, line.delay = rate, 0.07
        await up_to_the_connection(phone)
        await expect(phone["verdict"]).to_have_text(verdict, use_inner_text=True, timeout=60_000)
        await expect(phone["test-result"]).to_contain_text(why)


async def test_who_comes_while_others_test_waits_and_goes_on(new_server: NewServer, new_talker: NewTalker) -> None:
    server = new_server(TC_ECHO_LIMIT="1")
    other = Device()
    async with httpx.AsyncClient(timeout=DEADLINE) as client:
        answer = (await client.post(f"{server.api}/echo", json={"sdp": await other.offer()})).raise_for_status()
    await other.take(answer.json()["sdp"])
    phone = (await new_talker()).phone
    phone.expect_complaint("503")
    await phone.open(f"{server.url}/test/en")
    await up_to_the_connection(phone)
    await expect(phone["step-connection"]).to_contain_text("Others are testing just now.", use_inner_text=True)
    await other.close()
    await expect(phone["verdict"]).to_have_text("Good for video", use_inner_text=True)


async def test_quick_exit_leaves_the_test_at_once(desk: Desk, new_phone: NewPhone) -> None:
    invite = await desk.invite()
    phone = await new_phone()
    await phone.come(invite.url)
    await phone["device-test"].click()
    await expect(phone["test-start"]).to_be_enabled()
    await phone["quick-exit"].click()
    await phone.page.wait_for_url(re.compile("/$"))
    await phone.open(invite.url)
    await expect(phone["terms"]).to_be_visible()


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 390), ("ar", "dark", 320), ("ti", "light", 320), ("ru", "dark", 320), ("my", "light", 320)],
)
async def test_every_step_is_for_everybody(
    server: Server, new_talker: NewTalker, language: str, scheme: str, width: int
) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": 568}, "color_scheme": scheme}
    phone = (await new_talker(**options)).phone
    await phone.open(f"{server.url}/test/{language}")
    await fits(phone, width)
    await passes_axe(phone, "before")
    await phone["test-start"].click()
    await press(phone, "camera", "test")
    await expect(phone["step-camera"].locator("[data-choice=yes]")).to_be_in_viewport()
    await fits(phone, width)
    await passes_axe(phone, "camera")
    await press(phone, "camera", "yes")
    await press(phone, "speaker", "play")
    await passes_axe(phone, "sound")
    await press(phone, "speaker", "yes")
    await expect(phone["returned"]).to_be_visible()
    await passes_axe(phone, "connection")
    await expect(phone["verdict"]).to_have_text(said(language, "Good for video"), use_inner_text=True)
    await expect(phone["test-result"]).to_be_focused()
    await fits(phone, width)
    await passes_axe(phone, "result")


async def fits(phone: Phone, width: int) -> None:
    """See that nothing is cut off or scrolls sideways."""
    assert await phone.page.evaluate("document.documentElement.scrollWidth") == width
    assert await phone.page.evaluate(OVERFLOWING) == []


async def test_the_whole_test_is_possible_without_a_mouse(server: Server, new_talker: NewTalker) -> None:
    phone = (await new_talker()).phone
    keys = phone.page.keyboard
    await phone.open(f"{server.url}/test/en")
    await phone["test-start"].press("Enter")
    camera, sound = phone["step-camera"], phone["step-speaker"]
    await expect(camera.locator("h2")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(camera.locator("[data-choice=yes]")).to_be_visible()
    await camera.locator("[data-choice=yes]").press("Enter")
    await expect(sound.locator("h2")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Enter")
    await stands(phone, "speaker", "skipped")
    await expect(phone["test-result"]).to_be_focused()

"""Light enough for 2G: weighed and timed in the browser, up to the waiting room."""

import time
from typing import Any, Self

import pytest
from playwright.async_api import CDPSession, expect

from tc_server.locales import languages
from tests.browser.desk import Desk
from tests.browser.phone import Phone

CODES = [language.code for language in languages()]
BYTES, REQUESTS, SECONDS = 30_000, 6, 8.0
TWO_G = {"offline": False, "latency": 500, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}


class Scales:
    """What a phone asks for, in order, and what each weighed with its headers."""

    def __init__(self, line: CDPSession) -> None:
        self._line = line
        self._asked: dict[str, str] = {}
        self._weights: dict[str, int] = {}
        line.on("Network.requestWillBeSent", self._note)
        line.on("Network.loadingFinished", self._weigh)

    @classmethod
    async def under(cls, phone: Phone) -> Self:
        """Weigh all that a phone asks for from now on."""
        line = await phone.context.new_cdp_session(phone.page)
        scales = cls(line)
        await line.send("Network.enable")
        return scales

    async def before(self, name: str) -> dict[str, int]:
        """Tell the bytes of all that was asked for before a file, by address."""
        # The answer comes after all events that came before it.
        await self._line.send("Network.disable")
        found: dict[str, int] = {}
        for request, address in self._asked.items():
            if name in address:
                return found
            found[address] = self._weights[request]
        raise AssertionError(f"{name} was never asked for: {found}")

    def _note(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            self._asked[event["requestId"]] = event["request"]["url"]

    def _weigh(self, event: dict[str, Any]) -> None:
        self._weights[event["requestId"]] = int(event["encodedDataLength"])


@pytest.mark.parametrize("language", CODES)
async def test_the_waiting_room_is_reached_within_the_budget(desk: Desk, phone: Phone, language: str) -> None:
    invite = await desk.invite(language=language)
    scales = await Scales.under(phone)
    await phone.come(invite.url)
    await expect(phone["waiting"]).to_be_visible()
    # The live room comes once the waiting room shows.
    weights = await scales.before("/web/js/room.js")
    assert len(weights) <= REQUESTS, weights
    assert sum(weights.values()) <= BYTES, weights


async def test_the_waiting_room_is_reached_in_time_at_50_kbit_and_500_ms(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(language="am")
    line = await phone.context.new_cdp_session(phone.page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", TWO_G)
    start = time.monotonic()
    await phone.open(invite.url)
    await phone.join()
    await expect(phone["waiting"]).to_be_visible()
    assert time.monotonic() - start < SECONDS
    await phone["composer"].fill("ሰላም")
    await phone["send"].click()
    await phone.sees("ሰላም")


async def test_what_was_fetched_once_is_not_fetched_again(desk: Desk, phone: Phone) -> None:
    await phone.come((await desk.invite()).url)
    scales = await Scales.under(phone)
    await phone.page.reload()
    await phone.is_("online")
    weights = await scales.before("/web/js/room.js")
    assert sum(weights.values()) < 1_000, weights


async def test_the_policy_holds_what_could_be_slipped_in(desk: Desk, phone: Phone) -> None:
    """On the page itself a violation is an error in the console, which no test of this folder lets by."""
    phone.expect_complaint("Content Security Policy", "elsewhere.invalid")
    await phone.open((await desk.invite()).url)
    assert sorted(await phone.page.evaluate(SLIPPED_IN)) == ["img-src", "script-src-elem", "style-src-elem"]


SLIPPED_IN = """() => new Promise((resolve) => {
  const refused = []
  document.addEventListener('securitypolicyviolation', ({effectiveDirective}) => {
    if (refused.push(effectiveDirective) === 3) resolve(refused)
  })
  const make = (tag, what) => document.body.append(Object.assign(document.createElement(tag), what))
  make('style', {textContent: 'p { color: red }'})
  make('script', {textContent: '0'})
  make('img', {src: 'http://elsewhere.invalid/'})
})"""

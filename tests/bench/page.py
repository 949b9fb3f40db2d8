"""The page: bytes and requests until the waiting room shows, counted in a real browser, and its time on a bad line."""

import asyncio
import tempfile
import time
from pathlib import Path

from playwright.async_api import CDPSession, async_playwright

from tests.bench import parties
from tests.tools import require

KBIT = 50
LATENCY_MS = 500


async def _visit(url: str, party: parties.Party, slow: bool) -> dict[str, float]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(require("chromium")), args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport={"width": 360, "height": 640})
        cdp = await page.context.new_cdp_session(page)
        seen = await _count(cdp)
        if slow:
            await cdp.send("Network.emulateNetworkConditions", _bad_line())
        start = time.perf_counter()
        await page.goto(f"{url}/j/en#{party.link_token}")
        await page.get_by_test_id("terms").check()
        await page.get_by_test_id("join").click()
        await page.get_by_test_id("waiting").wait_for(timeout=60_000)
        seconds = time.perf_counter() - start
        result = {"requests": seen["requests"], "kilobytes": seen["bytes"] / 1000, "seconds": seconds}
        await browser.close()
    return result


async def _count(cdp: CDPSession) -> dict[str, float]:
    seen = {"requests": 0.0, "bytes": 0.0}

    def finished(event: dict[str, float]) -> None:
        seen["requests"] += 1
        seen["bytes"] += event["encodedDataLength"]

    cdp.on("Network.loadingFinished", finished)
    await cdp.send("Network.enable")
    return seen


def _bad_line() -> dict[str, float | bool]:
    per_second = KBIT * 1000 / 8
    return {
        "offline": False,
        "latency": LATENCY_MS,
        "downloadThroughput": per_second,
        "uploadThroughput": per_second,
    }


def measure() -> dict[str, float]:
    """Measure once on loopback and once at 50 kbit/s with 500 ms round trips."""
    with tempfile.TemporaryDirectory() as folder:
        quick, slow = asyncio.run(parties.prepare(Path(folder), 2, staff=1, joined=False))
        with parties.server(Path(folder)) as url:
            found = asyncio.run(_visit(url, quick, slow=False))
            crawled = asyncio.run(_visit(url, slow, slow=True))
    return found | {"seconds_at_50_kbit": crawled["seconds"]}

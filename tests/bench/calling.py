"""Calls: what one costs the relay, voice alone and with pictures, between two browsers that talk through coturn.

kbit/s are of one browser's line, both ways together and with headers, from what `getStats` counts; the relay moves the
same again for the other browser. Processor time is that of coturn's process, and of the device test's echo, as the
system counts it.
"""

import asyncio
import math
import random
import struct
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.async_api import Browser, Page, async_playwright

from tests.coturn import run
from tests.serving import DEADLINE, Server
from tests.tools import require

RATE = 48_000
SETTLING, SECONDS = 40.0, 30.0
WATCH = """(() => {
  const Real = RTCPeerConnection
  window.connections = []
  window.RTCPeerConnection = class extends Real { constructor(...how) { super(...how); connections.push(this) } }
})()"""
MOVED = """async () => {
  let bytes = 0
  for (const connection of connections) for (const [, entry] of await connection.getStats()) {
    if (entry.type !== 'transport') continue
    // The counters leave out the headers of IP, UDP and TURN's channel: 20, 8 and 4 bytes a packet.
    bytes += entry.bytesSent + entry.bytesReceived + 32 * (entry.packetsSent + entry.packetsReceived)
  }
  return bytes
}"""


def measure() -> dict[str, float]:
    """Measure a call by voice, one with pictures, and an echo; takes about three minutes."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> dict[str, float]:
    speech = folder / "speech.wav"
    _speak(speech)
    found: dict[str, float] = {}
    with run(folder / "coturn") as coturn:
        relay = psutil.Process(int((folder / "coturn" / "pid").read_text()))
        server = Server(folder, **coturn.settings())
        server.add("desk", "staff")
        server.start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=str(require("chromium")),
                    args=[
                        *("--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream"),
                        *("--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={speech}"),
                        "--autoplay-policy=no-user-gesture-required",
                    ],
                )
                for media in ("audio", "video"):
                    found |= await _call(browser, server, relay, media)
                found |= await _echo(browser, server)
                await browser.close()
        finally:
            server.kill()
    return found


async def _call(browser: Browser, server: Server, relay: psutil.Process, media: str) -> dict[str, float]:
    headers = server.login("desk").headers
    async with httpx.AsyncClient(base_url=server.api, headers=headers, timeout=DEADLINE) as staff:
        invite = (await staff.post("/invites", json={"name": "Layla", "via": "link"})).json()
        guest = await _page(browser, invite["url"])
        await guest.get_by_test_id("terms").check()
        await guest.get_by_test_id("join").click()
        await guest.get_by_test_id("waiting").wait_for()
        await staff.post(f"/sessions/{invite['session_id']}/start")
        call = (await staff.post(f"/sessions/{invite['session_id']}/call", json={"media": media})).json()
    desk = await _page(browser, call["url"])
    await guest.get_by_test_id(f"accept-{media}").click()
    await asyncio.sleep(SETTLING)
    before, moved, begun = _cpu(relay), await guest.evaluate(MOVED), time.perf_counter()
    await asyncio.sleep(SECONDS)
    seconds = time.perf_counter() - begun
    cpu, bytes_ = _cpu(relay) - before, await guest.evaluate(MOVED) - moved
    await desk.get_by_test_id("hangup").click()
    await desk.context.close()
    await guest.context.close()
    return {f"{media}_kbps": bytes_ * 8 / 1000 / seconds, f"{media}_relay_cpu": cpu / seconds}


async def _echo(browser: Browser, server: Server) -> dict[str, float]:
    page = await _page(browser, f"{server.url}/test/en")
    await page.get_by_test_id("test-start").click()
    for step, choice in (("camera", "test"), ("camera", "yes"), ("speaker", "skip")):
        await page.get_by_test_id(f"step-{step}").locator(f"[data-choice={choice}]:visible").click()
    await page.get_by_test_id("returned").wait_for()
    (echo,) = psutil.Process(server.pid).children()
    before, begun = _cpu(echo), time.perf_counter()
    await asyncio.sleep(2)
    found = {
        "echo_cpu": (_cpu(echo) - before) / (time.perf_counter() - begun),
        "echo_megabytes": echo.memory_info().rss / 1e6,
    }
    await page.context.close()
    return found


async def _page(browser: Browser, url: str) -> Page:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    await context.add_init_script(WATCH)
    page = await context.new_page()
    await page.goto(url)
    return page


def _cpu(process: psutil.Process) -> float:
    times: Any = process.cpu_times()
    return float(times.user + times.system)


def _speak(path: Path) -> None:
    """Write ten seconds of noise that swells four times a second, as syllables do, with a breath now and then."""
    noise, level = random.Random(4), 0.0
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = []
        for n in range(10 * RATE):
            level += 0.1 * (noise.uniform(-1, 1) - level)
            syllable = max(0.0, math.sin(math.pi * 4 * n / RATE)) * (0 if n // RATE % 4 == 3 else 1)
            samples.append(int(30_000 * level * syllable))
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))

"""Calls over lines as they are out there: voice gets through, pictures give way and come back, and the page says so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import NewServer, NewTalker
from tests.browser.desk import open_desk
from tests.browser.slow_line import Line, line_before
from tests.browser.talk import Round, Talker, begin
from tests.coturn import Coturn, run

ONE_WAY = 0.15
# What has come of the voice, as counted by the browser.
VOICE = """async () => {
  for (const [, entry] of await connections.at(-1).getStats()) {
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
      return {packets: entry.packetsReceived, hidden: entry.concealedSamples, samples: entry.totalSamplesReceived}
    }
  }
}"""
HEARD = 48_000 * 6


@pytest_asyncio.fixture(loop_scope="session")
async def line(tmp_path: Path) -> AsyncIterator[tuple[Line, Coturn]]:
    """Run a relay with a line before it that can be made slow."""
    with run(tmp_path / "turn") as turn:
        async with line_before(turn.port) as line:
            yield line, turn


async def talking(line: Line, turn: Coturn, new_server: NewServer, new_talker: NewTalker, media: str) -> Round:
    """Begin a call that has no other way than the line."""
    urls = f"turn:127.0.0.1:{line.port}?transport=udp"
    server = new_server(**turn.settings(TC_ICE_POLICY="relay", TC_TURN_URLS=urls))
    round_ = await begin(await open_desk(server), new_talker)
    await round_.talk(media)
    return round_


async def heard(talker: Talker) -> dict[str, float]:
    """Listen for six seconds of sound, by the count of its samples, and tell what came."""
    before: dict[str, float] = await talker.phone.page.evaluate(VOICE)
    return await eventually_heard(talker, before)


async def eventually_heard(talker: Talker, before: dict[str, float]) -> dict[str, float]:
    await talker.phone.page.evaluate(
        """async ([enough]) => {
          const count = """
        + VOICE
        + """
          while ((await count()).samples < enough) await new Promise((done) => setTimeout(done, 100))
        }""",
        [before["samples"] + HEARD],
    )
    now: dict[str, Any] = await talker.phone.page.evaluate(VOICE)
    return {name: now[name] - before[name] for name in before}


async def test_voice_flows_at_32_kbit_a_second_and_300_milliseconds(
    line: tuple[Line, Coturn], new_server: NewServer, new_talker: NewTalker
) -> None:
    round_ = await talking(*line, new_server, new_talker, "audio")
    line[0].rate, line[0].delay = 32_000, ONE_WAY
    # The first seconds fill the line's queue and the jitter buffer.
    await heard(round_.layla)
    for talker in (round_.layla, round_.staff):
        came = await heard(talker)
        assert came["hidden"] / came["samples"] < 0.05, came
        # Frames of 60 ms: the headers of shorter ones would take the line for themselves.
        assert came["packets"] / (came["samples"] / 48_000) < 20, came
    await round_.layla.phone.write("I hear you")
    await round_.layla.phone.sees("I hear you", "sent")


async def test_pictures_give_way_to_voice_and_come_back(
    line: tuple[Line, Coturn], new_server: NewServer, new_talker: NewTalker
) -> None:
    round_ = await talking(*line, new_server, new_talker, "video")
    await round_.layla.gets("video")
    line[0].rate, line[0].delay = 40_000, ONE_WAY
    told = round_.layla.phone.find("[data-about=pictures], [data-about=held]")
    await expect(told.first).to_be_visible()
    await expect(told.first).to_contain_text("too weak for video")
    line[0].rate, line[0].delay = None, 0.0
    await expect(told).to_have_count(0, timeout=60_000)
    await round_.layla.gets("video")

"""The README's moving picture: the real full screen on a real server, and a person who comes by link.

`python -m docs.recording` writes docs/_static/tui.gif. It needs Chromium, which draws the frames.
"""

import asyncio
import contextlib
import io
import os
import re
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright
from textual.pilot import Pilot

from docs import pictures, scene
from tc_cli.client.conversation import Arrived
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_cli.commands import transcripts
from tc_cli.commands.demonstration.stage import STAFF, Stage
from tc_cli.output.manner import manner
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.feed import Feed
from tc_cli.tui.preferences import Preferences
from tc_server.wire.frames import decode_participant_frame
from tests import tools

OUT = Path(__file__).parent / "_static" / "tui.gif"
SIZE = (80, 24)
WIDTH = 860
COLOURS = 128
PATIENCE = 20.0


@dataclass
class Reel:
    """The frames so far: each an SVG and how long it stays, in milliseconds."""

    pilot: Pilot[None]
    frames: list[tuple[str, int]] = field(default_factory=list)

    @property
    def app(self) -> TeleConnect:
        assert isinstance(self.pilot.app, TeleConnect)
        return self.pilot.app

    async def take(self, milliseconds: int) -> None:
        await pictures.settled(self.pilot)
        self.frames.append((pictures.alone(self.app.export_screenshot()), milliseconds))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def types(self, text: str, *, at_once: int = 6) -> None:
        """Type some words, a frame for every few letters."""
        for start in range(0, len(text), at_once):
            for letter in text[start : start + at_once]:
                await self.press("space" if letter == " " else letter)
            await self.take(180)

    async def until(self, look: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not look():
                await self.pilot.pause(0.02)


class Person:
    """Somebody with a phone: there as long as their page is open, reading what comes."""

    def __init__(self, server: str, url: str, session_id: str) -> None:
        self._server = server
        self._link = url.partition("#")[2]
        self._session_id = session_id
        self._client = httpx.AsyncClient(base_url=f"{server}/api/v1")

    @property
    def _path(self) -> str:
        return f"/sessions/{self._session_id}"

    async def joins(self) -> None:
        answer = await self._client.post("/join", json={"token": self._link, "accept_terms": True})
        token = answer.raise_for_status().json()["participant_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"
        self._reading = asyncio.create_task(self._reads(Access(self._server, token)))

    async def says(self, text: str) -> None:
        body: dict[str, Any] = {"client_id": secrets.token_hex(8), "text": text}
        (await self._client.post(f"{self._path}/messages", json=body)).raise_for_status()

    async def sends(self, name: str, content: bytes) -> None:
        kind = {"Content-Type": "image/png", "X-File-Name": name}
        path = f"{self._path}/files/{secrets.token_hex(8)}"
        (await self._client.put(path, content=content, headers=kind)).raise_for_status()

    async def leaves(self) -> None:
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
        await self._client.aclose()

    async def _reads(self, access: Access) -> None:
        async with Stream(access, decode=decode_participant_frame) as stream:
            async for event in stream.events():
                if isinstance(event, Arrived):
                    stream.read(self._session_id, event.message.seq)


async def record(access: Access) -> list[tuple[str, int]]:
    """Play a consultation; return its frames."""
    preferences = Preferences()
    preferences.choose(folder="/srv/transcripts")
    app = TeleConnect(Feed(access, STAFF, transcripts.write), preferences)
    async with app.run_test(size=SIZE) as pilot:
        reel = Reel(pilot)
        await reel.until(lambda: app.desk.board.loaded)
        await reel.take(1200)
        person = await _invite(reel, access)
        await _ring(reel, person)
        await _talk(reel, person)
        await _end(reel)
        await person.leaves()
    return reel.frames


async def _invite(reel: Reel, access: Access) -> Person:
    await reel.press("n")
    await reel.take(700)
    await reel.types("Mariama", at_once=4)
    await reel.pilot.pause(0.8)
    await reel.take(1300)
    await reel.press("ctrl+j")
    await reel.until(lambda: reel.app.desk.board.invites)
    await reel.take(2400)
    await reel.press("escape")
    (invite,) = reel.app.desk.board.invites.values()
    await reel.take(800)
    return Person(access.server, invite.url, invite.session_id)


async def _ring(reel: Reel, person: Person) -> None:
    board = reel.app.desk.board
    await person.joins()
    await reel.until(lambda: board.unseen and all(one.online for one in board.sessions.values()))
    await reel.take(1400)
    await person.says("Hello, it is my ankle again.")
    await reel.until(lambda: board.words)
    await reel.take(1600)
    await reel.press("s")
    await reel.until(lambda: board.in_states("active"))
    await reel.until(lambda: len(reel.app.screen_stack) > 1)
    await reel.take(1300)


async def _talk(reel: Reel, person: Person) -> None:
    board = reel.app.desk.board
    (session_id,) = board.sessions
    await reel.types("Hello Mariama. Please send a photo.", at_once=9)
    await reel.press("enter")
    await reel.until(lambda: board.sessions[session_id].people[0].read_seq == board.sessions[session_id].last_seq)
    await reel.take(1000)
    await person.sends("ankle.png", scene.photo())
    await reel.until(lambda: any(message.file for message in board.logs[session_id].messages))
    await reel.pilot.pause(1)
    await reel.take(2200)
    await person.says("I can walk, but not far.")
    await reel.until(lambda: "far" in (board.logs[session_id].messages[-1].text or ""))
    await reel.take(1400)


async def _end(reel: Reel) -> None:
    await reel.press("f8")
    await reel.take(2400)
    await reel.press("c")
    await reel.until(lambda: reel.app.desk.board.in_states("closed"))
    await reel.take(2600)


def drawn(frames: list[tuple[str, int]]) -> list[Image.Image]:
    """Draw the frames as Chromium does."""
    images = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(tools.require("chromium")), args=["--no-sandbox"])
        page = browser.new_page()
        for svg, _milliseconds in frames:
            box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
            assert box is not None
            width, height = (int(float(side)) for side in box.groups())
            page.set_viewport_size({"width": width, "height": height})
            page.set_content(f'<body style="margin:0;background:#12181d">{svg}</body>')
            image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            images.append(image.resize((WIDTH, height * WIDTH // width), Image.Resampling.LANCZOS))
        browser.close()
    return images


def write(images: list[Image.Image], durations: list[int]) -> None:
    """Write one GIF with one palette for all frames."""
    OUT.parent.mkdir(exist_ok=True)
    height = images[0].height
    sheet = Image.new("RGB", (WIDTH, height * len(images)))
    for number, image in enumerate(images):
        sheet.paste(image, (0, height * number))
    palette = sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    flat = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    flat[0].save(OUT, save_all=True, append_images=flat[1:], duration=durations, loop=0, optimize=True)


def main() -> None:
    manner.quiet = True
    with TemporaryDirectory() as home:
        os.environ |= pictures.surroundings(Path(home)) | {"XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
        with Stage() as access:
            frames = asyncio.run(record(access))
    write(drawn(frames), [milliseconds for _svg, milliseconds in frames])
    sys.stderr.write(f"{len(frames)} frames, {OUT.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()

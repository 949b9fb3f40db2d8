"""Pictures of the full screen, made by the app itself: how each comes about, and how it becomes an SVG of its own.

`python -m docs.pictures FOLDER` writes all of them.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from docs import scene
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.board import Board
from tc_cli.tui.dialogs.confirm import Confirm
from tc_cli.tui.dialogs.file_view import FileView
from tc_cli.tui.dialogs.link import LinkDialog
from tc_cli.tui.forms import Typed
from tc_cli.tui.widgets.photo import Photo
from tc_server.wire.bodies import File

Steps = Callable[[Pilot[None]], Awaitable[None]]

# The picture asks nobody for a font; what is on the screen is in the order in which it is seen already.
FONT = "ui-monospace, 'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace"
# What works as long as its screen is there.
LASTING = frozenset({"feed", "_loader", "batch-watch"})
SETTLED = 0.02
TRIES = 200


@dataclass(frozen=True, slots=True)
class Picture:
    """What is done before it is taken, on which board."""

    steps: Steps
    board: Callable[[], Board] = scene.afternoon


def keys(*pressed: str) -> Steps:
    """Press some keys, each once the one before has been worked off."""

    async def press(pilot: Pilot[None]) -> None:
        for key in pressed:
            await pilot.press(key)
            await settled(pilot)

    return press


def session(key: str, *pressed: str) -> Steps:
    """Open a chat, then press some keys."""

    async def open_it(pilot: Pilot[None]) -> None:
        _app(pilot).open_session(key)
        await settled(pilot)
        await keys(*pressed)(pilot)

    return open_it


async def link(pilot: Pilot[None]) -> None:
    """Show an invite's link."""
    _app(pilot).push_screen(LinkDialog(_app(pilot).desk, scene.INVITE))
    await settled(pilot)


async def new_invite(pilot: Pilot[None]) -> None:
    """Fill the form in."""
    _app(pilot).desk.forms[None] = Typed(name="Layla", phone="+41 79 123 45 67", language="ar")
    _app(pilot).action_new_invite()
    await _until(pilot, lambda: "SMS" in str(pilot.app.screen.query_one("#text").render()))
    await _until(pilot, lambda: pilot.app.screen.query_one("#phone-said").display)


async def new_invite_planned(pilot: Pilot[None]) -> None:
    """Fill the form in for another day."""
    _app(pilot).desk.forms[None] = Typed(
        name="Selam", phone="+251 91 123 4567", language="am", at="fri 14:30", zone="Africa/Addis_Ababa"
    )
    _app(pilot).action_new_invite()
    await _until(pilot, lambda: "SMS" in str(pilot.app.screen.query_one("#text").render()))
    await _until(pilot, lambda: pilot.app.screen.query_one("#phone-said").display)


async def confirm(pilot: Pilot[None]) -> None:
    """Ask before something that can't be undone."""
    what = "The link leads nowhere any more, and Layla is not told."
    pilot.app.push_screen(Confirm("Take the invite back?", what, "Take back"))
    await settled(pilot)


async def file_view(pilot: Pilot[None]) -> None:
    """Look at the photo."""
    file = File(file_id="ankle", name="photo.jpg", type="image/jpeg", size=182_000)
    pilot.app.push_screen(FileView(_app(pilot).desk, scene.CHAT, file, scene.photo()))
    await _until(pilot, lambda: any(photo._strips for photo in pilot.app.screen.query(Photo)))


async def palette(pilot: Pilot[None]) -> None:
    """Ask the palette for a session by its name."""
    await keys("ctrl+p", "y", "u", "s")(pilot)
    await _until(pilot, lambda: pilot.app.screen.query_one("CommandList", OptionList).option_count == 1)


async def batch(pilot: Pilot[None]) -> None:
    """Show the file of people that is on the board."""
    _app(pilot).action_batch()
    await settled(pilot)


PICTURES: dict[str, Picture] = {
    "home": Picture(keys()),
    "home-quiet": Picture(keys(), scene.quiet),
    "home-offline": Picture(keys(), scene.cut_off),
    "waiting": Picture(keys("2")),
    "sessions": Picture(keys("3")),
    "invites": Picture(keys("4")),
    "agenda": Picture(keys("5"), scene.planned),
    "agenda-move": Picture(keys("5", "down", "t", *"fri", "space", "9", "colon", "0", "0"), scene.planned),
    "home-planned": Picture(keys(), scene.planned),
    "session": Picture(session(scene.CHAT)),
    "session-offline": Picture(session(scene.CHAT), scene.cut_off),
    "session-closed": Picture(session(scene.CLOSED)),
    "session-waiting": Picture(session("amal")),
    "session-asking": Picture(session(scene.CHAT), scene.asking),
    "session-in-call": Picture(session(scene.CHAT), scene.talking),
    "call": Picture(session(scene.CHAT, "f11")),
    "call-link": Picture(session(scene.CHAT, "f11", "a")),
    "call-live": Picture(session(scene.CHAT, "f11"), scene.talking),
    "home-in-call": Picture(keys(), scene.talking),
    "phrases": Picture(session(scene.CHAT, "f4")),
    "tell": Picture(session("amal", "f9")),
    "file-picker": Picture(session(scene.CHAT, "f5")),
    "file-view": Picture(file_view),
    "terminate": Picture(session(scene.CHAT, "f8")),
    "new-invite": Picture(new_invite),
    "new-invite-planned": Picture(new_invite_planned),
    "batch": Picture(batch, scene.list_with_faults),
    "batch-sending": Picture(batch, scene.list_under_way),
    "batch-sent": Picture(batch, scene.list_sent),
    "link": Picture(link),
    "deliveries": Picture(keys("4", "d")),
    "resend": Picture(keys("4", "down", "down", "r")),
    "confirm": Picture(confirm),
    "help": Picture(keys("2", "question_mark")),
    "palette": Picture(palette),
}


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the app's workers have ended, all but the feed, and everything is painted."""

    def busy() -> bool:
        return any(worker.name not in LASTING and not worker.is_finished for worker in pilot.app.workers)

    await _until(pilot, lambda: not busy())
    for one in pilot.app.screen.query(Input):
        one.cursor_blink = False
    await pilot.pause()


async def _until(pilot: Pilot[None], look: Callable[[], bool]) -> None:
    for _ in range(TRIES):
        await pilot.pause()
        if look():
            return
        await asyncio.sleep(SETTLED)
    raise TimeoutError("the screen didn't settle")


def _app(pilot: Pilot[None]) -> TeleConnect:
    assert isinstance(pilot.app, TeleConnect)
    return pilot.app


def alone(svg: str) -> str:
    """Return a picture that loads nothing from elsewhere and shows right-to-left text as the terminal does."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    svg = re.sub(r"font-family:\s*Fira Code,\s*monospace", f"font-family: {FONT}", svg)
    return svg.replace("<style>", "<style>\n    text { unicode-bidi: bidi-override; direction: ltr; }", 1)


async def take(name: str, size: tuple[int, int] = (80, 24), *, theme: str = "teleconnect-dark") -> str:
    """Return one picture as an SVG."""
    picture = PICTURES[name]
    app = scene.app(picture.board(), theme=theme)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await picture.steps(pilot)
        await settled(pilot)
        return alone(app.export_screenshot())


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment in which pictures come out the same anywhere; it has a home in `folder`."""
    return {"TZ": "UTC", "HOME": str(scene.files(folder / "amina")), "TC_IMAGES": "blocks", "TC_BIDI": "tui"}


def write(folder: Path) -> None:
    """Write every picture, and the home screen in every look."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home:
        before = dict(os.environ)
        os.environ |= surroundings(Path(home))
        time.tzset()
        try:
            asyncio.run(_write(folder))
        finally:
            os.environ.clear()
            os.environ.update(before)
            time.tzset()


async def _write(folder: Path) -> None:
    for name in PICTURES:
        (folder / f"{name}.svg").write_text(await take(name))
    for look in ("light", "contrast", "grey"):
        (folder / f"home-{look}.svg").write_text(await take("home", theme=f"teleconnect-{look}"))


if __name__ == "__main__":
    write(Path(sys.argv[1]))

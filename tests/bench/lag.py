"""From a key to the paint that it causes: in long lists and long chats, next to the same key in short ones."""

import asyncio
import time
from datetime import timedelta
from statistics import median

from textual.pilot import Pilot

from tc_cli.client.profile import Access
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.board import Change, Tail, Topic
from tc_cli.tui.feed import Feed
from tc_cli.tui.preferences import Preferences
from tc_cli.tui.widgets.chat_log import ChatLog
from tc_cli.tui.widgets.composer import Composer
from tests.tui.test_board import NOON, message, session

KEYS = 30
NOWHERE = Access("http://127.0.0.1:9", "nobody's")


class Watched(TeleConnect):
    """The app, which notes when it last painted; no server is there, so that nothing else paints."""

    painted = 0.0

    def __init__(self) -> None:
        super().__init__(Feed(NOWHERE, "bench", lambda *_: None), Preferences())
        self.paints = asyncio.Event()

    def post_display_hook(self) -> None:
        self.painted = time.perf_counter()
        self.paints.set()


async def measure() -> dict[str, float]:
    """Measure; milliseconds, medians."""
    found: dict[str, float] = {}
    for sessions in 10, 1000:
        found[f"key_in_{sessions}_ms"] = await _list(sessions)
    for messages in 10, 10_000:
        found[f"key_over_{messages}_ms"], found[f"typed_over_{messages}_ms"] = await _chat(messages)
    return found


async def _list(sessions: int) -> float:
    app = Watched()
    for n in range(sessions):
        key = f"s{n}"
        app.desk.board.sessions[key] = session(key, state="active", last_activity_at=NOON - timedelta(minutes=n))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        return await _lag(app, pilot, ["down", "up"])


async def _chat(messages: int) -> tuple[float, float]:
    """Return the lag of choosing a message, and of typing."""
    app = Watched()
    board = app.desk.board
    board.sessions["s1"] = session("s1", state="active", last_seq=messages)
    board.logs["s1"] = Tail([message(n) for n in range(1, messages + 1)], at_start=True)
    async with app.run_test(size=(80, 24)) as pilot:
        app.open_session("s1")
        await pilot.pause()
        app.desk.changed.publish(Change(Topic.LOG, "s1"))
        app.screen.query_one(ChatLog).focus()
        await pilot.pause()
        chosen = await _lag(app, pilot, ["up", "down"])
        app.screen.query_one(Composer).focus_pad()
        await pilot.pause()
        return chosen, await _lag(app, pilot, ["a", "b"])


async def _lag(app: Watched, pilot: Pilot[None], keys: list[str]) -> float:
    await pilot.press(*keys)
    return median([await _painted(app, pilot, keys[n % len(keys)]) for n in range(KEYS)])


async def _painted(app: Watched, pilot: Pilot[None], key: str) -> float:
    await asyncio.sleep(0.02)
    app.paints.clear()
    pressed = time.perf_counter()
    await pilot.press(key)
    async with asyncio.timeout(5):
        await app.paints.wait()
    return (app.painted - pressed) * 1000

"""A session's screen on the real server: reading, writing, moving it on, and a server that dies meanwhile."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from textual.pilot import Pilot
from websockets.asyncio.client import ClientConnection, connect

from tc_cli.tui.app import TeleConnect
from tc_cli.tui.screens.session import SessionScreen
from tc_cli.tui.widgets.chat_log import ChatLog
from tc_cli.tui.widgets.composer import Composer
from tests.server.pictures import photo
from tests.serving import DEADLINE
from tests.tui.conftest import Invited, Person, Tui, sees, shown, until


def app_of(pilot: Pilot[None]) -> TeleConnect:
    assert isinstance(pilot.app, TeleConnect)
    return pilot.app


async def opened(pilot: Pilot[None], person: Person) -> SessionScreen:
    """Open a person's chat, as Enter in a list does."""
    app = app_of(pilot)
    app.open_session(person.session_id)
    await until(pilot, lambda: isinstance(app.screen, SessionScreen), "the chat")
    screen = app.screen
    assert isinstance(screen, SessionScreen)
    await until(pilot, lambda: person.session_id in app.desk.board.logs, "the log")
    return screen


@asynccontextmanager
async def live(person: Person) -> AsyncIterator[ClientConnection]:
    """Hold a person's page open."""
    headers = {"Authorization": f"Bearer {person.token}"}
    async with connect(person.server.stream, additional_headers=headers, proxy=None) as page:
        await page.recv()
        yield page


async def tells(page: ClientConnection, **frame: Any) -> None:
    await page.send(json.dumps(frame))


async def hears(page: ClientConnection, kind: str) -> None:
    async with asyncio.timeout(DEADLINE):
        while json.loads(await page.recv())["type"] != kind:
            pass


def state(pilot: Pilot[None], person: Person) -> str:
    return app_of(pilot).desk.board.sessions[person.session_id].state


async def test_words_go_both_ways(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    person.say("Hello, is somebody there?")
    async with tui() as pilot:
        await opened(pilot, person)
        await sees(pilot, "Hello, is somebody there?")
        await pilot.press("escape", "s")
        await until(pilot, lambda: state(pilot, person) == "active", "active")
        await sees(pilot, "started the session")
        await pilot.press(*"I am here.", "enter")
        await sees(pilot, "I am here. ▌ ✓")
        assert person.heard() == ["Hello, is somebody there?", "I am here."]
        person.say("It hurts.")
        await sees(pilot, "It hurts.")


async def test_what_they_have_read_is_marked(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press(*"hi", "enter")
        await sees(pilot, "1 not read yet")
        headers = {"Authorization": f"Bearer {person.token}"}
        path = f"{person.server.api}/sessions/{person.session_id}/read"
        async with httpx.AsyncClient(headers=headers, timeout=DEADLINE) as page:
            (await page.post(path, json={"seq": 2})).raise_for_status()
        await sees(pilot, "hi ▌ ✓✓")
        await sees(pilot, "✓✓ seen by them")


async def test_what_staff_has_seen_is_told_to_the_server(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    person.say("one")
    async with tui() as pilot:
        await opened(pilot, person)
        await sees(pilot, "─ new ─")
        board = app_of(pilot).desk.board
        await until(pilot, lambda: board.sessions[person.session_id].staff_read_seq == 2, "read")


async def test_the_keys_follow_the_state(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press("escape")
        await sees(pilot, "s Start")
        assert "m Minutes" in shown(pilot)
        await pilot.press("s")
        await until(pilot, lambda: state(pilot, person) == "active", "active")
        await pilot.press("escape")
        await until(pilot, lambda: "s Start" not in shown(pilot) and "t Terminate" in shown(pilot), "the keys")
        await app_of(pilot).desk.feed.move(person.session_id, "keep-open")
        await sees(pilot, "s Resume")
        await pilot.press("s")
        await until(pilot, lambda: state(pilot, person) == "active", "active again")
        await app_of(pilot).desk.feed.move(person.session_id, "close")
        await sees(pilot, "s Reopen")
        assert not app_of(pilot).screen.query_one(Composer).display
        await pilot.press("f2")
        await until(pilot, lambda: state(pilot, person) == "open", "open")


async def test_function_keys_work_while_writing(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        screen = await opened(pilot, person)
        await pilot.press(*"smt")
        assert screen.query_one(Composer).text == "smt"
        await pilot.press("f2")
        await until(pilot, lambda: state(pilot, person) == "active", "active")


async def test_a_draft_is_kept(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press(*"half a thou", "escape", "escape")
        await until(pilot, lambda: not isinstance(app_of(pilot).screen, SessionScreen), "the way back")
        screen = await opened(pilot, person)
        assert screen.query_one(Composer).text == "half a thou"


async def test_typing_is_told_both_ways(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        async with live(person) as page:
            await pilot.press("h")
            await hears(page, "typing")
            await tells(page, type="typing", session_id=person.session_id)
            await sees(pilot, "Amal is writing…")


async def test_a_photo_is_listed_and_opened(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    person.send("box.jpg", "image/jpeg", photo())
    async with tui(size=(120, 40)) as pilot:
        await opened(pilot, person)
        await sees(pilot, "▣ box.jpg")
        assert "Files" in shown(pilot)
        await pilot.press("escape", "up", "enter")
        await until(pilot, lambda: type(app_of(pilot).screen).__name__ == "FileView", "the photo")


async def test_a_file_is_sent(tui: Tui, invited: Invited, tmp_path: Path) -> None:
    person = invited("Amal").join()
    path = tmp_path / "mine.jpg"
    path.write_bytes(photo())
    async with tui() as pilot:
        screen = await opened(pilot, person)
        screen.query_one(Composer).post_message(Composer.Dropped([path]))
        await sees(pilot, "mine.jpg")
        await until(pilot, lambda: not app_of(pilot).desk.board.unsent(), "acknowledged")
        await sees(pilot, "▣ mine.jpg")


async def test_search_looks_further_back_than_what_is_loaded(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    person.say("the first pharmacy")
    for number in range(130):
        person.say(f"message {number}")
    async with tui() as pilot:
        await opened(pilot, person)
        await sees(pilot, "message 129")
        assert not app_of(pilot).desk.board.logs[person.session_id].at_start
        await pilot.press("f3", *"pharmacy", "enter")
        await sees(pilot, "the first pharmacy")
        await sees(pilot, "1 found")


async def test_an_erased_session_leaves_the_screen(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        feed = app_of(pilot).desk.feed
        await feed.move(person.session_id, "close")
        await feed.erase(person.session_id)
        await until(pilot, lambda: not isinstance(app_of(pilot).screen, SessionScreen), "the way back")


async def test_what_is_unsent_can_be_taken_back(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        screen = await opened(pilot, person)
        await app_of(pilot).desk.feed.move(person.session_id, "close")
        app_of(pilot).desk.feed.say(person.session_id, "too late")
        await sees(pilot, "✗")
        screen.query_one(ChatLog).focus()
        await pilot.press("up")
        await sees(pilot, "x Take back")
        await pilot.press("x")
        await until(pilot, lambda: not app_of(pilot).desk.board.line.get(person.session_id), "taken back")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_it_fits_every_size(tui: Tui, invited: Invited, size: tuple[int, int]) -> None:
    person = invited("Amal", phone="+41791234567", note="Speaks slowly").join()
    person.say("السلام عليكم")
    async with tui(size=size) as pilot:
        await opened(pilot, person)
        await sees(pilot, "Amal")
        await sees(pilot, "ﻢﻜﻴﻠﻋ ﻡﻼﺴﻟﺍ")
        assert ("+41791234567" in shown(pilot)) == (size[0] >= 110)
        await pilot.press("escape", "d")
        await until(pilot, lambda: ("Speaks slowly" in shown(pilot)) != (size[0] >= 110), "the panel")


async def test_ten_thousand_messages(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        screen = await opened(pilot, person)
        tail = app_of(pilot).desk.board.logs[person.session_id]
        person.say("the last one")
        await sees(pilot, "the last one")
        first = tail.messages[-1]
        make = type(first)
        fields = {name: getattr(first, name) for name in first.__struct_fields__}
        tail.messages[:] = [
            make(**(fields | {"seq": number, "client_id": None, "text": f"message {number} {secrets.token_hex(20)}"}))
            for number in range(1, 10_001)
        ]
        screen.redraw()
        await sees(pilot, "message 10000")
        log = screen.query_one(ChatLog)
        log.focus()
        for _ in range(20):
            await pilot.press("pageup")
        await pilot.resize_terminal(120, 40)
        await pilot.press("home")
        await sees(pilot, "message 1 ")
        await pilot.press("end")
        await sees(pilot, "message 10000")


async def test_the_server_dies_and_returns_while_staff_writes(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press(*"before", "enter")
        await sees(pilot, "before ▌ ✓")
        person.server.kill()
        await sees(pilot, "Offline. What you write is kept")
        await pilot.press(*"meanwhile", "enter")
        await sees(pilot, "meanwhile ▌ ◷")
        await pilot.press(*"half a line")
        person.server.start()
        app_of(pilot).desk.feed.reconnect()
        await sees(pilot, "meanwhile ▌ ✓")
        assert person.heard() == ["before", "meanwhile"]
        assert app_of(pilot).screen.query_one(Composer).text == "half a line"


async def test_nobody_types_into_a_chat_that_is_covered(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press("f12", *"zzz")
        await sees(pilot, "by link only")
        await pilot.press("f12", "i")
        await sees(pilot, "Write a message")
        assert app_of(pilot).screen.query_one(Composer).text == ""


async def test_before_they_come_there_is_nowhere_to_write(tui: Tui, invited: Invited) -> None:
    person = invited("Amal")
    async with tui() as pilot:
        await opened(pilot, person)
        await sees(pilot, "You can write once they are here.")
        await pilot.press("i", *"abc")
        assert app_of(pilot).screen.query_one(Composer).text == ""


async def test_help_is_a_key_away_while_writing(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await sees(pilot, "f1 Help")
        await pilot.press("f1")
        await sees(pilot, "On this screen")


async def test_the_head_fills_another_width(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.resize_terminal(140, 30)
        await until(pilot, lambda: len(shown(pilot).splitlines()[1]) > 120, "the width")
        await pilot.resize_terminal(60, 20)
        await sees(pilot, "waiting")


async def test_escape_closes_the_panel_before_it_leaves(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press("f12")
        await sees(pilot, "by link only")
        await pilot.press("escape")
        await sees(pilot, "Write a message")

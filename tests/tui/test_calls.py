"""Calls on the full screen, on the real server: begun, handed to a browser, seen, ended; and asked for."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Button, Static
from websockets.asyncio.client import ClientConnection, connect

from docs import scene
from tc_cli.tui import call_words
from tc_cli.tui.dialogs.call import CallDialog, LiveCallDialog
from tc_cli.tui.dialogs.call_link import CallLink
from tc_cli.tui.screens.session import SessionScreen
from tc_cli.tui.widgets.call_line import CallLine
from tc_server.wire.bodies import PersonRequest, Sender
from tc_server.wire.frames import QualityNow
from tests.serving import DEADLINE, NO_TLS
from tests.tui.conftest import Invited, Person, Tui, sees, shown, until
from tests.tui.test_session_screen import app_of, opened

CALL, HANG_UP = "ctrl+l", "h"


@pytest.fixture(autouse=True)
def _no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)


async def post(person: Person, path: str, body: dict[str, Any], token: str) -> Any:
    """Do something over HTTP, as somebody in the call."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(headers=headers, timeout=DEADLINE, verify=NO_TLS) as page:
        return (await page.post(f"{person.server.api}{path}", json=body)).raise_for_status().json()


async def does(person: Person, verb: str, **body: Any) -> Any:
    return await post(person, f"/sessions/{person.session_id}/call/{verb}", body, person.token)


async def enter(person: Person, url: str) -> Any:
    """Come by the link as the call page does."""
    return await post(person, "/call/enter", {"token": url.partition("#")[2]}, "")


@asynccontextmanager
async def linked(person: Person, token: str) -> AsyncIterator[ClientConnection]:
    """Hold a page of somebody in the call open."""
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(person.server.stream, additional_headers=headers, proxy=None) as page:
        await page.recv()
        yield page


async def tells_quality(page: ClientConnection, person: Person, level: str, *, audio_only: bool = False) -> None:
    frame = {"type": "quality", "session_id": person.session_id, "level": level, "audio_only": audio_only}
    await page.send(json.dumps(frame))


@asynccontextmanager
async def talking(tui: Tui, person: Person, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """Show an active session with somebody who has come."""
    async with tui(size) as pilot:
        await opened(pilot, person)
        await app_of(pilot).desk.feed.move(person.session_id, "start")
        await sees(pilot, "started the session")
        yield pilot


async def url_of(pilot: Pilot[None]) -> str:
    """Return the link that is shown."""
    await until(pilot, lambda: isinstance(pilot.app.screen, CallLink), "the link")
    found = await until(pilot, lambda: str(pilot.app.screen.query_one("#url", Static).render()), "the link's text")
    return str(found)


async def handed_over(pilot: Pilot[None], person: Person, medium: str = "a") -> str:
    """Call, and come to the call page; return what it logs in with."""
    await pilot.press(CALL)
    await until(pilot, lambda: isinstance(pilot.app.screen, CallDialog), "the question")
    await pilot.press(medium)
    entered = await enter(person, await url_of(pilot))
    await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")
    return str(entered["call_token"])


def said(pilot: Pilot[None]) -> str:
    """Return the line over the chat that tells of the call."""
    chats = [screen for screen in pilot.app.screen_stack if isinstance(screen, SessionScreen)]
    line = chats[-1].query_one(CallLine)
    return str(line.render())


async def says(pilot: Pilot[None], text: str) -> None:
    await until(pilot, lambda: text in said(pilot), f"{text!r} (not {said(pilot)!r})")


async def test_a_call_from_the_key_to_the_end(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        assert "^l Call" in shown(pilot)
        await handed_over(pilot, person)
        await says(pilot, "Ringing Layla")
        await sees(pilot, "^l Hang up")
        await does(person, "accept")
        await says(pilot, "In a call · just begun")
        await does(person, "hangup")
        await says(pilot, "Layla ended the call after")
        await sees(pilot, " called · ")
        await until(pilot, lambda: "^l Call" in shown(pilot), "the key")


async def test_the_link_is_shown_where_there_is_no_browser_and_goes_once_it_was_taken(
    tui: Tui, invited: Invited
) -> None:
    person = invited("Layla").join()
    async with talking(tui, person, (100, 30)) as pilot:
        await pilot.press(CALL)
        await sees(pilot, "There is no browser here")
        await pilot.press("v")
        url = await url_of(pilot)
        assert url.startswith(f"{person.server.url}/call#")
        assert "█" in shown(pilot)
        await sees(pilot, "No phone reaches it.")
        call = app_of(pilot).desk.board.calls.live[person.session_id]
        assert (call.media, call.state) == ("video", "opening")
        await enter(person, url)
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")


async def test_a_new_link_ends_the_old_one(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await pilot.press(CALL, "a")
        first = await url_of(pilot)
        await pilot.press("r")
        second = await until(pilot, lambda: (url := _url(pilot)) != first and url, "another link")
        with pytest.raises(httpx.HTTPStatusError):
            await enter(person, first)
        await enter(person, second)
        await says(pilot, "Ringing Layla")


async def test_a_link_that_lapses_says_so_and_can_be_had_anew(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await pilot.press(CALL, "a")
        await url_of(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, CallLink)
        dialog._lapse()
        await sees(pilot, "r makes a new one")
        assert _url(pilot) == ""
        await pilot.press("r")
        await until(pilot, lambda: _url(pilot), "the link")


def _url(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#url", Static).render())


async def test_a_browser_opens_the_page_without_a_question(
    tui: Tui, invited: Invited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "browser"
    lines = [f"#!{sys.executable}", "import pathlib, sys"]
    lines += [f"part = pathlib.Path('{tmp_path}/part')", "part.write_text(sys.argv[1])"]
    lines += [f"part.rename('{tmp_path}/opened')"]
    program.write_text("\n".join(lines))
    program.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(program))
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await pilot.press(CALL)
        await sees(pilot, "The page opens in your browser.")
        await pilot.press("enter")
        await until(pilot, (tmp_path / "opened").exists, "the browser")
        await says(pilot, "your call page isn't there yet")
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")
        call = app_of(pilot).desk.board.calls.live[person.session_id]
        assert call.media == "audio"
        await enter(person, (tmp_path / "opened").read_text())
        await says(pilot, "Ringing Layla")


async def test_a_browser_that_fails_leaves_the_link(
    tui: Tui, invited: Invited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", "false")
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await pilot.press(CALL, "a")
        assert "/call#" in await url_of(pilot)


async def test_declining_and_not_answering_are_told(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await does(person, "decline")
        await says(pilot, "Layla declined the call")
        await sees(pilot, "Layla declined the call · ")


async def test_staff_hangs_up_for_all(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await does(person, "accept")
        await says(pilot, "In a call")
        await pilot.press("escape", HANG_UP)
        await until(pilot, lambda: isinstance(pilot.app.screen, LiveCallDialog), "the question")
        await sees(pilot, "Hanging up ends it for everybody.")
        await pilot.press(HANG_UP)
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")
        await says(pilot, "ended the call after")


async def test_staying_is_where_the_cursor_stands(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await pilot.press(CALL, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")
        assert person.session_id in app_of(pilot).desk.board.calls.live


async def test_the_page_is_moved_elsewhere_in_the_middle_of_a_call(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await does(person, "accept")
        await says(pilot, "In a call")
        await pilot.press(CALL, "p")
        entered = await enter(person, await url_of(pilot))
        assert entered["leg"] == 2
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")
        await says(pilot, "In a call")


async def test_the_weakest_line_is_told_in_words(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        staff = await handed_over(pilot, person, "v")
        await does(person, "accept", media="video")
        async with linked(person, person.token) as theirs, linked(person, staff) as mine:
            await tells_quality(mine, person, "good")
            await says(pilot, "just begun · good")
            await tells_quality(theirs, person, "poor", audio_only=True)
            await says(pilot, "Layla's line is poor · sound only")
            await tells_quality(mine, person, "lost")
            await says(pilot, "your page is reconnecting")
            await tells_quality(mine, person, "good")
            await tells_quality(theirs, person, "lost")
            await says(pilot, "Nothing arrives from your call page · ctrl+l p opens it · In a call")
        await says(pilot, "Layla is reconnecting")


def test_with_three_it_says_what_may_help_and_blames_nobody() -> None:
    board = scene.talking()
    call = board.calls.live[scene.CHAT]
    _staff, her = call.parties
    sara = replace(her, id="p-sara", name="Sara")
    board.calls.call_is(replace(call, parties=[*call.parties, sara]))
    for one in (her, sara):
        sender = Sender(id=one.id, role="service-user", name=one.name)
        board.calls.quality_is(QualityNow(session_id=scene.CHAT, sender=sender, level="lost", audio_only=False))
    status = call_words.status(board, scene.CHAT, scene.NOW)
    assert status is not None
    assert status.text.startswith("A connection is broken · ctrl+l p opens your page anew · In a call with Mariama")


async def test_a_call_page_that_is_gone_is_not_laid_on_the_other(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        staff = await handed_over(pilot, person)
        await does(person, "accept")
        async with linked(person, person.token) as theirs:
            async with linked(person, staff) as mine:
                await tells_quality(mine, person, "good")
                await says(pilot, "just begun · good")
            await tells_quality(theirs, person, "lost")
            await says(pilot, "Nothing arrives from your call page · ctrl+l p opens it · In a call")
            await pilot.press("ctrl+l")
            await sees(pilot, "Nothing arrives from your call page · In a call.")
            await pilot.press("p")
            url = await url_of(pilot)
            await sees(pilot, "call again once it is")
            await enter(person, url)
            await tells_quality(theirs, person, "good")
            await until(pilot, lambda: "Nothing arrives" not in said(pilot), "the end of it")


async def test_somebody_added_is_rung_too(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await does(person, "accept")
        desk = app_of(pilot).desk
        request = PersonRequest(role="interpreter", name="Sara", language="en", via="link")
        invite = await desk.feed.add_person(person.session_id, request)
        Person(person.server, invite).join()
        await says(pilot, "In a call with Layla · just begun · ringing Sara")
        await pilot.press("escape", "escape")
        await sees(pilot, "in a call · rings Sara")


async def test_who_asks_for_a_call_rings_and_is_called(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await pilot.press("escape", "escape")
        await sees(pilot, "Open sessions")
        await does(person, "request", media="video")
        await sees(pilot, "🔔 Layla asks for a video call   c shows the chat")
        await sees(pilot, "asks for a call")
        assert app_of(pilot).desk.board.unseen == {person.session_id}
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat")
        await says(pilot, "Layla asks for a video call · ctrl+l calls")
        await until(pilot, lambda: not app_of(pilot).desk.board.unseen, "that it was seen")
        await handed_over(pilot, person)
        await says(pilot, "Ringing Layla")


async def test_who_asked_while_nobody_looked_still_rings(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with tui() as pilot:
        await app_of(pilot).desk.feed.move(person.session_id, "start")
    await does(person, "request")
    async with tui() as pilot:
        await sees(pilot, "🔔 Layla asks for a call")
        await pilot.press("space")
        await until(pilot, lambda: "🔔" not in shown(pilot), "silence")


async def test_home_tells_who_is_in_a_call(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await does(person, "accept")
        await pilot.press("escape", "escape")
        await sees(pilot, "in a call · just begun")
        await does(person, "hangup")
        await until(pilot, lambda: "in a call" not in shown(pilot), "the end")


async def test_a_call_that_goes_on_is_known_to_who_comes_later(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await does(person, "accept")
    async with tui() as pilot:
        await opened(pilot, person)
        await says(pilot, "In a call")


async def test_ending_the_session_says_that_the_call_ends(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await says(pilot, "Ringing Layla")
        await pilot.press("f8")
        await sees(pilot, "Before you end it: a call is ringing, and will end")
        await does(person, "accept")
        await sees(pilot, "Before you end it: a call goes on, and will end")
        await pilot.press("k")
        await says(pilot, "ended the call after")


async def test_before_the_session_is_started_nobody_is_called(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press(CALL)
        await pilot.pause()
        assert isinstance(pilot.app.screen, SessionScreen)


async def test_without_a_server_it_says_so(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await pilot.press(CALL)
        await sees(pilot, "a audio · v video")
        board = app_of(pilot).desk.board
        person.server.kill()
        try:
            await until(pilot, lambda: not board.link.online, "the loss")
            await sees(pilot, "Offline: this works again once the server answers.")
            await sees(pilot, "◌ offline")
            dialog = pilot.app.screen
            assert isinstance(dialog, CallDialog)
            assert [one.id for one in dialog.query(Button) if not one.disabled] == ["back"]
            await pilot.press("a", "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")
            await pilot.press(CALL)
            await sees(pilot, "Offline: this works again once the server answers.")
        finally:
            person.server.start()
        app_of(pilot).desk.feed.reconnect()
        await until(pilot, lambda: board.link.online, "the server")
        await until(pilot, lambda: "Offline: this" not in shown(pilot), "that it works")
        await pilot.press("a")
        assert "/call#" in await url_of(pilot)


async def test_a_call_that_ends_meanwhile_takes_the_question_away(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await pilot.press(CALL)
        await until(pilot, lambda: isinstance(pilot.app.screen, LiveCallDialog), "the question")
        await does(person, "decline")
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")


async def test_what_ends_below_the_palette_leaves_the_palette_alone(tui: Tui, invited: Invited) -> None:
    person = invited("Layla").join()
    async with talking(tui, person) as pilot:
        await handed_over(pilot, person)
        await pilot.press(CALL, "ctrl+p")
        await sees(pilot, "Open your call page anew")
        await does(person, "decline")
        live = app_of(pilot).desk.board.calls.live
        await until(pilot, lambda: not live, "the end")
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionScreen), "the chat again")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_all_choices_are_seen(tui: Tui, invited: Invited, size: tuple[int, int]) -> None:
    person = invited("Layla").join()
    async with talking(tui, person, size) as pilot:
        await pilot.press(CALL)
        await sees(pilot, "a audio · v video · esc leaves")
        await pilot.press("escape")
        await handed_over(pilot, person)
        await pilot.press(CALL)
        await sees(pilot, "h hangs up · p call page · esc leaves")
        assert "Hang up" in shown(pilot)


@pytest.mark.parametrize(
    ("outcome", "seconds", "who", "words"),
    [
        ("ended", 125, "Layla", "Layla ended the call after 2 min"),
        ("ended", 40, "", "The call ended after 40 s"),
        ("declined", 0, "Layla", "Layla declined the call"),
        ("missed", 0, "", "Nobody answered the call"),
        ("lost", 0, "", "The call broke off"),
        ("lost", 700, "", "The call broke off after 11 min"),
        ("cancelled", 0, "amina", "amina gave up calling"),
        ("cancelled", 0, "", "Nobody came to the call page"),
    ],
)
def test_an_end_is_a_sentence(outcome: str, seconds: float, who: str, words: str) -> None:
    assert call_words.ended(who, outcome, seconds) == words


def test_a_new_page_begins_with_a_line_of_its_own() -> None:
    board = scene.talking()
    call = board.calls.live[scene.CHAT]
    assert "line is fair" in str(call_words.status(board, scene.CHAT, scene.NOW))
    staff, other = call.parties
    board.calls.call_is(replace(call, parties=[staff, replace(other, leg=other.leg + 1)]))
    assert set(board.calls.told(scene.CHAT)) == {staff.id}


def test_an_old_wish_for_a_call_is_not_shown_any_more() -> None:
    board = scene.asking()
    (session_id,) = board.unseen
    assert call_words.brief(board, session_id, scene.NOW) is not None
    assert call_words.brief(board, session_id, scene.NOW + timedelta(minutes=15)) is None

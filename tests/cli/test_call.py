"""Calling from the command line: the way into a call, and how it stands until it ends."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_cli.output import browser
from tc_cli.output import calls as call_words
from tc_server.wire import frames as f
from tc_server.wire.bodies import Call, CallEntered, CallParty, Sender
from tests.cli.conftest import Tc, Waiting
from tests.cli.test_terminal import Open, Terminal, terminal
from tests.serving import Server

__all__ = ["terminal"]
ESCAPES = re.compile(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[\d;]*[mK]")


@pytest.fixture(autouse=True)
def _no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def active(tc: Tc, waiting: Waiting) -> Waiting:
    assert tc("session", "start", waiting.session_id).code == 0
    return waiting


def enter(server: str, url: str) -> CallEntered:
    """Come by the link of the call page."""
    with Api(Access(server)) as api:
        return api.do(calls.enter_call(url.partition("#")[2]))


def do(access: Access, call: calls.Call[Any]) -> Any:
    with Api(access) as api:
        return api.do(call)


def live(access: Access, session_id: str) -> Call | None:
    found: Call | None = do(access, calls.live_call(session_id)).call
    return found


async def tells_quality(server: Server, guest: Access, session_id: str, level: str) -> None:
    """Tell as a participant's page how the call arrives there."""
    async with connect(
        server.stream, additional_headers={"Authorization": f"Bearer {guest.token}"}, proxy=None
    ) as page:
        await page.recv()
        frame = {"type": "quality", "session_id": session_id, "level": level, "audio_only": False}
        await page.send(json.dumps(frame))
        await page.send('{"type": "ping"}')
        async with asyncio.timeout(20):
            while json.loads(await page.recv())["type"] != "pong":
                pass


# --- the way into it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "media"), [((), "video"), (("--audio",), "audio")])
def test_the_way_into_a_call_is_printed(tc: Tc, active: Waiting, options: tuple[str, ...], media: str) -> None:
    run = tc("session", "call", active.session_id, "--no-browser", "-o", "json", *options)
    assert run.code == 0
    call: Any = run.json["call"]
    assert (call["session_id"], call["media"], call["state"]) == (active.session_id, media, "opening")
    assert str(run.json["url"]).startswith(f"{active.guest.server}/call#")
    assert enter(active.guest.server, str(run.json["url"])).call.state == "ringing"


def test_a_pipe_gets_a_plain_link(tc: Tc, active: Waiting) -> None:
    run = tc("session", "call", active.session_id)
    assert run.code == 0
    assert re.search(r"^link +http\S+/call#\S+$", run.out, re.MULTILINE)
    assert "\x1b" not in run.out
    assert "█" not in run.out


def test_calling_again_gives_the_same_call_and_another_link(tc: Tc, active: Waiting) -> None:
    first, second = (tc("session", "call", active.session_id, "-o", "json").json for _ in range(2))
    assert first["call"]["call_id"] == second["call"]["call_id"]  # type: ignore[index]
    assert first["url"] != second["url"]


@pytest.mark.parametrize(("taken", "exit_code"), [(True, 0), (False, 1)])
def test_a_browser_opens_the_page_and_the_link_is_shown_where_it_fails(
    tc: Tc, active: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool, exit_code: int
) -> None:
    program = tmp_path / "browser"
    program.write_text(f'#!{sys.executable}\nimport sys\nopen("{tmp_path}/opened", "w").write(sys.argv[1])\n')
    program.write_text(program.read_text() + f"print('chatter')\nsys.exit({exit_code})\n")
    program.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(program))
    run = tc("session", "call", active.session_id, "-o", "json")
    assert ("opens in your browser" in run.err) is taken
    assert "chatter" not in run.out + run.err
    assert (tmp_path / "opened").read_text() == run.json["url"]


def test_no_browser_means_none(tc: Tc, active: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", str(tmp_path / "nothing"))
    run = tc("session", "call", active.session_id, "--no-browser")
    assert run.code == 0
    assert run.err == ""


@pytest.mark.parametrize(
    ("environment", "platform", "here"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", False),
        ({"SSH_TTY": "/dev/pts/1", "BROWSER": "/opt/editor/helpers/browser.sh"}, "linux", True),
        ({"DISPLAY": ":0", "BROWSER": "w3m"}, "linux", False),
        ({"BROWSER": "/usr/bin/lynx -accept_all_cookies:firefox"}, "linux", False),
        ({}, "darwin", True),
    ],
)
def test_a_browser_is_where_it_can_be_seen(environment: dict[str, str], platform: str, here: bool) -> None:
    assert browser.is_here(environment, platform) is here


def test_a_call_needs_a_session_that_was_started(tc: Tc, waiting: Waiting) -> None:
    run = tc("session", "call", waiting.session_id)
    assert run.code == 5
    assert run.err.startswith("error: ")
    assert run.err.count("\n") == 1


def test_a_server_that_is_gone_is_told(tc: Tc, staff: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TC_SERVER", "http://127.0.0.1:9")
    assert tc("session", "hangup", "0193a5c1-7b9e-7cc0-b0a4-2f6f3f1f9a10").code == 7


# --- hanging up -----------------------------------------------------------------------------------------------------


def test_hanging_up_ends_it_for_all_and_again_changes_nothing(tc: Tc, active: Waiting) -> None:
    opened = tc("session", "call", active.session_id, "-o", "json").json
    enter(active.guest.server, str(opened["url"]))
    do(active.guest, calls.accept_call(active.session_id))
    first = tc("session", "hangup", active.session_id, "-o", "json")
    assert (first.code, first.json["state"], first.json["outcome"]) == (0, "ended", "ended")
    assert tc("session", "hangup", active.session_id, "-o", "json").out == first.out
    assert "Amal (left)" in tc("session", "hangup", active.session_id).out


def test_without_a_call_there_is_nothing_to_hang_up(tc: Tc, active: Waiting) -> None:
    run = tc("session", "hangup", active.session_id)
    assert run.code == 5
    assert "`tc session call` begins one" in run.err


def test_the_log_tells_of_calls_in_words(tc: Tc, active: Waiting) -> None:
    do(active.guest, calls.request_call(active.session_id, "video"))
    opened = tc("session", "call", active.session_id, "--audio", "-o", "json").json
    enter(active.guest.server, str(opened["url"]))
    do(active.guest, calls.decline_call(active.session_id))
    log = tc("session", "messages", active.session_id).out
    for said in ("[asked for a video call]", "[began an audio call]", "[declined the call]"):
        assert said in log


# --- how it goes on -------------------------------------------------------------------------------------------------


def link_of(run: Terminal) -> str:
    """Return the link, once all of it is shown: both as what is clicked and as what is read."""
    run.until("leaves the call going on")
    (clicked, read) = re.findall(r"\x1b\]8;;(\S+?)\x1b\\(\S+?)\x1b\]8;;\x1b\\", run.shown)[0]
    assert clicked == read
    return str(read)


def test_on_a_terminal_it_is_shown_until_it_ends(server: Server, active: Waiting, terminal: Open) -> None:
    run = terminal("session", "call", active.session_id)
    link = link_of(run)
    run.until("Waiting for the call page")
    entered = enter(server.url, link)
    assert "█▀" in run.shown
    assert len(ESCAPES.sub("", run.shown).splitlines()) <= 24
    run.until("Ringing Amal")
    do(active.guest, calls.accept_call(active.session_id))
    run.until("In call with Amal · 0:0")
    asyncio.run(tells_quality(server, active.guest, active.session_id, "poor"))
    run.until("Amal's line is poor")
    do(Access(server.url, entered.call_token), calls.hang_up(active.session_id))
    run.until(" ended the call")
    assert run.end() == 0


def test_h_hangs_up(server: Server, staff: Access, active: Waiting, terminal: Open) -> None:
    run = terminal("session", "call", active.session_id, "--audio")
    enter(server.url, link_of(run))
    run.until("Ringing Amal")
    run.press("h")
    run.until(" gave up calling")
    assert run.end() == 0
    assert live(staff, active.session_id) is None


def test_ctrl_c_leaves_the_call_going_on(server: Server, staff: Access, active: Waiting, terminal: Open) -> None:
    run = terminal("session", "call", active.session_id)
    enter(server.url, link_of(run))
    run.until("Ringing Amal")
    run.interrupt()
    assert run.end() == 130
    assert f"`tc session hangup {active.session_id}`" in run.shown
    assert "Traceback" not in run.shown
    assert live(staff, active.session_id) is not None


def test_a_dumb_terminal_gets_a_line_for_each_change(
    server: Server, active: Waiting, terminal: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = terminal("session", "call", active.session_id, environment={"TERM": "dumb"})
    run.until("leaves the call going on")
    assert "\x1b" not in run.shown
    found = re.search(r"http\S+/call#\S+", run.shown)
    assert found
    enter(server.url, found[0])
    run.until("Ringing Amal\r\n")
    do(active.guest, calls.accept_call(active.session_id))
    run.until("In call with Amal\r\n")
    run.press("q")
    assert run.end() == 0


# --- in words -------------------------------------------------------------------------------------------------------


def call(*parties: tuple[str, str], state: str = "running") -> Call:
    made = [
        CallParty(id=name, role="staff" if name == "me" else "relative", name=name, state=at, leg=1, rings_until=None)  # type: ignore[arg-type]
        for name, at in (("me", "in"), *parties)
    ]
    return Call(
        session_id="s", call_id="c", media="video", state=state, created_at=None, answered_at=None, ended_at=None,  # type: ignore[arg-type]
        outcome=None, ended_by=None, parties=made,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parties", "said"),
    [
        ((("Amal", "ringing"),), "Ringing Amal"),
        ((("Amal", "in"), ("Omar", "ringing")), "In call with Amal · Ringing Omar"),
        ((("Amal", "in"), ("Omar", "in"), ("Sara", "declined")), "In call with Amal and Omar · Sara declined"),
        ((("Amal", "missed"), ("Omar", "ringing")), "Ringing Omar · Amal doesn't answer"),
        ((("Amal\x1b[2J", "in"),), "In call with Amal\ufffd[2J"),
    ],
)
def test_a_call_is_summed_up_in_one_line(parties: tuple[tuple[str, str], ...], said: str) -> None:
    assert call_words.status(call(*parties), {}) == said


def heard(*told: tuple[str, str]) -> dict[str, f.QualityNow]:
    """Return what pages tell of their lines."""
    return {
        name: f.QualityNow(
            session_id="s",
            sender=Sender(id=name, role="staff" if name == "me" else "relative", name=name),
            level=level,  # type: ignore[arg-type]
            audio_only=False,
        )
        for name, level in told
    }


@pytest.mark.parametrize(
    ("told", "away", "said"),
    [
        ((("Amal", "lost"), ("me", "good")), {"Amal"}, "Amal is reconnecting"),
        ((("Amal", "good"), ("me", "lost")), {"Amal"}, "Amal is reconnecting"),
        ((("Amal", "lost"), ("me", "good")), set(), "nothing arrives from your call page"),
        ((("Amal", "lost"),), set(), "nothing arrives from your call page"),
        ((("Amal", "lost"), ("me", "lost")), set(), "your page is reconnecting"),
        ((("Amal", "good"), ("me", "good")), {"Amal"}, "good"),
    ],
)
def test_a_broken_connection_is_laid_on_nobody_without_reason(
    told: tuple[tuple[str, str], ...], away: set[str], said: str
) -> None:
    assert call_words.status(call(("Amal", "in")), heard(*told), away) == f"In call with Amal · {said}"


def test_with_three_nobody_can_tell_whose_connection_it_is() -> None:
    now = call(("Amal", "in"), ("Omar", "in"))
    assert call_words.status(now, heard(("Amal", "lost"), ("Omar", "lost"))).endswith("a connection is broken")
    assert call_words.status(now, heard(("Amal", "lost"))).endswith("Amal is reconnecting")

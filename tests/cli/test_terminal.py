"""On a real terminal: colour, QR codes, bells and questions."""

import os
import pty
import re
import signal
import subprocess
import termios
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tc_cli.client.profile import Access
from tests.cli.conftest import ADMIN, MODULE, Tc, Waiting, invite, join
from tests.serving import PASSWORD, Server

ROOT = Path(__file__).parents[2]
NOTHING: Mapping[str, str] = MappingProxyType({})
COLOUR = re.compile(r"\x1b\[(?:\d+;)*3\d")


class Terminal:
    """A `tc` whose stdin, stdout and stderr are one terminal of 80 columns and 24 lines."""

    def __init__(self, *words: str, environment: Mapping[str, str] = NOTHING) -> None:
        self._side, other = pty.openpty()
        termios.tcsetwinsize(other, (24, 80))
        given = os.environ | {"TERM": "xterm-256color", "TC_SOUND": "off"} | dict(environment)
        self._process = subprocess.Popen(
            [*MODULE, *words],
            stdin=other,
            stdout=other,
            stderr=other,
            env=given,
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(other)
        self.shown = ""

    def until(self, text: str) -> str:
        """Read until `text` is shown; the test's own time limit ends a vain wait."""
        while text not in self.shown:
            if not self._read():
                raise AssertionError(f"ended without {text!r}: {self.shown!r}")
        return self.shown

    def type(self, line: str) -> None:
        os.write(self._side, f"{line}\n".encode())

    def press(self, keys: str) -> None:
        os.write(self._side, keys.encode())

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        return self._process.wait()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._side)

    def _read(self) -> bool:
        try:
            piece = os.read(self._side, 4096)
        except OSError:
            # So Linux says that the other side is gone.
            return False
        self.shown += piece.decode(errors="replace")
        return bool(piece)


Open = Callable[..., Terminal]


@pytest.fixture
def terminal() -> Iterator[Open]:
    opened: list[Terminal] = []

    def begin(*words: str, environment: Mapping[str, str] = NOTHING) -> Terminal:
        opened.append(Terminal(*words, environment=environment))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def test_a_new_invite_fits_on_the_screen_with_its_code(staff: Access, terminal: Open) -> None:
    run = terminal("invite", "remote", "--name", "Amal", "--link-only")
    assert run.end() == 0
    assert "█▀" in run.shown
    assert len(run.shown.splitlines()) <= 24
    assert max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in run.shown.splitlines()) <= 80


def test_colours_can_be_had_and_left(waiting: Waiting, terminal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = terminal("session", "list")
    assert coloured.end() == 0
    assert COLOUR.search(coloured.shown)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = terminal("session", "list")
    assert plain.end() == 0
    assert not COLOUR.search(plain.shown)


def test_long_names_are_cut_to_one_line(fresh: Access, terminal: Open) -> None:
    for _ in range(3):
        invite(fresh, "A name that is rather long for a table of eighty columns, as some are")
    run = terminal("invite", "list")
    assert run.end() == 0
    assert len(run.shown.strip().splitlines()) == 4
    assert "…" in run.shown


def test_an_arrival_rings_until_enter_is_pressed(fresh: Access, terminal: Open) -> None:
    run = terminal("queue", "watch", "--every", "0.5")
    join(invite(fresh), fresh.server)
    run.until("is waiting")
    run.until("\a")
    run.until("\a\a")
    run.type("")
    run.until("Seen.")
    assert run.shown.count("\x1b]9;TeleConnect: somebody is waiting\a") == 1


def test_arrivals_are_summed_up_and_named_only_on_the_screen(fresh: Access, terminal: Open) -> None:
    run = terminal("queue", "watch", "--no-bell")
    for name in ("Amal", "Yusuf"):
        join(invite(fresh, name), fresh.server)
    run.until("]9;TeleConnect: 2 people are waiting\a")
    notified = re.findall(r"\x1b\]9;([^\a]*)\a", run.shown)
    assert not any("Amal" in said or "Yusuf" in said for said in notified)


def test_the_doctor_tries_what_rings(staff: Access, terminal: Open) -> None:
    run = terminal("doctor")
    run.end()
    assert "\a" in run.shown
    assert "\x1b]9;TeleConnect: notifications work here\a" in run.shown
    assert "OSC 9" in run.shown


def test_a_password_is_asked_for_and_not_shown(server: Server, terminal: Open) -> None:
    run = terminal("login", "--server", server.url)
    run.until("User: ")
    run.type(ADMIN)
    run.until(f"Password of {ADMIN}: ")
    run.type(PASSWORD)
    assert run.end() == 0
    assert "Logged in to" in run.shown
    assert PASSWORD not in run.shown


def test_a_no_leaves_everything_as_it_is(waiting: Waiting, terminal: Open) -> None:
    run = terminal("session", "erase", waiting.session_id)
    run.until("[y/N]")
    run.type("n")
    assert run.end() == 0
    assert "Nothing done." in run.shown


def test_a_chat_says_sent_instead_of_repeating_what_was_typed(waiting: Waiting, terminal: Open) -> None:
    run = terminal("session", "watch", waiting.session_id)
    run.until("/quit.")
    run.type("good morning")
    run.until(" sent")
    assert run.shown.count("good morning") == 1
    run.type("/quit")
    assert run.end() == 0


def test_ctrl_c_ends_without_a_word(fresh: Access, terminal: Open) -> None:
    join(invite(fresh), fresh.server)
    run = terminal("queue", "watch")
    run.until("is waiting")
    run.interrupt()
    assert run.end() == 130
    assert "Traceback" not in run.shown


def test_the_full_screen_opens_rings_and_leaves_the_terminal_as_it_was(fresh: Access, terminal: Open) -> None:
    join(invite(fresh), fresh.server)
    screen = terminal("tui")
    screen.until("Invites")
    screen.until("\x1b]9;TeleConnect: somebody is waiting\a")
    screen.press("q")
    assert screen.end() == 0
    assert "\x1b[?1049l" in screen.shown


def test_the_demo_ends_on_the_full_screen_and_leaves_nothing_behind(terminal: Open, home: Path) -> None:
    screen = terminal("demo")
    screen.until("/j/en#")
    screen.press("\x1b")
    screen.until("Invited, not here yet")
    screen.press("\x11")
    assert screen.end() == 0
    assert "gone" in screen.shown
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_without_a_terminal_the_full_screen_says_what_else_there_is(staff: Access, tc: Tc) -> None:
    run = tc("tui")
    assert run.code == 2
    assert "tc queue watch" in run.err

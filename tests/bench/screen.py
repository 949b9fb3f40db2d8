"""The full screen in a terminal of its own: cold start next to an empty Textual app, bytes a key and a minute."""

import asyncio
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench import lag, parties

ROUNDS = 5
TYPED = b"Where does it hurt, and since when?"
SETTLED = 0.15
IDLE = 20.0
DEADLINE = 20.0
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("ready")
Empty().run()
"""
_TC = ["-c", "from tc_cli.main import run; run()", "tui"]


class Terminal:
    """A program on a pseudo terminal of 80x24; `seen` is all that it has written."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.seen = b""
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            cwd=parties.ROOT,
            start_new_session=True,
        )
        os.close(slave)

    def until(self, what: str) -> float:
        """Read until a text has been drawn; return the milliseconds since the start."""
        deadline = time.perf_counter() + DEADLINE
        while what.encode() not in self._text():
            assert time.perf_counter() < deadline, f"{what!r} wasn't drawn: {self._text()[-400:]!r}"
            self._read(0.5)
        return (time.perf_counter() - self.began) * 1000

    def bytes_in(self, seconds: float) -> int:
        """Read for a while; return how many bytes came."""
        before, deadline = len(self.seen), time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self._read(left)
        return len(self.seen) - before

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def end(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def _text(self) -> bytes:
        return re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", self.seen)

    def _read(self, seconds: float) -> None:
        ready, _write, _error = select.select([self._master], [], [], seconds)
        if ready:
            self.seen += os.read(self._master, 65536)


@contextmanager
def terminal(arguments: list[str], environment: dict[str, str]) -> Iterator[Terminal]:
    """Run a program on a terminal as long as the block lasts."""
    running = Terminal(arguments, environment)
    try:
        yield running
    finally:
        running.end()


def measure() -> dict[str, float]:
    """Measure; milliseconds from the start of Python, medians of some rounds; bytes that reach the terminal."""
    with tempfile.TemporaryDirectory() as folder:
        (party,) = parties.run(parties.prepare(Path(folder), 1, staff=1))
        with parties.server(Path(folder)) as url:
            environment = _environment(Path(folder), url, party.staff_token)
            found = {
                "python_ms": median(_python(environment) for _ in range(ROUNDS)),
                "empty_app_ms": median(_start(["-c", EMPTY], environment, "ready") for _ in range(ROUNDS)),
                "first_screen_ms": median(_start(_TC, environment, "Invites") for _ in range(ROUNDS)),
                "first_answer_ms": median(_start(_TC, environment, "online") for _ in range(ROUNDS)),
            }
            with terminal(_TC, environment) as screen:
                screen.until("online")
                screen.bytes_in(2)
                found["bytes_a_minute_idle"] = screen.bytes_in(IDLE) * 60 / IDLE
                found["bytes_a_keystroke"] = _typing(screen)
    return found | asyncio.run(lag.measure())


def _typing(screen: Terminal) -> float:
    """Write in the open chat; return the bytes that a key costs, by the median."""
    screen.press(b"3")
    screen.until("Somebody")
    screen.press(b"\r")
    screen.until("Somebody came")
    screen.bytes_in(1)
    return median(_key(screen, bytes([key])) for key in TYPED)


def _key(screen: Terminal, key: bytes) -> int:
    screen.press(key)
    return screen.bytes_in(SETTLED)


def _start(arguments: list[str], environment: dict[str, str], until: str) -> float:
    with terminal(arguments, environment) as running:
        return running.until(until)


def _python(environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True, env=environment, cwd=parties.ROOT)
    return (time.perf_counter() - start) * 1000


def _environment(folder: Path, url: str, token: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {"TC_SERVER": url, "TC_TOKEN": token, "HOME": str(folder), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return kept | own

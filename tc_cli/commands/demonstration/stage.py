"""A server in a temporary folder with one account: there when entered, gone without a trace when left."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.errors import TcError
from tc_cli.client.profile import Access
from tc_cli.output import diagnostics
from tc_cli.output.manner import manner

STAFF = "demo"
MODULE = "tc_cli"
LISTENING = "listening on "
STOPPING = 10


class DemoFailed(TcError):
    """A step of the demo didn't go as it should."""

    code = "demo_failed"


class Stage:
    """Own the folder, the server's process and the account."""

    def __init__(self, **settings: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="teleconnect-demo-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self._data = self.path / "data"
        foreign = {name: value for name, value in os.environ.items() if not name.startswith("TC_")}
        self._environment = foreign | settings | {"TC_DATA": str(self._data), "PYTHONUNBUFFERED": "1"}
        self._log = self.path / "server.log"
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> Access:
        """Make the account, start the server, log in."""
        # Being told to end, or losing the terminal, must not leave the server behind.
        self._before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
        try:
            password = secrets.token_urlsafe(16)
            self._run("server", "add-user", STAFF, "--role", "admin", "--password-stdin", stdin=f"{password}\n")
            url = self._start()
            with Api(Access(url)) as api:
                return Access(url, api.do(calls.login(STAFF, password)).token)
        except BaseException:
            self._strike()
            raise

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _t: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and manner.verbose:
            diagnostics.say(self._log.read_text(encoding="utf-8"))
        self._strike()

    def _run(self, *arguments: str, stdin: str) -> None:
        command = [sys.executable, "-m", MODULE, *arguments]
        done = subprocess.run(
            command, input=stdin, env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise DemoFailed(f"The account wasn't made ({_last_line(done.stderr)})")

    def _start(self) -> str:
        """Start the server; return the address that it says it listens on."""
        command = [sys.executable, "-m", MODULE, "server", "run", "--host", "127.0.0.1", "--port", "0"]
        with self._log.open("w", encoding="utf-8") as log:
            # In a session of its own: Ctrl-C is for tc, which then ends the server itself.
            self._server = subprocess.Popen(
                command, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
            )
        assert self._server.stdout is not None
        for line in self._server.stdout:
            if line.startswith(LISTENING):
                return line.removeprefix(LISTENING).strip()
        raise DemoFailed(f"The server didn't start ({_last_line(self._log.read_text(encoding='utf-8'))})")

    def _strike(self) -> None:
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(STOPPING)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            if self._server.stdout is not None:
                self._server.stdout.close()
        self._folder.cleanup()
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _last_line(text: str) -> str:
    return text.strip().rsplit("\n", 1)[-1] or "it said nothing"

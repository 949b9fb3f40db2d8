"""The real server in a process of its own, as an operator runs it, for tests that talk to it from outside.

`Server(folder).start()` serves on a port of its own; `kill` and `start` again keep folder and port.
"""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar

import httpx
from argon2 import PasswordHasher

from tc_server.domain.people import Account, AccountRole
from tc_server.services.context import new_id
from tc_server.settings import load
from tc_server.store import accounts
from tc_server.store.engine import Store
from tc_server.store.vault import Vault

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery staple"
DEADLINE = 20.0
# A hash says itself how costly it is to verify: an account that is made with this one logs in quickly.
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
# By itself httpx reads the certificates of all authorities before a request, also where nothing will be encrypted.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Login:
    """An account that has logged in."""

    user_id: str
    name: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Give the header that requests of this account carry."""
        return {"Authorization": f"Bearer {self.token}"}


class Server:
    """A server on `folder/data`; what it prints and logs goes to `folder/server.log`. Settings by their `TC_` names."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.url = ""
        self._settings = {"TC_HOST": "127.0.0.1", "TC_PORT": "0", "TC_DATA": str(self.data)} | settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """Give the address that paths of the API are added to."""
        return f"{self.url}/api/v1"

    @property
    def stream(self) -> str:
        """Give the address of the stream."""
        return self.api.replace("http", "ws", 1) + "/stream"

    @property
    def pid(self) -> int:
        """Give the id of the running process."""
        assert self._process is not None
        return self._process.pid

    def start(self, **settings: str) -> Self:
        """Start it, and return once it answers. Further settings stay in force for later starts."""
        assert self._process is None, "it runs already"
        self._settings |= settings
        self.log.parent.mkdir(parents=True, exist_ok=True)
        foreign = {name: value for name, value in os.environ.items() if not name.startswith("TC_")}
        said_before = self._said().count(_LISTENING)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tc_cli", "server", "run", "--verbose"],
                cwd=ROOT,
                env=foreign | self._settings | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        eventually(lambda: self._said().count(_LISTENING) > said_before or self._ended())
        if self._process.poll() is not None:
            self._process = None
            raise AssertionError(f"the server didn't start:\n{self._said()}")
        self.url = self._said().rsplit(_LISTENING, 1)[1].split()[0]
        # Later starts listen on the same port, as a service would.
        self._settings["TC_PORT"] = str(httpx.URL(self.url).port)
        return self

    def stop(self) -> None:
        """End it as an operator does, and wait until it has ended."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def restart(self, **settings: str) -> Self:
        """End it and start it again on the same folder and port."""
        self.stop()
        return self.start(**settings)

    def add(self, name: str, role: AccountRole = "staff", password: str = PASSWORD) -> None:
        """Make an account straight in the data folder, running or not; hashing its password costs next to nothing."""

        async def make() -> None:
            environment = {key: value for key, value in self._settings.items() if key != "TC_PORT"}
            settings = load(environment=environment)
            store = Store(settings.database_url, Vault(settings.secret))
            try:
                await store.migrate()
                async with store.write() as tx:
                    account = Account(new_id(), name, role, datetime.now(UTC))
                    await accounts.insert(tx, account, LIGHT.hash(password))
            finally:
                await store.close()

        # In a thread of its own, so that tests which have an event loop can call it too.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(make())).result()

    def login(self, name: str, password: str = PASSWORD) -> Login:
        """Log an account in."""
        body = {"user": name, "password": password}
        answer = httpx.post(f"{self.api}/auth/login", json=body, timeout=DEADLINE, verify=NO_TLS).raise_for_status()
        return Login(answer.json()["user"]["user_id"], name, answer.json()["token"])

    def _said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _end(self, by: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(by)
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server didn't end on {by.name}:\n{self._said()}") from None


_LISTENING = "listening on "


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Server]:
    """Run a server as long as the block lasts."""
    server = Server(folder, **settings).start()
    try:
        yield server
    finally:
        server.kill()


def eventually(look: Callable[[], T], within: float = DEADLINE) -> T:
    """Look until there is something to see, and return it; `within` in seconds. Raises AssertionError."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < deadline, f"it didn't happen within {within:g} s"
        time.sleep(0.02)
    return seen

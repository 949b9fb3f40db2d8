"""The real TUI without a terminal, on a real server; and people who come by link."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import textual.app
import textual.pilot
from textual.pilot import Pilot

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_cli.commands import transcripts
from tc_cli.output.manner import manner
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.feed import Feed
from tc_cli.tui.preferences import Preferences
from tc_server.wire.bodies import Invite, InviteRequest
from tests.serving import DEADLINE, NO_TLS, Server, serving

ADMIN = "the-admin"
QUIET, FRAME = 0.001, 0.02


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        running.add(ADMIN, "admin")
        yield running


@pytest.fixture(autouse=True)
def _no_waiting_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go on as soon as an app is idle: Textual looks every 20 ms, twice a key, at first in vain."""
    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", idle)


async def idle(_least: float = 0, most: float = 1) -> None:
    """Wait until the loop has nothing to do, now and within a frame, and no thread of this process works.

    `most` is in seconds.
    """
    loop: Any = asyncio.get_running_loop()
    until = loop.time() + most
    while loop.time() < until:
        worked = time.process_time()
        await asyncio.sleep(QUIET)
        due = [timer.when() for timer in loop._scheduled if not timer.cancelled()]
        comes = bool(loop._ready) or min(due, default=until) < loop.time() + FRAME
        if not comes and time.process_time() - worked < QUIET / 10:
            return


@pytest.fixture
def access(server: Server) -> Access:
    """Log an account in that has nothing yet."""
    return new_account(server)


def new_account(server: Server) -> Access:
    name = f"staff-{secrets.token_hex(4)}"
    server.add(name)
    return Access(server.url, server.login(name).token)


@dataclass
class Person:
    """Somebody who has been invited and can come by their link."""

    server: Server
    invite: Invite
    token: str = ""

    @property
    def session_id(self) -> str:
        return self.invite.session_id

    def join(self) -> "Person":
        body = {"token": self.invite.url.partition("#")[2], "accept_terms": True}
        self.token = self._post("/join", body)["participant_token"]
        return self

    def say(self, text: str) -> None:
        self._post(f"/sessions/{self.session_id}/messages", {"client_id": secrets.token_hex(8), "text": text})

    def send(self, name: str, kind: str, content: bytes) -> None:
        answer = httpx.put(
            f"{self.server.api}/sessions/{self.session_id}/files/{secrets.token_hex(8)}",
            content=content,
            headers=self._headers | {"Content-Type": kind, "X-File-Name": name},
            timeout=DEADLINE,
            verify=NO_TLS,
        )
        answer.raise_for_status()

    def heard(self) -> list[str]:
        """Return the texts of the session's log, as the person sees it."""
        path = f"{self.server.api}/sessions/{self.session_id}/messages"
        answer = httpx.get(path, headers=self._headers, timeout=DEADLINE, verify=NO_TLS)
        return [item["text"] for item in answer.raise_for_status().json()["items"] if item["text"]]

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        address = f"{self.server.api}{path}"
        answer = httpx.post(address, json=body, headers=self._headers, timeout=DEADLINE, verify=NO_TLS)
        return answer.raise_for_status().json()


Invited = Callable[..., Person]


@pytest.fixture
def invited(server: Server, access: Access) -> Invited:
    """Return `invited(name="Amal", language="en", …)`: invite somebody from elsewhere."""

    def invite(name: str = "Amal", **fields: Any) -> Person:
        with Api(access) as api:
            return Person(server, api.do(calls.invite(InviteRequest(**({"name": name, "via": "link"} | fields)))))

    return invite


Tui = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture
def tui(access: Access, tmp_path: Path) -> Tui:
    """Return `tui(size=(80, 24))`: the app under a Pilot, once it is online. `online=False` doesn't wait for that."""

    @asynccontextmanager
    async def run(size: tuple[int, int] = (80, 24), *, online: bool = True) -> AsyncIterator[Pilot[None]]:
        manner.quiet = True
        app = TeleConnect(Feed(access, "tester", transcripts.write), Preferences(tmp_path / "tui.json"))
        async with app.run_test(size=size, notifications=True) as pilot:
            if online:
                await until(pilot, lambda: app.desk.board.loaded, "online")
            yield pilot

    return run


async def until(pilot: Pilot[None], look: Callable[[], Any], what: str = "it") -> Any:
    """Let the app work until there is something to see, and return it."""
    try:
        async with asyncio.timeout(DEADLINE):
            while True:
                await pilot.pause()
                if seen := look():
                    return seen
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what} didn't come:\n{shown(pilot)}") from None


def shown(pilot: Pilot[None]) -> str:
    """Return what stands on the screen, as text."""
    app = pilot.app
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines[: app.size.height])


async def sees(pilot: Pilot[None], text: str) -> None:
    """Wait until a text stands on the screen."""
    await until(pilot, lambda: text in shown(pilot), repr(text))

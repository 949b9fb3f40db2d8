"""Staff at their desk: `tc` as a program of its own, its client's HTTP calls, and its live link."""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from tc_cli.client import backoff, calls
from tc_cli.client.api import Api
from tc_cli.client.calls import Call
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_server.wire.bodies import Invite, InviteRequest, Message, Session, UserRequest
from tests.serving import DEADLINE, PASSWORD, ROOT, Server

T = TypeVar("T")
FOCAL_PERSON = "focal-person"


class Desk:
    """An account that has logged in."""

    def __init__(self, access: Access, name: str) -> None:
        self.access = access
        self.name = name

    async def tc(self, *words: str) -> Any:
        """Run `tc` as in a shell; returns what it prints, read as JSON."""
        own = {"TC_SERVER": self.access.server, "TC_TOKEN": self.access.token or ""}
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tc_cli", *words, "-o", "json"),
            cwd=ROOT,
            env=os.environ | own,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await program.communicate()
        assert program.returncode == 0, f"tc {' '.join(words)}: {err.decode()}"
        return json.loads(out)

    async def do(self, call: Call[T]) -> T:
        """Make an HTTP call."""
        return await asyncio.to_thread(_do, self.access, call)

    async def invite(self, name: str = "Layla", language: str = "en", at: datetime | None = None) -> Invite:
        """Invite somebody by link alone, for now or for a time."""
        return await self.do(calls.invite(InviteRequest(name=name, language=language, via="link", at=at)))

    async def session(self, session_id: str) -> Session:
        """Look at a session that isn't erased."""
        seen = await self.do(calls.show_session(session_id))
        assert isinstance(seen, Session)
        return seen

    async def move(self, session_id: str, verb: str) -> Session:
        """Make a move: start, resume, keep-open, close or reopen."""
        return await self.do(calls.move(session_id, verb))

    async def say(self, session_id: str, text: str) -> Message:
        """Write a message."""
        return await self.do(calls.send(session_id, text, calls.new_client_id()))

    async def log(self, session_id: str) -> list[Message]:
        """Read a session's whole log."""
        return (await self.do(calls.messages(session_id))).items

    async def written(self, session_id: str) -> list[tuple[int, str]]:
        """List what people wrote, as (seq, text)."""
        return [(entry.seq, entry.text) for entry in await self.log(session_id) if entry.text is not None]

    def link(self) -> Stream:
        """Make a live link, to be used as `async with`; it comes back quickly after a break."""
        return Stream(self.access, delays=lambda: backoff.delays(0.1, 0.5))


async def open_desk(server: Server) -> Desk:
    """Make an account of its own and log it in."""
    name = f"desk-{secrets.token_hex(4)}"
    await asyncio.to_thread(_do, _admin(server), calls.add_user(UserRequest(name=name, password=PASSWORD)))
    login = await asyncio.to_thread(server.login, name)
    return Desk(Access(server.url, login.token), name)


@cache
def _admin(server: Server) -> Access:
    return Access(server.url, server.login(FOCAL_PERSON).token)


async def hears(link: Stream, kind: type[T], is_it: Callable[[T], bool] = lambda _: True) -> T:
    """Wait for an event of a kind on a live link; those before it go by."""
    async with asyncio.timeout(DEADLINE):
        while True:
            event = await link.next_event()
            if isinstance(event, kind) and is_it(event):
                return event


def _do(access: Access, call: Call[T]) -> T:
    with Api(access) as api:
        return api.do(call)

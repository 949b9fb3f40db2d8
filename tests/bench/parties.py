"""The two sides of many sessions, prepared straight in the database so that only what is measured takes time."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import uvloop

from tc_server.app import build_context
from tc_server.domain.invite import Invitation
from tc_server.domain.people import Account, Staff
from tc_server.services import invites, joining
from tc_server.services.context import Context, new_id
from tc_server.settings import load
from tc_server.store import accounts
from tc_server.store.vault import hash_token

ROOT = Path(__file__).parents[2]

Heard = Callable[[bytes], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Party:
    """A session with its two tokens, and the secret of its link."""

    session_id: str
    staff_token: str
    guest_token: str
    link_token: str


async def prepare(data: Path, sessions: int, *, staff: int, joined: bool = True, first: int = 0) -> list[Party]:
    """Fill a data folder with sessions, shared out among staff counted from `first`; people have joined, or not yet."""
    ctx = build_context(load({"data": data, "public_url": "http://127.0.0.1"}, {}))
    await ctx.store.migrate()
    owners = [await _staff(ctx, n) for n in range(first, first + staff)]
    made = [await _party(ctx, *owners[n % staff], joined) for n in range(sessions)]
    await ctx.store.close()
    return made


async def _staff(ctx: Context, number: int) -> tuple[Staff, str]:
    account = Account(new_id(), f"staff {number}", "staff", ctx.now())
    token = f"tcs_bench{number}"
    async with ctx.store.write() as tx:
        await accounts.insert(tx, account, "no password")
        await accounts.add_login(
            tx, new_id(), account.account_id, hash_token(token), ctx.now(), ctx.now() + ctx.login_lifetime
        )
    return Staff(account.account_id, account.name, account.role, ""), token


async def _party(ctx: Context, staff: Staff, token: str, joined: bool) -> Party:
    invitation = Invitation(name="Somebody", role="service-user", language="en", via="link")
    view = await invites.create(ctx, staff, "remote", invitation, None)
    guest = (await joining.join(ctx, view.invite.token, True, None)).token if joined else ""
    return Party(view.session.session_id, token, guest, view.invite.token)


@contextmanager
def server(data: Path, **settings: str) -> Iterator[str]:
    """Run the real server on a data folder, with further settings by their `TC_` names; gives its address."""
    port = free_port()
    given = [f"{name}={value}" for name, value in settings.items()]
    with process([sys.executable, "-m", "tests.bench.serve", str(data), str(port), *given], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def relay() -> Iterator[str]:
    """Run the relay; gives its address."""
    port = free_port()
    with process([sys.executable, "-m", "tests.bench.relay", str(port)], port):
        yield f"ws://127.0.0.1:{port}"


@contextmanager
def process(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _await_port(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError("the server did not start")


def server_at(url: str) -> psutil.Process:
    """Find the process that listens on an address."""
    port = int(httpx.URL(url).port or 0)
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return psutil.Process(connection.pid)
    raise LookupError(url)


def memory_of(url: str) -> int:
    """Tell the resident memory of whoever listens on an address, in bytes."""
    return int(server_at(url).memory_info().rss)


def cpu_of(server: psutil.Process) -> float:
    """Tell how much processor time a process has used, in seconds."""
    used = server.cpu_times()
    return float(used.user + used.system)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run on the quickest loop there is."""
    return uvloop.run(work)

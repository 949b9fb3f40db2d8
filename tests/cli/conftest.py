"""`tc` run against a real server, and people who come by link."""

import io
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
import pytest

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_cli.main import main
from tc_server.wire.bodies import Invite, InviteRequest
from tests.serving import Server, serving

ADMIN = "the-admin"
MODULE = [sys.executable, "-m", "tc_cli"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        running.add(ADMIN, "admin")
        yield running


@pytest.fixture(scope="session")
def admin(server: Server) -> Access:
    return access(server, ADMIN)


@dataclass(frozen=True)
class Run:
    """What a run of `tc` came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        return msgspec.json.decode(self.out, type=dict[str, object])

    @property
    def list(self) -> list[dict[str, object]]:
        return msgspec.json.decode(self.out, type=list[dict[str, object]])


Tc = Callable[..., Run]


@pytest.fixture
def tc(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tc:
    """Return `tc(*words, stdin="")`: run a command in this process, as if piped."""

    def run(*words: str, stdin: str = "") -> Run:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = main(words)
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def colleague(server: Server) -> Access:
    return new_account(server)


@pytest.fixture
def staff(colleague: Access, monkeypatch: pytest.MonkeyPatch) -> Access:
    """Log an account in, by the environment; it has the sessions of other tests too."""
    return use(colleague, monkeypatch)


@pytest.fixture
def fresh(server: Server, monkeypatch: pytest.MonkeyPatch) -> Access:
    """Log an account in that has nothing yet."""
    return use(new_account(server), monkeypatch)


@pytest.fixture
def as_admin(admin: Access, monkeypatch: pytest.MonkeyPatch) -> Access:
    return use(admin, monkeypatch)


def access(server: Server, name: str) -> Access:
    return Access(server.url, server.login(name).token)


def new_account(server: Server) -> Access:
    name = f"staff-{secrets.token_hex(4)}"
    server.add(name)
    return access(server, name)


def use(access: Access, monkeypatch: pytest.MonkeyPatch) -> Access:
    monkeypatch.setenv("TC_SERVER", access.server)
    monkeypatch.setenv("TC_TOKEN", access.token or "")
    return access


def invite(staff: Access, name: str = "Amal", **more: str) -> Invite:
    with Api(staff) as api:
        return api.do(calls.invite(InviteRequest(**({"name": name, "via": "link"} | more))))  # type: ignore[arg-type]


def join(made: Invite, server: str) -> Access:
    """Press Join on an invite's link; return the participant's access."""
    with Api(Access(server)) as api:
        return Access(server, api.do(calls.join(made.url.partition("#")[2])).participant_token)


@dataclass(frozen=True)
class Waiting:
    """A session with somebody in its waiting room."""

    session_id: str
    invite: Invite
    guest: Access


@pytest.fixture
def waiting(staff: Access) -> Waiting:
    made = invite(staff)
    return Waiting(made.session_id, made, join(made, staff.server))

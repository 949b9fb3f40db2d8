"""A server shared by the tests of one process, servers of one's own, and people around them."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import databases
from tests.certificate import make
from tests.server.world import ROOT_NAME, World
from tests.serving import Server

NewServer = Callable[..., Server]


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the databases."""
    databases.bring_in(config)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, _strangers_house: None) -> Iterator[Server]:
    """Run one server for all tests that leave others in peace."""
    server = Server(tmp_path_factory.mktemp("server"), TC_METRICS_TOKEN="counting")
    server.add(ROOT_NAME, "admin")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[NewServer]:
    """Return `new_server(TC_…=…)`: a running server of this test's own, with one admin."""
    with ExitStack() as running:

        def start(folder: str = "own", **settings: str) -> Server:
            server = Server(tmp_path / folder, **settings)
            server.add(ROOT_NAME, "admin")
            running.callback(server.kill)
            return server.start()

        yield start


@pytest.fixture
async def world(server: Server) -> AsyncIterator[World]:
    """Gather people around the shared server."""
    async with World(server) as world:
        yield world


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path, ssl.SSLContext]:
    """Make a certificate for this machine: its file, its key's file, and whom a client has to trust."""
    made = make(tmp_path)
    return *made.files, made.trusting()

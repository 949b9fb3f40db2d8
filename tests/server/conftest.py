"""A server shared by the tests of one process, servers of one's own, and people around them."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.server.world import ROOT_NAME, World
from tests.serving import Server

NewServer = Callable[..., Server]


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
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "this machine")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(pem))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    return tmp_path / "cert.pem", tmp_path / "key.pem", trusting

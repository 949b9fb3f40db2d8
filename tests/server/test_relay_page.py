"""What docs/calls.md gives to copy is what coturn takes, and it relays with the server's credentials."""

import re
import socket
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tc_server.checkup import relays
from tc_server.domain.ice import Relays
from tests.coturn import SECRET
from tests.serving import ROOT, eventually
from tests.tools import require

Certificate = tuple[Path, Path, ssl.SSLContext]


def given() -> str:
    """Take the configuration out of the page."""
    found = re.search(r"```\n(# where it listens.+?)```", (ROOT / "docs" / "calls.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def changed(config: str, **changes: object) -> str:
    """Change lines that are there."""
    for field, value in changes.items():
        name = field.replace("_", "-")
        config, count = re.subn(rf"^{name}=.*$", f"{name}={value}", config, flags=re.MULTILINE)
        assert count == 1, name
    return config


@pytest.fixture
def coturn(tmp_path: Path, certificate: Certificate) -> tuple[subprocess.Popen[bytes], int, int, Path]:
    """Start coturn as the page says, but on loopback, on free ports, and with a log."""
    port, tls_port, log = free_port(), free_port(), tmp_path / "turn.log"
    config = changed(
        given(),
        listening_port=port,
        tls_listening_port=tls_port,
        cert=certificate[0],
        pkey=certificate[1],
        static_auth_secret=SECRET,
        log_file=log,
    )
    own = ["listening-ip=127.0.0.1", "relay-ip=127.0.0.1", f"userdb={tmp_path / 'db'}", "simple-log", "pidfile=pid"]
    (tmp_path / "turnserver.conf").write_text("\n".join([config, *own, ""]))
    process = subprocess.Popen([require("turnserver"), "-c", "turnserver.conf"], cwd=tmp_path)
    return process, port, tls_port, log


async def test_coturn_takes_the_configuration_as_it_stands(
    coturn: tuple[subprocess.Popen[bytes], int, int, Path], certificate: Certificate
) -> None:
    process, port, tls_port, log = coturn
    try:
        eventually(lambda: answers(tls_port) or process.poll() is not None)
        urls = (f"turn:127.0.0.1:{port}", f"turn:127.0.0.1:{port}?transport=tcp")
        found = await relays.check(Relays(urls, SECRET, timedelta(hours=1), "relay"), datetime.now(UTC))
        assert [check.status for check in found] == ["ok"] * 3, found
        with socket.create_connection(("127.0.0.1", tls_port)) as plain:
            certificate[2].wrap_socket(plain, server_hostname="127.0.0.1").close()
    finally:
        process.terminate()
        process.wait()
    assert not re.search("bad config|unknown|unrecogni|config error|cannot (start|find)", log.read_text().lower())


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

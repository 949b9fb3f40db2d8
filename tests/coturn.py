"""A relay of one's own: coturn on loopback, with the secret that a server shares with it."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import tools
from tests.serving import eventually

LOOPBACK = "127.0.0.1"
SECRET = "north wind"


@dataclass(frozen=True, slots=True)
class Coturn:
    """A running relay: UDP and TCP on `port`, TLS on `tls_port` if it has a certificate."""

    port: int
    tls_port: int
    log: Path

    @property
    def urls(self) -> str:
        """Name it as TC_TURN_URLS does."""
        return f"turn:{LOOPBACK}:{self.port},turn:{LOOPBACK}:{self.port}?transport=tcp"

    def settings(self, **change: str) -> dict[str, str]:
        """Give what a server's environment says of it, with changes."""
        return {"TC_TURN_URLS": self.urls, "TC_TURN_SECRET": SECRET} | change


@contextmanager
def run(
    folder: Path,
    *,
    secret: str = SECRET,
    certificate: tuple[Path, Path] | None = None,
    again: Coturn | None = None,
) -> Iterator[Coturn]:
    """Run a relay until the block ends; `folder` is for its log and what it keeps, `again` one that ran before."""
    folder.mkdir(parents=True, exist_ok=True)
    port, tls_port = (again.port, again.tls_port) if again else _two_free_ports()
    coturn = Coturn(port, tls_port, folder / "coturn.log")
    security = ["--no-tls"]
    if certificate:
        security = [f"--tls-listening-port={tls_port}", f"--cert={certificate[0]}", f"--pkey={certificate[1]}"]
    command = [
        *(str(tools.require("turnserver")), "-n", f"--listening-ip={LOOPBACK}", f"--relay-ip={LOOPBACK}"),
        *(f"--listening-port={port}", "--min-port=49152", "--max-port=65535", "--realm=loopback"),
        *("--use-auth-secret", f"--static-auth-secret={secret}", "--allow-loopback-peers", "--no-dtls", *security),
        *("--no-cli", "--cli-password=x", "--fingerprint", f"--userdb={folder / 'users'}"),
        *(f"--pidfile={folder / 'pid'}", "--log-file=stdout", "--simple-log"),
    ]
    with coturn.log.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process:
        try:
            eventually(lambda: _answers(tls_port if certificate else port))
            yield coturn
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _two_free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind((LOOPBACK, 0))
        other.bind((LOOPBACK, 0))
        return one.getsockname()[1], other.getsockname()[1]

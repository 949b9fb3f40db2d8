"""coturn on loopback, as an operator runs it beside the server, with ports and a secret of its own."""

import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.serving import eventually
from tests.tools import require

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Turn:
    """A running relay: where it listens, and the secret that its credentials are made with."""

    port: int
    secret: str
    log: Path

    def settings(self, **change: str) -> dict[str, str]:
        """Give a server's settings for this relay."""
        return {"TC_TURN_URLS": f"turn:{LOOPBACK}:{self.port}?transport=udp", "TC_TURN_SECRET": self.secret} | change


@contextmanager
def relaying(folder: Path, known: Turn | None = None) -> Iterator[Turn]:
    """Run a relay as long as the block lasts; `known` is one that ran before."""
    turn = known or Turn(_free_port(), secrets.token_hex(16), folder / "turn.log")
    folder.mkdir(parents=True, exist_ok=True)
    with turn.log.open("ab") as log:
        process = subprocess.Popen(
            [
                *(require("turnserver"), "-n", f"--listening-ip={LOOPBACK}", f"--relay-ip={LOOPBACK}"),
                *(f"--listening-port={turn.port}", "--min-port=49152", "--max-port=65535", "--realm=tests"),
                *("--use-auth-secret", f"--static-auth-secret={turn.secret}", "--allow-loopback-peers", "--no-cli"),
                *("--cli-password=x", "--no-tls", "--no-dtls", "--fingerprint", "--log-file=stdout", "--verbose"),
                *(f"--userdb={folder / 'turn.db'}", f"--pidfile={folder / 'turn.pid'}"),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        eventually(lambda: _listens(turn.port) or process.poll() is not None)
        assert process.poll() is None, turn.log.read_text(errors="replace")[-2000:]
        yield turn
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind((LOOPBACK, 0))
        return int(tried.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((LOOPBACK, port)) == 0

"""A real service for tests: an HTTP endpoint that takes what Apprise posts as JSON, or refuses it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.serving import eventually


class Messenger:
    """Keeps what was posted; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.texts: list[str] = []
        self.paths: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        """Name it in Apprise's form, with a secret in it."""
        return f"json://lena:planted-secret@127.0.0.1:{self.port}/planted-topic"

    def received(self, number: int) -> list[str]:
        """Wait until so many texts have come."""
        eventually(lambda: len(self.texts) >= number)
        return self.texts

    def take(self, path: str, body: bytes) -> int:
        """Take one post."""
        self.paths.append(path)
        if self.status < 300:
            self.texts.append(json.loads(body)["message"])
        return self.status


@contextmanager
def messenger() -> Iterator[Messenger]:
    """Run one on a port of its own."""
    kept = Messenger()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = kept.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            # A service that leads elsewhere isn't followed.
            self.send_header("Location", f"http://127.0.0.1:{kept.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taker) as server:
        kept.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()

"""What is asked of the server one by one, over HTTP: each in a thread, its failure told as Trouble."""

import io
import os
import threading
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import TypeVar

from tc_cli.client import calls, paths, uploads
from tc_cli.client.api import Api
from tc_cli.client.calls import Call
from tc_cli.client.errors import TcError, Unreachable
from tc_cli.client.profile import Access
from tc_cli.output.diagnostics import REMEDIES
from tc_cli.tui.desk import Trouble
from tc_cli.tui.threads import in_thread
from tc_cli.tui.words import _
from tc_server.wire import bodies as b

T = TypeVar("T")
LOG_PAGE = 100
MakeTranscript = Callable[[Api, str, Path], object]


class Errands:
    """One account's requests. Every method raises Trouble and nothing else."""

    def __init__(self, access: Access, make_transcript: MakeTranscript) -> None:
        self._access = access
        self._make_transcript = make_transcript
        self._api: Api | None = None
        self._lock = threading.Lock()
        self._under_way = 0
        self._closed = False

    async def do(self, call: Call[T]) -> T:
        """Make one request."""
        return await self.work(lambda api: api.do(call))

    async def work(self, work: Callable[[Api], T]) -> T:
        """Do something with the API, in a thread."""
        try:
            return await in_thread(lambda: self._do(work))
        except Unreachable as error:
            raise Trouble(
                _("Not done: the server can't be reached"), _("Once it is online again, try once more."), error.code
            ) from error
        except TcError as error:
            raise Trouble(error.what, error.remedy or REMEDIES.get(error.code, ""), error.code) from error
        except OSError as error:
            raise Trouble(f"{error.filename or error}: {error.strerror}", "Check its path", "bad_file") from error

    def close(self) -> None:
        """End the connection, once what is under way has ended."""
        with self._lock:
            self._closed = True
        self._leave(0)

    def _do(self, work: Callable[[Api], T]) -> T:
        with self._lock:
            if self._api is None:
                self._api = Api(self._access, tries=2)
            self._under_way += 1
        try:
            return work(self._api)
        finally:
            self._leave(1)

    def _leave(self, ended: int) -> None:
        with self._lock:
            self._under_way -= ended
            if self._closed and not self._under_way and self._api is not None:
                self._api.__exit__()

    async def sessions(self, state: str | None = None) -> list[b.Session]:
        return await self.work(lambda api: list(api.every(lambda page: calls.sessions(page, state=state))))

    async def invites(self) -> list[b.Invite]:
        return await self.work(lambda api: list(api.every(calls.invites)))

    async def newest_invites(self, most: int, known: Container[str]) -> list[b.Invite]:
        """Return the newest invites, page by page until one is known or there are `most`."""
        found: list[b.Invite] = []
        after: str | None = None
        while True:
            page = await self.do(calls.invites(after))
            found += page.items
            after = page.next
            if after is None or len(found) >= most or any(one.invite_id in known for one in page.items):
                return found

    async def page_before(self, session_id: str, seq: int) -> list[b.Message]:
        """Return the log entries just before `seq`, at most a hundred."""
        after = max(0, seq - 1 - LOG_PAGE)
        page = await self.do(calls.messages(session_id, after, limit=LOG_PAGE))
        return [message for message in page.items if message.seq < seq]

    async def log_since(self, session_id: str, after: int) -> list[b.Message]:
        return await self.work(
            lambda api: list(api.every(lambda page: calls.messages(session_id, int(page) if page else after)))
        )

    async def upload(self, session_id: str, client_id: str, path: Path) -> b.Message:
        return await self.work(lambda api: api.do(calls.put_file(session_id, client_id, uploads.prepare(path))))

    async def transcript(self, session_id: str, folder: Path) -> Path:
        """Write the session's transcript into a folder; an older one of the same session is replaced."""
        out = folder / f"transcript-{session_id[-8:]}.pdf"
        await self.work(lambda api: self._make_transcript(api, session_id, out))
        return out

    async def save(self, name: str, content: bytes, folder: Path) -> Path:
        """Save a file that came, under its tamed name and never over another; return where."""

        def write() -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            for candidate in _free_names(folder / uploads.safe_name(name)):
                try:
                    descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                except FileExistsError:
                    continue
                with io.FileIO(descriptor, "w") as file:
                    file.write(content)
                return candidate
            raise AssertionError("names don't run out")

        return await self.work(lambda _api: write())


def _free_names(path: Path) -> Iterator[Path]:
    yield path
    number = 2
    while True:
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1


def preferences_path() -> Path:
    """Return where the choices about the screen are kept."""
    return paths.preferences()

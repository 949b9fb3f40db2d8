"""What a line with a slash does in a chat: move the session, send a file, save one."""

# ruff: noqa: TID253 - imported by the verbs only when they run
import asyncio
from pathlib import Path
from typing import TypeVar

from tc_cli.client import calls, uploads
from tc_cli.client.api import Api
from tc_cli.client.errors import BadFile, TcError
from tc_cli.client.profile import Access
from tc_cli.output import diagnostics, words
from tc_server.wire.bodies import File, Message

T = TypeVar("T")
HELP = "Write a line and press Enter to send it. /start, /resume, /file PATH, /save SEQ [PATH], /close, /quit."
MOVES = frozenset({"start", "resume", "close"})
LEAVING = frozenset({"quit", "q", "exit"})


class Orders:
    """Carry out what is typed after the slash, over HTTP, without holding up the chat."""

    def __init__(self, access: Access, session_id: str) -> None:
        self._access = access
        self._session_id = session_id
        self._files: dict[str, File] = {}

    def know(self, message: Message) -> None:
        """Remember a file by the number that it is shown with."""
        if message.file is not None:
            self._files[str(message.seq)] = message.file

    async def obey(self, line: str) -> bool:
        """Do what the line says, and say what can't be done; return whether the chat goes on."""
        verb, _, rest = line.partition(" ")
        if verb in LEAVING:
            return False
        try:
            await asyncio.to_thread(self._do, verb, rest.strip())
        except TcError as error:
            diagnostics.failed(error)
        return True

    def _do(self, verb: str, rest: str) -> None:
        if verb in MOVES:
            self._call(calls.move(self._session_id, verb))
        elif verb == "file" and rest:
            self._send(Path(rest).expanduser())
        elif verb == "save" and rest:
            self._save(*rest.split(maxsplit=1))
        else:
            diagnostics.note(HELP)

    def _call(self, call: calls.Call[T]) -> T:
        with Api(self._access) as api:
            return api.do(call)

    def _send(self, path: Path) -> None:
        upload = uploads.prepare(path)
        diagnostics.note(f"Sending {upload.name} ({words.size(len(upload.content))})…")
        self._call(calls.put_file(self._session_id, calls.new_client_id(), upload))

    def _save(self, seq: str, path: str = "") -> None:
        if (file := self._files.get(seq)) is None:
            raise BadFile(f"{seq} isn't a file in this chat", "Give the number that was shown with it")
        target = Path(path).expanduser() if path else Path(uploads.safe_name(file.name))
        if target.exists():
            raise BadFile(f"{target} exists", "Give another path")
        try:
            target.write_bytes(self._call(calls.get_file(self._session_id, file.file_id)))
        except OSError as error:
            raise BadFile(f"{target} can't be written ({error.strerror})", "Give another path") from error
        diagnostics.note(f"Saved {target}.")

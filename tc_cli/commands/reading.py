"""A session's log and files on their way out."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tc_cli.output import diagnostics

if TYPE_CHECKING:
    from tc_cli.client.api import Api
    from tc_server.wire.bodies import Message


def log(api: "Api", session_id: str, after: int = 0) -> "Iterator[Message]":
    """Yield a session's entries after `after`, in order, page after page."""
    from tc_cli.client import calls

    return api.every(lambda page: calls.messages(session_id, int(page) if page is not None else after))


def save(api: "Api", entries: "Iterable[Message]", folder: Path, *, force: bool) -> None:
    """Save the files of these entries as `SEQ-NAME`; raise Exists before anything is written over."""
    from tc_cli.client import calls, uploads
    from tc_cli.client.errors import BadFile
    from tc_cli.commands.verbs import writable

    if not folder.is_dir():
        raise BadFile(f"There is no folder {folder}", "Make it first")
    for entry in entries:
        if entry.file is None:
            continue
        path = writable(folder / f"{entry.seq}-{uploads.safe_name(entry.file.name)}", force=force)
        path.write_bytes(api.do(calls.get_file(entry.session_id, entry.file.file_id)))
        diagnostics.note(f"Saved {path}.")

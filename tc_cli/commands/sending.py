"""Words and files on their way into a session."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tc_cli.client.api import Api
    from tc_cli.client.uploads import Upload
    from tc_server.wire.bodies import Message


def words_of(text: str) -> str:
    """Return the text as typed, or all of stdin for `-`."""
    return sys.stdin.read().strip() if text == "-" else text


def prepared(paths: Sequence[Path]) -> "list[Upload]":
    """Make every file ready before the first is sent, so that a bad one leaves nothing half done."""
    from tc_cli.client import uploads

    return [uploads.prepare(path) for path in paths]


def upload(api: "Api", session_id: str, file: "Upload") -> "Message":
    """Send one file, with a bar on a terminal."""
    from tc_cli.client import calls
    from tc_cli.output import progress

    with progress.bar(file.name, len(file.content), bytes_=True) as advance:
        return api.do(calls.put_file(session_id, calls.new_client_id(), file), sent=advance)

"""From a session's log to its PDF."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from tc_cli.commands import reading, verbs

if TYPE_CHECKING:
    from tc_cli.client.api import Api
    from tc_cli.output.views import Written
    from tc_cli.transcript import Entry
    from tc_server.wire.bodies import Message


def path_in(folder: Path, session_id: str, *, force: bool) -> Path:
    """Return where a session's transcript goes in this folder, named by id alone; raise Exists if one is there."""
    return verbs.writable(folder / f"transcript-{session_id[-8:]}.pdf", force=force)


def write(api: "Api", session_id: str, out: Path) -> "Written":
    """Fetch all of a session and write its transcript; raise NoFont if this machine lacks a script's letters."""
    from datetime import datetime

    from tc_cli.client import calls, paths
    from tc_cli.client.errors import NoFont
    from tc_cli.output import progress
    from tc_cli.output.views import Written
    from tc_cli.transcript import MissingFont, Transcript, write_transcript
    from tc_server.wire.bodies import ErasedSession

    session = api.do(calls.show_session(session_id))
    if isinstance(session, ErasedSession):
        # Asking for what isn't there any more makes the server say so in its own words.
        api.do(calls.messages(session_id))
        raise AssertionError("an erased session has no messages")
    with progress.bar("Fetching", session.last_seq) as fetched:
        entries = []
        for message in reading.log(api, session_id):
            fetched(1)
            if message.kind in {"text", "file"}:
                entries.append(_entry(message))
    here = datetime.now().astimezone().tzinfo
    assert here is not None
    content = Transcript(started_at=session.started_at or session.created_at, timezone=here, entries=entries)
    with progress.bar("Writing", len(entries)) as advance:
        pdf = io.BytesIO()
        try:
            write_transcript(content, pdf, lambda _done, _total: advance(1))
        except MissingFont as missing:
            raise NoFont(f"The transcript needs a font for {missing.script}", missing.remedy) from missing
    paths.write_private(out, pdf.getvalue())
    return Written(session_id=session_id, messages=len(entries), path=str(out))


def _entry(message: "Message") -> "Entry":
    from tc_cli.transcript import Entry, File

    role, name = (message.sender.role, message.sender.name) if message.sender else ("staff", "")
    file = File(message.file.name, message.file.size) if message.file else None
    return Entry(message.sent_at, role.replace("-", "_"), name, message.text, file)

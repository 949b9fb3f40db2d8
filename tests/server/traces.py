"""What a session leaves on disk: its sealed bytes are remembered while it lives, and looked for when it is gone."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tests.serving import Server

PIECE = 16
"""Bytes of each sealed blob that are looked for, at both ends: no one else has them, and halves are found too."""

SEALED = {
    "participants": ("sealed", "phone_hash", "email_hash"),
    "devices": ("token_hash",),
    "invites": ("sealed", "token_hash"),
    "attempts": ("sealed",),
    "messages": ("sealed",),
    "vault.session_keys": ("wrapped",),
}


@contextmanager
def database(server: Server) -> Iterator[sqlite3.Connection]:
    """Read a server's database beside it."""
    with closing(sqlite3.connect(f"file:{server.data}/teleconnect.sqlite3?mode=ro", uri=True)) as connection:
        connection.execute("ATTACH DATABASE ? AS vault", (f"file:{server.data}/vault.sqlite3?mode=ro",))
        yield connection


def sealed(server: Server, session_id: str) -> set[bytes]:
    """Collect the ends of all that a session has on disk, sealed or hashed: its wrapped key and its files, too."""
    blobs: list[bytes] = []
    with database(server) as found:
        ways_in = "SELECT credential_hash FROM call_passes JOIN calls USING (call_id) WHERE session_id = ?"
        blobs += [value for (value,) in found.execute(ways_in, (session_id,)) if value]
        for table, columns in SEALED.items():
            for column in columns:
                query = f"SELECT {column} FROM {table} WHERE session_id = ?"
                rows = [value for (value,) in found.execute(query, (session_id,)) if value]
                needed = not column.endswith("_hash") and table not in ("attempts", "messages")
                assert rows or not needed, f"{table} holds nothing to look for"
                blobs += rows
        for (file_id,) in found.execute("SELECT file_id FROM files WHERE session_id = ?", (session_id,)):
            blobs.append((server.data / "files" / file_id).read_bytes())
    return {piece for blob in blobs for piece in (blob[:PIECE], blob[-PIECE:])}


def places(server: Server, wanted: Iterable[bytes], *, but: str = "") -> set[str]:
    """Name the files under the data folder, and the log, that hold any of this; `but` is a folder to leave out."""
    looked_through = _contents(server, but)
    assert any(path.name == "teleconnect.sqlite3" for path in looked_through)
    return {
        f"{path.name}: {piece!r}" for path, content in looked_through.items() for piece in wanted if piece in content
    }


def _contents(server: Server, but: str) -> dict[Path, bytes]:
    while True:
        files = [path for path in server.data.rglob("*") if path.is_file()] + [server.log]
        # One that goes meanwhile may have become another.
        with suppress(FileNotFoundError):
            return {path: path.read_bytes() for path in files if not but or but not in path.parts}


def leftovers(server: Server) -> list[Path]:
    """List the files that only living sessions may have."""
    return [path for name in ("files", "outbox") for path in (server.data / name).glob("*")]

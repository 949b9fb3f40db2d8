"""Files in chat: a row before the bytes, the bytes sealed in a folder or an object store."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import obstore
import sqlalchemy as sa
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from tc_server.domain.errors import Unavailable
from tc_server.store.engine import Tx
from tc_server.store.tables import files


async def add_pending(
    tx: Tx, file_id: str, session_id: str, sender_id: str, client_id: str, size: int, now: datetime
) -> None:
    """Note that a file's bytes are about to come."""
    await tx.conn.execute(
        sa.insert(files).values(
            file_id=file_id,
            session_id=session_id,
            sender_id=sender_id,
            client_id=client_id,
            present=False,
            size=size,
            created_at=now,
        )
    )


async def set_present(tx: Tx, file_id: str, seq: int) -> None:
    """Note that a file's bytes are there, and in which entry it stands."""
    await tx.conn.execute(sa.update(files).where(files.c.file_id == file_id).values(present=True, seq=seq))


async def entry_of(tx: Tx, session_id: str, file_id: str) -> int | None:
    """Find the `seq` of the entry that shows a file; None if there is no such file."""
    query = sa.select(files.c.seq).where(
        files.c.session_id == session_id, files.c.file_id == file_id, files.c.present.is_(True)
    )
    return (await tx.conn.execute(query)).scalar_one_or_none()


async def ids_of(tx: Tx, session_id: str) -> list[str]:
    """List the ids of a session's files, those still pending too."""
    return list((await tx.conn.execute(sa.select(files.c.file_id).where(files.c.session_id == session_id))).scalars())


async def all_ids(tx: Tx) -> set[str]:
    """List the ids of all files."""
    return set((await tx.conn.execute(sa.select(files.c.file_id))).scalars())


async def drop_pending(tx: Tx, before: datetime) -> list[str]:
    """Delete the rows of files whose bytes never came, and list their ids."""
    query = sa.delete(files).where(files.c.present.is_(False), files.c.created_at < before).returning(files.c.file_id)
    return list((await tx.conn.execute(query)).scalars())


async def count(tx: Tx, session_id: str | None = None) -> tuple[int, int]:
    """Count files and their bytes, in one session or on the whole server."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(files.c.size), 0)).where(files.c.present.is_(True))
    if session_id:
        query = query.where(files.c.session_id == session_id)
    number, size = (await tx.conn.execute(query)).one()
    return number, int(size)


class Blobs:
    """Sealed bytes by file id, in a local folder or wherever a URL points (s3://, gs://, az://)."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore
        if url.startswith("file://"):
            folder = Path(url.removeprefix("file://"))
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(folder)
        else:
            self._store = from_url(url)

    async def put(self, file_id: str, sealed: bytes) -> None:
        """Keep bytes under an id. Raises Unavailable, as do the others."""
        with _as_unavailable():
            await obstore.put_async(self._store, file_id, sealed)

    async def get(self, file_id: str) -> bytes | None:
        """Fetch bytes; None if there are none."""
        with _as_unavailable():
            try:
                answer = await obstore.get_async(self._store, file_id)
            except (NotFoundError, FileNotFoundError):
                return None
            return bytes(await answer.bytes_async())

    async def delete(self, file_ids: Iterable[str]) -> None:
        """Delete bytes; what isn't there is fine."""
        with _as_unavailable():
            for file_id in file_ids:
                with suppress(NotFoundError, FileNotFoundError):
                    await obstore.delete_async(self._store, file_id)

    async def ids(self) -> set[str]:
        """List all ids that bytes are kept under."""
        found: set[str] = set()
        with _as_unavailable():
            async for page in obstore.list(self._store):
                found.update(item["path"] for item in page)
        return found

    async def check(self) -> None:
        """Write, read and delete a probe; raises what the store raises."""
        await obstore.put_async(self._store, "probe", b"probe")
        await obstore.get_async(self._store, "probe")
        await obstore.delete_async(self._store, "probe")


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as fault:
        raise Unavailable from fault

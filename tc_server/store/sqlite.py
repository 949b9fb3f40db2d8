"""How SQLite is driven: statements run at once in the event loop, what waits for the disk or a lock runs in a thread.

A statement takes microseconds from the page cache, a hop to a thread many times that; and a thread that shares the
interpreter with a busy loop has to wait for it at every row. Only BEGIN IMMEDIATE (which waits for other processes),
COMMIT (which waits for the disk) and maintenance are worth the hop. The shape is aiosqlite's, which SQLAlchemy adapts.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Self

_SLOW = ("BEGIN IMMEDIATE", "COMMIT", "VACUUM", "PRAGMA WAL_CHECKPOINT")


async def connect(path: str, *, timeout: float) -> "Connection":
    """Open a database; `timeout` is how long to wait for another process's lock, in seconds."""
    keep_private(path)
    # Transactions are begun by the engine: the driver would do so too late, after the first read.
    return Connection(sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False))


def keep_private(path: str) -> None:
    """Make a database file that nobody else can read; its log and index take over its mode."""
    # Only a new file is opened: closing one that exists would drop the locks that this process holds on it (POSIX),
    # and another process could take the log away under a running server.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


class Connection:
    """One connection, used by one coroutine at a time (the pool sees to that)."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._connection = raw

    def cursor(self) -> "Cursor":
        """Make a cursor."""
        return Cursor(self._connection.cursor())

    async def execute(self, statement: str) -> "Cursor":
        """Run one statement on a cursor of its own."""
        cursor = self.cursor()
        await cursor.execute(statement)
        return cursor

    async def commit(self) -> None:
        """Make it durable."""
        await _in_thread(self._connection.commit)

    async def rollback(self) -> None:
        """Take it back."""
        self._connection.rollback()

    async def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def stop(self) -> None:
        """Close the database without waiting."""
        self._connection.close()

    async def create_function(self, name: str, arguments: int, function: Callable[..., Any], **more: Any) -> None:
        """Lend SQL a function."""
        self._connection.create_function(name, arguments, function, **more)


class Cursor:
    """One cursor."""

    def __init__(self, raw: sqlite3.Cursor) -> None:
        self._raw = raw

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        """Describe the columns of the rows."""
        return self._raw.description

    @property
    def rowcount(self) -> int:
        """Tell how many rows were changed."""
        return self._raw.rowcount

    @property
    def lastrowid(self) -> int | None:
        """Tell the id of the row inserted last."""
        return self._raw.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement."""
        if statement.upper().startswith(_SLOW):
            await _in_thread(self._raw.execute, statement, parameters)
        else:
            self._raw.execute(statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for each set of parameters."""
        self._raw.executemany(statement, parameters)

    async def fetchone(self) -> Any:
        """Fetch the next row; None after the last."""
        return self._raw.fetchone()

    async def fetchall(self) -> list[Any]:
        """Fetch the rows that are left."""
        return self._raw.fetchall()

    async def close(self) -> None:
        """Close the cursor."""
        self._raw.close()


async def _in_thread(work: Callable[..., Any], *arguments: Any) -> None:
    """Do what may take long without holding up the loop; who is cancelled meanwhile still waits for its end.

    Else the connection would be closed or rolled back while it is busy, which would hold up the loop after all.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        # Nobody asks for its outcome any more.
        running.exception()
        raise

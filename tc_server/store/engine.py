"""Engines and transactions: one writer, many readers on SQLite; a pool on PostgreSQL; the same statements on both."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from tc_server.domain.errors import Unavailable
from tc_server.store import migrations, sqlite
from tc_server.store.vault import SessionKey, Vault

_OTHERS_MAY_TAKE, _READERS_MAY_TAKE = 5000, 200
"""Milliseconds for which a lock of another process is waited for, and the end of all readers."""


class Tx:
    """One transaction: its connection, and the keys of the sessions that it touches."""

    __slots__ = ("_vault", "conn")

    def __init__(self, conn: AsyncConnection, vault: Vault) -> None:
        self.conn = conn
        self._vault = vault

    @property
    def vault(self) -> Vault:
        """Give the server's own key work: hashes and receipts."""
        return self._vault

    async def key(self, session_id: str) -> SessionKey:
        """Fetch a session's key; raises LostKey."""
        return (await self._vault.keys(self.conn, (session_id,)))[session_id]

    async def keys(self, session_ids: Any) -> dict[str, SessionKey]:
        """Fetch the keys of many sessions, in one query for those not at hand; raises LostKey."""
        return await self._vault.keys(self.conn, session_ids)


class Store:
    """The database. `write()` and `read()` give a transaction; nothing is durable before `write()` has ended."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.url = sa.make_url(url)
        self.vault = vault
        self.traces_left = False
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, writer=True)
            self._reader = _sqlite_engine(self.url, writer=False)
        else:
            self._writer = create_async_engine(self.url, pool_size=10, pool_pre_ping=True, hide_parameters=True)
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """Open a transaction that commits at its end. On SQLite there is one at a time, from its first statement on.

        Raises Unavailable when the database can't be reached or can't do it just now.
        """
        with _as_unavailable():
            async with self._writer.begin() as conn:
                yield Tx(conn, self.vault)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Open a transaction that sees one state of the data and can't change it. Raises Unavailable."""
        with _as_unavailable():
            async with self._reader.connect() as conn:
                yield Tx(conn, self.vault)

    async def migrate(self) -> None:
        """Bring the schema to its newest form."""
        async with self._writer.begin() as conn:
            await conn.run_sync(migrations.upgrade)

    async def wipe_traces(self) -> None:
        """Remove from disk what deleted rows left behind: rebuild the vault, empty the write-ahead logs (SQLite).

        Raises Unavailable when it can't be done just now; `traces_left` says so until it is.
        """
        if not self.is_sqlite:
            return
        self.traces_left = True
        with _as_unavailable():
            async with self._writer.connect() as conn:
                raw = (await conn.get_raw_connection()).driver_connection
                assert raw is not None
                for statement in ("VACUUM main", "VACUUM vault"):
                    await (await raw.execute(statement)).close()
                # Whoever reads now may do so for long, and meanwhile nobody here could write.
                await (await raw.execute(f"PRAGMA busy_timeout={_READERS_MAY_TAKE}")).close()
                try:
                    busy, _, _ = await (await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")).fetchone()
                finally:
                    await (await raw.execute(f"PRAGMA busy_timeout={_OTHERS_MAY_TAKE}")).close()
        if busy:
            raise Unavailable
        self.traces_left = False

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()


_PASSING = ("08", "40", "53", "57", "58")
"""Classes of SQLSTATE by which PostgreSQL says that it can't just now (its manual, appendix A)."""


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (OSError, sa.exc.TimeoutError, sqlite3.OperationalError) as fault:
        raise Unavailable from fault
    except sa.exc.DBAPIError as fault:
        cannot = isinstance(fault, sa.exc.OperationalError | sa.exc.InterfaceError) or fault.connection_invalidated
        if cannot or str(getattr(fault.orig, "sqlstate", "")).startswith(_PASSING):
            raise Unavailable from fault
        raise


def sqlite_url(folder: Path) -> str:
    """Name the SQLite database in a data folder."""
    return f"sqlite+aiosqlite:///{folder / 'teleconnect.sqlite3'}"


def _sqlite_engine(url: sa.URL, *, writer: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1 if writer else 4,
        max_overflow=0,
        pool_timeout=60,
        async_creator=partial(sqlite.connect, url.database or "", timeout=_OTHERS_MAY_TAKE / 1000),
        hide_parameters=True,
    )
    vault_file = Path(url.database or "").with_name("vault.sqlite3")

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        sqlite.keep_private(str(vault_file))
        cursor.execute("ATTACH DATABASE ? AS vault", (str(vault_file),))
        for schema in ("main", "vault"):
            cursor.execute(f"PRAGMA {schema}.journal_mode=WAL")
            cursor.execute(f"PRAGMA {schema}.synchronous=FULL")
            cursor.execute(f"PRAGMA {schema}.secure_delete=ON")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")
        if not writer:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine

"""Engines and transactions: one writer and many readers on SQLite, a pool on PostgreSQL, the same statements on both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from tc_server.domain.errors import Unavailable
from tc_server.store import migrations
from tc_server.store.vault import SessionKey, Vault


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
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, writer=True)
            self._reader = _sqlite_engine(self.url, writer=False)
        else:
            self._writer = self._reader = create_async_engine(
                self.url, pool_size=10, pool_pre_ping=True, hide_parameters=True
            )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """Open a transaction that commits at its end. On SQLite there is one at a time, from its first statement on."""
        try:
            async with self._writer.begin() as conn:
                yield Tx(conn, self.vault)
        except (sa.exc.OperationalError, sa.exc.InterfaceError, ConnectionError) as fault:
            raise Unavailable from fault

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Open a transaction that sees one state of the data and can't change it."""
        try:
            async with self._reader.connect() as conn:
                yield Tx(conn, self.vault)
        except (sa.exc.OperationalError, sa.exc.InterfaceError, ConnectionError) as fault:
            raise Unavailable from fault

    async def migrate(self) -> None:
        """Bring the schema to its newest form."""
        async with self._writer.begin() as conn:
            await conn.run_sync(migrations.upgrade)

    async def wipe_traces(self) -> None:
        """Remove from disk what deleted rows left behind: rebuild the vault, empty the write-ahead logs (SQLite)."""
        if not self.is_sqlite:
            return
        async with self._writer.connect() as conn:
            raw = (await conn.get_raw_connection()).driver_connection
            assert raw is not None
            for statement in ("VACUUM main", "VACUUM vault", "PRAGMA wal_checkpoint(TRUNCATE)"):
                await (await raw.execute(statement)).close()

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


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
        connect_args={"timeout": 5},
        hide_parameters=True,
    )
    vault_file = Path(url.database or "").with_name("vault.sqlite3")

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: it would do so too late, after the first read.
        connection.isolation_level = None
        cursor = connection.cursor()
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

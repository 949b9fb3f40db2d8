"""Databases to test on: SQLite in a folder, and a PostgreSQL cluster of our own; each test gets its own, migrated.

On PostgreSQL that may be one which an earlier test had and which has been emptied: making one takes a hundred times as
long. One whose tables aren't what they were is never given to another test.

A folder's `conftest.py` calls `bring_in` from its `pytest_configure`; the fixture `database` runs a test on both kinds.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tc_server.store.engine import Store, sqlite_url
from tc_server.store.vault import Vault

KINDS = ("sqlite", "postgresql")
SECRET = bytes(range(32))
_TEMPLATE = "migrated"
_TABLES = """
SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'alembic_version'
"""
_EMPTY = f"""
DO $$ DECLARE one text; BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOREACH one IN ARRAY string_to_array(({_TABLES}), ', ') LOOP
        EXECUTE 'DELETE FROM ' || one;
    END LOOP;
END $$
"""
_SCHEMA = """
SELECT string_agg(concat_ws(' ', c.oid, relname, relkind, attname, atttypid, attnotnull), ',' ORDER BY c.oid, attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
"""


def bring_in(config: pytest.Config) -> None:
    """Make the fixtures below known, once for all folders that ask, so that they share one cluster."""
    here = sys.modules[__name__]
    if not config.pluginmanager.is_registered(here):
        config.pluginmanager.register(here)


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated, empty database; `folder` is a data folder of its own."""

    kind: str
    url: str
    folder: Path


class Postgres:
    """A cluster in a temporary folder, reached by a socket in it, so that no port can be taken.

    `fsync` is off: what is tested is never the power failing. Run as root it belongs to `nobody`, since PostgreSQL
    refuses to run as root.
    """

    def __init__(self, initdb: Path, pg_ctl: Path) -> None:
        self._pg_ctl = pg_ctl
        self._folder = Path(tempfile.mkdtemp(prefix="tc-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "nobody")
        self._data = self._folder / "data"
        self._spare: list[tuple[str, str]] = []
        self._run(initdb, "-A", "trust", "-U", "tc", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        """Start the cluster and wait until it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c fsync=off -c max_connections=100"
        self._run(self._pg_ctl, "start", "-w", "-s", "-l", str(self._folder / "log"), "-o", options)

    def stop(self) -> None:
        """Stop the cluster as a crash would, without waiting for anybody."""
        self._run(self._pg_ctl, "stop", "-w", "-s", "-m", "immediate")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the cluster for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def remove(self) -> None:
        """Delete all that the cluster kept."""
        shutil.rmtree(self._folder)

    def url(self, name: str) -> str:
        """Name a database of the cluster as the settings do."""
        return f"postgresql+asyncpg://tc@/{name}?host={self._folder}"

    async def execute(self, *statements: str) -> None:
        """Run statements outside of any transaction, in the cluster's own database."""
        async with self._connected("postgres") as connection:
            for statement in statements:
                await connection.execute(statement)

    @asynccontextmanager
    async def migrated(self) -> AsyncIterator[str]:
        """Lend a migrated, empty database: its name."""
        if self._spare:
            name, schema = self._spare.pop()
        else:
            name = f"test_{uuid4().hex}"
            await self.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
            async with self._connected(name) as connection:
                schema = await connection.fetchval(_SCHEMA)
        yield name
        async with self._connected(name) as connection:
            await connection.execute(_EMPTY)
            # Else new rows would lie in the gaps of old ones, in another order than in a new database.
            await connection.execute(f"VACUUM {await connection.fetchval(_TABLES)}")
            if await connection.fetchval(_SCHEMA) == schema:
                self._spare.append((name, schema))

    @asynccontextmanager
    async def _connected(self, name: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(host=str(self._folder), user="tc", database=name)
        try:
            yield connection
        finally:
            await connection.close()

    def _run(self, program: Path, *arguments: str) -> None:
        drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run(
            [*drop, str(program), *arguments, "-D", str(self._data)],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )


@pytest.fixture(scope="session")
def postgres(require: Callable[[str], Path]) -> Iterator[Postgres]:
    """Return a running cluster; without PostgreSQL the test is skipped, or fails under TC_CI."""
    cluster = Postgres(require("initdb"), require("pg_ctl"))
    cluster.start()
    try:
        asyncio.run(cluster.execute(f"CREATE DATABASE {_TEMPLATE}"))
        asyncio.run(_migrate(cluster.url(_TEMPLATE)))
        yield cluster
    finally:
        try:
            cluster.stop()
        finally:
            cluster.remove()


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a migrated SQLite database, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    asyncio.run(_migrate(sqlite_url(folder)))
    return folder


@pytest.fixture
async def sqlite_database(migrated_folder: Path, tmp_path: Path) -> Database:
    """Return a SQLite database of this test's own."""
    folder = tmp_path / "data"
    shutil.copytree(migrated_folder, folder)
    return Database("sqlite", sqlite_url(folder), folder)


@pytest.fixture
async def postgres_database(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Database]:
    """Return a PostgreSQL database of this test's own."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with postgres.migrated() as name:
        yield Database("postgresql", postgres.url(name), folder)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Database:
    """Return a database of this test's own, of each kind in turn."""
    found: Database = request.getfixturevalue(
        "sqlite_database" if request.param == "sqlite" else "postgres_database",
    )
    return found


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    """Return the store on this test's database."""
    opened = Store(database.url, Vault(SECRET))
    yield opened
    await opened.close()


async def _migrate(url: str) -> None:
    store = Store(url, Vault(SECRET))
    try:
        await store.migrate()
    finally:
        await store.close()

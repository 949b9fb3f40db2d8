"""Migrations lead to the same schema as the tables say."""

import asyncio
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tc_server.store import migrations
from tc_server.store.engine import Store, sqlite_url
from tc_server.store.tables import metadata
from tc_server.store.vault import Vault
from tests.databases import SECRET, Postgres


def differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"include_schemas": True, "compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_upgrading_an_empty_database_gives_the_tables(store: Store) -> None:
    async with store.write() as tx:
        assert await tx.conn.run_sync(differences) == []


async def test_upgrading_again_changes_nothing(store: Store) -> None:
    await store.migrate()
    async with store.read() as tx:
        assert await tx.conn.run_sync(migrations.current) == migrations.newest()


async def test_an_empty_database_is_at_no_revision(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path), Vault(SECRET))
    async with store.read() as tx:
        assert await tx.conn.run_sync(migrations.current) is None
    await store.close()


async def test_servers_that_start_together_migrate_once(postgres: Postgres) -> None:
    await postgres.execute("CREATE DATABASE fresh")
    stores = [Store(postgres.url("fresh"), Vault(SECRET)) for _ in range(3)]
    await asyncio.gather(*(store.migrate() for store in stores))
    async with stores[0].read() as tx:
        assert await tx.conn.run_sync(migrations.current) == migrations.newest()
    for store in stores:
        await store.close()
    await postgres.execute("DROP DATABASE fresh")

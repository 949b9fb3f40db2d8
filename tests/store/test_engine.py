"""Transactions: whole or not at all, seen by others only afterwards, reading without changing."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from tc_server.domain.errors import NameTaken, Unavailable
from tc_server.store import accounts, heartbeat
from tc_server.store.engine import Store, sqlite_url
from tc_server.store.tables import heartbeat as heartbeat_table
from tc_server.store.vault import Vault
from tests.databases import SECRET, Database, Postgres
from tests.domain.made import NOON, at
from tests.store.filled import add_account, add_session


async def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    async def fail() -> None:
        async with store.write() as tx:
            await heartbeat.beat(tx, NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.read() as tx:
        assert await heartbeat.last(tx) is None


async def test_nobody_sees_what_is_not_committed(store: Store) -> None:
    async with store.write() as writing:
        await heartbeat.beat(writing, NOON)
        async with store.read() as reading:
            assert await heartbeat.last(reading) is None
    async with store.read() as reading:
        assert await heartbeat.last(reading) == NOON


async def test_a_reader_sees_one_state_from_its_first_look_on(store: Store) -> None:
    async with store.read() as reading:
        assert await heartbeat.last(reading) is None
        async with store.write() as writing:
            await heartbeat.beat(writing, NOON)
        assert await heartbeat.last(reading) is None


async def test_a_reader_can_change_nothing(store: Store) -> None:
    with pytest.raises((Unavailable, sa.exc.DBAPIError)):
        async with store.read() as tx:
            await heartbeat.beat(tx, NOON)
    async with store.read() as tx:
        assert await heartbeat.last(tx) is None


async def test_after_a_reader_comes_a_writer_unharmed(store: Store) -> None:
    async with store.read() as tx:
        assert await heartbeat.last(tx) is None
    async with store.write() as tx:
        await heartbeat.beat(tx, NOON)


async def test_writers_that_read_first_do_not_overwrite_each_other(store: Store) -> None:
    await add_account(store)

    async def later() -> None:
        async with store.write() as tx:
            await accounts.lock(tx, "owner")
            last = await heartbeat.last(tx)
            await heartbeat.beat(tx, at(1) + (last - NOON) if last else NOON)

    await asyncio.gather(*(later() for _ in range(10)))
    async with store.read() as tx:
        assert await heartbeat.last(tx) == at(9)


async def test_a_second_process_writes_beside_the_first(database: Database, store: Store) -> None:
    other = Store(database.url, Vault(SECRET))
    await asyncio.gather(*(add_account(s, f"a{n}") for n, s in enumerate([store, other] * 5)))
    await other.close()
    async with store.read() as tx:
        assert len(await accounts.everyone(tx)) == 10


async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "vault.sqlite3").mkdir()
    store = Store(sqlite_url(tmp_path), Vault(SECRET))
    with pytest.raises(Unavailable):
        async with store.read() as tx:
            await heartbeat.last(tx)
    with pytest.raises(Unavailable):
        async with store.write() as tx:
            await heartbeat.last(tx)
    await store.close()


async def test_a_database_server_that_stops_is_unavailable_until_it_is_back(
    postgres: Postgres, postgres_database: Database
) -> None:
    store = Store(postgres_database.url, Vault(SECRET))

    async def beat() -> None:
        async with store.write() as tx:
            await heartbeat.beat(tx, at(1))
            with postgres.stopped():
                await heartbeat.beat(tx, at(2))

    async with store.write() as tx:
        await heartbeat.beat(tx, NOON)
    with pytest.raises(Unavailable):
        await beat()
    with postgres.stopped(), pytest.raises(Unavailable):
        async with store.read() as tx:
            await heartbeat.last(tx)
    async with store.read() as tx:
        assert await heartbeat.last(tx) == NOON
    await store.close()


async def test_a_connection_cut_within_a_transaction_is_unavailable(
    postgres: Postgres, postgres_database: Database
) -> None:
    store = Store(postgres_database.url, Vault(SECRET))

    async def beat() -> None:
        async with store.write() as tx:
            await heartbeat.beat(tx, NOON)
            await postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
            await heartbeat.beat(tx, at(1))

    with pytest.raises(Unavailable):
        await beat()
    async with store.read() as tx:
        assert await heartbeat.last(tx) is None
    await store.close()


async def test_what_a_statement_held_is_not_named_when_it_fails(store: Store) -> None:
    await add_account(store, "Lena")
    with pytest.raises(NameTaken) as fault:
        await add_account(store, "Lena")
    assert "Lena" not in str(fault.value.__cause__).split("DETAIL")[0]


async def test_wiping_leaves_no_trace_of_deleted_rows_on_disk(sqlite_database: Database) -> None:
    store = Store(sqlite_database.url, Vault(SECRET))
    session = await add_session(store)
    async with store.write() as tx:
        await tx.conn.execute(sa.text("CREATE TABLE note (text TEXT)"))
        await tx.conn.execute(sa.text("INSERT INTO note VALUES ('what nobody may find')"))
        wrapped = (await tx.conn.execute(sa.text("SELECT wrapped FROM vault.session_keys"))).scalar_one()
    assert b"what nobody may find" in _bytes(sqlite_database.folder)
    assert wrapped in _bytes(sqlite_database.folder)
    async with store.write() as tx:
        await tx.conn.execute(sa.text("DELETE FROM note"))
        await tx.vault.destroy(tx.conn, session.session_id)
    await store.wipe_traces()
    assert b"what nobody may find" not in _bytes(sqlite_database.folder)
    assert wrapped not in _bytes(sqlite_database.folder)
    await store.close()


async def test_wiping_while_others_read_and_write(store: Store) -> None:
    async def busy() -> None:
        for minute in range(20):
            async with store.write() as tx:
                await heartbeat.beat(tx, at(minute))
            async with store.read() as tx:
                assert await heartbeat.last(tx)

    await asyncio.gather(busy(), store.wipe_traces(), busy(), store.wipe_traces())


async def test_wiping_a_database_that_another_process_holds_is_unavailable(
    sqlite_database: Database,
) -> None:
    store, other = (Store(sqlite_database.url, Vault(SECRET)) for _ in range(2))
    async with store.write() as tx:
        await tx.conn.execute(sa.text("PRAGMA busy_timeout=50"))
    async with other.write() as tx:
        await tx.conn.execute(sa.select(heartbeat_table.c.id))
        with pytest.raises(Unavailable):
            await store.wipe_traces()
    assert store.traces_left
    await store.wipe_traces()
    assert not store.traces_left
    await store.close()
    await other.close()


async def test_whoever_gives_up_waiting_for_another_writer_holds_nobody_up(database: Database, store: Store) -> None:
    await add_account(store)
    other = Store(database.url, Vault(SECRET))

    async def write() -> None:
        async with store.write() as tx:
            await accounts.lock(tx, "owner")
            await heartbeat.beat(tx, at(1))

    async def look_around() -> None:
        for _ in range(10):
            async with store.read() as reading:
                assert await heartbeat.last(reading) is None

    async with asyncio.timeout(3):
        async with other.write() as tx:
            await accounts.lock(tx, "owner")
            waiting = asyncio.create_task(write())
            await look_around()
            waiting.cancel()
            await look_around()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        await write()
    await other.close()


async def test_nobody_else_can_read_the_database_files(sqlite_database: Database) -> None:
    store = Store(sqlite_database.url, Vault(SECRET))
    await add_session(store)
    modes = {path.name: path.stat().st_mode & 0o077 for path in sqlite_database.folder.glob("*.sqlite3*")}
    await store.close()
    assert set(modes.values()) == {0}
    assert len(modes) >= 2


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())

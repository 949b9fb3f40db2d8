"""The server's pulse."""

import asyncio

from tc_server.store import heartbeat
from tc_server.store.engine import Store
from tests.domain.made import at


async def test_before_the_first_start_there_is_none(store: Store) -> None:
    async with store.read() as tx:
        assert await heartbeat.last(tx) is None


async def test_the_last_beat_is_remembered(store: Store) -> None:
    for minute in (1, 2):
        async with store.write() as tx:
            await heartbeat.beat(tx, at(minute))
    async with store.read() as tx:
        assert await heartbeat.last(tx) == at(2)


async def test_servers_that_start_together_beat_as_one(store: Store) -> None:
    async def start() -> None:
        async with store.write() as tx:
            await heartbeat.beat(tx, at(1))

    await asyncio.gather(*(start() for _ in range(4)))
    async with store.read() as tx:
        assert await heartbeat.last(tx) == at(1)

"""Sessions in the database."""

import asyncio
from dataclasses import replace
from typing import Any

from tc_server.domain.session import Session, State
from tc_server.store import people, sessions
from tc_server.store.engine import Store
from tests.domain.made import at
from tests.store.filled import add_account, add_person, add_session


async def test_a_session_is_read_as_it_was_written(store: Store) -> None:
    facts: dict[str, Any] = {
        "waiting_since": at(1),
        "told_until": at(2),
        "started_at": at(3),
        "closed_at": at(4),
        "warned_at": at(5),
    }
    written = await add_session(store, state=State.OPEN, last_seq=7, staff_read_seq=3, **facts)
    async with store.read() as tx:
        assert await sessions.get(tx, written.session_id) == written
        assert await sessions.get_many(tx, [written.session_id, "none"]) == {written.session_id: written}
        assert await sessions.get(tx, "none") is None


async def test_saving_writes_all_of_it_back(store: Store) -> None:
    before = await add_session(store, state=State.CLOSED, closed_at=at(1))
    after = replace(before, state=State.OPEN, closed_at=None, waiting_since=at(2), last_activity_at=at(3), last_seq=9)
    async with store.write() as tx:
        await sessions.save(tx, after, at(4))
        assert await sessions.lock(tx, after.session_id) == after
        assert await sessions.due(tx, at(3.9), 10) == []
        assert await sessions.due(tx, at(4), 10) == [after.session_id]


async def test_an_account_lists_its_own_newest_first_and_page_by_page(store: Store) -> None:
    made = [await add_session(store, f"s{n}", State.OPEN if n % 2 else State.ACTIVE) for n in range(5)]
    await add_account(store, "other")
    await add_session(store, "s9", owner_id="other")
    async with store.read() as tx:
        assert await sessions.owned(tx, "owner") == made[::-1]
        assert await sessions.owned(tx, "owner", limit=2) == [made[4], made[3]]
        assert await sessions.owned(tx, "owner", before="s3", limit=2) == [made[2], made[1]]
        assert await sessions.owned(tx, "owner", states=["open"]) == [made[3], made[1]]
        assert [s.session_id for s in await sessions.owned(tx, "other")] == ["s9"]


async def test_the_queue_is_one_accounts_longest_wait_first(store: Store) -> None:
    for name, minutes in (("s3", 1), ("s1", 5), ("s2", 5), ("s4", 3)):
        await add_session(store, name, State.WAITING, waiting_since=at(minutes))
    await add_session(store, "s5", State.ACTIVE)
    async with store.read() as tx:
        assert [s.session_id for s in await sessions.queued(tx, "owner")] == ["s3", "s4", "s1", "s2"]
        assert await sessions.queued(tx, "other") == []


async def test_time_looks_first_at_what_is_longest_overdue(store: Store) -> None:
    for name, minutes in (("s1", 9), ("s2", 3), ("s3", 5)):
        await add_session(store, name)
        async with store.write() as tx:
            await sessions.set_due(tx, name, at(minutes))
    async with store.read() as tx:
        assert await sessions.due(tx, at(6), 10) == ["s2", "s3"]
        assert await sessions.due(tx, at(9), 2) == ["s2", "s3"]


async def test_every_waiting_session_can_be_made_due(store: Store) -> None:
    for name, state in (("s1", State.WAITING), ("s2", State.ACTIVE)):
        await add_session(store, name, state)
        async with store.write() as tx:
            await sessions.set_due(tx, name, at(99))
    async with store.write() as tx:
        await sessions.make_all_waiting_due(tx, at(1))
        assert await sessions.due(tx, at(1), 10) == ["s1"]


async def test_staffs_read_mark_goes_forward_only_and_not_past_the_log(store: Store) -> None:
    session = await add_session(store, last_seq=5)
    async with store.write() as tx:
        moved = [await sessions.set_staff_read(tx, session.session_id, seq) for seq in (3, 2, 3, 6)]
        assert moved == [True, False, False, False]
        found = await sessions.get(tx, session.session_id)
    assert found
    assert found.staff_read_seq == 3


async def test_sessions_are_counted_by_state(store: Store) -> None:
    for state in (State.OPEN, State.OPEN, State.CLOSED):
        await add_session(store, state=state)
    async with store.read() as tx:
        assert await sessions.count_by_state(tx) == {"open": 2, "closed": 1}


async def test_what_hangs_on_a_session_goes_with_it(store: Store) -> None:
    session = await add_session(store)
    await add_person(store, session)
    async with store.write() as tx:
        await sessions.delete(tx, session.session_id)
        assert await sessions.get(tx, session.session_id) is None
        assert await people.ids_of(tx, session.session_id) == []


async def test_whoever_holds_the_lock_is_waited_for(store: Store) -> None:
    session = await add_session(store)

    async def count() -> None:
        async with store.write() as tx:
            locked = await sessions.lock(tx, session.session_id)
            assert locked
            await sessions.save(tx, replace(locked, last_seq=locked.last_seq + 1))

    await asyncio.gather(*(count() for _ in range(12)))
    async with store.read() as tx:
        found = await sessions.get(tx, session.session_id)
    assert found
    assert found.last_seq == 12


async def test_two_who_lock_the_same_sessions_do_not_wait_for_each_other_for_ever(store: Store) -> None:
    names = [(await add_session(store)).session_id for _ in range(4)]

    async def lock(order: list[str]) -> list[Session]:
        async with store.write() as tx:
            return list((await sessions.lock_many(tx, order)).values())

    for found in await asyncio.gather(*(lock(names[::step]) for step in (1, -1) * 5)):
        assert [s.session_id for s in found] == sorted(names)

"""Calls in the database, and the ways into them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tc_server.domain.call import Call, CallState, Outcome, Party, PartyState, Patience
from tc_server.domain.calling import accept, begin, enter, hang_up
from tc_server.domain.session import State
from tc_server.store import accounts, calls, passes, sessions
from tc_server.store.engine import Store, Tx
from tc_server.store.tables import call_parties, call_passes
from tests.domain.made import at, session
from tests.store.filled import add_account, add_session

PATIENCE = Patience(ring=timedelta(seconds=45), grace=timedelta(minutes=2))


async def add_call(store: Store, name: str = "c1", session_name: str = "s1") -> Call:
    """Add a session with a call that opens."""
    await add_session(store, session_name)
    call = begin(session(State.ACTIVE, session_name), name, "audio", at(0))
    async with store.write() as tx:
        await calls.insert(tx, call)
    return call


async def read(store: Store, look: Callable[[Tx], Awaitable[Call | None]]) -> Call | None:
    """Look something up."""
    async with store.read() as tx:
        return await look(tx)


async def test_a_call_is_read_as_it_was_written_through_its_whole_life(store: Store) -> None:
    call = await add_call(store)
    assert await read(store, lambda tx: calls.get(tx, "c1")) == call
    rung = enter(call, ("p2", "p1"), at(1), PATIENCE)
    taken = accept(rung, "p1", "video", at(1.5), at(1.4))
    over = hang_up(taken, "p1", at(3))
    over = hang_up(over, "owner", at(3.5))
    for before, after in ((call, rung), (rung, taken), (taken, over)):
        async with store.write() as tx:
            await calls.save(tx, before, after)
        assert await read(store, lambda tx: calls.get(tx, "c1")) == after
    assert (over.state, over.outcome, over.talked) == (CallState.ENDED, Outcome.ENDED, timedelta(minutes=1.5))


async def test_the_live_call_is_the_one_that_has_not_ended(store: Store) -> None:
    first = await add_call(store)
    assert await read(store, lambda tx: calls.live(tx, "s1")) == first
    over = hang_up(first, "owner", at(1))
    async with store.write() as tx:
        await calls.save(tx, first, over)
        assert await calls.live(tx, "s1") is None
        assert await calls.latest(tx, "s1") == over
        second = replace(first, call_id="c2")
        await calls.insert(tx, second)
        assert await calls.live(tx, "s1") == await calls.latest(tx, "s1") == second
        assert await calls.count(tx, "s1") == 2
        assert await calls.latest(tx, "none") is None


async def test_a_session_can_not_hold_two_live_calls(store: Store) -> None:
    first = await add_call(store)
    with pytest.raises(sa.exc.IntegrityError):
        async with store.write() as tx:
            await calls.insert(tx, replace(first, call_id="c2"))


async def test_an_account_has_the_live_calls_of_its_own_sessions(store: Store) -> None:
    one, two = await add_call(store), await add_call(store, "c2", "s2")
    await add_account(store, "other")
    async with store.read() as tx:
        assert await calls.live_of_owner(tx, "owner") == [one, two]
        assert await calls.live_of_owner(tx, "other") == []


async def test_who_is_away_is_noted_only_of_who_is_in(store: Store) -> None:
    call = await add_call(store)
    rung = enter(call, ("p1",), at(1), PATIENCE)
    async with store.write() as tx:
        await calls.save(tx, call, rung)
        noted = await calls.note_away(tx, rung, "owner", None)
        assert await calls.note_away(tx, noted, "p1", at(2)) == noted
        assert await calls.note_away(tx, noted, "nobody", at(2)) == noted
        assert await calls.live(tx, "s1") == noted
    assert noted.party("owner") == Party("owner", PartyState.IN, 1)


async def test_time_in_which_the_server_was_down_is_added_to_every_wait(store: Store) -> None:
    opening = await add_call(store)
    call = await add_call(store, "c2", "s2")
    rung = enter(call, ("p1", "p2"), at(1), PATIENCE)
    linked = accept(rung, "p2", "audio", at(1), None)
    async with store.write() as tx:
        await calls.save(tx, call, linked)
        await calls.forgive(tx, at(70), timedelta(hours=1))
        await calls.make_all_due(tx, at(70))
        shifted, other = await calls.live(tx, "s2"), await calls.live(tx, "s1")
        assert sorted(await sessions.due(tx, at(70), 5)) == ["s1", "s2"]
    assert shifted
    assert other
    assert other.opens_until == (opening.opens_until or at(0)) + timedelta(hours=1)
    assert [(p.rings_until, p.away_since) for p in shifted.parties] == [
        (None, at(61)),
        (at(61.75), None),
        (None, at(70)),
    ]


async def test_a_token_is_exchanged_once_and_in_time(store: Store) -> None:
    await add_call(store)
    async with store.write() as tx:
        await passes.insert(tx, "w1", "c1", b"t" * 32, at(1))
        assert await passes.by_token(tx, b"t" * 32, at(0.9)) == ("w1", "c1")
        assert await passes.by_token(tx, b"t" * 32, at(1)) is None
        assert await passes.by_token(tx, b"x" * 32, at(0)) is None

    async def exchange(name: bytes) -> bool:
        async with store.write() as tx:
            return await passes.exchange(tx, "w1", name * 32)

    assert sorted(await asyncio.gather(*(exchange(name) for name in (b"a", b"b", b"c")))) == [False, False, True]
    async with store.read() as tx:
        assert await passes.by_token(tx, b"t" * 32, at(0)) is None


async def test_a_credential_opens_its_call_while_it_lives_and_a_little_after(store: Store) -> None:
    call = await add_call(store)
    async with store.write() as tx:
        await passes.insert(tx, "w1", "c1", b"t" * 32, at(1))
        await passes.exchange(tx, "w1", b"c" * 32)
        assert await passes.by_credential(tx, b"c" * 32, at(9)) == ("w1", "c1", "s1", "owner", "owner")
        await calls.save(tx, call, hang_up(call, "owner", at(5)))
        assert await passes.by_credential(tx, b"c" * 32, at(4))
        assert await passes.by_credential(tx, b"c" * 32, at(5)) is None


async def test_ways_in_end_with_their_account_or_for_their_call(store: Store) -> None:
    await add_call(store)
    await add_call(store, "c2", "s2")
    async with store.write() as tx:
        for name, call_id in (("w1", "c1"), ("w2", "c2")):
            await passes.insert(tx, name, call_id, name.encode() * 16, at(1))
            await passes.exchange(tx, name, name.encode() * 16)
        assert await passes.drop_others(tx, "c1", "w0") == ["w1"]
        assert await passes.by_credential(tx, b"w1" * 16, at(0)) is None
        owner = await accounts.get(tx, "owner")
        assert owner
        await accounts.save(tx, replace(owner, disabled_at=at(1)))
        assert await passes.by_credential(tx, b"w2" * 16, at(0)) is None
        await passes.drop_of_account(tx, "owner")
        assert (await tx.conn.execute(sa.select(call_passes))).all() == []


async def test_all_of_it_goes_with_its_session(store: Store) -> None:
    await add_call(store)
    async with store.write() as tx:
        await passes.insert(tx, "w1", "c1", b"t" * 32, at(1))
        await sessions.delete(tx, "s1")
        assert await calls.get(tx, "c1") is None
        for table in (call_parties, call_passes):
            assert (await tx.conn.execute(sa.select(table))).all() == []

"""Deliveries and their attempts, as they are kept and claimed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tc_server.domain.delivery import Attempt, Delivery, Policy, Reason, Result, Step, begin
from tc_server.store import deliveries
from tc_server.store.engine import Store
from tc_server.store.vault import Vault
from tests.databases import SECRET, Database
from tests.domain.made import NOON, at
from tests.store.test_invites import add_invite


async def add_delivery(store: Store, name: str, **facts: Any) -> Delivery:
    invite = await add_invite(store, "i-" + name)
    delivery = Delivery(
        delivery_id=name,
        session_id=invite.session_id,
        invite_id=invite.invite_id,
        chain=(Step("sms", "folder"), Step("email", "smtp")),
        created_at=NOON,
        step_since=NOON,
        until=NOON + timedelta(days=7),
        due_at=NOON,
    )
    delivery = replace(delivery, **facts)
    async with store.write() as tx:
        await deliveries.insert(tx, [delivery])
    return delivery


async def tried(store: Store, delivery: Delivery) -> tuple[Delivery, Attempt]:
    """Begin an attempt on a delivery and write it."""
    async with store.write() as tx:
        before = (await deliveries.attempts_of(tx, [delivery.delivery_id])).get(delivery.delivery_id, [])
        delivery, attempt = begin(delivery, before, f"a{len(before)}-{delivery.delivery_id}", NOON, Policy())
        await deliveries.begin(tx, [attempt])
        await deliveries.save(tx, [delivery])
    return delivery, attempt


async def test_a_delivery_is_read_as_it_was_written(store: Store) -> None:
    delivery = await add_delivery(store, "d1", reason=Reason.BUSY, bulk=True, sent_at=at(1), maybe_twice=True)
    async with store.read() as tx:
        assert await deliveries.of_sessions(tx, [delivery.session_id]) == [delivery]
        assert await deliveries.ids_of(tx, delivery.session_id) == ["d1"]
        assert await deliveries.known(tx, ["d1", "d2"]) == {"d1"}


async def test_an_attempt_is_read_as_it_was_written_and_what_was_replied_is_sealed(store: Store) -> None:
    _, attempt = await tried(store, await add_delivery(store, "d1"))
    learnt = replace(
        attempt,
        result=Result.PERMANENT,
        ended_at=at(1),
        reason=Reason.NO_SUCH_ADDRESS,
        reply="550 <amina@example.org> who?",
        reference="SM1",
        again_at=at(2),
    )
    async with store.write() as tx:
        await deliveries.learn(tx, [learnt])
    async with store.read() as tx:
        assert await deliveries.attempts_of(tx, ["d1"]) == {"d1": [learnt]}
        row = (await tx.conn.execute(sa.text("SELECT * FROM attempts"))).one()
    assert not any(b"amina" in value for value in row if isinstance(value, bytes))
    assert not any("amina" in value for value in row if isinstance(value, str))


async def test_what_is_due_is_claimed_bulk_last_then_oldest_first(store: Store) -> None:
    bulk = await add_delivery(store, "d0", bulk=True)
    later = await add_delivery(store, "d1", due_at=at(1))
    first, second = [await add_delivery(store, name) for name in ("d2", "d3")]
    await add_delivery(store, "d4", due_at=at(100))
    await add_delivery(store, "d5", chain=(Step("email", "smtp"),))
    async with store.write() as tx:
        assert await deliveries.claim(tx, "folder", at(1), 3) == [first, second, later]
        assert await deliveries.claim(tx, "folder", at(1), 9) == [first, second, later, bulk]
        assert await deliveries.next_due(tx, "folder") == NOON


async def test_what_is_tried_is_claimed_no_more_and_is_overdue_after_its_lease(store: Store) -> None:
    delivery, _ = await tried(store, await add_delivery(store, "d1"))
    async with store.write() as tx:
        assert await deliveries.claim(tx, "folder", at(60), 5) == []
        assert await deliveries.overdue(tx, at(1), 5) == []
        assert await deliveries.overdue(tx, at(2), 5) == [delivery]
        assert await deliveries.overdue(tx, None, 5) == [delivery]


async def test_what_its_provider_no_longer_serves_is_found(store: Store) -> None:
    delivery = await add_delivery(store, "d1")
    async with store.write() as tx:
        assert await deliveries.stranded(tx, ["folder"], 5) == []
        assert await deliveries.stranded(tx, ["smtp"], 5) == [delivery]


async def test_a_provider_is_held_and_let_go_and_what_waits_long_and_has_another_way_is_found(store: Store) -> None:
    delivery = await add_delivery(store, "d1")
    await add_delivery(store, "d2", chain=(Step("sms", "folder"),))
    async with store.write() as tx:
        assert await deliveries.impatient(tx, "folder", at(-1), 5) == []
        assert await deliveries.impatient(tx, "folder", at(0), 5) == [delivery]
        await deliveries.postpone(tx, "folder", at(5), Reason.UNREACHABLE)
        assert await deliveries.claim(tx, "folder", at(4), 5) == []
        await deliveries.hasten(tx, "folder", at(1), [Reason.LOGIN_REFUSED])
        assert await deliveries.claim(tx, "folder", at(4), 5) == []
        await deliveries.hasten(tx, "folder", at(1), [Reason.UNREACHABLE])
        assert [d.delivery_id for d in await deliveries.claim(tx, "folder", at(1), 5)] == ["d1", "d2"]


async def test_the_latest_state_of_each_session_is_told(store: Store) -> None:
    first, second = [await add_delivery(store, name, state=state) for name, state in (("d1", "sent"), ("d2", "failed"))]
    async with store.read() as tx:
        assert await deliveries.latest_states(tx, [first.session_id, second.session_id]) == {
            first.session_id: "sent",
            second.session_id: "failed",
        }


async def test_two_servers_claim_different_ones(postgres_database: Database) -> None:
    one, other = (Store(postgres_database.url, Vault(SECRET)) for _ in range(2))
    made = [await add_delivery(one, f"d{n}") for n in range(3)]
    async with one.write() as first, other.write() as second:
        assert await deliveries.claim(first, "folder", NOON, 2) == made[:2]
        assert await deliveries.claim(second, "folder", NOON, 2) == made[2:]
    await one.close()
    await other.close()

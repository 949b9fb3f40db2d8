"""Deliveries: the texts of invites on their way."""

from dataclasses import replace

import sqlalchemy as sa

from tc_server.domain.invite import Delivery
from tc_server.store import deliveries
from tc_server.store.engine import Store
from tc_server.store.vault import Vault
from tests.databases import SECRET, Database
from tests.domain.made import NOON, at
from tests.store.test_invites import add_invite


async def add_delivery(store: Store, name: str) -> Delivery:
    invite = await add_invite(store, "i-" + name)
    delivery = Delivery(
        delivery_id=name,
        session_id=invite.session_id,
        invite_id=invite.invite_id,
        channel="sms",
        provider="folder",
        state="queued",
        to="+41446681800",
        subject=None,
        text="Come in: " + invite.token,
        created_at=NOON,
    )
    async with store.write() as tx:
        await deliveries.insert(tx, delivery)
    return delivery


async def test_a_delivery_is_read_as_it_was_written_and_sealed(store: Store) -> None:
    delivery = await add_delivery(store, "d1")
    async with store.read() as tx:
        assert await deliveries.of_sessions(tx, [delivery.session_id]) == [delivery]
        assert await deliveries.ids_of(tx, delivery.session_id) == ["d1"]
        sealed = (await tx.conn.execute(sa.text("SELECT sealed FROM deliveries"))).scalar_one()
    assert b"41446681800" not in sealed
    assert b"secret" not in sealed


async def test_queued_ones_are_claimed_oldest_first(store: Store) -> None:
    made = [await add_delivery(store, f"d{n}") for n in range(3)]
    async with store.write() as tx:
        assert await deliveries.claim(tx, 2) == made[:2]


async def test_what_is_settled_is_claimed_no_more(store: Store) -> None:
    first, second = [await add_delivery(store, name) for name in ("d1", "d2")]
    async with store.write() as tx:
        await deliveries.settle(tx, "d1", "sent", at(1))
        await deliveries.settle(tx, "d2", "failed", at(2), "no such number")
        assert await deliveries.claim(tx, 5) == []
        assert await deliveries.of_sessions(tx, [first.session_id, second.session_id]) == [
            replace(first, state="sent", sent_at=at(1)),
            replace(second, state="failed", detail="no such number"),
        ]
        assert await deliveries.latest_states(tx, [first.session_id, second.session_id]) == {
            first.session_id: "sent",
            second.session_id: "failed",
        }


async def test_two_servers_claim_different_ones(postgres_database: Database) -> None:
    one, other = (Store(postgres_database.url, Vault(SECRET)) for _ in range(2))
    made = [await add_delivery(one, f"d{n}") for n in range(3)]
    async with one.write() as first, other.write() as second:
        assert await deliveries.claim(first, 2) == made[:2]
        assert await deliveries.claim(second, 2) == made[2:]
    await one.close()
    await other.close()

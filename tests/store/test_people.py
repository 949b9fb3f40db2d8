"""Participants, and the devices that they come with."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tc_server.store import people
from tc_server.store.engine import Store
from tests.domain.made import at
from tests.store.filled import add_person, add_session

CONTACTS: dict[str, Any] = {"phone": "+41446681800", "email": "amina@example.org"}
FACTS = CONTACTS | {"joined_at": at(1), "waiting": True, "wrote": True}
TIMES: dict[str, Any] = {"place_since": at(2), "away_since": at(3), "removed_at": at(4), "first_seq": 5, "read_seq": 6}


async def test_somebody_is_read_as_they_were_written(store: Store) -> None:
    person = await add_person(store, await add_session(store), **(FACTS | TIMES))
    async with store.read() as tx:
        assert await people.get(tx, person.participant_id) == person
        assert await people.of_session(tx, person.session_id) == [person]
        assert await people.get(tx, "nobody") is None


async def test_saving_writes_back_where_they_stand(store: Store) -> None:
    person = await add_person(store, await add_session(store), **FACTS)
    moved = replace(person, **(TIMES | {"waiting": False, "wrote": False, "language": "ar"}))
    async with store.write() as tx:
        await people.save(tx, moved)
        assert await people.get(tx, person.participant_id) == moved


async def test_nothing_personal_stands_in_clear(store: Store) -> None:
    await add_person(store, await add_session(store), **CONTACTS)
    async with store.read() as tx:
        row = (await tx.conn.execute(sa.text("SELECT * FROM participants"))).one()
    bytes_ = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert b"41446681800" not in bytes_
    assert b"amina" not in bytes_


async def test_the_people_of_several_sessions_are_told_apart(store: Store) -> None:
    first, second, empty = [await add_session(store) for _ in range(3)]
    p1, p2, p3 = [await add_person(store, s, f"p{n}") for n, s in enumerate([first, second, first])]
    async with store.read() as tx:
        found = await people.of_sessions(tx, [first.session_id, second.session_id, empty.session_id])
        assert found == {first.session_id: [p1, p3], second.session_id: [p2], empty.session_id: []}
        assert await people.ids_of(tx, first.session_id) == ["p0", "p2"]


async def test_settling_lets_nobody_wait(store: Store) -> None:
    session = await add_session(store)
    person = await add_person(store, session, waiting=True, place_since=at(1), wrote=True, away_since=at(2))
    async with store.write() as tx:
        await people.settle(tx, session.session_id)
        assert await people.of_session(tx, session.session_id) == [
            replace(person, waiting=False, place_since=None, wrote=False)
        ]


async def test_writing_is_noted(store: Store) -> None:
    session = await add_session(store)
    for name in ("p1", "p2"):
        await add_person(store, session, name)
    async with store.write() as tx:
        await people.note_writing(tx, ["p2"])
        assert [p.wrote for p in await people.of_session(tx, session.session_id)] == [False, True]


async def test_a_read_mark_goes_forward_only(store: Store) -> None:
    await add_person(store, await add_session(store))
    async with store.write() as tx:
        assert [await people.set_read(tx, "p1", seq) for seq in (3, 3, 2, 4)] == [True, False, False, True]


async def test_time_in_which_the_server_was_down_counts_for_nobody_as_away(store: Store) -> None:
    session = await add_session(store)
    await add_person(store, session, "away", joined_at=at(0), away_since=at(10))
    await add_person(store, session, "online", joined_at=at(0))
    await add_person(store, session, "yet-to-come")
    async with store.write() as tx:
        await people.set_everybody_away(tx, at(100), timedelta(minutes=60))
        found = {p.participant_id: p.away_since for p in await people.of_session(tx, session.session_id)}
    assert found == {"away": at(70), "online": at(100), "yet-to-come": None}


async def test_a_device_stands_for_somebody_until_it_is_dropped(store: Store) -> None:
    session = await add_session(store)
    person = await add_person(store, session)
    async with store.write() as tx:
        for name in ("d1", "d2", "d3"):
            await people.add_device(tx, name, person, name.encode() * 16, at(1))
        assert await people.device_by_token(tx, b"d1" * 16) == ("d1", "p1", session.session_id)
        assert await people.devices_of(tx, [session.session_id]) == {"p1": 3}
        await people.drop_devices(tx, "p1", "d1")
        assert await people.device_by_token(tx, b"d1" * 16) is None
        assert await people.devices_of(tx, [session.session_id]) == {"p1": 2}
        await people.drop_devices(tx, "p1")
        assert await people.devices_of(tx, [session.session_id]) == {}


@pytest.mark.parametrize("written", ["amina@example.org", "AMINA@example.org"])
async def test_a_contact_is_found_by_its_hash_however_the_address_is_written(store: Store, written: str) -> None:
    await add_person(store, await add_session(store), email=written)
    async with store.read() as tx:
        stored = (await tx.conn.execute(sa.text("SELECT email_hash FROM participants"))).scalar_one()
        assert stored == tx.vault.lookup_hash("email", "amina@example.org")

"""Invites, and the idempotency of making them."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from tc_server.domain.invite import Invite
from tc_server.domain.session import State
from tc_server.store import invites
from tc_server.store.engine import Store
from tests.domain.made import NOON, at
from tests.store.filled import add_person, add_session


async def add_invite(store: Store, name: str, state: State = State.INVITED) -> Invite:
    session = await add_session(store, state=state)
    person = await add_person(store, session, "p-" + name)
    invite = Invite(name, session.session_id, person.participant_id, "link", "secret " + name, NOON, at(9), "a note")
    async with store.write() as tx:
        await invites.insert(tx, invite)
    return invite


async def test_an_invite_is_read_as_it_was_written(store: Store) -> None:
    invite = await add_invite(store, "i1")
    async with store.read() as tx:
        assert await invites.get(tx, "i1") == invite
        assert await invites.of_sessions(tx, [invite.session_id]) == [invite]
        assert await invites.get(tx, "none") is None


async def test_an_invite_is_found_by_its_secret_which_stands_nowhere_in_clear(store: Store) -> None:
    invite = await add_invite(store, "i1")
    async with store.read() as tx:
        assert await invites.by_token(tx, "secret i1") == invite
        assert await invites.by_token(tx, "secret i2") is None
        row = (await tx.conn.execute(sa.text("SELECT token_hash, sealed FROM invites"))).one()
    assert b"secret" not in b"".join(row)
    assert b"a note" not in b"".join(row)


async def test_a_new_secret_ends_the_old_one(store: Store) -> None:
    rotated = replace(await add_invite(store, "i1"), token="another", revoked_at=at(5))
    async with store.write() as tx:
        await invites.save(tx, rotated)
        assert await invites.by_token(tx, "secret i1") is None
        assert await invites.by_token(tx, "another") == rotated


async def test_an_account_lists_its_own_newest_first_by_state_and_page(store: Store) -> None:
    made = [await add_invite(store, f"i{n}", State.OPEN if n == 1 else State.INVITED) for n in range(4)]
    async with store.read() as tx:
        assert await invites.owned(tx, "owner") == made[::-1]
        assert await invites.owned(tx, "owner", before="i2", limit=1) == [made[1]]
        assert await invites.owned(tx, "owner", states=["open"]) == [made[1]]
        assert await invites.owned(tx, "other") == []


async def test_what_was_made_under_a_key_is_found_by_it_for_that_account_alone(store: Store) -> None:
    invite = await add_invite(store, "i1")
    async with store.write() as tx:
        await invites.remember(tx, "owner", b"k" * 32, invite)
        assert await invites.repeat_of(tx, "owner", b"k" * 32) == "i1"
        assert await invites.repeat_of(tx, "owner", b"x" * 32) is None
        assert await invites.repeat_of(tx, "other", b"k" * 32) is None


async def test_a_key_is_used_once(store: Store) -> None:
    first, second = await add_invite(store, "i1"), await add_invite(store, "i2")

    async def remember(invite: Invite) -> None:
        async with store.write() as tx:
            await invites.remember(tx, "owner", b"k" * 32, invite)

    await remember(first)
    with pytest.raises(sa.exc.IntegrityError):
        await remember(second)

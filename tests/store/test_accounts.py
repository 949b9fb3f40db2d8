"""Accounts and their logins."""

from dataclasses import replace

import pytest

from tc_server.domain.errors import NameTaken
from tc_server.store import accounts
from tc_server.store.engine import Store
from tests.domain.made import NOON, at
from tests.store.filled import add_account


async def test_an_account_is_found_by_id_and_by_name(store: Store) -> None:
    account = await add_account(store, "Lena")
    async with store.write() as tx:
        assert await accounts.get(tx, "Lena") == await accounts.lock(tx, "Lena") == account
        assert await accounts.by_name(tx, "Lena") == (account, "hash of Lena")
        assert await accounts.get(tx, "none") is None
        assert await accounts.by_name(tx, "lena") is None


async def test_a_name_is_taken_once(store: Store) -> None:
    await add_account(store, "Lena")
    with pytest.raises(NameTaken):
        await add_account(store, "Lena")


async def test_role_and_disabling_are_saved_and_the_password_apart(store: Store) -> None:
    account = await add_account(store, "Lena")
    changed = replace(account, role="admin", disabled_at=at(1))
    async with store.write() as tx:
        await accounts.save(tx, changed)
        await accounts.set_password(tx, "Lena", "another hash")
        assert await accounts.by_name(tx, "Lena") == (changed, "another hash")


async def test_only_admins_who_are_not_disabled_can_manage_accounts(store: Store) -> None:
    made = [
        await add_account(store, "a1", role="admin"),
        await add_account(store, "a2", role="admin", disabled_at=NOON),
        await add_account(store, "a3"),
    ]
    async with store.write() as tx:
        assert await accounts.lock_admins(tx) == ["a1"]
        assert await accounts.everyone(tx) == made


async def test_a_login_stands_for_its_account_until_it_expires_or_is_ended(store: Store) -> None:
    account = await add_account(store, "Lena")
    async with store.write() as tx:
        for n in range(4):
            await accounts.add_login(tx, f"l{n}", "Lena", bytes([n]) * 32, NOON, at(10 + n))
        assert await accounts.by_login(tx, b"\0" * 32, at(9)) == (account, "l0")
        assert await accounts.by_login(tx, b"\0" * 32, at(10)) is None
        await accounts.end_login(tx, "l1")
        assert await accounts.by_login(tx, b"\1" * 32, at(9)) is None
        assert sorted(await accounts.end_expired_logins(tx, at(12))) == ["l0", "l2"]
        assert await accounts.by_login(tx, b"\2" * 32, at(9)) is None
        assert await accounts.by_login(tx, b"\3" * 32, at(9)) == (account, "l3")
        await accounts.end_logins(tx, "Lena")
        assert await accounts.by_login(tx, b"\3" * 32, at(9)) is None


async def test_a_disabled_accounts_login_stands_for_nobody(store: Store) -> None:
    account = await add_account(store, "Lena")
    async with store.write() as tx:
        await accounts.add_login(tx, "l1", "Lena", b"x" * 32, NOON, at(10))
        await accounts.save(tx, replace(account, disabled_at=at(1)))
        assert await accounts.by_login(tx, b"x" * 32, at(2)) is None

"""Accounts: logging in and out, and what admins do."""

import asyncio

import pytest
from argon2 import PasswordHasher

from tc_server.domain.errors import LastAdmin, NameTaken, NotFound, NotLoggedIn, WeakPassword, WrongPassword
from tc_server.domain.people import Account, Staff
from tc_server.services import accounts
from tc_server.services.events import CutOff
from tests.services.clinic import Clinic

PASSWORD = "a long enough one"


@pytest.fixture(autouse=True)
def light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the same algorithm at the lowest cost: what is tested isn't the cost."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts._nobody.cache_clear()


async def hire(clinic: Clinic, name: str = "Lena", role: str = "staff") -> Account:
    return (await accounts.add(clinic.ctx, name, "admin" if role == "admin" else "staff", PASSWORD))[0]


async def test_a_login_stands_for_its_account(clinic: Clinic) -> None:
    account = await hire(clinic)
    staff, shown, token = await accounts.login(clinic.ctx, "Lena", PASSWORD)
    assert shown == account
    assert token.startswith("tcs_")
    assert await accounts.authenticate(clinic.ctx, token) == staff
    assert await accounts.whoami(clinic.ctx, staff) == account


@pytest.mark.parametrize(("name", "password"), [("Lena", "a wrong password"), ("Nobody", PASSWORD), ("Lena", "")])
async def test_a_wrong_name_and_a_wrong_password_are_refused_alike(clinic: Clinic, name: str, password: str) -> None:
    await hire(clinic)
    with pytest.raises(WrongPassword):
        await accounts.login(clinic.ctx, name, password)


async def test_a_password_is_made_up_when_none_is_given(clinic: Clinic) -> None:
    _, made_up = await accounts.add(clinic.ctx, "Lena", "staff", None)
    assert made_up
    assert await accounts.login(clinic.ctx, "Lena", made_up)


async def test_a_short_password_and_a_taken_name_are_refused(clinic: Clinic) -> None:
    await hire(clinic)
    with pytest.raises(WeakPassword):
        await accounts.add(clinic.ctx, "Ida", "staff", "short")
    with pytest.raises(NameTaken):
        await hire(clinic, " Lena ")
    assert len(await accounts.everyone(clinic.ctx)) == 1


async def test_a_login_ends_by_logging_out_and_only_that_one(clinic: Clinic) -> None:
    await hire(clinic)
    (mine, _, token), (_, _, other) = [await accounts.login(clinic.ctx, "Lena", PASSWORD) for _ in range(2)]
    await accounts.logout(clinic.ctx, mine)
    assert CutOff(mine.login_id) in clinic.ear.events
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)
    assert isinstance(await accounts.authenticate(clinic.ctx, other), Staff)


async def test_a_login_expires(clinic: Clinic) -> None:
    await hire(clinic)
    _, _, token = await accounts.login(clinic.ctx, "Lena", PASSWORD)
    await clinic.later(days=29)
    assert isinstance(await accounts.authenticate(clinic.ctx, token), Staff)
    await clinic.later(days=1)
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)


@pytest.mark.parametrize("token", ["", "tcs_", "tcp_", "tcs_nonsense", "x" * 1000, "tcs_\x00"])
async def test_a_made_up_token_stands_for_nobody(clinic: Clinic, token: str) -> None:
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)


async def test_who_is_disabled_is_out_at_once_until_enabled(clinic: Clinic) -> None:
    account = await hire(clinic)
    _, _, token = await accounts.login(clinic.ctx, "Lena", PASSWORD)
    disabled = await accounts.set_disabled(clinic.ctx, account.account_id, True)
    assert disabled.disabled_at == clinic.clock()
    assert CutOff(account.account_id) in clinic.ear.events
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)
    with pytest.raises(WrongPassword):
        await accounts.login(clinic.ctx, "Lena", PASSWORD)
    await accounts.set_disabled(clinic.ctx, account.account_id, False)
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)
    assert await accounts.login(clinic.ctx, "Lena", PASSWORD)


async def test_a_new_password_ends_every_login(clinic: Clinic) -> None:
    account = await hire(clinic)
    _, _, token = await accounts.login(clinic.ctx, "Lena", PASSWORD)
    _, made_up = await accounts.reset_password(clinic.ctx, account.account_id, None)
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)
    with pytest.raises(WrongPassword):
        await accounts.login(clinic.ctx, "Lena", PASSWORD)
    assert made_up
    assert await accounts.login(clinic.ctx, "Lena", made_up)


async def test_another_role_counts_from_the_next_request_on(clinic: Clinic) -> None:
    account = await hire(clinic)
    _, _, token = await accounts.login(clinic.ctx, "Lena", PASSWORD)
    await accounts.set_role(clinic.ctx, account.account_id, "admin")
    found = await accounts.authenticate(clinic.ctx, token)
    assert isinstance(found, Staff)
    assert found.role == "admin"


async def test_the_last_admin_can_neither_be_disabled_nor_demoted(clinic: Clinic) -> None:
    admin = await hire(clinic, "Omar", "admin")
    await hire(clinic)
    with pytest.raises(LastAdmin):
        await accounts.set_disabled(clinic.ctx, admin.account_id, True)
    with pytest.raises(LastAdmin):
        await accounts.set_role(clinic.ctx, admin.account_id, "staff")
    second = await hire(clinic, "Ida", "admin")
    await accounts.set_disabled(clinic.ctx, second.account_id, True)
    with pytest.raises(LastAdmin):
        await accounts.set_role(clinic.ctx, admin.account_id, "staff")
    await accounts.set_disabled(clinic.ctx, second.account_id, False)
    assert (await accounts.set_role(clinic.ctx, admin.account_id, "staff")).role == "staff"


async def test_admins_who_demote_each_other_at_once_leave_one(clinic: Clinic, elsewhere: Clinic) -> None:
    for attempt in range(3):
        both = [await hire(clinic, f"admin {attempt} {n}", "admin") for n in range(2)]
        for admin in await accounts.everyone(clinic.ctx):
            if admin not in both:
                await accounts.set_role(clinic.ctx, admin.account_id, "staff")
        demote = [
            accounts.set_role(c.ctx, a.account_id, "staff") for c, a in zip([clinic, elsewhere], both, strict=True)
        ]
        outcomes = await asyncio.gather(*demote, return_exceptions=True)
        assert [type(o) for o in outcomes if isinstance(o, BaseException)] == [LastAdmin]


async def test_an_unknown_account_is_not_found(clinic: Clinic) -> None:
    for attempt in (
        accounts.set_disabled(clinic.ctx, "nobody", True),
        accounts.set_role(clinic.ctx, "nobody", "admin"),
        accounts.reset_password(clinic.ctx, "nobody", PASSWORD),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_everyone_is_listed_oldest_first(clinic: Clinic) -> None:
    names = ["Lena", "Ida", "Omar"]
    for name in names:
        await hire(clinic, name)
    assert [account.name for account in await accounts.everyone(clinic.ctx)] == names

"""Accounts: logging in and out, and what admins do with them."""

import asyncio
import secrets
from dataclasses import replace
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from tc_server.domain.errors import LastAdmin, NotFound, NotLoggedIn, WrongPassword
from tc_server.domain.people import Account, AccountRole, Anyone, Guest, Staff, check_password, clean_name
from tc_server.services import notices, passes
from tc_server.services.context import Context, new_id
from tc_server.services.events import CutOff
from tc_server.store import accounts, people
from tc_server.store import passes as call_passes
from tc_server.store.engine import Tx
from tc_server.store.vault import hash_token

_hasher = PasswordHasher()


async def login(ctx: Context, name: str, password: str) -> tuple[Staff, Account, str]:
    """Log in: who it is, and a token that stands for it until it expires. Raises WrongPassword."""
    async with ctx.store.read() as tx:
        found = await accounts.by_name(tx, clean_name(name))
    # An unknown name costs the same time as a wrong password, so that names can't be probed.
    matches = await asyncio.to_thread(_matches, found[1] if found else _nobody(), password)
    if not found or not matches or found[0].disabled_at:
        raise WrongPassword
    account = found[0]
    token = "tcs_" + secrets.token_urlsafe(32)
    staff = Staff(account.account_id, account.name, account.role, new_id())
    now = ctx.now()
    async with ctx.store.write() as tx:
        await accounts.add_login(
            tx, staff.login_id, account.account_id, hash_token(token), now, now + ctx.login_lifetime
        )
    return staff, account, token


async def authenticate(ctx: Context, token: str) -> Anyone:
    """Tell who a token stands for. Raises NotLoggedIn."""
    async with ctx.store.read() as tx:
        if token.startswith("tcp_"):
            if device := await people.device_by_token(tx, hash_token(token)):
                device_id, participant_id, session_id = device
                return Guest(participant_id, session_id, device_id)
        elif token.startswith(passes.PREFIX):
            if caller := await passes.find_caller(ctx, tx, token):
                return caller
        elif found := await accounts.by_login(tx, hash_token(token), ctx.now()):
            account, login_id = found
            return Staff(account.account_id, account.name, account.role, login_id)
    raise NotLoggedIn


async def logout(ctx: Context, staff: Staff) -> None:
    """End the login that the viewer came with."""
    async with ctx.store.write() as tx:
        await accounts.end_login(tx, staff.login_id)
    ctx.announce(CutOff(staff.login_id))


async def whoami(ctx: Context, staff: Staff) -> Account:
    """Show the viewer's own account."""
    async with ctx.store.read() as tx:
        account = await accounts.get(tx, staff.account_id)
    if account is None:
        raise NotFound
    return account


async def add(ctx: Context, name: str, role: AccountRole, password: str | None) -> tuple[Account, str | None]:
    """Make an account; without a password one is made up and returned. Raises WeakPassword, NameTaken."""
    made_up = None if password else _made_up_password()
    hashed = await asyncio.to_thread(_hasher.hash, check_password(password or made_up or ""))
    account = Account(new_id(), clean_name(name) or "?", role, ctx.now())
    async with ctx.store.write() as tx:
        await accounts.insert(tx, account, hashed)
    return account, made_up


async def everyone(ctx: Context) -> list[Account]:
    """List all accounts, oldest first."""
    async with ctx.store.read() as tx:
        return await accounts.everyone(tx)


async def set_disabled(ctx: Context, account_id: str, disabled: bool) -> Account:
    """Shut an account out, ending its logins and its addresses for notices, or let it in.

    Raises NotFound, LastAdmin.
    """
    dropped: list[str] = []
    async with ctx.store.write() as tx:
        if disabled:
            await _keep_an_admin(tx, account_id)
            await accounts.end_logins(tx, account_id)
            await call_passes.drop_of_account(tx, account_id)
            dropped = await notices.drop_of_account(tx, account_id)
        account = await _find(tx, account_id)
        account = replace(account, disabled_at=(account.disabled_at or ctx.now()) if disabled else None)
        await accounts.save(tx, account)
    await notices.forget(ctx, dropped)
    if disabled:
        ctx.announce(CutOff(account_id))
    return account


async def set_role(ctx: Context, account_id: str, role: AccountRole) -> Account:
    """Give an account another role. Raises NotFound, LastAdmin."""
    async with ctx.store.write() as tx:
        if role != "admin":
            await _keep_an_admin(tx, account_id)
        account = await _find(tx, account_id)
        account = replace(account, role=role)
        await accounts.save(tx, account)
    return account


async def reset_password(ctx: Context, account_id: str, password: str | None) -> tuple[Account, str | None]:
    """Set a password, or make one up and return it, and end the account's logins. Raises NotFound, WeakPassword."""
    made_up = None if password else _made_up_password()
    hashed = await asyncio.to_thread(_hasher.hash, check_password(password or made_up or ""))
    async with ctx.store.write() as tx:
        account = await _find(tx, account_id)
        await accounts.set_password(tx, account_id, hashed)
        await accounts.end_logins(tx, account_id)
        await call_passes.drop_of_account(tx, account_id)
    ctx.announce(CutOff(account_id))
    return account, made_up


async def _find(tx: Tx, account_id: str) -> Account:
    account = await accounts.lock(tx, account_id)
    if account is None:
        raise NotFound
    return account


async def _keep_an_admin(tx: Tx, account_id: str) -> None:
    # Before the account itself is locked, so that two who demote each other don't wait for each other.
    if await accounts.lock_admins(tx) == [account_id]:
        raise LastAdmin


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _made_up_password() -> str:
    return secrets.token_urlsafe(12)

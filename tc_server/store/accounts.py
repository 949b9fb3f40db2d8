"""Accounts and their logins."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tc_server.domain.errors import NameTaken
from tc_server.domain.people import Account
from tc_server.store.engine import Tx
from tc_server.store.tables import accounts, logins

_COLUMNS = [accounts.c.account_id, accounts.c.name, accounts.c.role, accounts.c.created_at, accounts.c.disabled_at]


def _account(row: sa.Row[*tuple[Any, ...]]) -> Account:
    return Account(row.account_id, row.name, row.role, row.created_at, row.disabled_at)


async def insert(tx: Tx, account: Account, password_hash: str) -> None:
    """Add an account. Raises NameTaken."""
    row = sa.insert(accounts).values(
        account_id=account.account_id,
        name=account.name,
        role=account.role,
        password_hash=password_hash,
        created_at=account.created_at,
        disabled_at=account.disabled_at,
    )
    try:
        await tx.conn.execute(row)
    except sa.exc.IntegrityError as fault:
        raise NameTaken from fault


async def get(tx: Tx, account_id: str) -> Account | None:
    """Find one by id."""
    row = (await tx.conn.execute(sa.select(*_COLUMNS).where(accounts.c.account_id == account_id))).one_or_none()
    return _account(row) if row else None


async def lock(tx: Tx, account_id: str) -> Account | None:
    """Find one by id and keep others from changing it until this transaction ends."""
    query = sa.select(*_COLUMNS).where(accounts.c.account_id == account_id).with_for_update()
    row = (await tx.conn.execute(query)).one_or_none()
    return _account(row) if row else None


async def by_name(tx: Tx, name: str) -> tuple[Account, str] | None:
    """Find an account and its password's hash by name."""
    query = sa.select(*_COLUMNS, accounts.c.password_hash).where(accounts.c.name == name)
    row = (await tx.conn.execute(query)).one_or_none()
    return (_account(row), row.password_hash) if row else None


async def everyone(tx: Tx) -> list[Account]:
    """List all accounts, oldest first."""
    return [_account(row) for row in await tx.conn.execute(sa.select(*_COLUMNS).order_by(accounts.c.account_id))]


async def lock_admins(tx: Tx) -> list[str]:
    """List the ids of the accounts that can manage accounts, locked against change."""
    query = (
        sa.select(accounts.c.account_id)
        .where(accounts.c.role == "admin", accounts.c.disabled_at.is_(None))
        .order_by(accounts.c.account_id)
        .with_for_update()
    )
    return list((await tx.conn.execute(query)).scalars())


async def save(tx: Tx, account: Account) -> None:
    """Write back an account's role and whether it is disabled."""
    await tx.conn.execute(
        sa.update(accounts)
        .where(accounts.c.account_id == account.account_id)
        .values(role=account.role, disabled_at=account.disabled_at)
    )


async def set_password(tx: Tx, account_id: str, password_hash: str) -> None:
    """Set an account's password."""
    await tx.conn.execute(
        sa.update(accounts).where(accounts.c.account_id == account_id).values(password_hash=password_hash)
    )


async def add_login(
    tx: Tx, login_id: str, account_id: str, token_hash: bytes, created_at: datetime, expires_at: datetime
) -> None:
    """Add a login."""
    await tx.conn.execute(
        sa.insert(logins).values(
            login_id=login_id,
            account_id=account_id,
            token_hash=token_hash,
            created_at=created_at,
            expires_at=expires_at,
        )
    )


async def by_login(tx: Tx, token_hash: bytes, now: datetime) -> tuple[Account, str] | None:
    """Find the account that a live login's token stands for, and the login's id."""
    query = (
        sa.select(*_COLUMNS, logins.c.login_id)
        .join(logins, logins.c.account_id == accounts.c.account_id)
        .where(logins.c.token_hash == token_hash, logins.c.expires_at > now, accounts.c.disabled_at.is_(None))
    )
    row = (await tx.conn.execute(query)).one_or_none()
    return (_account(row), row.login_id) if row else None


async def end_login(tx: Tx, login_id: str) -> None:
    """End one login."""
    await tx.conn.execute(sa.delete(logins).where(logins.c.login_id == login_id))


async def end_logins(tx: Tx, account_id: str) -> None:
    """End all logins of an account."""
    await tx.conn.execute(sa.delete(logins).where(logins.c.account_id == account_id))


async def end_expired_logins(tx: Tx, now: datetime) -> list[str]:
    """Sweep logins whose time is over, and list their ids."""
    query = sa.delete(logins).where(logins.c.expires_at <= now).returning(logins.c.login_id)
    return list((await tx.conn.execute(query)).scalars())

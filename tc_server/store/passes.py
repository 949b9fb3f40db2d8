"""The ways into calls: a token that works once, and the credential that it was exchanged for; both hashed."""

from datetime import datetime

import sqlalchemy as sa

from tc_server.store.engine import Tx
from tc_server.store.tables import accounts, call_passes, calls


async def insert(tx: Tx, pass_id: str, call_id: str, token_hash: bytes, expires_at: datetime) -> None:
    """Add a way into a call."""
    await tx.conn.execute(
        sa.insert(call_passes).values(pass_id=pass_id, call_id=call_id, token_hash=token_hash, expires_at=expires_at)
    )


async def by_token(tx: Tx, token_hash: bytes, now: datetime) -> tuple[str, str] | None:
    """Find (pass_id, call_id) by a token that was neither used nor is late."""
    query = sa.select(call_passes.c.pass_id, call_passes.c.call_id).where(
        call_passes.c.token_hash == token_hash, call_passes.c.expires_at > now
    )
    row = (await tx.conn.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def exchange(tx: Tx, pass_id: str, credential_hash: bytes) -> bool:
    """Exchange the token for a credential; False if somebody else was first."""
    done = await tx.conn.execute(
        sa.update(call_passes)
        .where(call_passes.c.pass_id == pass_id, call_passes.c.token_hash.is_not(None))
        .values(token_hash=None, credential_hash=credential_hash)
    )
    return done.rowcount > 0


async def by_credential(tx: Tx, credential_hash: bytes, ended_after: datetime) -> tuple[str, str, str, str, str] | None:
    """Find (pass_id, call_id, session_id, account_id, its name) by a credential of a call that may be used.

    It may while the call goes on, and if it has ended after `ended_after`; never for an account that is shut out.
    """
    query = (
        sa.select(call_passes.c.pass_id, calls.c.call_id, calls.c.session_id, accounts.c.account_id, accounts.c.name)
        .join(calls, calls.c.call_id == call_passes.c.call_id)
        .join(accounts, accounts.c.account_id == calls.c.staff_id)
        .where(call_passes.c.credential_hash == credential_hash, accounts.c.disabled_at.is_(None))
        .where(sa.or_(calls.c.ended_at.is_(None), calls.c.ended_at > ended_after))
    )
    row = (await tx.conn.execute(query)).one_or_none()
    return (row[0], row[1], row[2], row[3], row[4]) if row else None


async def drop_unused(tx: Tx, call_id: str) -> None:
    """End the ways into a call that nobody has taken."""
    unused = (call_passes.c.call_id == call_id) & call_passes.c.token_hash.is_not(None)
    await tx.conn.execute(sa.delete(call_passes).where(unused))


async def drop_others(tx: Tx, call_id: str, pass_id: str) -> list[str]:
    """End every way into a call but one; returns their ids."""
    others = (call_passes.c.call_id == call_id) & (call_passes.c.pass_id != pass_id)
    query = sa.delete(call_passes).where(others).returning(call_passes.c.pass_id)
    return list((await tx.conn.execute(query)).scalars())


async def drop_of_account(tx: Tx, account_id: str) -> None:
    """End every way into calls that an account was given."""
    own = sa.select(calls.c.call_id).where(calls.c.staff_id == account_id)
    await tx.conn.execute(sa.delete(call_passes).where(call_passes.c.call_id.in_(own)))

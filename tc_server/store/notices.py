"""Addresses for notices with what is on its way to them, who calls for staff, and when staff was last connected.

An address stands sealed under its account's own key; beside it, in clear, no more than what it is shown as.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from tc_server.domain.delivery import Reason, Result
from tc_server.domain.notice import Address, Calling, Desk, Target
from tc_server.store.engine import Tx
from tc_server.store.sessions import lock_many
from tc_server.store.tables import accounts, messages, notify_targets, sessions

_TEAM = "team"
_LABEL = "notify"
_CALLS = ("joined", "text", "file", "call_requested")
_PLAIN = (
    "target_id",
    "account_id",
    "kind",
    "shown",
    "language",
    "created_at",
    "asked_at",
    "due_at",
    "tries",
    "last_at",
    "last_result",
    "last_reason",
)
_COLUMNS = [notify_targets.c[name] for name in _PLAIN]


def _target(row: sa.Row[Any]) -> Target:
    values = {name: getattr(row, name) for name in _PLAIN}
    result, reason = values.pop("last_result"), values.pop("last_reason")
    return Target(
        **values, last_result=Result(result) if result else None, last_reason=Reason(reason) if reason else None
    )


def _values(target: Target) -> dict[str, Any]:
    return {name: getattr(target, name) for name in _PLAIN}


def _hash(tx: Tx, account_id: str | None, address: Address) -> bytes:
    return tx.vault.lookup_hash(f"notify:{account_id or _TEAM}", f"{address.kind}:{address.to}")


async def insert(tx: Tx, target: Target, address: Address) -> None:
    """Add an address, unless another server has added it just now."""
    key = tx.vault.account_key(target.account_id or _TEAM)
    sealed = key.seal_bytes(_LABEL, address.to.encode())
    row = _values(target) | {"sealed": sealed, "address_hash": _hash(tx, target.account_id, address)}
    with suppress(sa.exc.IntegrityError):
        async with tx.conn.begin_nested():
            await tx.conn.execute(sa.insert(notify_targets).values(**row))


async def save(tx: Tx, targets: Iterable[Target]) -> None:
    """Write back all of some targets but their addresses."""
    for target in targets:
        of_this = notify_targets.c.target_id == target.target_id
        await tx.conn.execute(sa.update(notify_targets).where(of_this).values(**_values(target)))


async def by_address(tx: Tx, account_id: str | None, address: Address) -> Target | None:
    """Find an account's target by its address, to change it."""
    query = sa.select(*_COLUMNS).where(notify_targets.c.address_hash == _hash(tx, account_id, address))
    row = (await tx.conn.execute(query.with_for_update())).one_or_none()
    return _target(row) if row else None


async def get(tx: Tx, target_id: str, *, lock: bool = False) -> Target | None:
    """Find one by id, to change it if asked for."""
    query = sa.select(*_COLUMNS).where(notify_targets.c.target_id == target_id)
    row = (await tx.conn.execute(query.with_for_update() if lock else query)).one_or_none()
    return _target(row) if row else None


async def address_of(tx: Tx, target: Target) -> Address:
    """Open a target's address; raises LostKey."""
    query = sa.select(notify_targets.c.sealed).where(notify_targets.c.target_id == target.target_id)
    sealed = (await tx.conn.execute(query)).scalar_one()
    key = tx.vault.account_key(target.account_id or _TEAM)
    return Address(target.kind, key.open_bytes(_LABEL, sealed).decode())


async def of_account(tx: Tx, account_id: str | None) -> list[Target]:
    """List the targets of an account, or without one of the team, oldest first."""
    query = sa.select(*_COLUMNS).where(notify_targets.c.account_id.is_not_distinct_from(account_id))
    return [_target(row) for row in await tx.conn.execute(query.order_by(notify_targets.c.target_id))]


async def lock_told_of(tx: Tx, account_id: str) -> list[Target]:
    """Fetch, to change them, the targets that are told of an account's sessions: its own and the team's."""
    query = (
        sa.select(*_COLUMNS)
        .where(sa.or_(notify_targets.c.account_id == account_id, notify_targets.c.account_id.is_(None)))
        .order_by(notify_targets.c.target_id)
        .with_for_update()
    )
    return [_target(row) for row in await tx.conn.execute(query)]


async def delete(tx: Tx, target_ids: Iterable[str]) -> None:
    """Delete targets, and what is on its way to them."""
    await tx.conn.execute(sa.delete(notify_targets).where(notify_targets.c.target_id.in_(list(target_ids))))


async def claim(tx: Tx, now: datetime, limit: int) -> list[Target]:
    """Fetch the targets that a notice is to be sent to; on PostgreSQL each server gets its own."""
    query = (
        sa.select(*_COLUMNS)
        .where(notify_targets.c.due_at <= now)
        .order_by(notify_targets.c.due_at, notify_targets.c.target_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_target(row) for row in await tx.conn.execute(query)]


async def desks(tx: Tx, account_id: str | None = None) -> list[Desk]:
    """List the accounts that something calls for and that are told of it anywhere, or one of them.

    What calls is in the queue, since the first entry that staff has neither read nor answered.
    """
    answered = (
        sa.select(messages.c.seq)
        .where(messages.c.session_id == sessions.c.session_id, messages.c.sender_role == "staff")
        .order_by(messages.c.seq.desc())
        .limit(1)
        .correlate(sessions)
        .scalar_subquery()
    )
    unseen_since = (
        sa.select(messages.c.sent_at)
        .where(
            messages.c.session_id == sessions.c.session_id,
            messages.c.kind.in_(_CALLS),
            messages.c.sender_role != "staff",
            messages.c.seq > sessions.c.staff_read_seq,
            messages.c.seq > sa.func.coalesce(answered, 0),
        )
        .order_by(messages.c.seq)
        .limit(1)
        .correlate(sessions)
        .scalar_subquery()
    )
    is_told = sa.exists().where(
        sa.or_(notify_targets.c.account_id == sessions.c.owner_id, notify_targets.c.account_id.is_(None))
    )
    query = (
        sa.select(
            sessions.c.owner_id,
            accounts.c.seen_at,
            sessions.c.session_id,
            sessions.c.waiting_since,
            unseen_since.label("unseen_since"),
            sessions.c.told_until,
            sessions.c.notified_at,
        )
        .join(accounts, accounts.c.account_id == sessions.c.owner_id)
        .where(sessions.c.waiting_since.is_not(None), is_told)
        .order_by(sessions.c.owner_id, sessions.c.session_id)
    )
    if account_id is not None:
        query = query.where(sessions.c.owner_id == account_id)
    rows = [row for row in await tx.conn.execute(query) if row.unseen_since is not None]
    return [
        Desk(owner_id, seen_at, tuple(_calling(row) for row in group))
        for (owner_id, seen_at), group in groupby(rows, lambda row: (row.owner_id, row.seen_at))
    ]


def _calling(row: sa.Row[*tuple[Any, ...]]) -> Calling:
    # What staff never read may be older than this wait: it calls since both are so.
    return Calling(row.session_id, max(row.unseen_since, row.waiting_since), row.told_until, row.notified_at)


async def set_notified(tx: Tx, session_ids: Iterable[str], now: datetime) -> None:
    """Note that the owners of sessions were told of them; locked in order, as everywhere."""
    locked = await lock_many(tx, session_ids)
    await tx.conn.execute(sa.update(sessions).where(sessions.c.session_id.in_(list(locked))).values(notified_at=now))


async def note_seen(tx: Tx, account_ids: Iterable[str], now: datetime) -> None:
    """Note that clients of accounts are connected."""
    await tx.conn.execute(sa.update(accounts).where(accounts.c.account_id.in_(list(account_ids))).values(seen_at=now))

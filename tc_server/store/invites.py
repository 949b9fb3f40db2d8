"""Invites, and the idempotency of making them."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from tc_server.domain.invite import Invite
from tc_server.store.engine import Tx
from tc_server.store.tables import idempotency, invites, sessions
from tc_server.store.vault import SessionKey, hash_token

_PLAIN = ("invite_id", "session_id", "participant_id", "via", "created_at", "expires_at", "revoked_at")
_COLUMNS = [invites.c[name] for name in _PLAIN] + [invites.c.sealed]
_INSERT, _REMEMBER = sa.insert(invites), sa.insert(idempotency)


class _Sealed(msgspec.Struct):
    token: str
    note: str | None


def _invite(row: sa.Row[Any], key: SessionKey) -> Invite:
    values = row._asdict()
    values.pop("key_hash", None)
    sealed = key.open("invite", values.pop("sealed"), _Sealed)
    return Invite(**values, token=sealed.token, note=sealed.note)


def _values(invite: Invite, key: SessionKey) -> dict[str, Any]:
    return {name: getattr(invite, name) for name in _PLAIN} | {
        "token_hash": hash_token(invite.token),
        "sealed": key.seal("invite", _Sealed(invite.token, invite.note)),
    }


async def insert(tx: Tx, invite: Invite) -> None:
    """Add an invite: the link's secret hashed to be found by, and sealed to be sent again."""
    key = await tx.key(invite.session_id)
    await tx.conn.execute(_INSERT, _values(invite, key))


async def save(tx: Tx, invite: Invite) -> None:
    """Write back all of an invite."""
    key = await tx.key(invite.session_id)
    await tx.conn.execute(
        sa.update(invites).where(invites.c.invite_id == invite.invite_id).values(**_values(invite, key))
    )


async def get(tx: Tx, invite_id: str) -> Invite | None:
    """Find one by id."""
    row = (await tx.conn.execute(sa.select(*_COLUMNS).where(invites.c.invite_id == invite_id))).one_or_none()
    return _invite(row, await tx.key(row.session_id)) if row else None


async def by_token(tx: Tx, token: str) -> Invite | None:
    """Find one by its link's secret."""
    query = sa.select(*_COLUMNS).where(invites.c.token_hash == hash_token(token))
    row = (await tx.conn.execute(query)).one_or_none()
    return _invite(row, await tx.key(row.session_id)) if row else None


async def of_sessions(tx: Tx, session_ids: Iterable[str]) -> list[Invite]:
    """List the invites of sessions, oldest first."""
    query = sa.select(*_COLUMNS).where(invites.c.session_id.in_(list(session_ids))).order_by(invites.c.invite_id)
    rows = list(await tx.conn.execute(query))
    keys = await tx.keys({row.session_id for row in rows})
    return [_invite(row, keys[row.session_id]) for row in rows]


async def owned(
    tx: Tx, owner_id: str, *, states: Sequence[str] = (), before: str | None = None, limit: int | None = None
) -> list[Invite]:
    """List the invites of an account's sessions, newest first; `before` is the id after which the page begins."""
    query = (
        sa.select(*_COLUMNS)
        .join(sessions, sessions.c.session_id == invites.c.session_id)
        .where(sessions.c.owner_id == owner_id)
        .order_by(invites.c.invite_id.desc())
    )
    if states:
        query = query.where(sessions.c.state.in_(states))
    if before:
        query = query.where(invites.c.invite_id < before)
    rows = list(await tx.conn.execute(query.limit(limit)))
    keys = await tx.keys({row.session_id for row in rows})
    return [_invite(row, keys[row.session_id]) for row in rows]


async def repeat_of(tx: Tx, account_id: str, key_hash: bytes) -> str | None:
    """Find the invite that was made under an idempotency key."""
    query = sa.select(idempotency.c.invite_id).where(
        idempotency.c.account_id == account_id, idempotency.c.key_hash == key_hash
    )
    return (await tx.conn.execute(query)).scalar_one_or_none()


async def repeats_of(tx: Tx, account_id: str, key_hashes: Sequence[bytes]) -> dict[bytes, Invite]:
    """Find the invites that were made under idempotency keys, by the keys' hashes."""
    query = (
        sa.select(idempotency.c.key_hash, *_COLUMNS)
        .join(invites, invites.c.invite_id == idempotency.c.invite_id)
        .where(idempotency.c.account_id == account_id, idempotency.c.key_hash.in_(key_hashes))
    )
    rows = list(await tx.conn.execute(query))
    keys = await tx.keys({row.session_id for row in rows})
    return {row.key_hash: _invite(row, keys[row.session_id]) for row in rows}


async def remember(tx: Tx, account_id: str, key_hash: bytes, invite: Invite) -> None:
    """Remember which invite was made under an idempotency key."""
    row = {"account_id": account_id, "key_hash": key_hash}
    await tx.conn.execute(_REMEMBER, row | {"invite_id": invite.invite_id, "session_id": invite.session_id})

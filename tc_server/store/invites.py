"""Invites, and the idempotency of making them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from tc_server.domain.invite import Invite
from tc_server.store.engine import Tx
from tc_server.store.tables import idempotency, invites, sessions
from tc_server.store.vault import SessionKey, hash_token

_PLAIN = ("invite_id", "session_id", "participant_id", "via", "created_at", "expires_at", "revoked_at")
_COLUMNS = [invites.c[name] for name in _PLAIN] + [invites.c.sealed]


class _Sealed(msgspec.Struct):
    token: str
    note: str | None


@dataclass(frozen=True, slots=True)
class StoredInvite:
    """An invite with staff's own note."""

    invite: Invite
    note: str | None


def _stored(row: sa.Row[Any], key: SessionKey) -> StoredInvite:
    values = row._asdict()
    sealed = key.open("invite", values.pop("sealed"), _Sealed)
    return StoredInvite(Invite(**values, token=sealed.token), sealed.note)


def _values(stored: StoredInvite, key: SessionKey) -> dict[str, Any]:
    invite = stored.invite
    return {name: getattr(invite, name) for name in _PLAIN} | {
        "token_hash": hash_token(invite.token),
        "sealed": key.seal("invite", _Sealed(invite.token, stored.note)),
    }


async def insert(tx: Tx, stored: StoredInvite) -> None:
    """Add an invite: the link's secret hashed to be found by, and sealed to be sent again."""
    key = await tx.key(stored.invite.session_id)
    await tx.conn.execute(sa.insert(invites).values(**_values(stored, key)))


async def save(tx: Tx, stored: StoredInvite) -> None:
    """Write back all of an invite."""
    key = await tx.key(stored.invite.session_id)
    await tx.conn.execute(
        sa.update(invites).where(invites.c.invite_id == stored.invite.invite_id).values(**_values(stored, key))
    )


async def get(tx: Tx, invite_id: str) -> StoredInvite | None:
    """Find one by id."""
    row = (await tx.conn.execute(sa.select(*_COLUMNS).where(invites.c.invite_id == invite_id))).one_or_none()
    return _stored(row, await tx.key(row.session_id)) if row else None


async def by_token(tx: Tx, token: str) -> StoredInvite | None:
    """Find one by its link's secret."""
    query = sa.select(*_COLUMNS).where(invites.c.token_hash == hash_token(token))
    row = (await tx.conn.execute(query)).one_or_none()
    return _stored(row, await tx.key(row.session_id)) if row else None


async def of_sessions(tx: Tx, session_ids: Iterable[str]) -> list[StoredInvite]:
    """List the invites of sessions, oldest first."""
    query = sa.select(*_COLUMNS).where(invites.c.session_id.in_(list(session_ids))).order_by(invites.c.invite_id)
    rows = list(await tx.conn.execute(query))
    keys = await tx.keys({row.session_id for row in rows})
    return [_stored(row, keys[row.session_id]) for row in rows]


async def owned(
    tx: Tx, owner_id: str, *, states: Sequence[str] = (), before: str | None = None, limit: int | None = None
) -> list[StoredInvite]:
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
    return [_stored(row, keys[row.session_id]) for row in rows]


async def repeat_of(tx: Tx, account_id: str, key_hash: bytes) -> str | None:
    """Find the invite that was made under an idempotency key."""
    query = sa.select(idempotency.c.invite_id).where(
        idempotency.c.account_id == account_id, idempotency.c.key_hash == key_hash
    )
    return (await tx.conn.execute(query)).scalar_one_or_none()


async def remember(tx: Tx, account_id: str, key_hash: bytes, invite: Invite) -> None:
    """Remember which invite was made under an idempotency key."""
    await tx.conn.execute(
        sa.insert(idempotency).values(
            account_id=account_id, key_hash=key_hash, invite_id=invite.invite_id, session_id=invite.session_id
        )
    )

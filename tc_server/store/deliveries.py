"""Deliveries: the texts of invites on their way, sealed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from tc_server.domain.invite import Delivery
from tc_server.store.engine import Tx
from tc_server.store.tables import deliveries
from tc_server.store.vault import SessionKey


class _SealedText(msgspec.Struct):
    to: str
    subject: str | None
    text: str


_PLAIN = (
    "delivery_id",
    "session_id",
    "invite_id",
    "channel",
    "provider",
    "state",
    "created_at",
    "sent_at",
    "detail",
)
_COLUMNS = [deliveries.c[name] for name in _PLAIN] + [deliveries.c.sealed]


def _delivery(row: sa.Row[Any], key: SessionKey) -> Delivery:
    values = row._asdict()
    sealed = key.open("delivery", values.pop("sealed"), _SealedText)
    return Delivery(**values, to=sealed.to, subject=sealed.subject, text=sealed.text)


async def insert(tx: Tx, delivery: Delivery) -> None:
    """Put a text into the outbox, sealed."""
    key = await tx.key(delivery.session_id)
    await tx.conn.execute(
        sa.insert(deliveries).values(
            **{name: getattr(delivery, name) for name in _PLAIN},
            sealed=key.seal("delivery", _SealedText(delivery.to, delivery.subject, delivery.text)),
        )
    )


async def of_sessions(tx: Tx, session_ids: Iterable[str]) -> list[Delivery]:
    """List the deliveries of sessions, oldest first."""
    query = (
        sa.select(*_COLUMNS).where(deliveries.c.session_id.in_(list(session_ids))).order_by(deliveries.c.delivery_id)
    )
    rows = list(await tx.conn.execute(query))
    keys = await tx.keys({row.session_id for row in rows})
    return [_delivery(row, keys[row.session_id]) for row in rows]


async def latest_states(tx: Tx, session_ids: Iterable[str]) -> dict[str, str]:
    """Tell the state of each session's latest delivery, by session id, without opening any."""
    query = (
        sa.select(deliveries.c.session_id, deliveries.c.state)
        .where(deliveries.c.session_id.in_(list(session_ids)))
        .order_by(deliveries.c.delivery_id)
    )
    return {session_id: state for session_id, state in await tx.conn.execute(query)}


async def claim(tx: Tx, limit: int) -> list[Delivery]:
    """Take queued deliveries, oldest first; on PostgreSQL each server gets its own until this transaction ends."""
    query = (
        sa.select(*_COLUMNS)
        .where(deliveries.c.state == "queued")
        .order_by(deliveries.c.delivery_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(await tx.conn.execute(query))
    keys = await tx.keys({row.session_id for row in rows})
    return [_delivery(row, keys[row.session_id]) for row in rows]


async def settle(tx: Tx, delivery_id: str, state: str, now: datetime, detail: str | None = None) -> None:
    """Note how a delivery ended."""
    await tx.conn.execute(
        sa.update(deliveries)
        .where(deliveries.c.delivery_id == delivery_id)
        .values(state=state, sent_at=now if state == "sent" else None, detail=detail)
    )


async def withdraw(tx: Tx, invite_id: str, reason: str) -> None:
    """Let an invite's texts that are still queued be sent no more."""
    await tx.conn.execute(
        sa.update(deliveries)
        .where(deliveries.c.invite_id == invite_id, deliveries.c.state == "queued")
        .values(state="failed", detail=reason)
    )


async def ids_of(tx: Tx, session_id: str) -> list[str]:
    """List the ids of a session's deliveries."""
    query = sa.select(deliveries.c.delivery_id).where(deliveries.c.session_id == session_id)
    return list((await tx.conn.execute(query)).scalars())

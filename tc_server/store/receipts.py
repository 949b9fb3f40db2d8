"""Receipts: what is left of an erased session, with nothing personal in it."""

from collections import Counter
from typing import Any

import sqlalchemy as sa

from tc_server.domain.retention import Receipt
from tc_server.store.engine import Tx
from tc_server.store.tables import receipts


def _receipt(row: sa.Row[Any]) -> Receipt:
    return Receipt(**row._asdict())


async def insert(tx: Tx, receipt: Receipt) -> None:
    """Keep a receipt."""
    await tx.conn.execute(
        sa.insert(receipts).values(
            session_id=receipt.session_id,
            owner_id=receipt.owner_id,
            erased_at=receipt.erased_at,
            counts=receipt.counts,
            receipt=receipt.receipt,
        )
    )


async def get(tx: Tx, session_id: str) -> Receipt | None:
    """Find the receipt of a session."""
    row = (await tx.conn.execute(sa.select(*receipts.c).where(receipts.c.session_id == session_id))).one_or_none()
    return _receipt(row) if row else None


async def owned(tx: Tx, owner_id: str, *, before: str | None = None, limit: int | None = None) -> list[Receipt]:
    """List an account's receipts, newest session first."""
    query = sa.select(*receipts.c).where(receipts.c.owner_id == owner_id).order_by(receipts.c.session_id.desc())
    if before:
        query = query.where(receipts.c.session_id < before)
    return [_receipt(row) for row in await tx.conn.execute(query.limit(limit))]


async def totals(tx: Tx) -> dict[str, int]:
    """Sum the counts of all receipts; `sessions` is their number."""
    total: Counter[str] = Counter()
    for counts in (await tx.conn.execute(sa.select(receipts.c.counts))).scalars():
        total.update({"sessions": 1, **counts})
    return dict(total)

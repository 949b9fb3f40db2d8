"""Sessions in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tc_server.domain.session import Session, State
from tc_server.store.engine import Tx
from tc_server.store.tables import sessions

_NAMES = [f.name for f in fields(Session)]
_COLUMNS = [sessions.c[name] for name in _NAMES]
_STATE = _NAMES.index("state")
_INSERT = sa.insert(sessions)
_STATES = {state.value: state for state in State}


def _session(row: sa.Row[Any]) -> Session:
    # By place, not by name: the journal reads many of these.
    values = list(row)
    values[_STATE] = _STATES[values[_STATE]]
    return Session(*values)


async def insert(tx: Tx, session: Session, due_at: datetime) -> None:
    """Add a session."""
    await tx.conn.execute(_INSERT, {name: getattr(session, name) for name in _NAMES} | {"due_at": due_at})


async def get(tx: Tx, session_id: str) -> Session | None:
    """Find one by id."""
    row = (await tx.conn.execute(sa.select(*_COLUMNS).where(sessions.c.session_id == session_id))).one_or_none()
    return _session(row) if row else None


async def lock(tx: Tx, session_id: str) -> Session | None:
    """Find one by id and keep others from changing it until this transaction ends."""
    query = sa.select(*_COLUMNS).where(sessions.c.session_id == session_id).with_for_update()
    row = (await tx.conn.execute(query)).one_or_none()
    return _session(row) if row else None


async def lock_many(tx: Tx, session_ids: Iterable[str]) -> dict[str, Session]:
    """Lock several, in the order of their ids so that two transactions can't wait for each other."""
    query = (
        sa.select(*_COLUMNS)
        .where(sessions.c.session_id.in_(sorted(session_ids)))
        .order_by(sessions.c.session_id)
        .with_for_update()
    )
    return {row.session_id: _session(row) for row in await tx.conn.execute(query)}


async def save(tx: Tx, session: Session, due_at: datetime | None = None) -> None:
    """Write back all of a session, and when time is to look at it next."""
    values = asdict(session) | ({"due_at": due_at} if due_at else {})
    await tx.conn.execute(sa.update(sessions).where(sessions.c.session_id == session.session_id).values(**values))


async def owned(
    tx: Tx, owner_id: str, *, states: Sequence[str] = (), before: str | None = None, limit: int | None = None
) -> list[Session]:
    """List an account's sessions, newest first; `before` is the id after which the page begins."""
    query = sa.select(*_COLUMNS).where(sessions.c.owner_id == owner_id).order_by(sessions.c.session_id.desc())
    if states:
        query = query.where(sessions.c.state.in_(states))
    if before:
        query = query.where(sessions.c.session_id < before)
    return [_session(row) for row in await tx.conn.execute(query.limit(limit))]


async def queued(tx: Tx, owner_id: str) -> list[Session]:
    """List an account's sessions in the queue, longest wait first."""
    query = (
        sa.select(*_COLUMNS)
        .where(sessions.c.owner_id == owner_id, sessions.c.waiting_since.is_not(None))
        .order_by(sessions.c.waiting_since, sessions.c.session_id)
    )
    return [_session(row) for row in await tx.conn.execute(query)]


async def planned(tx: Tx, owner_id: str) -> list[Session]:
    """List an account's planned sessions that nobody has come to, the next first."""
    query = (
        sa.select(*_COLUMNS)
        .where(
            sessions.c.owner_id == owner_id,
            sessions.c.state == State.INVITED,
            sessions.c.planned_at.is_not(None),
        )
        .order_by(sessions.c.planned_at, sessions.c.session_id)
    )
    return [_session(row) for row in await tx.conn.execute(query)]


async def due(tx: Tx, now: datetime, limit: int) -> list[str]:
    """List the ids of sessions that time has something to do with, longest overdue first."""
    query = sa.select(sessions.c.session_id).where(sessions.c.due_at <= now).order_by(sessions.c.due_at).limit(limit)
    return list((await tx.conn.execute(query)).scalars())


async def set_due(tx: Tx, session_id: str, due_at: datetime) -> None:
    """Note when time is to look at a session next."""
    await tx.conn.execute(sa.update(sessions).where(sessions.c.session_id == session_id).values(due_at=due_at))


async def advance_due(tx: Tx, session_id: str, due_at: datetime) -> None:
    """Have time look at a session no later than this."""
    await tx.conn.execute(
        sa.update(sessions).where(sessions.c.session_id == session_id, sessions.c.due_at > due_at).values(due_at=due_at)
    )


async def places(tx: Tx, owner_id: str) -> dict[str, int]:
    """Tell the place in an account's queue, from 1, by session id."""
    query = (
        sa.select(sessions.c.session_id)
        .where(sessions.c.owner_id == owner_id, sessions.c.waiting_since.is_not(None))
        .order_by(sessions.c.waiting_since, sessions.c.session_id)
    )
    return {session_id: n for n, session_id in enumerate((await tx.conn.execute(query)).scalars(), start=1)}


async def set_staff_read(tx: Tx, session_id: str, seq: int) -> bool:
    """Move staff's read mark forward; False if it was there already."""
    done = await tx.conn.execute(
        sa.update(sessions)
        .where(sessions.c.session_id == session_id, sessions.c.staff_read_seq < seq, sessions.c.last_seq >= seq)
        .values(staff_read_seq=seq)
    )
    return done.rowcount > 0


async def delete(tx: Tx, session_id: str) -> None:
    """Delete a session with all that hangs on it."""
    await tx.conn.execute(sa.delete(sessions).where(sessions.c.session_id == session_id))


async def count_by_state(tx: Tx) -> dict[str, int]:
    """Count the server's sessions by state."""
    rows = await tx.conn.execute(sa.select(sessions.c.state, sa.func.count()).group_by(sessions.c.state))
    return {state: count for state, count in rows}


async def save_after_writing(tx: Tx, changed: Iterable[Session]) -> None:
    """Write back what messages change, for many sessions at once."""
    statement = (
        sa.update(sessions)
        .where(sessions.c.session_id == sa.bindparam("id"))
        .values(
            last_seq=sa.bindparam("seq"),
            last_activity_at=sa.bindparam("active"),
            warned_at=None,
            waiting_since=sa.bindparam("waiting"),
        )
    )
    await tx.conn.execute(
        statement,
        [
            {"id": s.session_id, "seq": s.last_seq, "active": s.last_activity_at, "waiting": s.waiting_since}
            for s in changed
        ],
    )


async def get_many(tx: Tx, session_ids: Iterable[str]) -> dict[str, Session]:
    """Find several by id."""
    query = sa.select(*_COLUMNS).where(sessions.c.session_id.in_(list(session_ids)))
    return {row.session_id: _session(row) for row in await tx.conn.execute(query)}


async def make_all_waiting_due(tx: Tx, now: datetime) -> None:
    """Have time look at every waiting session anew."""
    await tx.conn.execute(sa.update(sessions).where(sessions.c.state == State.WAITING).values(due_at=now))

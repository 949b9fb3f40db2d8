"""The log of a session: rows sealed and opened, facts appended, pages read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from tc_server.domain.chat import Entry, FileInfo, Sender
from tc_server.domain.session import Session
from tc_server.store.engine import Tx
from tc_server.store.tables import messages, sessions
from tc_server.store.vault import SessionKey

_LABEL = "message"
_COLUMNS = list(messages.c)
_WRITTEN = ("text", "file")
_SPOKEN = (*_WRITTEN, "call_requested", "call_started")


class _File(msgspec.Struct, array_like=True):
    file_id: str
    name: str
    type: str
    size: int
    seconds: float | None


class _Body(msgspec.Struct, omit_defaults=True):
    sender: str = ""
    text: str | None = None
    file: _File | None = None
    data: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something visible that happened; it becomes an entry when it gets its `seq`."""

    kind: str
    sender: Sender | None
    data: dict[str, Any] | None = None


def to_row(entry: Entry, key: SessionKey) -> dict[str, Any]:
    """Form the row of an entry, its words sealed."""
    sender, file = entry.sender, entry.file
    body = _Body(
        sender=sender.name if sender else "",
        text=entry.text,
        file=_File(file.file_id, file.name, file.type, file.size, file.seconds) if file else None,
        data=entry.data,
    )
    return {
        "session_id": entry.session_id,
        "seq": entry.seq,
        "kind": entry.kind,
        "sender_id": sender.id if sender else None,
        "sender_role": sender.role if sender else None,
        "client_id": entry.client_id,
        "sealed": key.seal(_LABEL, body),
        "sent_at": entry.sent_at,
    }


def from_row(row: sa.Row[Any], key: SessionKey) -> Entry:
    """Open a row."""
    body = key.open(_LABEL, row.sealed, _Body)
    return Entry(
        session_id=row.session_id,
        seq=row.seq,
        kind=row.kind,
        sender=Sender(row.sender_id, row.sender_role, body.sender) if row.sender_id else None,
        sent_at=row.sent_at,
        client_id=row.client_id,
        text=body.text,
        file=FileInfo(**msgspec.structs.asdict(body.file)) if body.file else None,
        data=body.data,
    )


async def append_facts(tx: Tx, session: Session, facts: Iterable[Fact], now: datetime) -> tuple[Session, list[Entry]]:
    """Append facts to the log of a locked session; the caller saves the session, whose `last_seq` has moved."""
    key = await tx.key(session.session_id)
    entries = [
        Entry(session.session_id, session.last_seq + n, fact.kind, fact.sender, now, data=fact.data or {})
        for n, fact in enumerate(facts, start=1)
    ]
    if entries:
        await tx.conn.execute(sa.insert(messages), [to_row(entry, key) for entry in entries])
    return replace(session, last_seq=session.last_seq + len(entries)), entries


async def page(tx: Tx, session_id: str, after: int, limit: int) -> list[Entry]:
    """Read up to `limit` entries that come after a `seq`, in order."""
    query = (
        sa.select(*_COLUMNS)
        .where(messages.c.session_id == session_id, messages.c.seq > after)
        .order_by(messages.c.seq)
        .limit(limit)
    )
    rows = list(await tx.conn.execute(query))
    key = await tx.key(session_id) if rows else None
    return [from_row(row, key) for row in rows if key]


async def by_client_ids(tx: Tx, wanted: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Entry]:
    """Find entries by (session_id, client_id, sender_id)."""
    triple = sa.tuple_(messages.c.session_id, messages.c.client_id, messages.c.sender_id)
    rows = list(await tx.conn.execute(sa.select(*_COLUMNS).where(triple.in_(wanted))))
    keys = await tx.keys({row.session_id for row in rows})
    return {(row.session_id, row.client_id, row.sender_id): from_row(row, keys[row.session_id]) for row in rows}


async def unanswered_since(tx: Tx, session_id: str) -> datetime | None:
    """Tell when the first participant's message was sent that no staff message follows.

    Asking for a call is one, and calling is an answer.
    """
    wrote = (messages.c.session_id == session_id) & messages.c.kind.in_(_SPOKEN)
    answered = (
        sa.select(sa.func.coalesce(sa.func.max(messages.c.seq), 0))
        .where(wrote, messages.c.sender_role == "staff")
        .scalar_subquery()
    )
    query = (
        sa.select(messages.c.sent_at)
        .where(wrote, messages.c.sender_role != "staff", messages.c.seq > answered)
        .order_by(messages.c.seq)
        .limit(1)
    )
    return (await tx.conn.execute(query)).scalar_one_or_none()


async def unread_by_staff(tx: Tx, session_ids: Iterable[str]) -> dict[str, int]:
    """Count what participants wrote and staff hasn't read, by session; facts don't count."""
    query = (
        sa.select(messages.c.session_id, sa.func.count())
        .join(sessions, sessions.c.session_id == messages.c.session_id)
        .where(
            messages.c.session_id.in_(list(session_ids)),
            messages.c.seq > sessions.c.staff_read_seq,
            messages.c.kind.in_(_WRITTEN),
            messages.c.sender_role != "staff",
        )
        .group_by(messages.c.session_id)
    )
    return {session_id: number for session_id, number in await tx.conn.execute(query)}


async def last_of(tx: Tx, session_id: str, kind: str, sender_id: str, since: datetime) -> Entry | None:
    """Find somebody's last entry of a kind, if it came after a moment."""
    query = (
        sa.select(*_COLUMNS)
        .where(messages.c.session_id == session_id, messages.c.kind == kind, messages.c.sender_id == sender_id)
        .where(messages.c.sent_at > since)
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    row = (await tx.conn.execute(query)).one_or_none()
    return from_row(row, await tx.key(session_id)) if row else None


async def count(tx: Tx, session_id: str | None = None) -> int:
    """Count what people wrote and sent, in one session or on the whole server."""
    query = sa.select(sa.func.count()).select_from(messages).where(messages.c.kind.in_(_WRITTEN))
    if session_id:
        query = query.where(messages.c.session_id == session_id)
    return (await tx.conn.execute(query)).scalar_one()

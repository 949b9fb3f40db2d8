"""Calls and their parties in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tc_server.domain.call import Call, CallState, Outcome, Party, PartyState
from tc_server.store.engine import Tx
from tc_server.store.tables import call_parties, calls, sessions

_NAMES = [f.name for f in fields(Call) if f.name != "parties"]
_COLUMNS = [calls.c[name] for name in _NAMES]
_LIVE = calls.c.ended_at.is_(None)


def _call(row: sa.Row[Any], parties: Iterable[Party]) -> Call:
    values = row._asdict()
    state, outcome = CallState(values.pop("state")), values.pop("outcome")
    return Call(**values, state=state, outcome=Outcome(outcome) if outcome else None, parties=tuple(parties))


def _party(row: sa.Row[Any]) -> Party:
    return Party(row.party_id, PartyState(row.state), row.leg, row.rings_until, row.away_since)


def _plain(call: Call) -> dict[str, Any]:
    return {name: getattr(call, name) for name in _NAMES}


async def insert(tx: Tx, call: Call) -> None:
    """Add a call with its parties."""
    await tx.conn.execute(sa.insert(calls).values(**_plain(call)))
    await _put_parties(tx, call.call_id, call.parties)


async def save(tx: Tx, before: Call, after: Call) -> None:
    """Write back a call, and those of its parties that aren't as they were."""
    await tx.conn.execute(sa.update(calls).where(calls.c.call_id == after.call_id).values(**_plain(after)))
    changed = [party for party in after.parties if party not in before.parties]
    gone = [party.party_id for party in changed if before.party(party.party_id)]
    here = call_parties.c.call_id == after.call_id
    await tx.conn.execute(sa.delete(call_parties).where(here, call_parties.c.party_id.in_(gone)))
    await _put_parties(tx, after.call_id, changed)


async def get(tx: Tx, call_id: str) -> Call | None:
    """Find one by id."""
    return next(iter(await _find(tx, sa.select(*_COLUMNS).where(calls.c.call_id == call_id))), None)


async def live(tx: Tx, session_id: str) -> Call | None:
    """Find the live call of a session."""
    query = sa.select(*_COLUMNS).where(calls.c.session_id == session_id, _LIVE)
    return next(iter(await _find(tx, query)), None)


async def latest(tx: Tx, session_id: str) -> Call | None:
    """Find the call of a session that began last."""
    query = sa.select(*_COLUMNS).where(calls.c.session_id == session_id)
    return next(iter(await _find(tx, query.order_by(calls.c.call_id.desc()).limit(1))), None)


async def live_of_owner(tx: Tx, owner_id: str) -> list[Call]:
    """List the live calls of an account's sessions."""
    query = sa.select(*_COLUMNS).join(sessions, sessions.c.session_id == calls.c.session_id)
    return await _find(tx, query.where(sessions.c.owner_id == owner_id, _LIVE).order_by(calls.c.call_id))


async def count(tx: Tx, session_id: str) -> int:
    """Count the calls of a session."""
    query = sa.select(sa.func.count()).select_from(calls).where(calls.c.session_id == session_id)
    return (await tx.conn.execute(query)).scalar_one()


async def note_away(tx: Tx, call: Call, party_id: str, away_since: datetime | None) -> Call:
    """Note since when somebody who is in a call has no live link; None: they have one."""
    party = call.party(party_id)
    if party is None or party.state is not PartyState.IN or party.away_since == away_since:
        return call
    moved = replace(party, away_since=away_since)
    after = replace(call, parties=tuple(moved if p is party else p for p in call.parties))
    await save(tx, call, after)
    return after


async def forgive(tx: Tx, now: datetime, downtime: timedelta) -> None:
    """After a start nobody has a live link yet, and the time that the server was down counts against nobody."""
    for column in (calls.c.opens_until, call_parties.c.rings_until, call_parties.c.away_since):
        later = sa.type_coerce(column, sa.BigInteger) + downtime // timedelta(microseconds=1)
        await tx.conn.execute(sa.update(column.table).where(column.is_not(None)).values({column.name: later}))
    await tx.conn.execute(
        sa.update(call_parties)
        .where(call_parties.c.state == PartyState.IN, call_parties.c.away_since.is_(None))
        .values(away_since=now)
    )


async def make_all_due(tx: Tx, now: datetime) -> None:
    """Have time look anew at every session in which there is a live call."""
    called = sa.select(calls.c.session_id).where(_LIVE)
    await tx.conn.execute(sa.update(sessions).where(sessions.c.session_id.in_(called)).values(due_at=now))


async def _find(tx: Tx, query: sa.Select[Any]) -> list[Call]:
    rows = list(await tx.conn.execute(query))
    if not rows:
        return []
    parties: dict[str, list[Party]] = {row.call_id: [] for row in rows}
    wanted = sa.select(call_parties).where(call_parties.c.call_id.in_(parties)).order_by(call_parties.c.party_id)
    for row in await tx.conn.execute(wanted):
        parties[row.call_id].append(_party(row))
    return [_call(row, parties[row.call_id]) for row in rows]


async def _put_parties(tx: Tx, call_id: str, parties: Sequence[Party]) -> None:
    if parties:
        values = [{"call_id": call_id} | {f.name: getattr(party, f.name) for f in fields(Party)} for party in parties]
        await tx.conn.execute(sa.insert(call_parties), values)

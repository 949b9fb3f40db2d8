"""Deliveries and their attempts. Nobody's contact or text stands here; what a provider replied is sealed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from tc_server.domain.delivery import Attempt, Delivery, Reason, Result, Step
from tc_server.store.engine import Tx
from tc_server.store.tables import attempts, deliveries
from tc_server.store.vault import SessionKey


class _Sealed(msgspec.Struct):
    reply: str


_IN_ONE_QUERY = 10_000
"""How many ids are named in one: databases take some 32,000 values."""
_PLAIN = (
    "delivery_id",
    "session_id",
    "invite_id",
    "kind",
    "step",
    "state",
    "bulk",
    "created_at",
    "step_since",
    "until",
    "due_at",
    "sent_at",
    "delivered_at",
    "reason",
    "maybe_twice",
    "withdrawn",
)
_COLUMNS = [deliveries.c[name] for name in _PLAIN] + [deliveries.c.chain]
_ATTEMPT = (
    "attempt_id",
    "session_id",
    "delivery_id",
    "number",
    "step",
    "channel",
    "provider",
    "began_at",
    "result",
    "ended_at",
    "reason",
    "reference",
    "again_at",
)
_ATTEMPT_COLUMNS = [attempts.c[name] for name in _ATTEMPT] + [attempts.c.sealed]

# Built once: building a statement anew costs more than running it.
_INSERT, _BEGIN = sa.insert(deliveries), sa.insert(attempts)
_SAVE = (
    sa.update(deliveries)
    .where(deliveries.c.delivery_id == sa.bindparam("this"))
    .values({name: sa.bindparam(name) for name in (*_PLAIN, "chain", "ways", "provider") if name != "delivery_id"})
)
_LEARN = (
    sa.update(attempts)
    .where(attempts.c.attempt_id == sa.bindparam("this"))
    .values({name: sa.bindparam(name) for name in (*_ATTEMPT, "sealed") if name != "attempt_id"})
)


def _delivery(row: sa.Row[Any]) -> Delivery:
    values = row._asdict()
    chain = tuple(Step(channel, provider) for channel, provider in values.pop("chain"))
    reason = values.pop("reason")
    return Delivery(**values, chain=chain, reason=Reason(reason) if reason else None)


def _values(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in _PLAIN} | {
        "chain": [[step.channel, step.provider] for step in delivery.chain],
        "ways": len(delivery.chain),
        "provider": delivery.way.provider,
    }


def _attempt(row: sa.Row[Any], key: SessionKey) -> Attempt:
    values = row._asdict()
    sealed, result, reason = values.pop("sealed"), values.pop("result"), values.pop("reason")
    return Attempt(
        **values,
        result=Result(result),
        reason=Reason(reason) if reason else None,
        reply=key.open("attempt", sealed, _Sealed).reply if sealed else "",
    )


def _attempt_values(attempt: Attempt) -> dict[str, Any]:
    return {name: getattr(attempt, name) for name in _ATTEMPT}


async def insert(tx: Tx, made: Sequence[Delivery]) -> None:
    """Put texts into the outbox."""
    if made:
        await tx.conn.execute(_INSERT, [_values(delivery) for delivery in made])


async def save(tx: Tx, changed: Iterable[Delivery]) -> None:
    """Write back all of some deliveries."""
    for delivery in changed:
        await tx.conn.execute(_SAVE, _values(delivery) | {"this": delivery.delivery_id})


async def begin(tx: Tx, begun: Sequence[Attempt]) -> None:
    """Write new attempts."""
    if begun:
        await tx.conn.execute(_BEGIN, [_attempt_values(attempt) for attempt in begun])


async def learn(tx: Tx, learnt: Iterable[Attempt]) -> None:
    """Write back all of some attempts."""
    for attempt in learnt:
        sealed = None
        if attempt.reply:
            sealed = (await tx.key(attempt.session_id)).seal("attempt", _Sealed(attempt.reply))
        await tx.conn.execute(_LEARN, _attempt_values(attempt) | {"this": attempt.attempt_id, "sealed": sealed})


async def of_sessions(tx: Tx, session_ids: Iterable[str]) -> list[Delivery]:
    """List the deliveries of sessions, oldest first."""
    query = sa.select(*_COLUMNS).where(deliveries.c.session_id.in_(list(session_ids)))
    return [_delivery(row) for row in await tx.conn.execute(query.order_by(deliveries.c.delivery_id))]


async def attempts_of(tx: Tx, delivery_ids: Iterable[str]) -> dict[str, list[Attempt]]:
    """List the attempts of deliveries in order, by delivery id; empty for what has none."""
    query = sa.select(*_ATTEMPT_COLUMNS).where(attempts.c.delivery_id.in_(list(delivery_ids)))
    rows = list(await tx.conn.execute(query.order_by(attempts.c.number)))
    keys = await tx.keys({row.session_id for row in rows})
    found: defaultdict[str, list[Attempt]] = defaultdict(list)
    for row in rows:
        found[row.delivery_id].append(_attempt(row, keys[row.session_id]))
    return found


async def reported(
    tx: Tx, provider: str, references: Iterable[str], attempt_ids: Iterable[str]
) -> list[tuple[str, str, str | None]]:
    """Find a provider's attempts by its ids for their texts or by ours: attempt, delivery and the provider's id."""
    query = sa.select(attempts.c.attempt_id, attempts.c.delivery_id, attempts.c.reference).where(
        attempts.c.provider == provider,
        attempts.c.reference.in_(list(references)) | attempts.c.attempt_id.in_(list(attempt_ids)),
    )
    return [(row.attempt_id, row.delivery_id, row.reference) for row in await tx.conn.execute(query)]


async def any_trying(tx: Tx, provider: str) -> bool:
    """Tell whether a provider is just being given a text."""
    query = sa.select(deliveries.c.delivery_id).where(deliveries.c.state == "trying", deliveries.c.provider == provider)
    return (await tx.conn.execute(query.limit(1))).first() is not None


async def latest_states(tx: Tx, session_ids: Iterable[str]) -> dict[str, str]:
    """Tell the state of each session's latest delivery, by session id."""
    query = (
        sa.select(deliveries.c.session_id, deliveries.c.state)
        .where(deliveries.c.session_id.in_(list(session_ids)))
        .order_by(deliveries.c.delivery_id)
    )
    return {session_id: state for session_id, state in await tx.conn.execute(query)}


async def lock(tx: Tx, delivery_ids: Iterable[str]) -> list[Delivery]:
    """Fetch deliveries to change them, in the order of their ids; what was erased meanwhile is missing."""
    query = sa.select(*_COLUMNS).where(deliveries.c.delivery_id.in_(list(delivery_ids)))
    rows = await tx.conn.execute(query.order_by(deliveries.c.delivery_id).with_for_update())
    return [_delivery(row) for row in rows]


async def claim(tx: Tx, provider: str, now: datetime, limit: int) -> list[Delivery]:
    """Fetch what is to be tried through a provider, bulk last; on PostgreSQL each server gets its own."""
    query = (
        sa.select(*_COLUMNS)
        .where(deliveries.c.state == "queued", deliveries.c.provider == provider, deliveries.c.due_at <= now)
        .order_by(deliveries.c.bulk, deliveries.c.due_at, deliveries.c.delivery_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_delivery(row) for row in await tx.conn.execute(query)]


async def overdue(tx: Tx, now: datetime | None, limit: int) -> list[Delivery]:
    """Fetch what was being tried when its server ended, and what was sent and never heard of again.

    Without a time everything that is being tried: for a server that knows itself to be the only one.
    """
    if now is None:
        wanted: sa.ColumnElement[bool] = deliveries.c.state == "trying"
    else:
        wanted = deliveries.c.state.in_(["trying", "sent"]) & (deliveries.c.due_at <= now)
    query = sa.select(*_COLUMNS).where(wanted).order_by(deliveries.c.delivery_id).limit(limit)
    return [_delivery(row) for row in await tx.conn.execute(query.with_for_update(skip_locked=True))]


async def stranded(tx: Tx, providers: Iterable[str], limit: int) -> list[Delivery]:
    """Fetch what is queued for a provider that isn't one of these."""
    query = (
        sa.select(*_COLUMNS)
        .where(deliveries.c.state == "queued", deliveries.c.provider.not_in(list(providers)))
        .order_by(deliveries.c.delivery_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_delivery(row) for row in await tx.conn.execute(query)]


async def impatient(tx: Tx, provider: str, since: datetime, limit: int) -> list[Delivery]:
    """Fetch what has been queued for a provider since a time and could go another way."""
    query = (
        sa.select(*_COLUMNS)
        .where(
            deliveries.c.state == "queued",
            deliveries.c.provider == provider,
            deliveries.c.step_since <= since,
            deliveries.c.step + 1 < deliveries.c.ways,
        )
        .order_by(deliveries.c.delivery_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_delivery(row) for row in await tx.conn.execute(query)]


async def next_due(tx: Tx, provider: str) -> datetime | None:
    """Tell when the next text is to be tried through a provider."""
    query = sa.select(sa.func.min(deliveries.c.due_at)).where(
        deliveries.c.state == "queued", deliveries.c.provider == provider
    )
    found: datetime | None = (await tx.conn.execute(query)).scalar()
    return found


async def postpone(tx: Tx, provider: str, until: datetime, reason: Reason) -> None:
    """Let nothing be tried through a provider before a time."""
    await tx.conn.execute(
        sa.update(deliveries)
        .where(deliveries.c.state == "queued", deliveries.c.provider == provider, deliveries.c.due_at < until)
        .values(due_at=until, reason=reason)
    )


async def hasten(tx: Tx, provider: str, now: datetime, reasons: Iterable[Reason]) -> None:
    """Let what was postponed for one of these reasons be tried now."""
    await tx.conn.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.state == "queued",
            deliveries.c.provider == provider,
            deliveries.c.due_at > now,
            deliveries.c.reason.in_(list(reasons)),
        )
        .values(due_at=now)
    )


async def of_invite(tx: Tx, invite_id: str) -> list[Delivery]:
    """Fetch an invite's deliveries to change them, oldest first."""
    query = sa.select(*_COLUMNS).where(deliveries.c.invite_id == invite_id)
    rows = await tx.conn.execute(query.order_by(deliveries.c.delivery_id).with_for_update())
    return [_delivery(row) for row in rows]


async def ids_of(tx: Tx, session_id: str) -> list[str]:
    """List the ids of a session's deliveries."""
    query = sa.select(deliveries.c.delivery_id).where(deliveries.c.session_id == session_id)
    return list((await tx.conn.execute(query)).scalars())


async def known(tx: Tx, delivery_ids: Iterable[str]) -> set[str]:
    """Tell which of these are still there."""
    wanted, found = list(delivery_ids), set[str]()
    for start in range(0, len(wanted), _IN_ONE_QUERY):
        some = wanted[start : start + _IN_ONE_QUERY]
        query = sa.select(deliveries.c.delivery_id).where(deliveries.c.delivery_id.in_(some))
        found.update((await tx.conn.execute(query)).scalars())
    return found

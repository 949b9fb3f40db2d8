"""Participants and the devices that they come with."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from tc_server.domain.people import Participant
from tc_server.store.engine import Tx
from tc_server.store.tables import devices, participants
from tc_server.store.vault import SessionKey

_LABEL = "participant"
_PERSONAL = ("name", "phone", "email", "timezone")
_PLAIN = [f.name for f in fields(Participant) if f.name not in _PERSONAL]
_COLUMNS = [participants.c[name] for name in _PLAIN] + [participants.c.sealed]
_INSERT = sa.insert(participants)


class _Personal(msgspec.Struct):
    name: str
    phone: str | None
    email: str | None
    timezone: str | None


def _participant(row: sa.Row[Any], key: SessionKey) -> Participant:
    values = row._asdict()
    personal = key.open(_LABEL, values.pop("sealed"), _Personal)
    return Participant(**values, **msgspec.structs.asdict(personal))


def _plain(person: Participant) -> dict[str, Any]:
    return {name: getattr(person, name) for name in _PLAIN}


async def insert(tx: Tx, person: Participant) -> None:
    """Add a participant: name and contacts sealed, contacts also hashed to be found by."""
    key = await tx.key(person.session_id)
    await tx.conn.execute(
        _INSERT,
        {
            **_plain(person),
            "sealed": key.seal(_LABEL, _Personal(person.name, person.phone, person.email, person.timezone)),
            "phone_hash": tx.vault.lookup_hash("phone", person.phone) if person.phone else None,
            "email_hash": tx.vault.lookup_hash("email", person.email.lower()) if person.email else None,
        },
    )


async def get(tx: Tx, participant_id: str) -> Participant | None:
    """Find one by id."""
    query = sa.select(*_COLUMNS).where(participants.c.participant_id == participant_id)
    row = (await tx.conn.execute(query)).one_or_none()
    return _participant(row, await tx.key(row.session_id)) if row else None


async def of_sessions(tx: Tx, session_ids: Iterable[str]) -> dict[str, list[Participant]]:
    """List the participants of sessions, by session id, first invited first."""
    wanted = list(session_ids)
    found: dict[str, list[Participant]] = {session_id: [] for session_id in wanted}
    query = sa.select(*_COLUMNS).where(participants.c.session_id.in_(wanted)).order_by(participants.c.participant_id)
    rows = list(await tx.conn.execute(query))
    keys = await tx.keys({row.session_id for row in rows})
    for row in rows:
        found[row.session_id].append(_participant(row, keys[row.session_id]))
    return found


async def of_session(tx: Tx, session_id: str) -> list[Participant]:
    """List a session's participants, first invited first."""
    return (await of_sessions(tx, (session_id,)))[session_id]


async def by_contact(tx: Tx, kind: Literal["phone", "email"], value: str, limit: int = 20) -> list[tuple[str, str]]:
    """Find (session_id, participant_id) of those with a contact who weren't removed, last invited first."""
    column = participants.c.phone_hash if kind == "phone" else participants.c.email_hash
    query = (
        sa.select(participants.c.session_id, participants.c.participant_id)
        .where(column == tx.vault.lookup_hash(kind, value if kind == "phone" else value.lower()))
        .where(participants.c.removed_at.is_(None))
        .order_by(participants.c.participant_id.desc())
        .limit(limit)
    )
    return [(row.session_id, row.participant_id) for row in await tx.conn.execute(query)]


async def save(tx: Tx, person: Participant) -> None:
    """Write back where a participant stands; name and contacts stay as they were."""
    await tx.conn.execute(
        sa.update(participants).where(participants.c.participant_id == person.participant_id).values(**_plain(person))
    )


async def seal(tx: Tx, person: Participant) -> None:
    """Write back what is personal of a participant: name, contacts and zone. Contacts must be as they were."""
    key = await tx.key(person.session_id)
    sealed = key.seal(_LABEL, _Personal(person.name, person.phone, person.email, person.timezone))
    of_them = participants.c.participant_id == person.participant_id
    await tx.conn.execute(sa.update(participants).where(of_them).values(sealed=sealed))


async def set_away(tx: Tx, participant_id: str, away_since: datetime | None) -> None:
    """Note since when a participant has no live link; None: they have one."""
    await tx.conn.execute(
        sa.update(participants).where(participants.c.participant_id == participant_id).values(away_since=away_since)
    )


async def settle(tx: Tx, session_id: str) -> None:
    """Let nobody of a session wait any longer: it was started, or is over."""
    await tx.conn.execute(
        sa.update(participants)
        .where(participants.c.session_id == session_id)
        .values(waiting=False, place_since=None, wrote=False)
    )


async def note_writing(tx: Tx, participant_ids: Iterable[str]) -> None:
    """Note that these participants have written, so that their places can't lapse."""
    await tx.conn.execute(
        sa.update(participants).where(participants.c.participant_id.in_(list(participant_ids))).values(wrote=True)
    )


async def set_read(tx: Tx, participant_id: str, seq: int) -> bool:
    """Move a read mark forward; False if it was there already."""
    done = await tx.conn.execute(
        sa.update(participants)
        .where(participants.c.participant_id == participant_id, participants.c.read_seq < seq)
        .values(read_seq=seq)
    )
    return done.rowcount > 0


async def set_everybody_away(tx: Tx, now: datetime, downtime: timedelta) -> None:
    """After a start nobody has a live link yet, and the time that the server was down counts for nobody as away."""
    micros = downtime // timedelta(microseconds=1)
    raw = sa.type_coerce(participants.c.away_since, sa.BigInteger)
    await tx.conn.execute(
        sa.update(participants).where(participants.c.away_since.is_not(None)).values(away_since=raw + micros)
    )
    await tx.conn.execute(
        sa.update(participants)
        .where(participants.c.away_since.is_(None), participants.c.joined_at.is_not(None))
        .values(away_since=now)
    )


# --- devices ----------------------------------------------------------------------------------------------------


async def add_device(tx: Tx, device_id: str, person: Participant, token_hash: bytes, now: datetime) -> None:
    """Add a browser that may act for a participant."""
    await tx.conn.execute(
        sa.insert(devices).values(
            device_id=device_id,
            session_id=person.session_id,
            participant_id=person.participant_id,
            token_hash=token_hash,
            created_at=now,
        )
    )


async def device_by_token(tx: Tx, token_hash: bytes) -> tuple[str, str, str] | None:
    """Find (device_id, participant_id, session_id) by a token's hash."""
    row = (
        await tx.conn.execute(
            sa.select(devices.c.device_id, devices.c.participant_id, devices.c.session_id).where(
                devices.c.token_hash == token_hash
            )
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def drop_devices(tx: Tx, participant_id: str, device_id: str | None = None) -> None:
    """End the tokens of a participant: one browser's, or all."""
    query = sa.delete(devices).where(devices.c.participant_id == participant_id)
    if device_id:
        query = query.where(devices.c.device_id == device_id)
    await tx.conn.execute(query)


async def devices_of(tx: Tx, session_ids: Iterable[str]) -> dict[str, int]:
    """Count devices by participant id."""
    rows = await tx.conn.execute(
        sa.select(devices.c.participant_id, sa.func.count())
        .where(devices.c.session_id.in_(list(session_ids)))
        .group_by(devices.c.participant_id)
    )
    return {participant_id: count for participant_id, count in rows}


async def ids_of(tx: Tx, session_id: str) -> list[str]:
    """List the ids of a session's participants."""
    query = sa.select(participants.c.participant_id).where(participants.c.session_id == session_id)
    return list((await tx.conn.execute(query)).scalars())

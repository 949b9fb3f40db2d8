"""Inviting many at once: each row has its own outcome, what is written is one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tc_server.domain.batch import Fault, Row, Sound, judged
from tc_server.domain.delivery import Channel, Reason
from tc_server.domain.invite import Invite, link
from tc_server.domain.people import Staff
from tc_server.services import invites
from tc_server.services.context import Context
from tc_server.services.events import InvitesChanged
from tc_server.store import accounts, people
from tc_server.store import invites as stored
from tc_server.store.engine import Tx
from tc_server.store.vault import hash_token

_BREATH = 20
"""Rows after which everybody else gets a turn: statements on SQLite don't give one by themselves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row. `ok` is what a check finds nothing wrong with; `channel` is None for the link alone.

    `lacking` is what keeps WhatsApp from being one of the ways.
    """

    key: str
    result: Literal["invited", "repeated", "refused", "ok"]
    invite: Invite | None = None
    url: str | None = None
    channel: Channel | None = None
    faults: Sequence[Fault] = ()
    lacking: Reason | None = None


async def invite_all(ctx: Context, staff: Staff, rows: Sequence[Row]) -> list[Outcome]:
    """Invite whom the rows name, each to a session of their own; outcomes in the order of the rows.

    A row whose key was there before gives the invite of then, until its session is erased.
    """
    judgements = await _judge(ctx, rows)
    if not any(isinstance(one, Sound) for one in judgements):
        return await _checked(ctx, staff, rows, judgements)
    outcomes: list[Outcome] = []
    async with ctx.store.write() as tx:
        # The same file sent twice at once, to two servers maybe: the second must wait for the outcome of the first.
        await accounts.lock(tx, staff.account_id)
        known = await _known(ctx, tx, staff, rows)
        for number, (row, judgement) in enumerate(zip(rows, judgements, strict=True)):
            outcome = _settled(row, judgement, known)
            if isinstance(judgement, Sound) and outcome.result == "ok":
                outcome = await _invite(ctx, tx, staff, judgement)
                known[row.key] = _again(outcome)
            outcomes.append(outcome)
            if number % _BREATH == 0:
                await asyncio.sleep(0)
    if any(outcome.result == "invited" for outcome in outcomes):
        ctx.wake_outbox()
        ctx.announce(InvitesChanged(staff.account_id))
    return outcomes


async def check_all(ctx: Context, staff: Staff, rows: Sequence[Row]) -> list[Outcome]:
    """Tell what inviting these rows would come to, and write nothing."""
    return await _checked(ctx, staff, rows, await _judge(ctx, rows))


async def _checked(
    ctx: Context, staff: Staff, rows: Sequence[Row], judgements: Sequence[Sound | list[Fault]]
) -> list[Outcome]:
    async with ctx.store.read() as tx:
        known = await _known(ctx, tx, staff, rows)
    return [_settled(row, one, known) for row, one in zip(rows, judgements, strict=True)]


async def _judge(ctx: Context, rows: Sequence[Row]) -> list[Sound | list[Fault]]:
    judgements: list[Sound | list[Fault]] = []
    for number, row in enumerate(rows):
        judgements.append(judged(row, ctx.languages, ctx.offers, ctx.reminders, ctx.now()))
        if number % _BREATH == 0:
            await asyncio.sleep(0)
    return judgements


def _settled(row: Row, judgement: Sound | list[Fault], known: dict[str, Outcome]) -> Outcome:
    """Tell what a row comes to by itself; `ok` if it is to be invited. Who was invited is so, whatever stands there."""
    if row.key in known:
        return known[row.key]
    if not isinstance(judgement, Sound):
        return Outcome(row.key, "refused", faults=judgement)
    return Outcome(row.key, "ok", channel=_first_channel(judgement), lacking=judgement.lacking)


async def _known(ctx: Context, tx: Tx, staff: Staff, rows: Sequence[Row]) -> dict[str, Outcome]:
    """Find those rows that were invited before, by key."""
    found = await stored.repeats_of(tx, staff.account_id, [hash_token(row.key) for row in rows])
    everybody = await people.of_sessions(tx, {invite.session_id for invite in found.values()})
    languages = {p.participant_id: p.language for group in everybody.values() for p in group}
    known: dict[str, Outcome] = {}
    for row in rows:
        if invite := found.get(hash_token(row.key)):
            url = link(ctx.public_url, languages[invite.participant_id], invite.token)
            known[row.key] = Outcome(row.key, "repeated", invite, url)
    return known


async def _invite(ctx: Context, tx: Tx, staff: Staff, sound: Sound) -> Outcome:
    invite = await invites.open_session(ctx, tx, staff, sound.kind, sound.invitation, sound.key, bulk=True)
    url = link(ctx.public_url, sound.invitation.language, invite.token)
    return Outcome(sound.key, "invited", invite, url, _first_channel(sound), lacking=sound.lacking)


def _first_channel(sound: Sound) -> Channel | None:
    return sound.ways[0].channel if sound.ways else None


def _again(outcome: Outcome) -> Outcome:
    return Outcome(outcome.key, "repeated", outcome.invite, outcome.url)

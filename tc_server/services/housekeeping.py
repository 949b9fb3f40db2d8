"""What time asks for: places lapse, invites expire, rings and calls end, idle sessions close, closed ones are erased.

Also what a start asks for: cleaning up after a kill.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

from tc_server.domain.errors import Refused
from tc_server.domain.retention import Due, next_due, place_lapses_at
from tc_server.domain.session import Session, Verb
from tc_server.services import live_calls, sending
from tc_server.services.calls import finish
from tc_server.services.context import Context
from tc_server.services.erasing import erase_now, wipe_traces
from tc_server.services.events import CutOff, Event, SessionChanged
from tc_server.services.joining import depart
from tc_server.services.sessions import FACTS, change_in, save
from tc_server.store import accounts, calls, files, heartbeat, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.messages import Fact
from tc_server.store.vault import LostKey

_log = logging.getLogger(__name__)

_PENDING_FILE_LIFE = timedelta(hours=1)
_AGAIN = timedelta(seconds=30)
_AT_ONCE = 200


class WrongSecret(Exception):
    """The secret key isn't the one that this data was sealed with. Give the right one in TC_SECRET_KEY_FILE."""


async def begin(ctx: Context) -> None:
    """Take up the work after a start: time that the server was down counts for nobody, what a kill left is swept.

    Raises WrongSecret when no session's key opens.
    """
    now = ctx.now()
    async with ctx.store.write() as tx:
        last = await heartbeat.last(tx)
        downtime = now - last if last else timedelta()
        await people.set_everybody_away(tx, now, downtime)
        await heartbeat.beat(tx, now)
        await calls.forgive(tx, now, downtime)
        await sessions.make_all_waiting_due(tx, now)
        await calls.make_all_due(tx, now)
        if not await tx.vault.opens_any(tx.conn):
            raise WrongSecret
        lost = await tx.vault.lost(tx.conn)
        await tx.vault.drop_orphans(tx.conn)
        for session_id in lost:
            await sessions.set_due(tx, session_id, now)
    await _sweep_files(ctx)
    await sending.sweep(ctx)
    await tick(ctx)
    await wipe_traces(ctx)


async def tick(ctx: Context) -> None:
    """Do everything that is due now. One session's failure stops no other."""
    now = ctx.now()
    async with ctx.store.write() as tx:
        await heartbeat.beat(tx, now)
        ended = await accounts.end_expired_logins(tx, now)
    ctx.announce(*(CutOff(login_id) for login_id in ended))
    erased = False
    while due := await _due(ctx):
        for session_id in due:
            erased |= await _attend(ctx, session_id)
    if erased or ctx.store.traces_left:
        await wipe_traces(ctx)
    async with ctx.store.write() as tx:
        pending = await files.drop_pending(tx, now - _PENDING_FILE_LIFE)
    await ctx.blobs.delete(pending)


async def run(ctx: Context, every: float = 5.0) -> None:
    """Tick until cancelled; `every` in seconds."""
    while True:
        await asyncio.sleep(every)
        try:
            await tick(ctx)
        except Refused:
            _log.exception("housekeeping could not run; it tries again in %s s", every)


async def _due(ctx: Context) -> list[str]:
    async with ctx.store.read() as tx:
        return await sessions.due(tx, ctx.now(), _AT_ONCE)


async def _attend(ctx: Context, session_id: str) -> bool:
    """Do what is due for one session; tell whether it was erased. What fails is tried again a little later."""
    try:
        try:
            return await _take_up(ctx, session_id)
        except LostKey:
            _log.warning("session %s has lost its key and is erased", session_id)
            await erase_now(ctx, session_id, lost=True)
            return True
    except Refused:
        _log.exception("what is due for session %s could not be done; it is tried again", session_id)
        async with ctx.store.write() as tx:
            await sessions.set_due(tx, session_id, ctx.now() + _AGAIN)
        return False


async def _take_up(ctx: Context, session_id: str) -> bool:
    async with ctx.store.write() as tx:
        session = await sessions.lock(tx, session_id)
        due, events = await _do(ctx, tx, session) if session else (None, [])
    ctx.announce(*events)
    if due is Due.ERASE:
        await erase_now(ctx, session_id)
    return due is Due.ERASE


async def _do(ctx: Context, tx: Tx, session: Session) -> tuple[Due | None, list[Event]]:
    now = ctx.now()
    everybody = await people.of_session(tx, session.session_id)
    found = next_due(session, everybody, ctx.retention, await live_calls.due_at(ctx, tx, session))
    if found is None:
        return None, []
    at, due = found
    if at > now:
        # Activity has moved it since it was noted.
        await sessions.set_due(tx, session.session_id, at)
        return None, []
    match due:
        case Due.VACATE:
            return due, await _vacate(ctx, tx, session)
        case Due.EXPIRE:
            return due, list((await change_in(ctx, tx, session, Verb.CANCEL, None))[1])
        case Due.WARN:
            await save(ctx, tx, replace(session, warned_at=now))
            return due, [SessionChanged(session.session_id, session.owner_id)]
        case Due.CLOSE:
            return due, list((await change_in(ctx, tx, session, Verb.CLOSE, Fact(FACTS[Verb.CLOSE], None)))[1])
        case Due.CALL:
            return due, await finish(ctx, tx, await live_calls.lapse(ctx, tx, session))
        case Due.ERASE:
            return due, []


async def _vacate(ctx: Context, tx: Tx, session: Session) -> list[Event]:
    events: list[Event] = []
    for person in await people.of_session(tx, session.session_id):
        lapses_at = place_lapses_at(person, ctx.retention.place_grace)
        if lapses_at and lapses_at <= ctx.now():
            session, more = await depart(ctx, tx, session, replace(person, waiting=False), by_time=True)
            events += more
    return events


async def _sweep_files(ctx: Context) -> None:
    # The bytes are listed before the rows: a row is there before its bytes, also another server's.
    found = await ctx.blobs.ids()
    async with ctx.store.write() as tx:
        await ctx.blobs.delete(await files.drop_pending(tx, ctx.now()))
        known = await files.all_ids(tx)
    await ctx.blobs.delete(found - known)

"""Erasure: files, delivered texts, rows and the key go; a receipt stays."""

import asyncio
import logging

import msgspec

from tc_server.domain.errors import Erased, Unavailable
from tc_server.domain.people import Staff
from tc_server.domain.retention import Receipt
from tc_server.domain.session import Session, Verb, move
from tc_server.services.context import Context
from tc_server.services.events import CutOff, Event, QueueChanged, SessionErased
from tc_server.services.views import find
from tc_server.store import calls, deliveries, files, messages, people, receipts, sessions
from tc_server.store.engine import Tx

_log = logging.getLogger(__name__)


async def erase(ctx: Context, staff: Staff, session_id: str) -> Receipt:
    """Erase a closed or cancelled session at once. Again is the same. Raises NotFound, IllegalMove."""
    async with ctx.store.read() as tx:
        try:
            move(await find(tx, staff, session_id), Verb.ERASE, ctx.now())
        except Erased:
            earlier = await receipts.get(tx, session_id)
            assert earlier is not None
            return earlier
    receipt = await erase_now(ctx, session_id)
    await wipe_traces(ctx)
    assert receipt is not None
    return receipt


async def erase_now(ctx: Context, session_id: str, *, lost: bool = False) -> Receipt | None:
    """Remove everything of a session; can be repeated after a kill at any point.

    `lost` says that its key is gone already, so that its state no longer matters. The traces of deleted rows are
    wiped by `wipe_traces`, once for many sessions. Returns None if there is no such session.
    """
    async with ctx.store.write() as tx:
        session = await sessions.lock(tx, session_id)
        if session is None:
            return await receipts.get(tx, session_id)
        if not lost:
            move(session, Verb.ERASE, ctx.now())
        receipt = await _receipt(ctx, tx, session)
        persons = await people.ids_of(tx, session_id)
        file_ids, delivery_ids = await files.ids_of(tx, session_id), await deliveries.ids_of(tx, session_id)
        await tx.vault.destroy(tx.conn, session_id)
        # This waits for a delivery under way, whose text would else appear after it was removed.
        await sessions.delete(tx, session_id)
        await receipts.insert(tx, receipt)
        # Before the commit: what a kill leaves of them is found by the rows.
        await ctx.blobs.delete(file_ids)
        for delivery_id in delivery_ids:
            await asyncio.to_thread(ctx.forget_delivered, delivery_id)
    cut_off: list[Event] = [CutOff(person) for person in persons]
    ctx.announce(SessionErased(receipt), *cut_off, QueueChanged(session.owner_id))
    return receipt


async def wipe_traces(ctx: Context) -> None:
    """Remove what deleted rows left on disk; what can't be done now housekeeping does later."""
    try:
        await ctx.store.wipe_traces()
    except Unavailable:
        _log.warning("somebody else reads the database: the last traces of what was erased go when they have ended")


async def _receipt(ctx: Context, tx: Tx, session: Session) -> Receipt:
    number, size = await files.count(tx, session.session_id)
    counts = {
        "messages": await messages.count(tx, session.session_id),
        "files": number,
        "file_bytes": size,
        "people": len(await people.ids_of(tx, session.session_id)),
        "deliveries": len(await deliveries.ids_of(tx, session.session_id)),
        "calls": await calls.count(tx, session.session_id),
    }
    erased_at = ctx.now()
    content = msgspec.json.encode([session.session_id, session.owner_id, erased_at, counts], order="sorted")
    return Receipt(session.session_id, session.owner_id, erased_at, counts, tx.vault.sign_receipt(content))

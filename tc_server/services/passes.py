"""Handing a call to staff's browser: a token that works once, exchanged for a credential of that call alone."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tc_server.domain import calling
from tc_server.domain.call import Call, Medium
from tc_server.domain.chat import Sender
from tc_server.domain.errors import LinkUnknown, NoCall, NotFound
from tc_server.domain.ice import Ice
from tc_server.domain.people import Caller, Staff
from tc_server.domain.session import Session
from tc_server.services import live_calls
from tc_server.services.calls import finish, leg_of, new_ice
from tc_server.services.context import Context, new_id
from tc_server.services.events import CallView, CutOff, Event
from tc_server.services.live_calls import call_view
from tc_server.services.sessions import save
from tc_server.services.views import as_sender, find
from tc_server.store import accounts, calls, passes, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.vault import LostKey, hash_token

PREFIX = "tcc_"
LINGERS = timedelta(minutes=1)
"""How long after its call a credential is still known: whoever hangs up twice is to hear that it is done."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A call, and the way into it for staff's browser."""

    view: CallView
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """Staff's browser let in: its credential, shown once."""

    credential: str
    caller: Caller
    view: CallView
    me: Sender
    leg: int
    ice: Ice


async def open_call(ctx: Context, staff: Staff, session_id: str, media: Medium) -> Opened:
    """Begin a call, or give another way into the live one; who is in it stays until that is taken.

    Raises NotFound, Erased, IllegalMove.
    """
    token, expires_at = secrets.token_urlsafe(18), ctx.now() + calling.OPENING
    async with ctx.store.write() as tx:
        session = await find(tx, staff, session_id, lock=True)
        call, events = await _begin(ctx, tx, session, media)
        await passes.drop_unused(tx, call.call_id)
        await passes.insert(tx, new_id(), call.call_id, hash_token(token), expires_at)
        view = await call_view(tx, session, call)
    ctx.announce(*events)
    return Opened(view, f"{ctx.public_url}/call#{token}", expires_at)


async def enter(ctx: Context, token: str) -> Entered:
    """Exchange a token for a credential, and let staff's browser in; one that was in before lets go.

    The first time all who have joined are rung.
    Raises LinkUnknown where the token is wrong, late or spent, or its call is over.
    """
    credential = PREFIX + secrets.token_urlsafe(32)
    try:
        async with ctx.store.write() as tx:
            caller, session, before = await _by_token(ctx, tx, token, credential)
            callees = [
                person.participant_id
                for person in await people.of_session(tx, session.session_id)
                if person.joined_at and not person.removed_at
            ]
            after = calling.enter(before, callees, ctx.now(), ctx.patience)
            events = await finish(ctx, tx, await live_calls.change(ctx, tx, session, before, after))
            view = await call_view(tx, session, after)
            ended = [CutOff(other) for other in await passes.drop_others(tx, after.call_id, caller.pass_id)]
    except (NoCall, LostKey):
        raise LinkUnknown from None
    ctx.announce(*ended, *events)
    return Entered(credential, caller, view, as_sender(caller), leg_of(after, caller.account_id), new_ice(ctx))


async def find_caller(ctx: Context, tx: Tx, credential: str) -> Caller | None:
    """Tell whose credential it is, if it still is one."""
    found = await passes.by_credential(tx, hash_token(credential), ctx.now() - LINGERS)
    if found is None:
        return None
    pass_id, call_id, session_id, account_id, name = found
    return Caller(account_id, name, session_id, call_id, pass_id)


async def settle_presence(ctx: Context, caller: Caller, links: Callable[[], int]) -> None:
    """Note whether staff's browser has a live link to its call; `links` is asked inside the transaction."""
    async with ctx.store.write() as tx:
        try:
            session = await find(tx, caller, caller.session_id, lock=True)
        except NotFound:
            return
        call = await calls.live(tx, caller.session_id)
        party = call.party(caller.account_id) if call and call.call_id == caller.call_id else None
        if party:
            away_since = None if links() else party.away_since or ctx.now()
            await live_calls.note_presence(ctx, tx, session, caller.account_id, away_since)


async def _begin(ctx: Context, tx: Tx, session: Session, media: Medium) -> tuple[Call, list[Event]]:
    before = await calls.live(tx, session.session_id)
    if before is None:
        call = calling.begin(session, new_id(), media, ctx.now())
        await calls.insert(tx, call)
        await save(ctx, tx, session)
        return call, [await live_calls.told_of(tx, session, call)]
    call = calling.renew(before, ctx.now())
    return call, await finish(ctx, tx, await live_calls.change(ctx, tx, session, before, call))


async def _by_token(ctx: Context, tx: Tx, token: str, credential: str) -> tuple[Caller, Session, Call]:
    found = await passes.by_token(tx, hash_token(token), ctx.now())
    call = await calls.get(tx, found[1]) if found else None
    session = await sessions.lock(tx, call.session_id) if call else None
    if found is None or call is None or session is None:
        raise LinkUnknown
    # Until the lock was had, somebody else may have come in by it, or the call may have moved on.
    call = await calls.get(tx, call.call_id)
    owner = await accounts.get(tx, session.owner_id)
    if call is None or owner is None or not await passes.exchange(tx, found[0], hash_token(credential)):
        raise LinkUnknown
    return Caller(owner.account_id, owner.name, session.session_id, call.call_id, found[0]), session, call

"""Taking the next person from the queue."""

from tc_server.domain import queue as rules
from tc_server.domain.errors import NobodyWaiting
from tc_server.domain.people import Staff
from tc_server.domain.session import Session, State, Verb
from tc_server.services.context import Context
from tc_server.services.sessions import FACTS, change_in
from tc_server.services.views import SessionView, as_sender, is_online
from tc_server.store import accounts, people, sessions
from tc_server.store.engine import Tx
from tc_server.store.messages import Fact


async def start_next(ctx: Context, staff: Staff) -> SessionView:
    """Start, or resume, the longest-waiting person who is online, else the longest-waiting one.

    The account is locked, so that two presses never take the same person. Raises NobodyWaiting.
    """
    async with ctx.store.write() as tx:
        await accounts.lock(tx, staff.account_id)
        session = await _lock_next(tx, staff)
        verb = Verb.START if session.state is State.WAITING else Verb.RESUME
        view, events = await change_in(ctx, tx, session, verb, Fact(FACTS[verb], as_sender(staff)))
    ctx.announce(*events)
    return view


async def _lock_next(tx: Tx, staff: Staff) -> Session:
    while True:
        queue = await sessions.queued(tx, staff.account_id)
        everybody = await people.of_sessions(tx, [session.session_id for session in queue])
        online = frozenset(session_id for session_id, group in everybody.items() if any(map(is_online, group)))
        chosen = rules.pick_next(queue, online)
        if chosen is None:
            raise NobodyWaiting
        # Until the lock was had, somebody may have left, or been started by name: then it is the next one's turn.
        session = await sessions.lock(tx, chosen.session_id)
        if session and session.waiting_since:
            return session

"""What parties of a call hand to each other, and how it arrives at them: passed on, never kept."""

from typing import Any

from tc_server.domain.errors import NoCall
from tc_server.domain.people import Caller, Guest
from tc_server.services.calls import party_id
from tc_server.services.context import Context
from tc_server.services.events import QualityHeard, Signalled
from tc_server.services.live_calls import call_view
from tc_server.services.views import find
from tc_server.store import calls


async def pass_on(ctx: Context, who: Guest | Caller, session_id: str, to: str, data: dict[str, Any]) -> None:
    """Hand something from a party to another of the same live call. Raises NotFound, NoCall."""
    async with ctx.store.read() as tx:
        await find(tx, who, session_id)
        call = await calls.live(tx, session_id)
    sender_id = party_id(who)
    if call is None or not (call.has_in(sender_id) and call.has_in(to)) or to == sender_id:
        raise NoCall
    ctx.announce(Signalled(call, sender_id, to, data))


async def tell_quality(ctx: Context, who: Guest | Caller, session_id: str, level: str, audio_only: bool) -> None:
    """Tell staff how the call arrives at a party. Raises NotFound, NoCall."""
    async with ctx.store.read() as tx:
        session = await find(tx, who, session_id)
        call = await calls.live(tx, session_id)
        if call is None or not call.has_in(party_id(who)):
            raise NoCall
        view = await call_view(tx, session, call)
    ctx.announce(QualityHeard(session_id, session.owner_id, view.senders[party_id(who)], level, audio_only))

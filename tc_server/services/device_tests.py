"""Device tests: what one is prepared with, the echo that answers it, and its result in a session's log."""

from dataclasses import asdict, replace
from datetime import timedelta

from tc_server.domain.chat import Entry, require_writable
from tc_server.domain.device_test import DeviceTest
from tc_server.domain.errors import NotFound
from tc_server.domain.ice import Ice
from tc_server.domain.people import Guest
from tc_server.services.calls import new_ice
from tc_server.services.context import Context
from tc_server.services.sessions import changed, save
from tc_server.services.views import as_guest_sender, find
from tc_server.store import messages, people
from tc_server.store.messages import Fact

_SAME_RESULT = timedelta(minutes=1)
"""Within this time a result that is shown again is the same one."""
_SHORT = timedelta(minutes=5)
"""How long the credentials of a test are good at most: anybody may ask for them."""


def prepare(ctx: Context) -> Ice:
    """Hand out what a test connects with, to anybody. Raises EchoBusy."""
    ctx.echoes.note_preparation()
    return _ice(ctx)


async def echo(ctx: Context, sdp: str) -> tuple[str, Ice]:
    """Let an echo answer an offer; returns its answer and what it is reached with.

    Raises EchoBusy, OfferBroken, Unavailable.
    """
    answer = await ctx.echoes.answer(sdp, _ice(ctx))
    return answer, _ice(ctx)


async def show(ctx: Context, guest: Guest, session_id: str, found: DeviceTest) -> tuple[Entry, bool]:
    """Put a result into the log, as its person wishes; the same one within a minute is one, and the second value True.

    Raises NotFound, Erased, SessionEnded, IllegalMove.
    """
    data = asdict(found)
    async with ctx.store.write() as tx:
        session = await find(tx, guest, session_id, lock=True)
        require_writable(session)
        since = ctx.now() - _SAME_RESULT
        earlier = await messages.last_of(tx, session_id, "device_test", guest.participant_id, since)
        if earlier and earlier.data == data:
            return earlier, True
        person = await people.get(tx, guest.participant_id)
        if person is None or person.removed_at:
            raise NotFound
        fact = Fact("device_test", as_guest_sender(person), data)
        session, [entry] = await messages.append_facts(tx, session, [fact], ctx.now())
        session = await save(ctx, tx, replace(session, last_activity_at=ctx.now(), warned_at=None))
    ctx.announce(*changed(session, [entry]))
    return entry, False


def _ice(ctx: Context) -> Ice:
    return new_ice(ctx, min(ctx.relays.lifetime, _SHORT))

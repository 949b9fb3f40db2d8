"""Sending what is queued, and noting how it went."""

from collections.abc import Awaitable, Callable

from tc_server.domain.invite import Delivery
from tc_server.services.context import Context
from tc_server.services.events import SessionChanged
from tc_server.store import deliveries, sessions

_AT_ONCE = 20


async def send_some(ctx: Context, send: Callable[[Delivery], Awaitable[str | None]]) -> int:
    """Send a few queued deliveries and note each outcome; tell how many there were.

    `send` answers None when the provider took the message, else why it didn't. The rows stay claimed meanwhile, so
    that no other server sends them too.
    """
    async with ctx.store.write() as tx:
        claimed = await deliveries.claim(tx, _AT_ONCE)
        for delivery in claimed:
            failure = await send(delivery)
            await deliveries.settle(tx, delivery.delivery_id, "failed" if failure else "sent", ctx.now(), failure)
        owners = await sessions.get_many(tx, {d.session_id for d in claimed})
    ctx.announce(*(SessionChanged(s.session_id, s.owner_id) for s in owners.values()))
    return len(claimed)

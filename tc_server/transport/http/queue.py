"""The queue: who waits, and taking the next."""

from litestar import get, post

from tc_server.services import queue, views
from tc_server.transport import present
from tc_server.transport.auth import AnyStaff, Ctx
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_STAFF = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED)


@get("/queue", responses=documented(*_STAFF))
async def list_queue(ctx: Ctx, staff: AnyStaff) -> bodies.Queue:
    """List who waits, longest wait first."""
    entries = await views.queue_of(ctx, staff.account_id)
    return bodies.Queue(items=[present.queue_entry(e) for e in entries], next=None)


@post("/queue/next", status_code=200, responses=documented(*_STAFF, Code.NOBODY_WAITING))
async def start_next(ctx: Ctx, staff: AnyStaff) -> bodies.Session:
    """Start the session of who has waited longest and is online, else of who has waited longest."""
    return present.session(await queue.start_next(ctx, staff))


routes = [list_queue, start_next]

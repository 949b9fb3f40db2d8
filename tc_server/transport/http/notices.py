"""Where staff is told that somebody waits."""

from litestar import Response, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from tc_server.services import notices
from tc_server.transport import present
from tc_server.transport.auth import AnyStaff, Ctx
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_STAFF = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED)
_ONE = (*_STAFF, Code.NOT_FOUND)
_REFUSED = (
    Code.INVALID_TARGET,
    Code.INVALID_EMAIL,
    Code.INVALID_PHONE,
    Code.NO_PROVIDER,
    Code.UNKNOWN_LANGUAGE,
    Code.TOO_MANY_TARGETS,
)
_known = {200: ResponseSpec(bodies.NotifyTarget, generate_examples=False, description="You are told there already.")}


@get("/notify-targets", responses=documented(*_STAFF))
async def list_targets(ctx: Ctx, staff: AnyStaff) -> bodies.NotifyTargets:
    """List where you are told that somebody waits, oldest first."""
    return bodies.NotifyTargets(items=[present.target(v) for v in await notices.listed(ctx, staff)], next=None)


@post("/notify-targets", responses=_known | documented(*_STAFF, *_REFUSED))
async def add_target(
    ctx: Ctx, staff: AnyStaff, data: JSONBody[bodies.NotifyTargetRequest]
) -> Response[bodies.NotifyTarget]:
    """Have yourself told at an address; the same one again changes its language alone."""
    view, is_new = await notices.add(ctx, staff, data.address, data.language)
    return Response(present.target(view), status_code=201 if is_new else 200)


@delete("/notify-targets/{target_id:str}", status_code=204, responses=documented(*_ONE))
async def remove_target(ctx: Ctx, staff: AnyStaff, target_id: FromPath[str]) -> None:
    """Be told there no more."""
    await notices.remove(ctx, staff, target_id)


@post("/notify-targets/{target_id:str}/test", status_code=200, responses=documented(*_ONE, Code.SLOW_DOWN))
async def test_target(ctx: Ctx, staff: AnyStaff, target_id: FromPath[str]) -> bodies.NotifyTrial:
    """Send a trial there now, and tell what came of it."""
    view, outcome = await notices.test(ctx, staff, target_id)
    return present.trial(view, outcome)


routes = [list_targets, add_target, remove_target, test_target]

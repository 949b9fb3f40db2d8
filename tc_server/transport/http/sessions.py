"""Sessions: shown, moved, erased."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Operation
from litestar.params import FromPath, JSONBody

from tc_server.domain.people import Guest, require_sight
from tc_server.domain.retention import Receipt
from tc_server.domain.session import Verb
from tc_server.services import erasing, joining, sessions, views
from tc_server.transport import present
from tc_server.transport.auth import AnyGuest, AnyStaff, AnyViewer, Ctx, cookie_name
from tc_server.transport.http.lists import Cursor, Limit, States, cursor, states
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_ANYONE = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED)
_ONE = (*_ANYONE, Code.NOT_FOUND, Code.ERASED)
_MOVE = (*_ONE, Code.ILLEGAL_MOVE, Code.NOBODY_WAITING)


@dataclass
class EitherList(Operation):
    """The documentation of a list whose items depend on the viewer: an empty one is both kinds."""

    def __post_init__(self) -> None:
        answer: Any = (self.responses or {})["200"]
        schema = answer.content["application/json"].schema
        schema.any_of, schema.one_of = schema.one_of, None


@get("/sessions", operation_class=EitherList, responses=documented(*_ANYONE))
async def list_sessions(
    ctx: Ctx, viewer: AnyViewer, only: States = None, after: Cursor = None, limit: Limit = 100
) -> bodies.Sessions | bodies.ParticipantSessions:
    """List the viewer's sessions, newest first; a participant has just their own."""
    found = await views.sessions_of(ctx, viewer, states(only), after, limit)
    if isinstance(viewer, Guest):
        own = [present.participant_session(view, viewer.participant_id) for view in found]
        return bodies.ParticipantSessions(items=own, next=None)
    items = [present.session(view) for view in found]
    return bodies.Sessions(items=items, next=cursor(items, limit, "session_id"))


@get("/sessions/{session_id:str}", responses=documented(*_ONE))
async def show(
    ctx: Ctx, viewer: AnyViewer, session_id: FromPath[str]
) -> bodies.Session | bodies.ErasedSession | bodies.ParticipantSession:
    """Show a session as the viewer may see it; of an erased one its owner sees the receipt."""
    found = await views.session_of(ctx, viewer, session_id)
    return present.erased(found) if isinstance(found, Receipt) else present.session_for(viewer, found)


def _mover(verb: Verb) -> HTTPRouteHandler:
    @post(
        f"/sessions/{{session_id:str}}/{verb.value}",
        name=verb.value,
        operation_id=f"session_{verb.name.lower()}",
        status_code=200,
        responses=documented(*_MOVE),
        summary=f"{verb.value.replace('-', ' ').capitalize()} a session.",
    )
    async def make_move(ctx: Ctx, staff: AnyStaff, session_id: FromPath[str]) -> bodies.Session:
        return present.session(await sessions.change(ctx, staff, session_id, verb))

    return make_move


@post("/sessions/{session_id:str}/erase", status_code=200, responses=documented(*_ONE, Code.ILLEGAL_MOVE))
async def erase(ctx: Ctx, staff: AnyStaff, session_id: FromPath[str]) -> bodies.ErasedSession:
    """Erase a closed or cancelled session at once."""
    return present.erased(await erasing.erase(ctx, staff, session_id))


@post(
    "/sessions/{session_id:str}/tell",
    status_code=201,
    responses=documented(*_ONE, Code.ILLEGAL_MOVE, Code.SESSION_ENDED),
)
async def tell(
    ctx: Ctx, staff: AnyStaff, session_id: FromPath[str], data: JSONBody[bodies.TellRequest]
) -> bodies.Message:
    """Tell those who wait that you will be with them in some minutes."""
    return present.message(await sessions.tell(ctx, staff, session_id, data.minutes))


@post("/sessions/{session_id:str}/leave", status_code=200, responses=documented(*_ONE))
async def leave(ctx: Ctx, guest: AnyGuest, session_id: FromPath[str]) -> bodies.ParticipantSession:
    """Leave: the place in line is given up and this person's devices are forgotten; the link works again."""
    require_sight(guest, session_id, "")
    return present.participant_session(await joining.leave(ctx, guest), guest.participant_id)


@post("/sessions/{session_id:str}/forget-device", status_code=204, responses=documented(*_ONE))
async def forget_device(ctx: Ctx, guest: AnyGuest, session_id: FromPath[str]) -> Response[None]:
    """End this browser's token, and take its cookie away; its person leaves the call, the place in line stays."""
    require_sight(guest, session_id, "")
    await joining.forget_device(ctx, guest)
    answer = Response(None, status_code=204)
    answer.delete_cookie(cookie_name(session_id), path="/api/v1")
    return answer


@get("/receipts", responses=documented(*_ANYONE))
async def list_receipts(ctx: Ctx, staff: AnyStaff, after: Cursor = None, limit: Limit = 100) -> bodies.Receipts:
    """List what is left of your erased sessions, newest first."""
    items = [present.erased(r) for r in await views.receipts_of(ctx, staff, after, limit)]
    return bodies.Receipts(items=items, next=cursor(items, limit, "session_id"))


_MOVERS = [_mover(verb) for verb in (Verb.START, Verb.RESUME, Verb.KEEP_OPEN, Verb.CLOSE, Verb.REOPEN)]
routes = [list_sessions, show, *_MOVERS, erase, tell, leave, forget_device, list_receipts]

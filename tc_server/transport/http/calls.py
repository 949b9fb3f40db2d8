"""Calls: begun by staff, entered by their browser, accepted, declined, asked for by participants."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from tc_server.services import calls, passes
from tc_server.transport import present
from tc_server.transport.auth import AnyGuest, AnyParty, AnyStaff, Ctx, WhoAsks, call_cookie_name
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_ONE = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED, Code.NOT_FOUND, Code.ERASED)
_LIVE = (*_ONE, Code.NO_CALL)
_repeated = {200: ResponseSpec(bodies.Message, generate_examples=False, description="Asked a moment ago: that fact.")}


@post("/sessions/{session_id:str}/call", responses=documented(*_ONE, Code.ILLEGAL_MOVE))
async def open_call(
    ctx: Ctx, staff: AnyStaff, session_id: FromPath[str], data: JSONBody[bodies.CallRequest]
) -> bodies.CallOpened:
    """Begin a call, or give the live one anew with a new way into it; the earlier way in ends."""
    return present.call_opened(await passes.open_call(ctx, staff, session_id, data.media))


@get("/sessions/{session_id:str}/call", responses=documented(*_ONE))
async def show(ctx: Ctx, anyone: WhoAsks, session_id: FromPath[str]) -> bodies.LiveCall:
    """Show the call that goes on in a session."""
    view = await calls.live_call(ctx, anyone, session_id)
    return bodies.LiveCall(call=present.call(view) if view else None)


@post("/call/enter", status_code=200, responses=documented(Code.LINK_UNKNOWN))
async def enter(
    ctx: Ctx, request: Request[Any, Any, Any], data: JSONBody[bodies.CallEnterRequest]
) -> Response[bodies.CallEntered]:
    """Enter a call with the token of its `url`, which is spent by it; participants' phones begin to ring."""
    entered = await passes.enter(ctx, data.token)
    return Response(
        present.call_entered(entered),
        cookies=[
            Cookie(
                key=call_cookie_name(entered.caller.call_id),
                value=entered.credential,
                path="/api/v1",
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )
        ],
    )


@post("/sessions/{session_id:str}/call/accept", status_code=200, responses=documented(*_LIVE, Code.CALL_FULL))
async def accept(
    ctx: Ctx, party: AnyParty, session_id: FromPath[str], data: JSONBody[bodies.CallMedia]
) -> bodies.CallAccepted:
    """Come into the call, or take it over on this device."""
    return present.call_accepted(await calls.accept(ctx, party, session_id, data.media))


@post("/sessions/{session_id:str}/call/decline", status_code=200, responses=documented(*_LIVE))
async def decline(ctx: Ctx, guest: AnyGuest, session_id: FromPath[str]) -> bodies.Call:
    """Decline the call: it stops ringing here, and may still be accepted while it goes on."""
    return present.call(await calls.decline(ctx, guest, session_id))


@post("/sessions/{session_id:str}/call/hangup", status_code=200, responses=documented(*_LIVE))
async def hang_up(ctx: Ctx, anyone: WhoAsks, session_id: FromPath[str]) -> bodies.Call:
    """Hang up: staff for everybody, a participant for themselves; again changes nothing."""
    return present.call(await calls.hang_up(ctx, anyone, session_id))


@post(
    "/sessions/{session_id:str}/call/request",
    responses=_repeated | documented(*_ONE, Code.ILLEGAL_MOVE, Code.SESSION_ENDED),
)
async def ask_for(
    ctx: Ctx, guest: AnyGuest, session_id: FromPath[str], data: JSONBody[bodies.CallMedia]
) -> Response[bodies.Message]:
    """Ask staff for a call; asked again within a minute it is the same wish."""
    entry, repeated = await calls.ask_for(ctx, guest, session_id, data.media)
    return Response(present.message(entry), status_code=200 if repeated else 201)


@get("/sessions/{session_id:str}/call/ice", responses=documented(*_LIVE))
async def show_ice(ctx: Ctx, party: AnyParty, session_id: FromPath[str]) -> bodies.Ice:
    """Hand out what connections are made with, with fresh credentials."""
    return present.ice(await calls.ice(ctx, party, session_id))


routes = [open_call, show, enter, accept, decline, hang_up, ask_for, show_ice]

"""Joining by link."""

from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import Cookie
from litestar.params import JSONBody

from tc_server.services import joining
from tc_server.transport import present
from tc_server.transport.auth import Ctx, cookie_name
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_LINK = (Code.LINK_UNKNOWN, Code.LINK_REVOKED, Code.LINK_EXPIRED, Code.SESSION_ENDED, Code.TERMS_REQUIRED)


@post("/join", status_code=200, responses=documented(*_LINK, Code.TOO_EARLY))
async def join(
    ctx: Ctx, request: Request[Any, Any, Any], data: JSONBody[bodies.JoinRequest]
) -> Response[bodies.Joined]:
    """Join by link. Only this, never opening the link, is told to staff."""
    joined = await joining.join(ctx, data.token, data.accept_terms, data.language)
    session_id = joined.guest.session_id
    return Response(
        bodies.Joined(
            participant_token=joined.token,
            participant_id=joined.guest.participant_id,
            session_id=session_id,
            state=joined.view.session.state.value,
            session=present.participant_session(joined.view, joined.guest.participant_id),
        ),
        cookies=[
            Cookie(
                key=cookie_name(session_id),
                value=joined.token,
                path="/api/v1",
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )
        ],
    )


@post("/join/answer", status_code=200, responses=documented(*_LINK))
async def answer(ctx: Ctx, data: JSONBody[bodies.ComingRequest]) -> bodies.Coming:
    """Say whether one comes to what is planned; staff is told."""
    return bodies.Coming(planned_at=await joining.answer(ctx, data.token, data.coming), coming=data.coming)


routes = [join, answer]

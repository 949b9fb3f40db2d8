"""Messages over HTTP; live ones come by the stream."""

from typing import Annotated

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from tc_server.services import chat
from tc_server.transport import present
from tc_server.transport.auth import AnyViewer, Ctx
from tc_server.transport.http.lists import Limit
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_ONE = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED, Code.NOT_FOUND, Code.ERASED)
_WRITE = (Code.ILLEGAL_MOVE, Code.SESSION_ENDED, Code.CLIENT_ID_TAKEN)

Seq = Annotated[int, QueryParameter(ge=0, le=2**53, description="Only what comes after this `seq`.")]
repeated = {200: ResponseSpec(bodies.Message, generate_examples=False, description="Sent before: the stored message.")}


@get("/sessions/{session_id:str}/messages", responses=documented(*_ONE))
async def read_log(
    ctx: Ctx, viewer: AnyViewer, session_id: FromPath[str], after: Seq = 0, limit: Limit = 200
) -> bodies.Messages:
    """Read a page of the log."""
    entries, last_seq = await chat.log(ctx, viewer, session_id, after, limit)
    more = bool(entries) and entries[-1].seq < last_seq
    return bodies.Messages(items=[present.message(e) for e in entries], next=str(entries[-1].seq) if more else None)


@post(
    "/sessions/{session_id:str}/messages",
    responses=repeated | documented(*_ONE, *_WRITE, Code.TEXT_EMPTY, Code.TEXT_TOO_LONG),
)
async def send(
    ctx: Ctx, viewer: AnyViewer, session_id: FromPath[str], data: JSONBody[bodies.SendRequest]
) -> Response[bodies.Message]:
    """Say something; the same `client_id` again changes nothing."""
    voice = await chat.voice(ctx, viewer, session_id)
    said = await chat.say(ctx, voice, data.client_id, data.text)
    return Response(present.message(said.entry), status_code=200 if said.repeated else 201)


@post("/sessions/{session_id:str}/read", status_code=204, responses=documented(*_ONE))
async def mark_read(ctx: Ctx, viewer: AnyViewer, session_id: FromPath[str], data: JSONBody[bodies.ReadRequest]) -> None:
    """Note how far you have read."""
    await chat.mark_read(ctx, viewer, session_id, data.seq)


routes = [read_log, send, mark_read]

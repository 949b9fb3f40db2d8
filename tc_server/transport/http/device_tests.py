"""Device tests: what they connect with, the echo that answers them, and the result that somebody lets staff see."""

from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from tc_server.domain.device_test import DeviceTest
from tc_server.services import device_tests
from tc_server.transport import present
from tc_server.transport.auth import AnyGuest, Ctx
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_repeated = {200: ResponseSpec(bodies.Message, generate_examples=False, description="Shown a moment ago: that fact.")}


@post("/echo/ice", status_code=200, responses=documented(Code.ECHO_BUSY))
async def prepare(ctx: Ctx) -> bodies.Ice:
    """Hand out what a device test connects with, to anybody, with credentials that soon end."""
    return present.ice(device_tests.prepare(ctx))


@post("/echo", status_code=200, responses=documented(Code.ECHO_BUSY, Code.OFFER_BROKEN))
async def echo(ctx: Ctx, data: JSONBody[bodies.EchoOffer]) -> bodies.EchoAnswer:
    """Start an echo for a minute: it sends back sound, pictures, and what comes by data channel."""
    sdp, ice = await device_tests.echo(ctx, data.sdp)
    return bodies.EchoAnswer(sdp=sdp, ice=present.ice(ice))


@post(
    "/sessions/{session_id:str}/device-test",
    responses=_repeated
    | documented(
        Code.NOT_LOGGED_IN, Code.NOT_ALLOWED, Code.NOT_FOUND, Code.ERASED, Code.ILLEGAL_MOVE, Code.SESSION_ENDED
    ),
)
async def show(
    ctx: Ctx, guest: AnyGuest, session_id: FromPath[str], data: JSONBody[bodies.DeviceTest]
) -> Response[bodies.Message]:
    """Show the result of one's device test in the session; the same one within a minute is one."""
    found = DeviceTest(
        result=data.result,
        audio=data.audio,
        video=data.video,
        rtt_ms=data.rtt_ms,
        loss=data.loss,
        kbps=data.kbps,
        relay=data.relay,
    )
    entry, repeated = await device_tests.show(ctx, guest, session_id, found)
    return Response(present.message(entry), status_code=200 if repeated else 201)


routes = [prepare, echo, show]

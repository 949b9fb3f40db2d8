"""Where providers report what became of texts. Only what is signed by them is believed."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from prometheus_client import Counter

from tc_server.services import arrivals
from tc_server.services.arrivals import Call, Listeners, NotGenuine, TooEarly
from tc_server.transport.auth import Ctx

AnyRequest = Request[Any, Any, Any]
Heard = NamedDependency[SkipValidation[Listeners]]

_LARGEST = 3_145_728
"""What Meta puts into one request at most."""
_FORGED = Counter("teleconnect_receipts_refused", "Receipts whose signature was missing or wrong.", ["provider"])


@get("/hooks/{provider:str}", include_in_schema=False)
async def introduce(request: AnyRequest, provider: FromPath[str], listeners: Heard) -> Response[str]:
    """Answer a provider that asks whether receipts may be sent here."""
    if provider not in listeners:
        return _answered(404)
    try:
        return _answered(200, listeners[provider].introduce(await _call(request)))
    except NotGenuine:
        return _answered(403)


@post("/hooks/{provider:str}", include_in_schema=False, request_max_body_size=_LARGEST)
async def report(request: AnyRequest, ctx: Ctx, provider: FromPath[str], listeners: Heard) -> Response[str]:
    """Take a receipt. What can't be noted just now is answered 503, and providers come again."""
    if provider not in listeners:
        return _answered(404)
    try:
        found = listeners[provider].understand(await _call(request))
    except NotGenuine:
        _FORGED.labels(provider).inc()
        return _answered(403)
    try:
        await arrivals.report(ctx, found)
    except TooEarly:
        return _answered(503)
    return _answered(200)


async def _call(request: AnyRequest) -> Call:
    query = request.scope["query_string"].decode("latin-1")
    return Call(query, dict(request.headers.items()), await request.body())


def _answered(status: int, said: str = "") -> Response[str]:
    return Response(said, status_code=status, media_type="text/plain", headers={"Cache-Control": "no-store"})


routes = [introduce, report]

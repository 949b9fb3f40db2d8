"""Whether the server lives and is ready, and its metrics."""

import hmac
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from tc_server.services import health
from tc_server.services.health import Look
from tc_server.settings import Settings
from tc_server.transport import present
from tc_server.transport.auth import AnyStaff, Ctx
from tc_server.transport.problems import documented
from tc_server.version import VERSION
from tc_server.wire import bodies
from tc_server.wire.codes import Code


@get("/healthz", include_in_schema=False)
async def alive(ctx: Ctx) -> bodies.Health:
    """Tell that the server lives."""
    return bodies.Health(status="ok", version=VERSION, server_time=ctx.now())


@get("/readyz", include_in_schema=False)
async def ready(ctx: Ctx) -> Response[bodies.Health]:
    """Tell whether database and file store can be reached."""
    checks = await health.check(ctx)
    status = "ok" if all(result == "ok" for result in checks.values()) else "failed"
    body = bodies.Health(status=status, version=VERSION, server_time=ctx.now(), checks=checks)  # type: ignore[arg-type]
    return Response(body, status_code=200 if status == "ok" else 503)


@get("/metrics", include_in_schema=False, media_type="text/plain")
async def metrics(
    request: Request[Any, Any, Any], settings: NamedDependency[SkipValidation[Settings]]
) -> Response[bytes]:
    """Give the metrics to who has the token; without one set there are none."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not settings.metrics_token or not hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        return Response(b"", status_code=404)
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@get("/providers", responses=documented(Code.NOT_LOGGED_IN, Code.NOT_ALLOWED))
async def list_providers(staff: AnyStaff, look_at_providers: NamedDependency[SkipValidation[Look]]) -> bodies.Providers:
    """Tell how what carries messages is; it is looked at without sending anything."""
    return bodies.Providers(items=[present.provider(one) for one in await look_at_providers()], next=None)


routes = [list_providers]
outside = [alive, ready, metrics]

"""Who is asking: a bearer token, or a participant's cookie from the page's own origin."""

from collections import OrderedDict
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.params import SkipValidation

from tc_server.domain.errors import NotAllowed, NotLoggedIn, SlowDown
from tc_server.domain.people import (
    Anyone,
    Caller,
    Guest,
    Staff,
    Viewer,
    require_admin,
    require_guest,
    require_party,
    require_staff,
    require_viewer,
)
from tc_server.services import accounts
from tc_server.services.context import Context

Connection = ASGIConnection[Any, Any, Any, Any]

Ctx = NamedDependency[SkipValidation[Context]]
WhoAsks = NamedDependency[SkipValidation[Anyone]]
AnyParty = NamedDependency[SkipValidation[Guest | Caller]]
AnyViewer = NamedDependency[SkipValidation[Viewer]]
AnyStaff = NamedDependency[SkipValidation[Staff]]
Admin = NamedDependency[SkipValidation[Staff]]
AnyGuest = NamedDependency[SkipValidation[Guest]]


def cookie_name(session_id: str) -> str:
    """Name the cookie that lets a browser into one session."""
    return f"tc_{session_id}"


def call_cookie_name(call_id: str) -> str:
    """Name the cookie that lets staff's browser into one call."""
    return f"tc_call_{call_id}"


def is_same_origin(connection: Connection) -> bool:
    """Tell whether a request comes from our own page: its Origin is the host that it asks.

    Browsers leave it out where a page fetches from its own host, but never on a WebSocket (RFC 6455, 4.1).
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.scope["type"] != ScopeType.WEBSOCKET
    return urlsplit(origin).netloc == connection.headers.get("host")


async def authenticate(connection: Connection, ctx: Context, cookie_name: str | None) -> Anyone:
    """Tell who is asking, by a token or the cookie of that name.

    With an Authorization header cookies are ignored. Raises NotLoggedIn, NotAllowed.
    """
    if header := connection.headers.get("authorization"):
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotLoggedIn
        return await accounts.authenticate(ctx, token.strip())
    cookie = connection.cookies.get(cookie_name) if cookie_name else None
    if not cookie:
        raise NotLoggedIn
    if not is_same_origin(connection):
        raise NotAllowed
    return await accounts.authenticate(ctx, cookie)


async def provide_anyone(request: Connection, ctx: Ctx) -> Anyone:
    """Provide whoever is asking, be it staff's browser in a call."""
    session_id = request.path_params.get("session_id")
    return await authenticate(request, ctx, cookie_name(session_id) if session_id else None)


async def provide_viewer(anyone: WhoAsks) -> Viewer:
    """Provide the account or the participant who is asking."""
    return require_viewer(anyone)


async def provide_party(anyone: WhoAsks) -> Guest | Caller:
    """Provide who is asking and can be in a call."""
    return require_party(anyone)


async def provide_staff(viewer: AnyViewer) -> Staff:
    """Provide staff who is asking."""
    return require_staff(viewer)


async def provide_admin(viewer: AnyViewer) -> Staff:
    """Provide the admin who is asking."""
    return require_admin(viewer)


async def provide_guest(viewer: AnyViewer) -> Guest:
    """Provide the participant who is asking."""
    return require_guest(viewer)


DEPENDENCIES = {
    "anyone": Provide(provide_anyone),
    "party": Provide(provide_party),
    "viewer": Provide(provide_viewer),
    "staff": Provide(provide_staff),
    "admin": Provide(provide_admin),
    "guest": Provide(provide_guest),
}


class Tries:
    """Slows down guessing: after some failures in a row a name must wait. Per name, so that a clinic behind one
    address isn't shut out; in memory, since a restart forgiving them does no harm.
    """

    _FREE = 5
    _KEPT = 10_000

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, name: str, now: float) -> None:
        """Raise SlowDown while a name must wait; `now` in seconds."""
        count, last = self._failures.get(name, (0, 0.0))
        wait = min(2.0 ** (count - self._FREE), 300.0) - (now - last) if count >= self._FREE else 0
        if wait > 0:
            raise SlowDown(int(wait) + 1)

    def failed(self, name: str, now: float) -> None:
        """Count a failure."""
        count, _ = self._failures.get(name, (0, 0.0))
        self._failures[name] = (count + 1, now)
        self._failures.move_to_end(name)
        while len(self._failures) > self._KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget a name's failures."""
        self._failures.pop(name, None)

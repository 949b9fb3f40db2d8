"""Errors as problem details (RFC 9457): one table maps codes to HTTP status, routes document theirs with it."""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from tc_server.domain.errors import EchoBusy, IllegalMove, Refused, SlowDown, TooEarly
from tc_server.transport.request_ids import request_id
from tc_server.wire.bodies import Problem
from tc_server.wire.codes import Code

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS: dict[Code, int] = {
    Code.INVALID: 400,
    Code.INVALID_PHONE: 422,
    Code.INVALID_EMAIL: 422,
    Code.INVALID_TARGET: 422,
    Code.CONTACT_MISSING: 422,
    Code.NO_PROVIDER: 422,
    Code.UNKNOWN_LANGUAGE: 422,
    Code.INVALID_TIME: 422,
    Code.INVALID_TIMEZONE: 422,
    Code.TOO_EARLY: 409,
    Code.TERMS_REQUIRED: 422,
    Code.TEXT_EMPTY: 422,
    Code.TEXT_TOO_LONG: 422,
    Code.WEAK_PASSWORD: 422,
    Code.NAME_TAKEN: 409,
    Code.NOT_LOGGED_IN: 401,
    Code.WRONG_PASSWORD: 401,
    Code.NOT_ALLOWED: 403,
    Code.NOT_FOUND: 404,
    Code.LINK_UNKNOWN: 404,
    Code.LINK_REVOKED: 410,
    Code.LINK_EXPIRED: 410,
    Code.SESSION_ENDED: 409,
    Code.ERASED: 410,
    Code.ILLEGAL_MOVE: 409,
    Code.NOBODY_WAITING: 409,
    Code.NO_CALL: 409,
    Code.CALL_FULL: 409,
    Code.ECHO_BUSY: 503,
    Code.OFFER_BROKEN: 422,
    Code.LAST_ADMIN: 409,
    Code.CLIENT_ID_TAKEN: 409,
    Code.TOO_MANY_TARGETS: 409,
    Code.FILE_TYPE: 415,
    Code.FILE_BROKEN: 422,
    Code.FILE_SIZE: 413,
    Code.TOO_LARGE: 413,
    Code.SLOW_DOWN: 429,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.UNKNOWN_FRAME: 400,
    Code.TOO_SLOW: 400,
    Code.UNAVAILABLE: 503,
    Code.INTERNAL: 500,
}

_BY_STATUS = {
    401: Code.NOT_LOGGED_IN,
    403: Code.NOT_ALLOWED,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.TOO_LARGE,
    429: Code.SLOW_DOWN,
}


def documented(*codes: Code) -> dict[int, ResponseSpec]:
    """Document the problems that a route may answer with, by status; malformed requests, lost storage are implied."""
    every = (*codes, Code.INVALID, Code.UNAVAILABLE)
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            media_type=MEDIA_TYPE,
            description="Problem: " + ", ".join(sorted(c.value for c in every if STATUS[c] == status)),
        )
        for status in sorted({STATUS[c] for c in every})
    }


def on_refused(request: Request[Any, Any, Any], refused: Refused) -> Response[Problem]:
    """Answer what a rule refused."""
    more: dict[str, Any] = {}
    if isinstance(refused, IllegalMove):
        more = {"state": refused.state, "possible": list(refused.possible)}
    if isinstance(refused, TooEarly):
        more = {"planned_at": refused.planned_at}
    if isinstance(refused, SlowDown | EchoBusy):
        more = {"retry_after": refused.retry_after}
    return problem(request, Code(refused.code), refused.detail, **more)


def on_http_exception(request: Request[Any, Any, Any], fault: HTTPException) -> Response[Problem]:
    """Answer what the framework refused: a body or parameter out of form, a path or method that isn't there."""
    if isinstance(fault, ValidationException):
        return problem(request, Code.INVALID, _said(fault.extra))
    code = _BY_STATUS.get(fault.status_code, Code.INVALID if fault.status_code < 500 else Code.INTERNAL)
    detail = "The request can't be read: is it the JSON that is documented?" if code is Code.INVALID else ""
    return problem(request, code, detail, headers=fault.headers)


def on_unreadable(request: Request[Any, Any, Any], _fault: SerializationException) -> Response[Problem]:
    """Answer a body that isn't JSON."""
    return problem(request, Code.INVALID, "The body isn't valid JSON.")


def on_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[Problem]:
    """Answer a fault of our own: the log has it, under the request's id."""
    _log.error("request %s failed", request_id(request.scope), exc_info=fault)
    return problem(request, Code.INTERNAL, "The server has failed at this. Try again; if it stays, tell an admin.")


def problem(
    request: Request[Any, Any, Any], code: Code, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> Response[Problem]:
    """Form a problem."""
    status = STATUS[code]
    title = HTTPStatus(status).phrase
    sent = dict(headers or {})
    if retry_after := more.get("retry_after"):
        sent["Retry-After"] = str(retry_after)
    if status == 401:
        sent["WWW-Authenticate"] = "Bearer"
    return Response(
        Problem(
            type=f"urn:teleconnect:problem:{code.value}",
            title=title,
            status=status,
            detail=detail or f"{title}.",
            code=code.value,
            request_id=request_id(request.scope),
            **more,
        ),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=sent,
    )


def _said(extra: Any) -> str:
    faults: Iterable[Any] = extra if isinstance(extra, list) else []
    said = [
        f"{fault['key']}: {fault['message']}" if fault.get("key") else str(fault.get("message"))
        for fault in faults
        if isinstance(fault, dict)
    ]
    return "; ".join(said) or "The request doesn't have the documented form."


HANDLERS: dict[Any, Any] = {
    Refused: on_refused,
    HTTPException: on_http_exception,
    SerializationException: on_unreadable,
    Exception: on_fault,
}

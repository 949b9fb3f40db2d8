"""A name for every request: in its problem, its X-Request-ID, and the log if it fails."""

from typing import Any

from litestar.types import Message
from uuid_utils import uuid7


def request_id(scope: Any) -> str:
    """Name a request: an id of our own making, the same for all who ask."""
    return str(scope.setdefault("state", {}).setdefault("request_id", str(uuid7())))


async def name_response(message: Message, scope: Any) -> None:
    """Put a request's id into the head of its response, just before it is sent."""
    if message["type"] == "http.response.start":
        message["headers"] = [*message["headers"], (b"x-request-id", request_id(scope).encode())]

"""A request whose body is read or refused: what isn't text, or nests without end, is no fault of ours."""

from typing import Any

from litestar import Request
from litestar.exceptions import SerializationException


class JsonRequest(Request[Any, Any, Any]):
    """Reads its body so that whatever isn't JSON raises SerializationException."""

    async def json(self) -> Any:
        """Read the body."""
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError) as fault:
            raise SerializationException from fault

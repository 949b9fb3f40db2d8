"""Pages of lists: the parameters that ask for one, and the cursor that leads to the next."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from litestar.params import QueryParameter

Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many at most.")]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=64, description="The `next` of the page before; from the beginning without it."),
]
States = Annotated[
    str | None,
    QueryParameter(name="state", max_length=120, description="Only these states, separated by commas."),
]

T = TypeVar("T")


def states(text: str | None) -> list[str]:
    """Read a list of states."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def cursor(page: Sequence[T], limit: int, id_name: str) -> str | None:
    """Give the cursor after a page: the id of its last item, if it is full."""
    last: Any = page[-1] if len(page) == limit else None
    return str(getattr(last, id_name)) if last else None

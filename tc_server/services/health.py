"""Whether what the server stands on can be reached."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from obstore.exceptions import BaseError

from tc_server.domain.delivery import Channel
from tc_server.domain.errors import Unavailable
from tc_server.services.context import Context
from tc_server.store import heartbeat


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """Whether a provider could send just now: what was found, and what to do if it isn't well."""

    provider: str
    channels: tuple[Channel, ...]
    state: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str


Look = Callable[[], Awaitable[Sequence[ProviderHealth]]]
"""Find out how every provider is, without sending anything."""


async def check(ctx: Context) -> dict[str, str]:
    """Try database and file store; each `ok` or why not."""
    checks = {"database": "ok", "files": "ok"}
    try:
        async with ctx.store.read() as tx:
            await heartbeat.last(tx)
    except Unavailable as fault:
        checks["database"] = fault.detail
    try:
        await ctx.blobs.check()
    except (BaseError, OSError) as fault:
        checks["files"] = type(fault).__name__
    return checks

"""Whether what the server stands on can be reached."""

from obstore.exceptions import BaseError

from tc_server.domain.errors import Unavailable
from tc_server.services.context import Context
from tc_server.store import heartbeat


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

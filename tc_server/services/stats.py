"""Counts of the whole server, with nothing personal in them."""

from dataclasses import dataclass

from tc_server.services.context import Context
from tc_server.store import accounts, files, messages, receipts, sessions


@dataclass(frozen=True, slots=True)
class Stats:
    """`sessions` counts by state; `erased` sums the receipts."""

    sessions: dict[str, int]
    messages: int
    files: int
    file_bytes: int
    erased: dict[str, int]
    users: int


async def gather(ctx: Context) -> Stats:
    """Count."""
    async with ctx.store.read() as tx:
        number, size = await files.count(tx)
        return Stats(
            sessions=await sessions.count_by_state(tx),
            messages=await messages.count(tx),
            files=number,
            file_bytes=size,
            erased=await receipts.totals(tx),
            users=len(await accounts.everyone(tx)),
        )

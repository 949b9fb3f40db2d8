"""The server's pulse: when it was last alive, so that time in which it was down counts against nobody."""

from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from tc_server.store.engine import Tx
from tc_server.store.tables import heartbeat


async def last(tx: Tx) -> datetime | None:
    """Tell when a server was last alive; None before the first start."""
    return (await tx.conn.execute(sa.select(heartbeat.c.alive_at))).scalar_one_or_none()


async def beat(tx: Tx, now: datetime) -> None:
    """Note that the server is alive."""
    done = await tx.conn.execute(sa.update(heartbeat).values(alive_at=now))
    if done.rowcount:
        return
    # Another server may have been first.
    with suppress(sa.exc.IntegrityError):
        async with tx.conn.begin_nested():
            await tx.conn.execute(sa.insert(heartbeat).values(id=1, alive_at=now))

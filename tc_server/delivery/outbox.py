"""The outbox loop: takes what is queued, hands it to its provider, notes how it went."""

import asyncio
import logging

from tc_server.delivery.folder import Folder
from tc_server.domain.errors import Refused
from tc_server.domain.invite import Delivery
from tc_server.services import sending
from tc_server.services.context import Context

_log = logging.getLogger(__name__)


class Outbox:
    """Sends what is queued as soon as it is woken, and looks by itself now and then for what a kill left."""

    def __init__(self, ctx: Context, provider: Folder, every: float = 30.0) -> None:
        self._ctx = ctx
        self._provider = provider
        self._every = every
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that something was queued."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._woken.clear()
            try:
                while await sending.send_some(self._ctx, self._send):
                    pass
            except Refused:
                _log.exception("the outbox could not be read; it tries again")
            try:
                async with asyncio.timeout(self._every):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _send(self, delivery: Delivery) -> str | None:
        """Hand over one message; None if it was taken, else why not."""
        try:
            await asyncio.to_thread(self._provider.send, delivery)
        except OSError as fault:
            return fault.strerror or "the folder can't be written"
        return None

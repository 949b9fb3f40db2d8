"""The outbox loop: a lane for each provider, so that one which hangs holds up no other."""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from tc_server.delivery.provider import Provider, look
from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.domain.errors import Refused
from tc_server.services import sending
from tc_server.services.context import Context
from tc_server.services.health import ProviderHealth
from tc_server.services.sending import Ended, Errand
from tc_server.store.vault import LostKey

_log = logging.getLogger(__name__)

_EVERY = 30.0
"""Seconds after which is looked by itself: for what another server left, and for what wasn't woken for."""
_LOOK_EVERY = 30.0
"""Seconds for which what was found of the providers is good."""
_LAST_MOMENT = 2.0
"""Seconds that what is being sent has when the server ends."""
_SLOWEST = 5
"""How many faults in a row make the pause between looks at a provider longer."""


class Outbox:
    """Sends what is queued as soon as it is woken, and when it is due."""

    def __init__(self, ctx: Context, providers: Sequence[Provider]) -> None:
        self._ctx = ctx
        self._providers = providers
        self._lanes = [_Lane(ctx, provider) for provider in providers]
        self._looking = asyncio.Lock()
        self._looked_at = float("-inf")
        self._health: Sequence[ProviderHealth] = ()

    def wake(self) -> None:
        """Say that something was queued."""
        for lane in self._lanes:
            lane.woken.set()

    async def look(self) -> Sequence[ProviderHealth]:
        """Find out how the providers are; however often it is asked, they are bothered twice a minute at most."""
        async with self._looking:
            if time.monotonic() - self._looked_at > _LOOK_EVERY:
                self._health = await look(self._providers)
                self._looked_at = time.monotonic()
            return self._health

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._recover())
                for lane in self._lanes:
                    group.create_task(lane.run())
        finally:
            for provider in self._providers:
                await provider.close()

    async def _recover(self) -> None:
        """Take up what a kill left; on SQLite, where there is no other server, at once."""
        alone = self._ctx.store.is_sqlite
        while True:
            try:
                found = await sending.recover(self._ctx, alone=alone)
                if found:
                    self.wake()
                    continue
            except (Refused, LostKey):
                _log.exception("what was interrupted could not be taken up; it is tried again")
            alone = False
            # A short patience is tried out with a short breath.
            await asyncio.sleep(max(0.5, min(_EVERY / 3, self._ctx.policy.patience.total_seconds() / 2)))


class _Lane:
    """What goes through one provider: as many texts at a time as it takes, noted together as they end."""

    def __init__(self, ctx: Context, provider: Provider) -> None:
        self._ctx = ctx
        self._provider = provider
        self._faults = 0
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Send until cancelled."""
        running: dict[asyncio.Task[Outcome], Errand] = {}
        ended: list[Ended] = []
        with suppress(Refused):
            # What was wrong with the provider may be why the server was started anew.
            await sending.release(self._ctx, self._provider.name)
        try:
            while True:
                self.woken.clear()
                try:
                    begun = await self._turn(ended, len(running))
                except (Refused, LostKey):
                    # What has ended stays at hand until it is noted.
                    _log.exception("the outbox could not be read; it is tried again")
                    await asyncio.sleep(1)
                    continue
                running |= {asyncio.create_task(self._send(errand)): errand for errand in begun}
                ended = [Ended(running.pop(task).attempt, task.result()) for task in await self._wait(running)]
        finally:
            await self._finish(running, ended)

    async def _finish(self, running: dict["asyncio.Task[Outcome]", Errand], ended: list[Ended]) -> None:
        """Give what is being sent a moment to end: what isn't noted may be sent twice."""
        if running:
            done, late = await asyncio.wait(running, timeout=_LAST_MOMENT)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            ended = [*ended, *(Ended(running[task].attempt, task.result()) for task in done)]
        if ended:
            with suppress(Refused, LostKey):
                await sending.turn(self._ctx, self._provider.name, ended, 0)

    async def _turn(self, ended: list[Ended], running: int) -> list[Errand]:
        width = 1 if self._faults else self._provider.width
        begun, erased = await sending.turn(self._ctx, self._provider.name, ended, max(0, width - running))
        try:
            for delivery_id in erased:
                await asyncio.to_thread(self._ctx.forget_delivered, delivery_id)
            await self._heed(ended)
        except (Refused, OSError):
            # What has begun is to be sent all the same.
            _log.exception("provider %s could not be held back", self._provider.name)
        return begun

    async def _send(self, errand: Errand) -> Outcome:
        lease = self._ctx.policy.lease
        try:
            async with asyncio.timeout((lease * 0.8).total_seconds()):
                return await self._provider.send(errand.message)
        except TimeoutError:
            return Outcome(Result.UNKNOWN, Reason.NO_ANSWER if self._provider.remembers else Reason.INTERRUPTED)

    async def _wait(self, running: dict["asyncio.Task[Outcome]", Errand]) -> set["asyncio.Task[Outcome]"]:
        """Wait until something has ended, is queued or is due."""
        room = len(running) < (1 if self._faults else self._provider.width)
        waking = asyncio.create_task(self.woken.wait())
        try:
            waited = {*running, waking} if room else set(running)
            timeout = await self._until_due() if room else None
            done, _ = await asyncio.wait(waited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waking.cancel()
        return {task for task in running if task in done}

    async def _until_due(self) -> float:
        try:
            due = await sending.next_due(self._ctx, self._provider.name)
        except Refused:
            return _EVERY
        return min(_EVERY, max(0.0, (due - self._ctx.now()).total_seconds())) if due else _EVERY

    async def _heed(self, ended: Sequence[Ended]) -> None:
        """Hold everything back when the provider itself is at fault or asks to; say so once, and when it is over."""
        outcomes = [one.outcome for one in ended if one.outcome.result is not Result.UNKNOWN]
        faults = [outcome for outcome in outcomes if outcome.result in (Result.BROKEN, Result.THROTTLED)]
        if faults:
            if not self._faults:
                _log.error("provider %s can't send (%s); it is tried again", self._provider.name, faults[0].reason)
            self._faults += 1
            pause = self._ctx.policy.pause(min(self._faults, _SLOWEST), random.random())
            pause = max(pause, *(outcome.after or timedelta() for outcome in faults))
            reason = faults[0].reason or Reason.THROTTLED
            await sending.hold(self._ctx, self._provider.name, self._ctx.now() + pause, reason)
        elif outcomes and self._faults:
            _log.warning("provider %s sends again", self._provider.name)
            self._faults = 0
            await sending.release(self._ctx, self._provider.name)

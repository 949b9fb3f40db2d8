"""Notices to staff on their way: email and SMS by the providers for invites, everything else by Apprise.

The loop that looks for them: every few seconds what is due is asked for, and what was asked for is sent.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from tc_server.delivery import messengers
from tc_server.delivery.provider import Provider
from tc_server.delivery.providers import folder
from tc_server.delivery.texts import notify
from tc_server.domain.delivery import Offer, Outcome, Reason, Result, chain
from tc_server.domain.errors import NoProvider, Refused
from tc_server.domain.notice import Address, Kind
from tc_server.services import notices
from tc_server.services.context import Context, Notice, Outgoing
from tc_server.services.notices import Errand

_log = logging.getLogger(__name__)

_WIDTH = 8
"""How many notices are sent at a time."""
_LAST_MOMENT = 2.0
"""Seconds that what is being sent has when the server ends."""
_SETUP = {
    "email": "This server sends no email. Ask whoever runs it to set TC_SMTP_URL, or give another kind of address.",
    "sms": "This server sends no SMS to this number. Ask whoever runs it to set up a provider, or give another kind "
    "of address.",
}


class Couriers:
    """Gets notices to staff: the port of `services/notices`."""

    def __init__(self, organisation: str, providers: Sequence[Provider], offers: Sequence[Offer]) -> None:
        self._organisation = organisation
        self._providers = {provider.name: provider for provider in providers}
        self._offers = offers

    def leads(self, kind: Kind) -> str | None:
        """Name the provider that a kind of address goes by; None if none is set up."""
        if kind == "apprise":
            return messengers.NAME
        names = [offer.provider for offer in self._offers if kind in offer.channels]
        return next((name for name in names if name != folder.NAME), names[0] if names else None)

    async def accept(self, address: Address) -> str:
        """Look whether notices can be sent to an address, and name its provider. Raises InvalidTarget, NoProvider."""
        if address.kind == "apprise":
            await messengers.accept(address.to)
            return messengers.NAME
        if not (ways := self._ways(address)):
            raise NoProvider(_SETUP[address.kind])
        return ways[0].name

    async def send(self, notice: Notice) -> Outcome:
        """Send one by the first provider that takes it. Raises nothing that a provider can cause."""
        subject, text = notify(self._organisation, notice.language, notice.wait)
        kind = notice.address.kind
        if kind == "apprise":
            return await messengers.send(notice.address.to, text)
        outcome = Outcome(Result.PERMANENT, Reason.NO_PROVIDER)
        for provider in self._ways(notice.address):
            outcome = await provider.send(
                Outgoing(
                    delivery_id=notice.target_id,
                    key=notice.key,
                    channel=kind,
                    to=notice.address.to,
                    language=notice.language,
                    link=None,
                    subject=subject if kind == "email" else None,
                    text=text,
                )
            )
            if outcome.result in (Result.ACCEPTED, Result.UNKNOWN):
                break
        return outcome

    async def close(self) -> None:
        """Let go of connections."""
        for provider in self._providers.values():
            await provider.close()

    def _ways(self, address: Address) -> list[Provider]:
        assert address.kind != "apprise"
        phone, email = (address.to, None) if address.kind == "sms" else (None, address.to)
        ways = [self._providers[step.provider] for step in chain(address.kind, phone, email, self._offers)]
        # A file tells nobody, so it is never instead of what is only busy.
        return [provider for provider in ways if provider.name != folder.NAME] or ways


class Notifier:
    """Tells staff who is away, until cancelled."""

    def __init__(self, ctx: Context, team: Sequence[str]) -> None:
        self._ctx = ctx
        self._team = team
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look again and again; first let those come back who were connected before the server was started anew."""
        grace = self._ctx.attention.grace.total_seconds()
        try:
            await self._settle()
            await asyncio.sleep(grace)
            while True:
                await self._turn()
                await asyncio.sleep(grace / 4)
        finally:
            await self._finish()
            await self._ctx.notifier.close()

    async def _settle(self) -> None:
        try:
            await notices.settle_team(self._ctx, self._team)
        except Refused:
            _log.exception("where the team is told could not be noted; the next start tries it again")

    async def _turn(self) -> None:
        try:
            await notices.tick(self._ctx)
            errands = await notices.claim(self._ctx, _WIDTH - len(self._running))
        except Refused:
            _log.exception("notices to staff could not be looked for; it is tried again")
            return
        for errand in errands:
            task = asyncio.create_task(self._deliver(errand))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _deliver(self, errand: Errand) -> None:
        lease = self._ctx.policy.lease.total_seconds()
        try:
            async with asyncio.timeout(lease * 0.8):
                outcome = await self._ctx.notifier.send(errand.notice)
        except TimeoutError:
            outcome = Outcome(Result.UNKNOWN, Reason.NO_ANSWER)
        with suppress(Refused):
            # What can't be noted is taken up again when its lease has run out.
            await notices.note(self._ctx, errand, outcome)

    async def _finish(self) -> None:
        """Give what is being sent a moment to end: what isn't noted is sent once more after the next start."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_LAST_MOMENT)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

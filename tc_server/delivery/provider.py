"""The one shape that every provider has."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tc_server.domain.delivery import Channel, Outcome
from tc_server.services.context import Outgoing
from tc_server.services.health import ProviderHealth

_PATIENCE = 20.0
"""Seconds that looking at one provider may take."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a provider could send just now: what was found, and what to do if it isn't well."""

    state: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str = ""


class Provider(Protocol):
    """Gets texts to phones or mailboxes.

    `channels` are what it carries, the one to be tried first in front; `remembers` says that it knows by its key a
    text that it is given twice, `receipts` that it tells later whether one has arrived, and then it is a
    `services.arrivals.Listener` too; `width` is how many texts it takes at a time. `templates` names the WhatsApp
    templates that it has, None where it needs none.
    """

    @property
    def name(self) -> str: ...

    @property
    def channels(self) -> tuple[Channel, ...]: ...

    @property
    def remembers(self) -> bool: ...

    @property
    def receipts(self) -> bool: ...

    @property
    def width(self) -> int: ...

    @property
    def templates(self) -> frozenset[str] | None: ...

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over one text. Raises nothing that a provider can cause; is cancelled when it takes too long."""

    async def check(self) -> Health:
        """Find out whether texts could be sent, without sending one."""

    async def close(self) -> None:
        """Let go of connections."""


async def look(providers: Sequence[Provider]) -> list[ProviderHealth]:
    """Find out how providers are, all at once."""
    found = await asyncio.gather(*(_checked(provider) for provider in providers))
    return [
        ProviderHealth(provider.name, provider.channels, health.state, health.detail, health.remedy)
        for provider, health in zip(providers, found, strict=True)
    ]


async def _checked(provider: Provider) -> Health:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await provider.check()
    except TimeoutError:
        return Health("failed", f"no answer within {_PATIENCE:.0f} s", "Check its address, and the firewall.")

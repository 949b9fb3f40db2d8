"""The one shape that every provider has."""

from dataclasses import dataclass
from typing import Literal, Protocol

from tc_server.domain.delivery import Channel, Outcome
from tc_server.services.context import Outgoing


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a provider could send just now: what was found, and what to do if it isn't well."""

    state: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str = ""


class Provider(Protocol):
    """Gets texts to phones or mailboxes.

    `channels` are what it carries, the one to be tried first in front; `remembers` says that it knows by its key a
    text that it is given twice, `receipts` that it tells later whether one has arrived; `width` is how many texts it
    takes at a time.
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

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over one text. Raises nothing that a provider can cause; is cancelled when it takes too long."""

    async def check(self) -> Health:
        """Find out whether texts could be sent, without sending one."""

    async def close(self) -> None:
        """Let go of connections."""

"""Arrivals: what providers report of the texts that they took, and where it is to be heard.

A report finds its attempt by the provider's id for the text or, where that isn't noted yet or never came back, by the
attempt's own id, which the provider was given along with the text: an attempt stands in the database before its
provider hears of it, so a report can come neither too early nor after an answer that was lost. It changes what is known
of the delivery, and nothing of its session.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tc_server.domain.delivery import Outcome, learn
from tc_server.services.context import Context
from tc_server.services.events import DeliveryView
from tc_server.services.sending import Ended, events_of, note
from tc_server.store import deliveries
from tc_server.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a provider reports of a text. `outcome` has its id for it; `attempt_id` is ours, if it was given back."""

    provider: str
    outcome: Outcome
    attempt_id: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request that a provider made, as it came: query as in the address, header names in lower case."""

    query: str
    headers: Mapping[str, str]
    body: bytes


class NotGenuine(Exception):
    """A call that isn't signed by the provider that it is said to be from."""


class TooEarly(Exception):
    """A report that names no attempt, of a text whose provider's id may be noted in a moment: it is to come again."""


class Listener(Protocol):
    """Understands what one provider reports."""

    def introduce(self, call: Call) -> str:
        """Answer a provider that asks whether reports may be sent here. Raises NotGenuine."""

    def understand(self, call: Call) -> Sequence[Arrival]:
        """Read a report; what isn't about the fate of texts is left out. Raises NotGenuine."""


Listeners = Mapping[str, Listener]
"""By the provider's name."""


async def report(ctx: Context, arrivals: Sequence[Arrival]) -> None:
    """Note what is reported, in any order and however often; of texts that aren't known (any more), nothing.

    Raises TooEarly.
    """
    for arrival in arrivals:
        # A transaction each: several at once could wait for each other's deliveries without end.
        async with ctx.store.write() as tx:
            changed = await _report(ctx, tx, arrival)
            events = await events_of(tx, changed)
        ctx.announce(*events)
        if any(view.delivery.state == "queued" for view in changed):
            ctx.wake_outbox()


async def _report(ctx: Context, tx: Tx, arrival: Arrival) -> list[DeliveryView]:
    reference = arrival.outcome.reference
    named = [arrival.attempt_id] if arrival.attempt_id else []
    found = await deliveries.reported(tx, arrival.provider, [reference] if reference else [], named)
    # The provider's own id says more than what it gives back to us.
    found = [one for one in found if one[2] == reference] or [one for one in found if one[2] is None]
    if not found:
        if not named and await deliveries.any_trying(tx, arrival.provider):
            raise TooEarly
        return []
    attempt_id, delivery_id, _ = found[0]
    before = await deliveries.lock(tx, [delivery_id])
    tried = await deliveries.attempts_of(tx, [delivery.delivery_id for delivery in before])
    for attempt in tried.get(delivery_id, []):
        if attempt.attempt_id == attempt_id and learn(attempt, arrival.outcome, ctx.now()) != attempt:
            return await note(ctx, tx, before, tried, [Ended(attempt, arrival.outcome)])
    return []

"""Deliveries: how an invite's text gets to a phone or mailbox, one attempt after the other, way after way.

What has become of a delivery is always told from what is known of its attempts, and what is known of an attempt only
grows: in whatever order results, receipts and crashes are heard of, and however often, the end is the same.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, get_args

Channel = Literal["whatsapp", "sms", "email"]
Via = Literal["auto", "whatsapp", "sms", "email", "link"]
Cost = Literal["free", "per-message", "per-segment"]
State = Literal["queued", "trying", "sent", "delivered", "failed"]
TextKind = Literal["invitation", "planned", "reminder", "moved", "cancelled"]
PLANNED: tuple[TextKind, ...] = get_args(TextKind)[1:]
"""What is told of a time that is planned."""

COSTS: dict[Channel, Cost] = {"email": "free", "whatsapp": "per-message", "sms": "per-segment"}


@dataclass(frozen=True, slots=True)
class Rules:
    """Which phone numbers a provider is for: prefixes like `+41`, `!+374` for not these, `*` for all.

    The longest prefix that fits decides. With nothing but exceptions everything else is meant.
    """

    patterns: tuple[str, ...] = ("*",)

    def allow(self, phone: str) -> bool:
        """Tell whether a number in E.164 form may go this way."""
        only_exceptions = all(pattern.startswith("!") for pattern in self.patterns)
        best, allowed = -1, only_exceptions
        for pattern in self.patterns:
            prefix = pattern.removeprefix("!").removeprefix("*")
            if phone.startswith(prefix) and len(prefix) > best:
                best, allowed = len(prefix), not pattern.startswith("!")
        return allowed


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider as the rules know it.

    `remembers` says that it knows a text that it is given twice; `receipts` that it tells when one has arrived;
    `templates` are the WhatsApp templates that it has, None where it needs none.
    """

    provider: str
    channels: tuple[Channel, ...]
    rules: Rules = Rules()
    remembers: bool = False
    receipts: bool = False
    templates: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One way in a chain: a channel through a provider."""

    channel: Channel
    provider: str


def chain(
    via: Via, phone: str | None, email: str | None, offers: Iterable[Offer], *, template: str = ""
) -> tuple[Step, ...]:
    """List the ways to somebody, the first to be tried first: empty if no provider leads there, or by link only.

    A provider that never hears whether a text arrived has no ground to try another of its channels. One that needs
    templates has no way for a text that there is no `template` of.
    """
    ways: list[Step] = []
    for offer in offers:
        fit = [
            channel
            for channel in offer.channels
            if via in ("auto", channel)
            and _leads(offer, channel, phone, email)
            and (channel != "whatsapp" or _has(offer, template))
        ]
        ways += [Step(channel, offer.provider) for channel in (fit if offer.receipts else fit[:1])]
    return tuple(ways)


def left_out(via: Via, phone: str | None, offers: Iterable[Offer], *, template: str) -> "Reason | None":
    """Tell why WhatsApp is no way to somebody where, but for a template, it would be one."""
    leading = [
        offer
        for offer in offers
        if via in ("auto", "whatsapp") and "whatsapp" in offer.channels and _leads(offer, "whatsapp", phone, None)
    ]
    return Reason.NO_TEMPLATE if leading and not any(_has(offer, template) for offer in leading) else None


def _has(offer: Offer, template: str) -> bool:
    return offer.templates is None or template in offer.templates


def _leads(offer: Offer, channel: Channel, phone: str | None, email: str | None) -> bool:
    if channel == "email":
        return email is not None
    return phone is not None and offer.rules.allow(phone)


class Reason(StrEnum):
    """Why a text isn't there yet, or never will be."""

    NO_SUCH_ADDRESS = "no_such_address"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    BUSY = "busy"
    THROTTLED = "throttled"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    LOGIN_REFUSED = "login_refused"
    MISCONFIGURED = "misconfigured"
    NOT_WRITTEN = "not_written"
    INTERRUPTED = "interrupted"
    UNDELIVERED = "undelivered"
    WITHDRAWN = "withdrawn"
    TOO_LATE = "too_late"
    NO_PROVIDER = "no_provider"
    NO_TEMPLATE = "no_template"


HELD = frozenset(
    {
        Reason.THROTTLED,
        Reason.NO_ANSWER,
        Reason.UNREACHABLE,
        Reason.LOGIN_REFUSED,
        Reason.MISCONFIGURED,
        Reason.NOT_WRITTEN,
    }
)
"""What holds back everything that would go through a provider."""

_ASK = "Ask whoever runs the server to look: tc server check."
WORDS: dict[Reason, tuple[str, str]] = {
    Reason.NO_SUCH_ADDRESS: ("There is no such address.", "Check it with the person, or send the link another way."),
    Reason.REFUSED: ("The provider refuses this message.", "Send it another way, or pass the link on by hand."),
    Reason.UNSUPPORTED: ("The provider can't write to such an address.", "Use another address or another way."),
    Reason.BUSY: ("The provider asks to come again later.", "It is tried again by itself."),
    Reason.THROTTLED: ("The provider takes no more just now.", "It is tried again when it says so."),
    Reason.NO_ANSWER: ("The provider doesn't answer.", "It is tried again by itself."),
    Reason.UNREACHABLE: ("The provider can't be reached.", "It is tried again by itself."),
    Reason.LOGIN_REFUSED: ("The provider refuses our user name and password.", _ASK),
    Reason.MISCONFIGURED: ("The provider refuses how we speak to it.", _ASK),
    Reason.NOT_WRITTEN: ("The message can't be written into the outbox folder.", _ASK),
    Reason.INTERRUPTED: ("The server or the line failed while it was sent.", "It may arrive twice."),
    Reason.UNDELIVERED: ("The provider could not hand it over.", "Check the number, or send the link another way."),
    Reason.WITHDRAWN: ("It was taken back before it was sent.", "Nothing needs to be done."),
    Reason.TOO_LATE: ("Its time was over before it could be sent.", "Send it again if it is still of use."),
    Reason.NO_PROVIDER: ("The provider that it was meant for is not set up any more.", "Send it another way."),
    Reason.NO_TEMPLATE: (
        "There is no approved WhatsApp template for this text in this language.",
        "Send it another way, or ask whoever runs the server for one: tc server templates.",
    ),
}
"""What each reason means, and what to do."""


_PASSING = frozenset(
    {Reason.BUSY, Reason.THROTTLED, Reason.NO_ANSWER, Reason.UNREACHABLE, Reason.INTERRUPTED, Reason.UNDELIVERED}
)


class Result(StrEnum):
    """What is known of an attempt."""

    TRYING = "trying"
    UNKNOWN = "unknown"
    TEMPORARY = "temporary"
    THROTTLED = "throttled"
    BROKEN = "broken"
    PERMANENT = "permanent"
    ACCEPTED = "accepted"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"


_KNOWN = (
    (Result.TRYING,),
    (Result.UNKNOWN,),
    (Result.TEMPORARY, Result.THROTTLED, Result.BROKEN, Result.PERMANENT),
    (Result.ACCEPTED,),
    (Result.UNDELIVERED,),
    (Result.DELIVERED,),
)
_RANK = {result: rank for rank, results in enumerate(_KNOWN) for result in results}
HEARING = timedelta(seconds=60)
"""How long a provider that reports arrivals has to do so where it is open whether it took a text."""
FOR_GOOD = frozenset({Result.PERMANENT, Result.UNDELIVERED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider answered. `after` is how long it asks to wait, `reference` its own id for the text.

    `reply` are its own words. BROKEN says that the provider itself is at fault, so that no text can go through it.
    """

    result: Result
    reason: Reason | None = None
    reply: str = ""
    reference: str | None = None
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try through one provider; `number` counts from 1 within its delivery, `step` is the place in the chain."""

    attempt_id: str
    delivery_id: str
    session_id: str
    number: int
    step: int
    channel: Channel
    provider: str
    began_at: datetime
    result: Result = Result.TRYING
    ended_at: datetime | None = None
    reason: Reason | None = None
    reply: str = ""
    reference: str | None = None
    again_at: datetime | None = None

    @property
    def cost(self) -> Cost:
        """Tell by what such a text is paid."""
        return COSTS[self.channel]


def learn(attempt: Attempt, outcome: Outcome, now: datetime) -> Attempt:
    """Note what has become of an attempt. What says less than is known already changes nothing."""
    if _RANK[outcome.result] <= _RANK[attempt.result]:
        return attempt
    return replace(
        attempt,
        result=outcome.result,
        ended_at=now,
        reason=outcome.reason,
        reply=outcome.reply or attempt.reply,
        reference=outcome.reference or attempt.reference,
        again_at=now + outcome.after if outcome.after else None,
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """A text on its way to one person. `step` is where in its chain it stands, since `step_since`.

    `due_at` is when something is to be done: queued, to try; trying, to give the attempt up; sent, to go another way
    because nothing was heard. `until` is when it makes no sense any more. `bulk` ones let others go first.
    """

    delivery_id: str
    session_id: str
    invite_id: str
    chain: tuple[Step, ...]
    created_at: datetime
    step_since: datetime
    until: datetime
    due_at: datetime | None
    kind: TextKind = "invitation"
    state: State = "queued"
    step: int = 0
    bulk: bool = False
    reason: Reason | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    maybe_twice: bool = False
    withdrawn: bool = False

    @property
    def way(self) -> Step:
        """Tell the way that it takes now."""
        return self.chain[self.step]


@dataclass(frozen=True, slots=True)
class Policy:
    """How long things are tried. `patience` is how long one way is tried, or a receipt waited for, before the next."""

    patience: timedelta = timedelta(minutes=10)
    lease: timedelta = timedelta(seconds=90)
    first_pause: timedelta = timedelta(seconds=20)
    longest_pause: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(hours=24)

    def pause(self, tries: int, jitter: float) -> timedelta:
        """Tell how long to wait after so many tries: twice as long each time, a fifth more or less by chance.

        `jitter` is between 0 and 1.
        """
        doubled: int = 2 ** min(tries - 1, 20)
        return min(self.first_pause * doubled, self.longest_pause) * (0.8 + 0.4 * jitter)


def told(delivery: Delivery) -> tuple[str, str] | None:
    """Say why a text isn't there yet or has failed, and what to do; None if nothing is wrong."""
    if delivery.reason is None:
        return None
    what, remedy = WORDS[delivery.reason]
    if delivery.state == "failed" and delivery.reason in _PASSING:
        remedy = "It isn't tried any more. Send it again, or send the link another way."
    return what, remedy


def begin(
    delivery: Delivery, attempts: Sequence[Attempt], attempt_id: str, now: datetime, policy: Policy
) -> tuple[Delivery, Attempt]:
    """Begin an attempt: nobody else takes the delivery up until its lease has run out."""
    assert delivery.state == "queued"
    attempt = Attempt(
        attempt_id=attempt_id,
        delivery_id=delivery.delivery_id,
        session_id=delivery.session_id,
        number=len(attempts) + 1,
        step=delivery.step,
        channel=delivery.way.channel,
        provider=delivery.way.provider,
        began_at=now,
    )
    return replace(delivery, state="trying", due_at=now + policy.lease), attempt


def standing(
    delivery: Delivery,
    attempts: Sequence[Attempt],
    now: datetime,
    policy: Policy,
    *,
    receipted: Collection[str] = (),
    jitter: float = 0.5,
) -> Delivery:
    """Tell how a delivery stands, from all that is known of its attempts.

    `receipted` names the providers that tell when a text has arrived.
    """
    twice = any(a.result is Result.UNKNOWN and a.reason is Reason.INTERRUPTED for a in attempts)
    # What became of a single try may be heard of before there was another.
    delivery = replace(delivery, maybe_twice=twice or (delivery.maybe_twice and len(attempts) > 1))
    if arrived := [a for a in attempts if a.result is Result.DELIVERED]:
        return replace(_sent(delivery, arrived), state="delivered", delivered_at=arrived[0].ended_at)
    accepted = [a for a in attempts if a.result is Result.ACCEPTED]
    here = [a for a in attempts if a.step == delivery.step]
    if any(a.provider not in receipted for a in accepted):
        return _sent(delivery, accepted)
    if waiting := [a for a in here if a.result is Result.ACCEPTED]:
        return _unless_silent(_sent(delivery, accepted), waiting[-1], now, policy)
    if under_way := [a for a in here if a.result is Result.TRYING]:
        return replace(delivery, state="trying", due_at=under_way[-1].began_at + policy.lease)
    if here and delivery.state != "failed":
        delivery = _after_failure(delivery, here, now, policy, jitter)
    if delivery.state == "sent":
        # What it was sent by has come to nothing after all, when it was given up already.
        delivery = _failed(delivery, Reason.WITHDRAWN if delivery.withdrawn else attempts[-1].reason)
    if delivery.withdrawn and delivery.state in ("queued", "trying"):
        delivery = _failed(delivery, Reason.WITHDRAWN)
    return _given_up(delivery, attempts, delivery.reason) if delivery.state == "failed" else delivery


def _unless_silent(sent: Delivery, accepted: Attempt, now: datetime, policy: Policy) -> Delivery:
    """Wait for word of what was accepted, and go another way if none comes; the last way is waited for without end."""
    if sent.withdrawn or not _has_next(sent):
        return sent
    due_at = (accepted.ended_at or now) + policy.patience
    return replace(sent, due_at=due_at) if now < due_at else _queued(_next(sent, now), now, None)


def _after_failure(
    delivery: Delivery, here: Sequence[Attempt], now: datetime, policy: Policy, jitter: float
) -> Delivery:
    """Try again, go the next way, or give up; `here` are the attempts on the present way."""
    last = here[-1]
    for_good = last.result in FOR_GOOD
    impatient = now - delivery.step_since >= policy.patience
    if (for_good or impatient) and _has_next(delivery):
        return _queued(_next(delivery, now), now, last.reason)
    # Not since it was made: a reminder lies there for days before its first try.
    end = min(delivery.until, delivery.step_since + policy.give_up)
    if for_good or now >= end:
        return _failed(delivery, last.reason)
    ended = last.ended_at or now
    # After a kill it is tried again at once; where that ends in a kill again, more slowly.
    tries = len(here) - (last.result is Result.UNKNOWN)
    pause = policy.pause(tries, jitter) if tries else timedelta()
    return _queued(delivery, min(max(ended + pause, last.again_at or ended), end), last.reason)


def withdraw(delivery: Delivery, attempts: Sequence[Attempt]) -> Delivery:
    """Let a text be sent no more; one that is just being sent ends as it ends."""
    if delivery.state == "queued":
        return replace(_given_up(delivery, attempts, Reason.WITHDRAWN), withdrawn=True)
    return replace(delivery, withdrawn=True, due_at=None if delivery.state == "sent" else delivery.due_at)


def too_late(delivery: Delivery, attempts: Sequence[Attempt]) -> Delivery:
    """Give up a text whose time is over."""
    return _given_up(delivery, attempts, Reason.TOO_LATE)


def without_provider(delivery: Delivery, attempts: Sequence[Attempt], reason: Reason, now: datetime) -> Delivery:
    """Go the next way where the present one's provider can't be used, or give up."""
    if _has_next(delivery):
        return _queued(_next(delivery, now), now, reason)
    return _given_up(delivery, attempts, reason)


def _given_up(delivery: Delivery, attempts: Sequence[Attempt], reason: Reason | None) -> Delivery:
    """Try no more. What went out before, on a way that nothing was heard of, isn't undone by that."""
    accepted = [a for a in attempts if a.result is Result.ACCEPTED]
    return _sent(delivery, accepted) if accepted else _failed(delivery, reason)


def _has_next(delivery: Delivery) -> bool:
    return delivery.step + 1 < len(delivery.chain)


def _next(delivery: Delivery, now: datetime) -> Delivery:
    return replace(delivery, step=delivery.step + 1, step_since=now)


def _queued(delivery: Delivery, due_at: datetime, reason: Reason | None) -> Delivery:
    return replace(delivery, state="queued", due_at=due_at, reason=reason)


def _failed(delivery: Delivery, reason: Reason | None) -> Delivery:
    return replace(delivery, state="failed", due_at=None, reason=reason)


def _sent(delivery: Delivery, accepted: Sequence[Attempt]) -> Delivery:
    return replace(delivery, state="sent", reason=None, sent_at=delivery.sent_at or accepted[0].ended_at, due_at=None)

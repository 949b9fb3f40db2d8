"""Notices: when staff is told that somebody waits, at which addresses, and when it is given up.

What calls for staff is the first thing in a waiting session that staff has neither read nor answered. Reading,
answering, `tell`, starting and closing all take it away, and with it the notice.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from tc_server.domain.delivery import FOR_GOOD, WORDS, Outcome, Policy, Reason, Result
from tc_server.domain.errors import InvalidTarget
from tc_server.domain.invite import normal_email, normal_phone

Kind = Literal["email", "sms", "apprise"]

GIVE_UP = timedelta(hours=1)
"""How long one notice is tried."""
TARGETS_MAX = 10
"""How many addresses one account may have."""
PAUSE = timedelta(seconds=10)
"""How long to wait between two trials of an address."""

_GRACE = timedelta(seconds=20)
_AGAIN = timedelta(minutes=30)
_SERVICE = re.compile(r"([a-z][a-z0-9+.-]*)://\S+", re.ASCII | re.IGNORECASE)
_ADDRESS_MAX = 2000


@dataclass(frozen=True, slots=True)
class Address:
    """Where a notice goes: an email address, a phone number in E.164 form, or an address in Apprise's form."""

    kind: Kind
    to: str

    @property
    def shown(self) -> str:
        """Show as much of it as tells it from others, and no more."""
        match self.kind:
            case "email":
                return f"{self.to[0]}…@{self.to.rpartition('@')[2]}"
            case "sms":
                return f"{self.to[:3]}…{self.to[-2:]}"
            case "apprise":
                return f"{self.to.partition('://')[0]}://…"


def address(text: str) -> Address:
    """Read an address: `email:…`, `sms:…` or `SERVICE://…`. Raises InvalidTarget, InvalidEmail, InvalidPhone."""
    kind, _, rest = (text := text.strip()).partition(":")
    if len(text) <= _ADDRESS_MAX:
        if kind.lower() == "email":
            return Address("email", normal_email(rest))
        if kind.lower() == "sms":
            return Address("sms", normal_phone(rest))
        if found := _SERVICE.fullmatch(text):
            return Address("apprise", found[1].lower() + text[len(found[1]) :])
    raise InvalidTarget


@dataclass(frozen=True, slots=True)
class Attention:
    """How long people may wait unseen: `after` where a client of staff's is connected."""

    after: timedelta = timedelta(minutes=5)

    @property
    def grace(self) -> timedelta:
        """Tell how long nobody may be connected before it counts: reconnecting is not being away."""
        return min(_GRACE, self.after / 4)

    @property
    def again(self) -> timedelta:
        """Tell how long a wait must be for its second notice, the last one."""
        return max(_AGAIN, 3 * self.after)


@dataclass(frozen=True, slots=True)
class Calling:
    """A session in the queue that calls for staff since `since`; `notified_at` is when its owner was last told."""

    session_id: str
    since: datetime
    told_until: datetime | None = None
    notified_at: datetime | None = None

    @property
    def is_notified(self) -> bool:
        """Tell whether its owner was told of this stretch of waiting."""
        return self.notified_at is not None and self.notified_at >= self.since


def due_at(calling: Calling, seen_at: datetime | None, attention: Attention) -> datetime | None:
    """Tell when staff is to be told of a session; None once nothing more is to be said.

    `seen_at` is when a client of its owner was last connected. Not before staff said that they would come.
    """
    again_at = calling.since + attention.again
    if calling.notified_at and calling.is_notified:
        return again_at if calling.notified_at < again_at else None
    away_at = max(calling.since, seen_at or calling.since) + attention.grace
    first_at = min(away_at, calling.since + attention.after)
    return max(first_at, calling.told_until or first_at)


@dataclass(frozen=True, slots=True)
class Desk:
    """An account with all that calls for it; `seen_at` is when a client of it was last connected."""

    account_id: str
    seen_at: datetime | None
    callings: tuple[Calling, ...]


def is_to_be_told(desk: Desk, attention: Attention, now: datetime) -> bool:
    """Tell whether an account is to be told now of all that call for it: many who come in a row are one notice."""
    last = max((c.notified_at for c in desk.callings if c.notified_at and c.is_notified), default=None)
    if last and now < last + attention.after:
        return False
    return any((due := due_at(calling, desk.seen_at, attention)) and due <= now for calling in desk.callings)


@dataclass(frozen=True, slots=True)
class Target:
    """An address of an account (None: of the whole team), and the notice that is on its way to it.

    `asked_at` is when that was asked for, `due_at` when it is tried next; both None while there is none.
    """

    target_id: str
    account_id: str | None
    kind: Kind
    shown: str
    language: str
    created_at: datetime
    asked_at: datetime | None = None
    due_at: datetime | None = None
    tries: int = 0
    last_at: datetime | None = None
    last_result: Result | None = None
    last_reason: Reason | None = None


def ask(target: Target, now: datetime) -> Target:
    """Have a notice sent to an address; one that is on its way already becomes this one."""
    return replace(target, asked_at=now, due_at=target.due_at or now)


def begin(target: Target, now: datetime, policy: Policy) -> Target:
    """Begin to send: nobody else takes it up until its lease has run out."""
    return replace(target, due_at=now + policy.lease, tries=target.tries + 1)


def drop(target: Target) -> Target:
    """Let what is on its way be sent no more."""
    return replace(target, asked_at=None, due_at=None, tries=0)


def learn(
    target: Target, outcome: Outcome, asked_at: datetime | None, now: datetime, policy: Policy, jitter: float
) -> Target:
    """Note what has become of the notice that was asked for at `asked_at`: done, to be tried again, or given up."""
    learnt = replace(target, last_at=now, last_result=outcome.result, last_reason=outcome.reason)
    if target.asked_at is None or asked_at is None:
        return learnt
    if target.asked_at > asked_at:
        # Meanwhile it was asked for anew.
        return replace(learnt, due_at=now, tries=0)
    pause = max(policy.pause(target.tries, jitter), outcome.after or timedelta())
    is_over = outcome.result is Result.ACCEPTED or outcome.result in FOR_GOOD or now + pause >= asked_at + GIVE_UP
    return drop(learnt) if is_over else replace(learnt, due_at=now + pause)


_CHECK = "Check the address: remove it, and add the right one."
_LATER = "Try again later with `tc notify test`."
_REMEDIES: dict[Reason, str] = {
    Reason.NO_SUCH_ADDRESS: _CHECK,
    Reason.REFUSED: "Check the address, and what the service asks for: remove it, and add the right one.",
    Reason.UNSUPPORTED: "Use another address: remove this one, and add that.",
    Reason.BUSY: _LATER,
    Reason.THROTTLED: _LATER,
    Reason.NO_ANSWER: _LATER,
    Reason.UNREACHABLE: "Check the address, and whether this server gets out to it.",
    Reason.INTERRUPTED: "It may have arrived all the same: look there, then try again.",
    Reason.UNDELIVERED: _CHECK,
    Reason.NO_PROVIDER: "Ask whoever runs the server to set one up, or use another kind of address.",
}


def words(reason: Reason) -> tuple[str, str]:
    """Say what a reason means for a notice, and what to do."""
    what, remedy = WORDS[reason]
    return what, _REMEDIES.get(reason, remedy)


@dataclass(frozen=True, slots=True)
class Wait:
    """What a notice tells: how many call for staff, and since when the first of them."""

    number: int
    minutes: int


def wait(desks: Iterable[Desk], now: datetime) -> Wait | None:
    """Sum up what staff was told of and still calls; None if nobody does."""
    told = [calling.since for desk in desks for calling in desk.callings if calling.is_notified]
    return Wait(len(told), int((now - min(told)).total_seconds() // 60)) if told else None

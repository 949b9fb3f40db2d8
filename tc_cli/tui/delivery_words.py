"""How messages fare, in words: what each state, result and reason is called, in full and for lists.

The server says the same in English beside its codes; these are in staff's language and name who is at fault.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tc_cli.output import timelines, words
from tc_cli.tui.board import Board
from tc_cli.tui.words import _, n_
from tc_server.wire.bodies import (
    Attempt,
    AttemptResult,
    Channel,
    Delivery,
    DeliveryReason,
    DeliveryState,
    Invite,
    TextKind,
)

FOLDER = "folder"

REASONS: dict[DeliveryReason, str] = {
    "no_such_address": _("there is no such address"),
    "refused": _("{who} refuses this message"),
    "unsupported": _("{who} can't write to such an address"),
    "busy": _("{who} asks to come again later"),
    "throttled": _("{who} takes no more just now"),
    "no_answer": _("{who} doesn't answer"),
    "unreachable": _("{who} can't be reached"),
    "login_refused": _("{who} refuses our login"),
    "misconfigured": _("{who} refuses how we speak to it"),
    "not_written": _("nothing can be written into {who}"),
    "interrupted": _("the server or the line failed meanwhile"),
    "undelivered": _("{who} could not hand it over"),
    "withdrawn": _("it was taken back before it was sent"),
    "too_late": _("its time was over before it could be sent"),
    "no_provider": _("{who} isn't set up any more"),
    "no_template": _("there is no approved WhatsApp template for it in this language"),
}
"""Each reason as the end of a sentence, `who` being what carries the message."""

BRIEFLY: dict[DeliveryReason, str] = {
    "no_such_address": _("no such address"),
    "refused": _("refused"),
    "unsupported": _("unfit address"),
    "busy": _("busy"),
    "throttled": _("takes no more"),
    "no_answer": _("no answer"),
    "unreachable": _("unreachable"),
    "login_refused": _("login refused"),
    "misconfigured": _("misconfigured"),
    "not_written": _("can't write"),
    "interrupted": _("interrupted"),
    "undelivered": _("not handed over"),
    "withdrawn": _("taken back"),
    "too_late": _("too late"),
    "no_provider": _("not set up"),
    "no_template": _("no template"),
}
"""Each reason in two or three words."""

_BY_ITSELF = _("It is tried again by itself.")
_ASK = _("Ask whoever runs the server.")
REMEDIES: dict[DeliveryReason, str] = {
    "no_such_address": _("Check it with the person, or send the link another way."),
    "refused": _("Send it another way, or pass the link on by hand."),
    "unsupported": _("Use another address or another way."),
    "busy": _BY_ITSELF,
    "throttled": _("It is tried again as soon as that is over."),
    "no_answer": _BY_ITSELF,
    "unreachable": _BY_ITSELF,
    "login_refused": _ASK,
    "misconfigured": _ASK,
    "not_written": _ASK,
    "interrupted": _("It may arrive twice."),
    "undelivered": _("Check the number, or send the link another way."),
    "withdrawn": _("Nothing needs to be done."),
    "too_late": _("Send it again if it is still of use."),
    "no_provider": _("Send it another way."),
    "no_template": _("Send it another way, or ask whoever runs the server for a template."),
}
"""What helps."""

RESULTS: dict[AttemptResult, str] = {
    "trying": _("is being sent"),
    "unknown": _("nobody knows how it ended"),
    "temporary": _("not now"),
    "throttled": _("not now"),
    "broken": _("not sent"),
    "permanent": _("refused"),
    "accepted": _("sent"),
    "undelivered": _("not delivered"),
    "delivered": _("delivered"),
}
"""What came of a try."""

KINDS: dict[TextKind, str] = {
    "invitation": "",
    "planned": _("the time"),
    "reminder": _("reminder"),
    "moved": _("another time"),
    "cancelled": _("taken back"),
}
"""What a message says, where it isn't the usual invitation."""

STATES: dict[DeliveryState, str] = {
    "queued": _("queued"),
    "trying": _("being sent"),
    "sent": _("sent"),
    "delivered": _("delivered"),
    "failed": _("failed"),
}

SIGNS: dict[DeliveryState, tuple[str, str]] = {
    "queued": ("…", "warning"),
    "trying": ("↑", "warning"),
    "sent": ("✓", "success"),
    "delivered": ("✓✓", "success"),
    "failed": ("✗", "error"),
}
_TRIES: dict[AttemptResult, tuple[str, str]] = {
    "trying": SIGNS["trying"],
    "accepted": SIGNS["sent"],
    "delivered": SIGNS["delivered"],
    "permanent": SIGNS["failed"],
    "undelivered": SIGNS["failed"],
}

# For these what carries the messages is itself to blame, and somebody may have to see to it.
FAULTS = frozenset({"no_answer", "unreachable", "login_refused", "misconfigured", "not_written"})
# What should have been tried so long ago is known from before: it may have gone meanwhile.
STALE = timedelta(minutes=3)


class Said(NamedTuple):
    """Words, and the theme's colour for them."""

    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story: when it was or will be, a sign in a colour, what happened; the provider's own reply."""

    at: datetime | None
    sign: Said
    what: str
    reply: str = ""


def who(channel: Channel, provider: str) -> str:
    """Name what carries messages."""
    if provider == FOLDER:
        return _("the outbox folder")
    return {"email": _("the mail server"), "sms": _("the SMS gateway"), "whatsapp": _("the WhatsApp gateway")}[channel]


def way(channel: Channel) -> str:
    return {"email": _("email"), "sms": _("SMS"), "whatsapp": _("WhatsApp")}[channel]


def reason(code: DeliveryReason, channel: Channel, provider: str) -> str:
    """Say why, as the end of a sentence."""
    return REASONS[code].format(who=who(channel, provider))


def latest(invite: Invite) -> Delivery | None:
    """Return the message by which an invite fares; a reminder whose time is to come isn't one yet."""
    return timelines.latest(invite)


def briefly(delivery: Delivery | None) -> Said:
    """Say how a message fares, for a list; None where there was none to send."""
    if delivery is None:
        return Said(_("by hand"), "text-muted")
    if delivery.reason == "withdrawn":
        return Said(f"– {BRIEFLY['withdrawn']}", "text-muted")
    sign, colour = SIGNS[delivery.state]
    if delivery.reason is not None and delivery.state == "queued":
        return Said(f"{sign} " + _("waits: {why}").format(why=BRIEFLY[delivery.reason]), colour)
    if delivery.reason is not None and delivery.state == "failed":
        return Said(f"{sign} {BRIEFLY[delivery.reason]}", colour)
    return state(delivery.state, delivery.provider)


def state(name: DeliveryState | None, provider: str = "") -> Said:
    """Say a state alone. What lies in a folder reaches nobody's phone."""
    if name is None:
        return Said(_("by hand"), "text-muted")
    if name == "sent" and provider == FOLDER:
        return Said("▤ " + _("in a folder"), "warning")
    sign, colour = SIGNS[name]
    return Said(f"{sign} {STATES[name]}", colour)


def story(delivery: Delivery, now: datetime) -> list[Line]:
    """Tell what was tried and what comes next, in order; `now` is the server's. The same many times over is one."""
    lines = [Line(delivery.created_at, Said("·", "text-muted"), _queued(delivery))]
    for run in timelines.runs(delivery.attempts):
        lines.append(_tried(delivery, run.first))
        if run.count > 1:
            again = n_("the same once more", "the same {n} times more", run.count - 1).format(n=run.count - 1)
            at = run.last.ended_at or run.last.began_at
            lines.append(Line(at, lines[-1].sign, again, words.plain(run.new_reply)))
    return [*lines, *_coming(delivery, now)]


def remedies(delivery: Delivery) -> list[str]:
    """Say what helps, and what else is to be known; empty where all is well."""
    said = []
    if delivery.reason is not None and delivery.state == "failed":
        said.append(_for_good(delivery.reason))
    elif delivery.reason is not None and delivery.state == "queued" and delivery.reason != "interrupted":
        said.append(REMEDIES[delivery.reason])
    if delivery.maybe_twice:
        said.append(_("It may have been sent twice."))
    if delivery.provider == FOLDER and delivery.state == "sent":
        said.append(_("It lies in the server's outbox folder, on no phone: hand over the link."))
    return said


def lost(invite: Invite, name: str) -> tuple[str, str]:
    """Announce a message that won't get there: what and why, and what helps."""
    delivery = latest(invite)
    if delivery is None or delivery.reason is None:
        return _("Not delivered to {name}").format(name=name), _for_good("refused")
    why = reason(delivery.reason, delivery.channel, delivery.provider)
    return _("Not delivered to {name}: {why}").format(name=name, why=why), _for_good(delivery.reason)


def held_up(board: Board, now: datetime) -> tuple[str, str] | None:
    """Say that messages wait because what carries them is at fault, and what helps; None while all works."""
    faults: Counter[tuple[DeliveryReason, Channel, str]] = Counter()
    for invite in board.invites.values():
        delivery = latest(invite)
        if delivery is not None and delivery.reason in FAULTS and _is_held(delivery, now) and board.expected(invite):
            faults[delivery.reason, delivery.channel, delivery.provider] += 1
    if not faults:
        return None
    [((code, channel, provider), _number)] = faults.most_common(1)
    why = reason(code, channel, provider)
    return _("Messages wait: {why}.").format(why=why), REMEDIES[code]


def _is_held(delivery: Delivery, now: datetime) -> bool:
    if delivery.state != "queued" or delivery.next_at is None or delivery.next_at + STALE < now:
        return False
    # One that has just gone over to another way still tells the fault of the way before.
    tried = delivery.attempts[-1].provider == delivery.provider if delivery.attempts else False
    return tried or delivery.next_at > now


def _for_good(code: DeliveryReason) -> str:
    """Say what helps where nothing is tried any more."""
    return _("Send it again, or pass the link on by hand.") if code in timelines.PASSING else REMEDIES[code]


def _queued(delivery: Delivery) -> str:
    if delivery.provider == FOLDER and len(delivery.ways) == 1:
        return _("queued for the outbox folder")
    ways = [way(step.channel) for step in delivery.ways]
    return _("queued for {way}").format(way=_(", then ").join(ways))


def _tried(delivery: Delivery, attempt: Attempt) -> Line:
    folded = attempt.provider == FOLDER and attempt.result == "accepted"
    what = _("put into the outbox folder") if folded else RESULTS[attempt.result]
    if len(delivery.ways) > 1:
        what = _because(way(attempt.channel), what)
    if attempt.reason is not None:
        what = _because(what, reason(attempt.reason, attempt.channel, attempt.provider))
    sign, colour = _TRIES.get(attempt.result, ("!", "warning"))
    # Which file it is concerns whoever runs the server.
    reply = "" if folded else words.plain(attempt.reply or "")
    return Line(attempt.ended_at or attempt.began_at, Said(sign, colour), what, reply)


def _because(what: str, why: str) -> str:
    return _("{what}: {why}").format(what=what, why=why)


def _coming(delivery: Delivery, now: datetime) -> list[Line]:
    """Tell what is to come, or why nothing is."""
    sign = Said("…", "warning")
    why = reason(delivery.reason, delivery.channel, delivery.provider) if delivery.reason is not None else ""
    if delivery.state == "failed":
        return _end(delivery, why)
    if delivery.next_at is None:
        return []
    if delivery.state == "sent":
        return [Line(delivery.next_at, sign, _("goes another way if nothing is heard until then"))]
    what = _("next try") if delivery.attempts else _("first try")
    if not delivery.attempts and why:
        what = _because(what, why)
    return [Line(max(delivery.next_at, now), sign, what)]


def _end(delivery: Delivery, why: str) -> list[Line]:
    """Tell why nothing more is tried, where the last try doesn't tell it."""
    if delivery.reason == "withdrawn":
        return [Line(None, Said("–", "text-muted"), why)]
    if delivery.reason == "no_provider" or not delivery.attempts:
        return [Line(None, Said("✗", "error"), why)]
    if delivery.attempts[-1].result in ("permanent", "undelivered"):
        return []
    return [Line(None, Said("✗", "error"), _("given up"))]

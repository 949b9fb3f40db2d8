"""How deliveries went, as lines of a timeline: each try, what came of it, what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tc_cli.output import tables, words
from tc_cli.output.tables import Column
from tc_server.wire.bodies import Attempt, Delivery, Invite, Way

STYLES = {
    "sent": "green",
    "delivered": "green",
    "failed": "red",
    "queued": "yellow",
    "trying": "yellow",
}
RESULTS = {
    "trying": "is being sent",
    "unknown": "nobody knows how it ended",
    "temporary": "not now",
    "throttled": "not now",
    "broken": "not sent",
    "permanent": "refused",
    "accepted": "taken",
    "undelivered": "not delivered",
    "delivered": "arrived",
}
KINDS = {
    "invitation": "invitation",
    "planned": "the time",
    "reminder": "reminder",
    "moved": "another time",
    "cancelled": "taken back",
}
# Of these it is said that they pass by themselves, until they have lasted too long.
PASSING = frozenset({"busy", "throttled", "no_answer", "unreachable", "interrupted"})


@dataclass(frozen=True, slots=True)
class Run:
    """Tries, one after the other, that came to the same."""

    first: Attempt
    last: Attempt
    count: int

    @property
    def new_reply(self) -> str:
        """Return what was replied to the last, unless the first was told the same."""
        return self.last.reply or "" if self.last.reply != self.first.reply else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened or will: when, along which way, what."""

    at: datetime | None
    way: str
    what: str


LINES: tuple[Column[Line], ...] = (
    Column("when", lambda line: words.moment(line.at)),
    Column("way", lambda line: line.way),
    Column("what", lambda line: line.what, fold=True),
)


def waits_for_its_time(delivery: Delivery) -> bool:
    """Tell whether this is a reminder that is not due yet, or is just about to be sent."""
    untried = not delivery.attempts and delivery.reason is None
    return delivery.kind == "reminder" and delivery.state == "queued" and untried


def worth_telling(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Leave out reminders that were taken back before anything was tried: another time came, or none."""
    return [one for one in deliveries if one.kind != "reminder" or one.reason != "withdrawn" or one.attempts]


def latest(invite: Invite) -> Delivery | None:
    """Return the message by which an invite fares: the last one, reminders aside that are to come or taken back."""
    return next((one for one in reversed(invite.deliveries) if not _says_nothing_yet(one)), None)


def next_reminder(invite: Invite) -> datetime | None:
    """Return when somebody is reminded next."""
    return min((one.next_at for one in invite.deliveries if waits_for_its_time(one) and one.next_at), default=None)


def draw(deliveries: Sequence[Delivery]) -> None:
    """Draw the timeline of each delivery under its state."""
    told = worth_telling(deliveries)
    for number, delivery in enumerate(told, 1):
        which = f"Delivery {number}" if len(told) > 1 else "Delivery"
        kind = "" if delivery.kind == "invitation" else f", {KINDS[delivery.kind]}"
        tables.draw_heading(f"{which}{kind}: ", state(delivery), style(delivery))
        tables.draw_list(list(lines(delivery)), LINES)
        for remedy in remedies(delivery):
            tables.write(remedy)


def state(delivery: Delivery) -> str:
    """Word a delivery's state and what is behind it; what lies in a folder reaches nobody by itself."""
    if delivery.state == "sent" and delivery.provider == "folder":
        return "in the outbox folder"
    if delivery.reason is not None and delivery.state in ("queued", "failed"):
        return f"{delivery.state}: {delivery.reason.replace('_', ' ')}"
    return delivery.state


def style(delivery: Delivery) -> str:
    """Return the colour of a delivery's state."""
    if delivery.provider == "folder" and delivery.state == "sent":
        return "yellow"
    return "" if delivery.reason == "withdrawn" else STYLES[delivery.state]


def failure(delivery: Delivery, name: str) -> str:
    """Say in a sentence that a text won't get to somebody, and why; the name may not be known."""
    to = f" to {name}" if name else ""
    return f"{delivery.channel}{to} not delivered: {delivery.detail or 'it failed'}"


def remedies(delivery: Delivery) -> Iterator[str]:
    """Say what helps, and what else is to be known."""
    if delivery.state == "failed" and delivery.reason in PASSING:
        yield "It is tried no more. Send it again, or pass the link on by hand."
    elif delivery.remedy and delivery.state in ("queued", "failed") and delivery.reason != "interrupted":
        yield delivery.remedy
    if delivery.maybe_twice:
        yield "It may have been sent twice: the server or the line failed while it was sent."


def lines(delivery: Delivery) -> Iterator[Line]:
    """Tell a delivery's story in order, the same many times over as one."""
    yield Line(delivery.created_at, "", f"queued for {', then '.join(_way(way) for way in delivery.ways)}")
    for run in runs(delivery.attempts):
        yield Line(_when(run.first), _way(run.first), _told(run.first))
        if run.count > 1:
            times = "once" if run.count == 2 else f"{run.count - 1} times"
            yield Line(_when(run.last), _way(run.last), f"the same {times} more{_replied(run.new_reply)}")
    if delivery.state == "failed" and delivery.reason in PASSING:
        yield Line(None, "", "given up")
    elif delivery.state == "failed" and (not delivery.attempts or delivery.attempts[-1].reason != delivery.reason):
        yield Line(None, "", delivery.detail or "failed")
    elif delivery.next_at:
        yield Line(delivery.next_at, _way(delivery), _next(delivery))


def runs(attempts: Sequence[Attempt]) -> list[Run]:
    """Put together tries, one after the other, of the same way, result and reason."""
    found: list[Run] = []
    for attempt in attempts:
        if found and _kind(found[-1].last) == _kind(attempt):
            found[-1] = Run(found[-1].first, attempt, found[-1].count + 1)
        else:
            found.append(Run(attempt, attempt, 1))
    return found


def _says_nothing_yet(delivery: Delivery) -> bool:
    taken_back = delivery.kind == "reminder" and delivery.reason == "withdrawn"
    return taken_back or waits_for_its_time(delivery)


def _kind(attempt: Attempt) -> tuple[str, str, str, str | None]:
    return attempt.channel, attempt.provider, attempt.result, attempt.reason


def _when(attempt: Attempt) -> datetime:
    return attempt.ended_at or attempt.began_at


def _way(step: Attempt | Delivery | Way) -> str:
    return f"{step.channel} by {step.provider}"


def _told(attempt: Attempt) -> str:
    told = RESULTS[attempt.result]
    if attempt.detail:
        told += f": {attempt.detail}"
    return told + _replied(attempt.reply or "")


def _replied(reply: str) -> str:
    return f" ({words.plain(reply)})" if reply else ""


def _next(delivery: Delivery) -> str:
    if delivery.state == "sent":
        return "goes another way if nothing is heard until then"
    if waits_for_its_time(delivery):
        return "goes out"
    return "next try" if delivery.attempts else f"first try{f': {delivery.detail}' if delivery.detail else ''}"

"""How deliveries went, as lines of a timeline: each try, what came of it, what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tc_cli.output import tables, words
from tc_cli.output.tables import Column
from tc_server.wire.bodies import Attempt, Delivery

STYLES = {"sent": "green", "delivered": "green", "failed": "red", "queued": "yellow", "trying": "yellow"}
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


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened or will: when, along which way, what."""

    at: datetime | None
    way: str
    what: str
    style: str = ""


LINES: tuple[Column[Line], ...] = (
    Column("when", lambda line: words.moment(line.at)),
    Column("way", lambda line: line.way),
    Column("what", lambda line: line.what, fold=True),
)


def draw(deliveries: Sequence[Delivery]) -> None:
    """Draw the timeline of each delivery under its state."""
    for number, delivery in enumerate(deliveries):
        tables.draw_heading(
            f"Delivery {number + 1}: {state(delivery)}" if len(deliveries) > 1 else f"Delivery: {state(delivery)}"
        )
        tables.draw_list(list(lines(delivery)), LINES)
        if delivery.remedy and delivery.state in ("queued", "failed"):
            tables.write(delivery.remedy)
        if delivery.maybe_twice:
            tables.write("It may have been sent twice: the server or the line failed while it was sent.")


def state(delivery: Delivery) -> str:
    """Word a delivery's state; what lies in a folder reaches nobody by itself."""
    if delivery.state == "sent" and delivery.provider == "folder":
        return "written into the outbox folder"
    return delivery.state


def lines(delivery: Delivery) -> Iterator[Line]:
    """Tell a delivery's story in order."""
    ways = " > ".join(f"{way.channel} by {way.provider}" for way in delivery.ways)
    yield Line(delivery.created_at, "", f"queued for {ways}")
    for attempt in delivery.attempts:
        yield Line(attempt.ended_at or attempt.began_at, f"{attempt.channel} by {attempt.provider}", _told(attempt))
    if delivery.state == "failed":
        yield Line(None, "", delivery.detail or "failed")
    elif delivery.next_at:
        yield Line(delivery.next_at, f"{delivery.channel} by {delivery.provider}", _next(delivery))


def _told(attempt: Attempt) -> str:
    told = RESULTS[attempt.result]
    if attempt.detail:
        told += f": {attempt.detail}"
    return f"{told} ({words.plain(attempt.reply)})" if attempt.reply else told


def _next(delivery: Delivery) -> str:
    if delivery.state == "sent":
        return "goes another way if nothing is heard until then"
    return "next try" if delivery.attempts else f"first try{f': {delivery.detail}' if delivery.detail else ''}"

"""How a call stands, as both ends of it tell, and how that and the way into it look on a terminal."""

import os
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from tc_cli.output import diagnostics, emit, qr, tables, views, words
from tc_cli.output.manner import draws
from tc_server.wire.bodies import Call, CallOpened, CallParty, PartyState, QualityLevel
from tc_server.wire.frames import QualityNow

WORST_FIRST: tuple[QualityLevel, ...] = ("lost", "poor", "fair", "good")
# Whoever has asked for a call and got none for so long won't sit and wait for it any more.
ASKING_LASTS = timedelta(minutes=10)
NO_LINKS = frozenset({"dumb", "linux"})


class Break(Enum):
    """Where a connection is broken, as far as it can be known."""

    THEIRS = "they have no link to the server either"
    MINE = "staff's page is there, and says so"
    UNHEARD = "they are there and get nothing; staff's page says nothing of it"
    SOMEWHERE = "several get nothing from each other or from staff"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who does what in a call, staff left out; and the line of whoever has the worst.

    `worst` is None as long as nobody's page has told; `whose` is empty where it is staff's own. `broken` is set while
    `worst` is `lost`.
    """

    inside: tuple[str, ...] = ()
    ringing: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    worst: QualityLevel | None = None
    whose: str = ""
    without_pictures: bool = field(default=False)
    broken: Break | None = None


def standing(call: Call, quality: Mapping[str, QualityNow], away: Collection[str] = ()) -> Standing:
    """Sum a call up.

    `quality` is what each party's page has told last, by the party's id; `away` are those who have no link to the
    server now. Nobody is told that of staff's own page: what others don't get has to do.
    """
    others = [party for party in call.parties if party.role != "staff"]
    told = [(party, quality[party.id]) for party in call.parties if party.state == "in" and party.id in quality]
    told.sort(key=lambda one: (WORST_FIRST.index(one[1].level), one[0].role != "staff"))
    worst = told[0] if told else None
    broken = None
    if worst is not None and worst[1].level == "lost":
        whose, broken = _broken(call, {party.id for party, now in told if now.level == "lost"}, away)
    else:
        whose = words.plain(worst[0].name) if worst and worst[0].role != "staff" else ""
    return Standing(
        inside=_names(others, "in"),
        ringing=_names(others, "ringing"),
        declined=_names(others, "declined"),
        missed=_names(others, "missed"),
        left=_names(others, "left"),
        worst=worst[1].level if worst else None,
        whose=whose,
        without_pictures=call.media == "video" and any(now.audio_only for _party, now in told),
        broken=broken,
    )


def _broken(call: Call, lost: Collection[str], away: Collection[str]) -> tuple[str, Break]:
    """Tell whose connection is broken, and how that is known, where the pages of `lost` get nothing."""
    inside = [party for party in call.parties if party.state == "in"]
    others = [party for party in inside if party.role != "staff"]
    if gone := next((party for party in others if party.id in away), None):
        return words.plain(gone.name), Break.THEIRS
    if any(party.id in lost for party in inside if party.role == "staff"):
        return "", Break.MINE
    if all(party.id in lost for party in others):
        return "", Break.UNHEARD if len(others) == 1 else Break.SOMEWHERE
    return next(words.plain(party.name) for party in others if party.id in lost), Break.THEIRS


def _names(parties: Iterable[CallParty], state: PartyState) -> tuple[str, ...]:
    return tuple(words.plain(party.name) for party in parties if party.state == state)


def staff_leg(call: Call) -> int:
    """Count the times that staff's page has come into a call."""
    return next((party.leg for party in call.parties if party.role == "staff"), 0)


def still_true(quality: Mapping[str, QualityNow], before: Call, after: Call) -> dict[str, QualityNow]:
    """Return what is told of those who are in a call as they were: a new page begins with a line of its own."""
    legs = {(party.id, party.leg) for party in before.parties}
    same = {party.id for party in after.parties if (party.id, party.leg) in legs and before.call_id == after.call_id}
    return {party_id: told for party_id, told in quality.items() if party_id in same}


def status(call: Call, quality: Mapping[str, QualityNow], away: Collection[str] = ()) -> str:
    """Say how a call stands, in one line; `quality` and `away` as for `standing`."""
    if call.state == "opening":
        return "Waiting for the call page"
    if call.state == "ended":
        return _ended(call)
    now = standing(call, quality, away)
    told = [f"In call with {_all(now.inside)}"] if now.inside else []
    told += [f"Ringing {_all(now.ringing)}"] if now.ringing else []
    told += [f"{name} declined" for name in now.declined]
    told += [f"{name} doesn't answer" for name in now.missed]
    told += [f"{name} has left" for name in now.left]
    told += [line] if (line := _line(now)) and now.inside else []
    told += ["sound only"] if now.without_pictures and now.inside and now.broken is None else []
    return " · ".join(told) or "Calling"


def show_opened(opened: CallOpened, *, in_browser: bool) -> None:
    """Show the way into a call, to be scanned or clicked where it wasn't opened here."""
    if in_browser or not draws():
        emit.thing(opened, views.CALL_OPENED)
    else:
        emit.thing(opened, views.CALL_TO_SCAN)
        tables.write(hyperlink(opened.url))
        qr.draw(opened.url)
    if in_browser:
        diagnostics.note("The call page opens in your browser.")


def hyperlink(url: str) -> str:
    """Return a link that can be clicked in terminals that know OSC 8, and reads as it is in all others."""
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") in NO_LINKS:
        return url
    return f"\x1b]8;;{url}\x1b\\{url}\x1b]8;;\x1b\\"


def _line(now: Standing) -> str:
    """Word the worst line in the call."""
    if now.worst is None:
        return ""
    match now.broken:
        case Break.THEIRS:
            return f"{now.whose} is reconnecting"
        case Break.MINE:
            return "your page is reconnecting"
        case Break.UNHEARD:
            return "nothing arrives from your call page"
        case Break.SOMEWHERE:
            return "a connection is broken"
    if now.worst == "good":
        return "good"
    return f"{now.whose}'s line is {now.worst}" if now.whose else f"your line is {now.worst}"


def _ended(call: Call) -> str:
    talked = (call.ended_at - call.answered_at).total_seconds() if call.ended_at and call.answered_at else 0
    by = f"{call.ended_by.name} " if call.ended_by else ""
    said = by + views.ended(call.outcome or "", talked, by_somebody=bool(by))
    return f"{said[0].upper()}{said[1:]}"


def _all(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

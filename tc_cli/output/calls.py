"""How a call stands, as both ends of it tell, and how that and the way into it look on a terminal."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tc_cli.output import diagnostics, emit, qr, tables, views, words
from tc_cli.output.manner import draws
from tc_server.wire.bodies import Call, CallOpened, CallParty, PartyState, QualityLevel
from tc_server.wire.frames import QualityNow

WORST_FIRST: tuple[QualityLevel, ...] = ("lost", "poor", "fair", "good")
NO_LINKS = frozenset({"dumb", "linux"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Who does what in a call, staff left out; and the line of whoever has the worst.

    `worst` is None as long as nobody's page has told; `whose` is empty where it is staff's own.
    """

    inside: tuple[str, ...] = ()
    ringing: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    worst: QualityLevel | None = None
    whose: str = ""
    without_pictures: bool = field(default=False)


def standing(call: Call, quality: Mapping[str, QualityNow]) -> Standing:
    """Sum a call up; `quality` is what each party's page has told last, by the party's id."""
    others = [party for party in call.parties if party.role != "staff"]
    told = [(party, quality[party.id]) for party in call.parties if party.state == "in" and party.id in quality]
    told.sort(key=lambda one: (WORST_FIRST.index(one[1].level), one[0].role != "staff"))
    worst = told[0] if told else None
    return Standing(
        inside=_names(others, "in"),
        ringing=_names(others, "ringing"),
        declined=_names(others, "declined"),
        missed=_names(others, "missed"),
        left=_names(others, "left"),
        worst=worst[1].level if worst else None,
        whose=words.plain(worst[0].name) if worst and worst[0].role != "staff" else "",
        without_pictures=call.media == "video" and any(now.audio_only for _party, now in told),
    )


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


def status(call: Call, quality: Mapping[str, QualityNow]) -> str:
    """Say how a call stands, in one line."""
    if call.state == "opening":
        return "Waiting for the call page"
    if call.state == "ended":
        return _ended(call)
    now = standing(call, quality)
    told = [f"In call with {_all(now.inside)}"] if now.inside else []
    told += [f"Ringing {_all(now.ringing)}"] if now.ringing else []
    told += [f"{name} declined" for name in now.declined]
    told += [f"{name} doesn't answer" for name in now.missed]
    told += [f"{name} has left" for name in now.left]
    told += [line] if (line := _line(now)) and now.inside else []
    told += ["sound only"] if now.without_pictures and now.inside else []
    return " · ".join(told) or "Calling"


def clock(seconds: float) -> str:
    """Return a length of time as a running clock: `2:05`, `1:02:05`."""
    minutes, rest = divmod(max(0, int(seconds)), words.MINUTE)
    hours, minutes = divmod(minutes, words.MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


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
    if now.worst == "lost":
        return f"{now.whose} is reconnecting" if now.whose else "your page is reconnecting"
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

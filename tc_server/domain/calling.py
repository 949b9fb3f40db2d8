"""The rules of a call: what staff and participants may do in it, what time does to it, what the log says of it.

Every rule gives the call as it is afterwards. Staff is in it from the first ring to the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from tc_server.domain.call import Call, CallState, Medium, Outcome, Party, PartyState, Patience
from tc_server.domain.errors import CallFull, IllegalMove, NoCall
from tc_server.domain.session import Session, State

ALLOWED = frozenset({State.ACTIVE, State.OPEN})
"""States of a session in which there can be a live call."""

MOST = 3
"""How many a mesh holds: each sends to each of the others, which a phone can't do for more."""

OPENING = timedelta(seconds=60)
"""How long staff's browser may take to come, and how long the way into the call is open."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What a session's log is to say about a call; `by` is a party's id, None for what time did."""

    kind: Literal["call_started", "call_ended"]
    by: str | None
    data: dict[str, Any] = field(default_factory=dict)


def begin(session: Session, call_id: str, media: Medium, now: datetime) -> Call:
    """Begin a call: nothing rings before staff's browser is there. Raises IllegalMove."""
    if session.state not in ALLOWED:
        raise IllegalMove("call", session.state, session.possible())
    staff = Party(session.owner_id, PartyState.EXPECTED)
    return Call(
        call_id, session.session_id, staff.party_id, media, CallState.OPENING, now, (staff,), opens_until=now + OPENING
    )


def renew(call: Call, now: datetime) -> Call:
    """Give staff's browser the whole time anew, where it isn't in yet."""
    return replace(call, opens_until=now + OPENING) if call.state is CallState.OPENING else call


def enter(call: Call, callees: Iterable[str], now: datetime, patience: Patience) -> Call:
    """Let staff's browser in, which has no link yet; at the first time all the callees' phones ring. Raises NoCall."""
    if not call.is_live:
        raise NoCall
    entered = _come_in(call, _require(call, call.staff_id), now)
    if call.state is CallState.OPENING:
        entered = replace(entered, state=CallState.RINGING, opens_until=None)
        for callee in callees:
            entered = ring(entered, callee, now, patience)
    return _settled(entered, now)


def ring(call: Call, party_id: str, now: datetime, patience: Patience) -> Call:
    """Ring somebody who is neither in nor being rung; nothing rings while opening, or after the end."""
    party = call.party(party_id) or Party(party_id, PartyState.MISSED)
    if call.state not in (CallState.RINGING, CallState.RUNNING) or party.state in (PartyState.IN, PartyState.RINGING):
        return call
    return _put(call, replace(party, state=PartyState.RINGING, rings_until=now + patience.ring))


def accept(call: Call, party_id: str, media: Medium, now: datetime, away_since: datetime | None) -> Call:
    """Let somebody in who was ever rung, or their next device; `away_since` is null where they have a live link.

    Raises NoCall, CallFull.
    """
    party = _require(call, party_id)
    if party.state is not PartyState.IN and len(call.inside) >= MOST:
        raise CallFull
    accepted = _come_in(call, party, away_since)
    return _settled(replace(accepted, media="video" if media == "video" else call.media), now)


def decline(call: Call, party_id: str, now: datetime) -> Call:
    """Stop somebody's ring, as they wish; who isn't rung any more has nothing to decline. Raises NoCall."""
    party = _require(call, party_id)
    if party.state is not PartyState.RINGING:
        return call
    return _settled(_put(call, _out(party, PartyState.DECLINED)), now, by=party_id)


def hang_up(call: Call, party_id: str, now: datetime) -> Call:
    """Let somebody go who is in, or whose phone rings; staff's hang-up ends the call for all."""
    party = call.party(party_id)
    if party_id == call.staff_id and call.is_live:
        return end(call, party_id, now)
    if party is None or party.state not in (PartyState.IN, PartyState.RINGING):
        return call
    return _settled(_put(call, _out(party, PartyState.LEFT)), now, by=party_id)


def end(call: Call, by: str | None, now: datetime) -> Call:
    """End a call for all; `by` is who did it, None if time did."""
    return _ended(call, Outcome.ENDED if call.state is CallState.RUNNING else Outcome.CANCELLED, by, now)


def lapse(call: Call, now: datetime, patience: Patience) -> Call:
    """Do what time does: an opening lapses, rings are missed, who was away too long has left."""
    if call.state is CallState.OPENING:
        return end(call, None, now) if call.opens_until and call.opens_until <= now else call
    lost = [party for party in call.inside if party.away_since and party.away_since + patience.grace <= now]
    missed = [party for party in call.parties if party.rings_until and party.rings_until <= now]
    for party in lost:
        call = _put(call, _out(party, PartyState.LEFT))
    for party in missed:
        call = _put(call, _out(party, PartyState.MISSED))
    return _settled(call, now, lost=bool(lost))


def next_due(call: Call, patience: Patience) -> datetime | None:
    """Tell when time will do something to a call; None while nobody rings and all who are in have links."""
    rings = [party.rings_until for party in call.parties if party.rings_until]
    away = [party.away_since + patience.grace for party in call.inside if party.away_since]
    return min([*rings, *away, *([call.opens_until] if call.opens_until else [])], default=None)


def happened(before: Call, after: Call) -> list[Happened]:
    """Tell what the log is to say of a change; of a call that never rang it says nothing."""
    facts = []
    about = {"call_id": after.call_id, "media": after.media}
    if after.has_rung and not before.has_rung:
        facts.append(Happened("call_started", after.staff_id, about))
    if after.has_rung and before.is_live and not after.is_live:
        seconds = int(after.talked.total_seconds())
        data = about | {"outcome": str(after.outcome), "seconds": seconds}
        facts.append(Happened("call_ended", after.ended_by, data))
    return facts


def _require(call: Call, party_id: str) -> Party:
    party = call.party(party_id)
    if party is None or not call.is_live:
        raise NoCall
    return party


def _come_in(call: Call, party: Party, away_since: datetime | None) -> Call:
    return _put(call, Party(party.party_id, PartyState.IN, party.leg + 1, away_since=away_since))


def _out(party: Party, state: PartyState) -> Party:
    return Party(party.party_id, state, party.leg)


def _put(call: Call, party: Party) -> Call:
    others: Sequence[Party] = [other for other in call.parties if other.party_id != party.party_id]
    return replace(call, parties=tuple(sorted([*others, party], key=lambda party: party.party_id)))


def _settled(call: Call, now: datetime, by: str | None = None, *, lost: bool = False) -> Call:
    """Draw what follows from who is in and who rings: it runs, and it ends once there is nobody to talk with."""
    if call.state not in (CallState.RINGING, CallState.RUNNING):
        return call
    if len(call.inside) > 1 and call.state is CallState.RINGING:
        call = replace(call, state=CallState.RUNNING, answered_at=now)
    call = _timed(call, now)
    rings = any(party.state is PartyState.RINGING for party in call.parties)
    if call.has_in(call.staff_id) and (len(call.inside) > 1 or rings):
        return call
    return _ended(call, _outcome(call, lost), by, now)


def _outcome(call: Call, lost: bool) -> Outcome:
    if lost:
        return Outcome.LOST
    if call.state is CallState.RUNNING:
        return Outcome.ENDED
    declined = any(party.state is PartyState.DECLINED for party in call.parties)
    return Outcome.DECLINED if declined else Outcome.MISSED


def _timed(call: Call, now: datetime) -> Call:
    if len(call.inside) > 1:
        return replace(call, talking_since=call.talking_since or now)
    if call.talking_since is None:
        return call
    return replace(call, talking_since=None, talked=call.talked + (now - call.talking_since))


_AT_THE_END = {
    PartyState.EXPECTED: PartyState.LEFT,
    PartyState.RINGING: PartyState.MISSED,
    PartyState.IN: PartyState.LEFT,
}


def _ended(call: Call, outcome: Outcome, by: str | None, now: datetime) -> Call:
    parties = tuple(_out(party, _AT_THE_END.get(party.state, party.state)) for party in call.parties)
    over = replace(call, state=CallState.ENDED, parties=parties, outcome=outcome, ended_by=by, ended_at=now)
    return _timed(replace(over, opens_until=None), now)

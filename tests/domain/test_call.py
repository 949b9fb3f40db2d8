"""A call: each rule by itself, and whatever order they come in, no ring without an end."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tc_server.domain.call import Call, CallState, Outcome, PartyState, Patience
from tc_server.domain.calling import (
    accept,
    begin,
    decline,
    end,
    enter,
    hang_up,
    happened,
    lapse,
    next_due,
    renew,
    ring,
)
from tc_server.domain.errors import CallFull, IllegalMove, NoCall
from tc_server.domain.session import State
from tests.domain.made import NOON, at, session

PATIENCE = Patience(ring=timedelta(seconds=45), grace=timedelta(minutes=2))
STAFF = "owner"


def opened() -> Call:
    """Begin a call at noon."""
    return begin(session(State.ACTIVE), "c1", "audio", NOON)


def ringing(*callees: str) -> Call:
    """Have a call ring, staff's page being linked."""
    return linked(enter(opened(), callees or ("p1",), NOON, PATIENCE), STAFF)


def running(*callees: str) -> Call:
    """Have everybody in a call, a minute after noon."""
    call = ringing(*(callees or ("p1",)))
    for callee in callees or ("p1",):
        call = accept(call, callee, "audio", at(1), None)
    return call


def linked(call: Call, party_id: str) -> Call:
    """Give somebody who is in a live link: what coming in again from a page that has one amounts to."""
    return away(call, party_id, None)


def away(call: Call, party_id: str, since: datetime | None) -> Call:
    """Note since when somebody who is in has no link, as the store does."""
    parties = tuple(
        replace(party, away_since=since if party.state is PartyState.IN else None)
        if party.party_id == party_id
        else party
        for party in call.parties
    )
    return replace(call, parties=parties)


def states(call: Call) -> dict[str, str]:
    """Tell where everybody stands."""
    return {party.party_id: party.state.value for party in call.parties}


@pytest.mark.parametrize("state", State)
def test_a_call_is_for_sessions_in_which_staff_and_person_talk(state: State) -> None:
    if state in (State.ACTIVE, State.OPEN):
        assert begin(session(state), "c1", "audio", NOON).state is CallState.OPENING
        return
    with pytest.raises(IllegalMove) as refused:
        begin(session(state), "c1", "audio", NOON)
    assert "call" in refused.value.detail
    assert refused.value.state == state


def test_nothing_rings_before_staff_is_there() -> None:
    assert states(opened()) == {STAFF: "expected"}
    assert ring(opened(), "p1", NOON, PATIENCE) == opened()
    with pytest.raises(NoCall):
        accept(opened(), "p1", "audio", NOON, None)


def test_once_staff_is_there_everybody_who_is_called_rings_for_a_while() -> None:
    call = enter(opened(), ("p2", "p1"), at(0.5), PATIENCE)
    assert call.state is CallState.RINGING
    assert states(call) == {STAFF: "in", "p1": "ringing", "p2": "ringing"}
    assert {party.rings_until for party in call.parties} == {None, at(0.5) + PATIENCE.ring}


def test_who_accepts_is_in_and_the_call_runs_from_then() -> None:
    call = accept(ringing(), "p1", "audio", at(0.3), None)
    assert (call.state, call.answered_at, states(call)) == (CallState.RUNNING, at(0.3), {STAFF: "in", "p1": "in"})


def test_it_is_a_video_call_once_somebody_came_with_video() -> None:
    assert accept(ringing(), "p1", "video", at(0.3), None).media == "video"
    assert running().media == "audio"


@pytest.mark.parametrize("who", [STAFF, "p1"])
def test_coming_in_again_is_the_next_leg(who: str) -> None:
    before = running()
    after = enter(before, (), at(2), PATIENCE) if who == STAFF else accept(before, who, "audio", at(2), None)
    legs = {party.party_id: party.leg for party in after.parties}
    assert legs == {STAFF: 1, "p1": 1} | {who: 2}
    assert after.state is CallState.RUNNING


def test_three_are_in_at_most_and_the_fourth_may_come_when_one_has_left() -> None:
    call = ringing("p1", "p2", "p3")
    call = accept(accept(call, "p1", "audio", at(0.1), None), "p2", "audio", at(0.2), None)
    with pytest.raises(CallFull):
        accept(call, "p3", "audio", at(0.3), None)
    assert accept(call, "p2", "audio", at(0.3), None).has_in("p2")
    assert accept(hang_up(call, "p1", at(0.4)), "p3", "audio", at(0.5), None).has_in("p3")


@pytest.mark.parametrize("state", ["declined", "missed", "left"])
def test_who_is_out_may_still_come_while_the_call_goes_on(state: str) -> None:
    call = linked(accept(ringing("p1", "p2"), "p1", "audio", at(0.1), None), "p1")
    if state == "declined":
        call = decline(call, "p2", at(0.2))
    elif state == "missed":
        call = lapse(call, at(1), PATIENCE)
    else:
        call = hang_up(accept(call, "p2", "audio", at(0.2), None), "p2", at(0.3))
    assert states(call)["p2"] == state
    assert accept(call, "p2", "audio", at(1), None).has_in("p2")


def test_a_stranger_is_in_no_call() -> None:
    for act in (lambda: accept(running(), "x", "audio", at(1), None), lambda: decline(running(), "x", at(1))):
        with pytest.raises(NoCall):
            act()


@pytest.mark.parametrize(
    ("call", "outcome", "by"),
    [
        (end(opened(), STAFF, at(1)), "cancelled", STAFF),
        (lapse(opened(), at(1), PATIENCE), "cancelled", None),
        (hang_up(ringing(), STAFF, at(1)), "cancelled", STAFF),
        (decline(ringing(), "p1", at(1)), "declined", "p1"),
        (hang_up(ringing(), "p1", at(1)), "missed", "p1"),
        (lapse(ringing(), at(1), PATIENCE), "missed", None),
        (enter(opened(), (), at(1), PATIENCE), "missed", None),
        (hang_up(running(), STAFF, at(2)), "ended", STAFF),
        (hang_up(running(), "p1", at(2)), "ended", "p1"),
        (end(running(), None, at(2)), "ended", None),
        (lapse(away(running(), "p1", at(1)), at(3), PATIENCE), "lost", None),
        (lapse(away(running("p1", "p2"), STAFF, at(1)), at(3), PATIENCE), "lost", None),
        (lapse(away(ringing(), STAFF, at(0)), at(2), Patience(timedelta(hours=1), PATIENCE.grace)), "lost", None),
    ],
)
def test_every_way_to_the_end_has_its_outcome(call: Call, outcome: str, by: str | None) -> None:
    assert (call.state, call.outcome, call.ended_by) == (CallState.ENDED, outcome, by)
    assert call.ended_at is not None
    assert set(states(call).values()) <= {"declined", "missed", "left"}
    assert next_due(call, PATIENCE) is None


def test_one_who_declines_stops_nobody_elses_phone() -> None:
    call = decline(ringing("p1", "p2"), "p1", at(0.1))
    assert (call.state, states(call)) == (CallState.RINGING, {STAFF: "in", "p1": "declined", "p2": "ringing"})


def test_one_of_three_who_leaves_ends_nothing() -> None:
    assert hang_up(running("p1", "p2"), "p1", at(2)).state is CallState.RUNNING


def test_the_last_to_talk_with_may_still_be_on_the_way() -> None:
    call = hang_up(ring(running(), "p2", at(1), PATIENCE), "p1", at(1.2))
    assert call.is_live
    assert lapse(call, at(2), PATIENCE).outcome is Outcome.ENDED


def test_a_way_in_that_is_asked_for_again_is_open_for_the_whole_time_again() -> None:
    assert renew(opened(), at(0.5)).opens_until == at(1.5)
    assert renew(running(), at(5)) == running()


def test_who_is_back_in_time_has_not_left() -> None:
    call = away(running(), "p1", at(1))
    assert next_due(call, PATIENCE) == at(3)
    assert lapse(call, at(2.9), PATIENCE) == call
    assert next_due(linked(call, "p1"), PATIENCE) is None


def test_the_time_that_counts_is_that_in_which_two_were_in() -> None:
    call = ring(running(), "p2", at(1), PATIENCE)
    call = hang_up(call, "p1", at(4))
    call = accept(call, "p2", "audio", at(10), None)
    assert hang_up(call, STAFF, at(11)).talked == timedelta(minutes=4)


def test_the_log_says_that_it_began_and_how_it_ended() -> None:
    [started] = happened(opened(), ringing())
    assert (started.kind, started.by, started.data) == ("call_started", STAFF, {"call_id": "c1", "media": "audio"})
    [ended] = happened(running(), hang_up(running(), "p1", at(3)))
    assert (ended.kind, ended.by) == ("call_ended", "p1")
    assert ended.data == {"call_id": "c1", "media": "audio", "outcome": "ended", "seconds": 120}
    assert happened(ringing(), running()) == []


def test_of_what_never_rang_the_log_says_nothing() -> None:
    assert happened(opened(), end(opened(), STAFF, at(1))) == []


@dataclass(frozen=True)
class Heard:
    """What the log was told of one call."""

    started: int = 0
    ended: int = 0


class Calls(RuleBasedStateMachine):
    """One call, some people, and whatever comes to anybody's mind."""

    people = st.sampled_from(["p1", "p2", "p3", "p4"])

    @initialize(media=st.sampled_from(["audio", "video"]))
    def press_c(self, media: str) -> None:
        self.now = NOON
        self.call = begin(session(State.ACTIVE), "c1", "video" if media == "video" else "audio", self.now)
        self.heard = Heard()

    def become(self, after: Call) -> None:
        kinds = [fact.kind for fact in happened(self.call, after)]
        self.heard = Heard(
            self.heard.started + kinds.count("call_started"), self.heard.ended + kinds.count("call_ended")
        )
        legs = {party.party_id: party.leg for party in self.call.parties}
        assert all(party.leg >= legs.get(party.party_id, 0) for party in after.parties)
        assert self.call.is_live or after == self.call
        self.call = after

    def attempt(self, act: Callable[[Call], Call]) -> None:
        with suppress(NoCall, CallFull):
            self.become(act(self.call))

    @rule(callees=st.sets(people))
    def staff_comes(self, callees: set[str]) -> None:
        self.attempt(lambda call: enter(call, sorted(callees), self.now, PATIENCE))

    @rule(who=people, is_linked=st.booleans())
    def somebody_accepts(self, who: str, is_linked: bool) -> None:
        self.attempt(lambda call: accept(call, who, "audio", self.now, None if is_linked else self.now))

    @rule(who=people)
    def somebody_declines(self, who: str) -> None:
        self.attempt(lambda call: decline(call, who, self.now))

    @rule(who=people)
    def somebody_joins(self, who: str) -> None:
        self.become(ring(self.call, who, self.now, PATIENCE))

    @rule(who=st.one_of(people, st.just(STAFF)))
    def somebody_hangs_up(self, who: str) -> None:
        self.become(hang_up(self.call, who, self.now))

    @rule(who=st.one_of(people, st.just(STAFF)), is_linked=st.booleans())
    def somebodys_link_comes_or_goes(self, who: str, is_linked: bool) -> None:
        if self.call.is_live:
            self.become(away(self.call, who, None if is_linked else self.now))

    @precondition(lambda self: self.call.is_live)
    @rule()
    def the_session_closes(self) -> None:
        self.become(end(self.call, STAFF, self.now))

    @rule(seconds=st.integers(1, 200))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.become(lapse(self.call, self.now, PATIENCE))
        due = next_due(self.call, PATIENCE)
        assert due is None or due > self.now

    @invariant()
    def it_is_whole(self) -> None:
        call = getattr(self, "call", None)
        if call is None:
            return
        inside = len(call.inside)
        assert inside <= 3
        assert (call.state is CallState.ENDED) == (call.ended_at is not None) == (call.outcome is not None)
        assert (call.opens_until is not None) == (call.state is CallState.OPENING)
        assert (call.talking_since is not None) == (inside > 1)
        for party in call.parties:
            assert (party.rings_until is not None) == (party.state is PartyState.RINGING)
            assert party.away_since is None or party.state is PartyState.IN
            assert party.state is not PartyState.IN or party.leg
        if call.state in (CallState.RINGING, CallState.RUNNING):
            assert call.has_in(STAFF)
            assert inside > 1 or any(party.rings_until for party in call.parties)
        if call.state is CallState.RUNNING:
            assert call.answered_at is not None
        if not call.is_live:
            assert call.talked <= call.ended_at - call.created_at
        assert self.heard == Heard(int(call.has_rung), int(call.has_rung and not call.is_live))

    def teardown(self) -> None:
        """Let time alone go on: whatever opens, rings or waits for somebody comes to an end."""
        call = getattr(self, "call", None)
        if call is None:
            return
        for party in call.inside:
            call = away(call, party.party_id, self.now)
        while due := next_due(call, PATIENCE):
            call = lapse(call, due, PATIENCE)
        assert not call.is_live


TestCalls: Any = Calls.TestCase

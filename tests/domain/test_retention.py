"""What time alone does, and when."""

from datetime import timedelta
from typing import Any

import pytest

from tc_server.domain.retention import Due, Retention, next_due, place_lapses_at
from tc_server.domain.session import State
from tests.domain.made import NOON, at, person, session

DAY = timedelta(days=1)
KEEP = Retention(closed=DAY, open=30 * DAY, invite=7 * DAY, place_grace=timedelta(minutes=30))


def test_an_invite_expires() -> None:
    assert next_due(session(State.INVITED), [], KEEP) == (NOON + 7 * DAY, Due.EXPIRE)


@pytest.mark.parametrize("state", [State.WAITING, State.ACTIVE, State.OPEN])
def test_staff_is_told_three_days_before_an_idle_session_closes(state: State) -> None:
    assert next_due(session(state), [], KEEP) == (NOON + 27 * DAY, Due.WARN)


@pytest.mark.parametrize("state", [State.WAITING, State.ACTIVE, State.OPEN])
def test_an_idle_session_closes_after_the_warning(state: State) -> None:
    warned = session(state, warned_at=NOON + 27 * DAY)
    assert next_due(warned, [], KEEP) == (NOON + 30 * DAY, Due.CLOSE)


def test_there_is_no_warning_when_sessions_stay_open_for_less_than_it_takes() -> None:
    short = Retention(closed=DAY, open=2 * DAY, invite=DAY, place_grace=DAY)
    assert next_due(session(State.OPEN), [], short) == (NOON + 2 * DAY, Due.CLOSE)


@pytest.mark.parametrize("state", [State.ACTIVE, State.OPEN])
def test_what_a_call_waits_for_comes_before_what_the_session_does(state: State) -> None:
    assert next_due(session(state), [], KEEP, at(1)) == (at(1), Due.CALL)
    assert next_due(session(state), [], KEEP, None) == (NOON + 27 * DAY, Due.WARN)
    assert next_due(session(state), [], KEEP, NOON + 28 * DAY) == (NOON + 27 * DAY, Due.WARN)


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_what_has_ended_is_erased_a_day_later(state: State) -> None:
    assert next_due(session(state, closed_at=at(5)), [], KEEP) == (at(5) + DAY, Due.ERASE)


def test_nothing_is_due_for_what_is_erased() -> None:
    assert next_due(session(State.ERASED), [], KEEP) is None


@pytest.mark.parametrize("state", sorted(set(State) - {State.ERASED}))
def test_time_alone_leads_on_from_every_state(state: State) -> None:
    assert next_due(session(state), [person(waiting=True, away_since=at(1))], KEEP) is not None


def test_a_place_lapses_half_an_hour_after_its_holder_went_away() -> None:
    gone = [person("p1", waiting=True, away_since=at(5)), person("p2", waiting=True, away_since=at(3))]
    assert next_due(session(State.WAITING), gone, KEEP) == (at(33), Due.VACATE)


@pytest.mark.parametrize(
    "facts",
    [{"waiting": True}, {"waiting": True, "away_since": NOON, "wrote": True}, {"waiting": False, "away_since": NOON}],
    ids=["who is online", "who has written", "who doesn't wait"],
)
def test_no_place_lapses_for(facts: dict[str, Any]) -> None:
    assert place_lapses_at(person(**facts), KEEP.place_grace) is None


@pytest.mark.parametrize("state", [State.ACTIVE, State.OPEN])
def test_no_place_lapses_once_the_session_was_started(state: State) -> None:
    gone = person(waiting=True, away_since=at(5))
    assert next_due(session(state), [gone], KEEP) == (NOON + 27 * DAY, Due.WARN)

"""A session's life: which moves there are, and what each sets."""

from datetime import timedelta

import pytest

from tc_server.domain.errors import IllegalMove, NobodyWaiting
from tc_server.domain.session import Session, State, Verb, move
from tests.domain.made import NOON, at, session

# As the contract tells it: `invited -> waiting -> active -> open <-> active`, `waiting -> invited`,
# `waiting|active|open -> closed`, `closed -> open`, `invited|waiting -> cancelled`, `closed|cancelled -> erased`.
LEGAL = """
invited join waiting
invited cancel cancelled
waiting vacate invited
waiting start active
waiting close closed
waiting cancel cancelled
active keep-open open
active close closed
open resume active
open close closed
closed reopen open
closed erase erased
cancelled erase erased
"""
MOVES = {(state, verb): target for state, verb, target in map(str.split, LEGAL.strip().splitlines())}
ILLEGAL = [(state, verb) for state in State for verb in Verb if (state, verb) not in MOVES]


@pytest.mark.parametrize(("state", "verb", "target"), [(*move, target) for move, target in MOVES.items()])
def test_a_legal_move_leads_where_the_contract_says(state: str, verb: str, target: str) -> None:
    assert move(session(State(state)), Verb(verb), at(1)).state == target


@pytest.mark.parametrize(("state", "verb"), ILLEGAL)
def test_any_other_move_is_refused(state: State, verb: Verb) -> None:
    with pytest.raises(NobodyWaiting if (state, verb) == ("invited", "start") else IllegalMove):
        move(session(state), verb, at(1))


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (State.INVITED, ("cancel",)),
        (State.WAITING, ("start", "close", "cancel")),
        (State.ACTIVE, ("keep-open", "close")),
        (State.OPEN, ("resume", "close")),
        (State.CLOSED, ("reopen", "erase")),
        (State.CANCELLED, ("erase",)),
        (State.ERASED, ()),
    ],
)
def test_a_refusal_names_the_state_and_what_staff_can_do(state: State, possible: tuple[str, ...]) -> None:
    with pytest.raises(IllegalMove) as refused:
        move(session(state), Verb.JOIN if state is not State.INVITED else Verb.VACATE, at(1))
    assert (refused.value.state, refused.value.possible) == (state, possible)
    assert state in refused.value.detail
    assert all(verb in refused.value.detail for verb in possible)


def test_every_move_is_activity_and_takes_back_a_warning() -> None:
    moved = move(session(State.OPEN, warned_at=at(1)), Verb.RESUME, at(5))
    assert (moved.last_activity_at, moved.warned_at) == (at(5), None)


def test_starting_clears_the_wait_and_what_was_told() -> None:
    moved = move(session(waiting_since=NOON, told_until=at(10)), Verb.START, at(5))
    assert (moved.waiting_since, moved.told_until) == (None, None)


def test_the_first_start_is_remembered() -> None:
    started = move(session(), Verb.START, at(5))
    again = move(move(started, Verb.KEEP_OPEN, at(6)), Verb.RESUME, at(7))
    assert (started.started_at, again.started_at) == (at(5), at(5))


@pytest.mark.parametrize(("state", "verb"), [(State.ACTIVE, Verb.CLOSE), (State.INVITED, Verb.CANCEL)])
def test_erasure_is_due_some_time_after_the_end(state: State, verb: Verb) -> None:
    ended = move(session(state), verb, at(5))
    assert ended.closed_at == at(5)
    assert ended.erase_at(timedelta(hours=24)) == at(5) + timedelta(hours=24)


def test_what_is_reopened_is_not_to_be_erased() -> None:
    reopened = move(session(State.CLOSED, closed_at=at(5)), Verb.REOPEN, at(6))
    assert reopened.erase_at(timedelta(hours=24)) is None


def test_a_refused_move_changes_nothing() -> None:
    before: Session = session(State.CLOSED, closed_at=at(5))
    with pytest.raises(IllegalMove):
        move(before, Verb.START, at(6))
    assert before == session(State.CLOSED, closed_at=at(5))

"""The queue: who is in it, in which order, who is next."""

from datetime import datetime

import pytest

from tc_server.domain.queue import foremost, pick_next, waiting_since
from tc_server.domain.session import State
from tests.domain.made import NOON, at, person, session


def test_a_waiting_session_is_in_the_queue_since_the_first_of_those_who_wait_came() -> None:
    people = [person("p1", waiting=True, place_since=at(5)), person("p2", waiting=True, place_since=at(2))]
    assert waiting_since(session(State.WAITING), people, None) == at(2)


def test_whoever_gave_up_their_place_does_not_count() -> None:
    people = [person("p1", waiting=False, place_since=NOON), person("p2", waiting=True, place_since=at(2))]
    assert waiting_since(session(State.WAITING), people, None) == at(2)


def test_a_message_in_the_waiting_room_does_not_move_the_place() -> None:
    assert waiting_since(session(State.WAITING), [person(waiting=True, place_since=at(2))], at(9)) == at(2)


@pytest.mark.parametrize("unanswered", [None, at(3)])
def test_an_open_session_is_in_the_queue_while_a_message_is_unanswered(unanswered: datetime | None) -> None:
    assert waiting_since(session(State.OPEN), [person(place_since=NOON)], unanswered) == unanswered


@pytest.mark.parametrize("state", sorted(set(State) - {State.WAITING, State.OPEN}))
def test_all_others_are_never_in_the_queue(state: State) -> None:
    assert waiting_since(session(state), [person(waiting=True, place_since=NOON)], at(3)) is None


def test_next_is_the_longest_waiting_who_is_online() -> None:
    queue = [session(name=f"s{n}", waiting_since=at(n)) for n in range(3)]
    assert pick_next(queue, frozenset({"s1", "s2"})) == queue[1]


def test_next_is_the_longest_waiting_when_nobody_is_online() -> None:
    queue = [session(name=f"s{n}", waiting_since=at(n)) for n in range(3)]
    assert pick_next(queue, frozenset()) == queue[0]


def test_nobody_is_next_in_an_empty_queue() -> None:
    assert pick_next([], frozenset({"s1"})) is None


def test_a_session_is_shown_by_who_has_waited_longest() -> None:
    people = [
        person("p1"),
        person("p2", waiting=True, place_since=at(5)),
        person("p3", waiting=True, place_since=at(2)),
    ]
    assert foremost(people) == people[2]


def test_without_anybody_waiting_it_is_shown_by_the_first_who_is_still_in_it() -> None:
    people = [person("p1", removed_at=at(1)), person("p2", created_at=at(3)), person("p3", created_at=at(2))]
    assert foremost(people) == people[2]


def test_it_is_shown_by_somebody_even_when_all_were_removed() -> None:
    assert foremost([person("p1", removed_at=at(1))]) == person("p1", removed_at=at(1))
    assert foremost([]) is None

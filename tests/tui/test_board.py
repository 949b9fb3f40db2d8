"""The board: what frames make of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from tc_cli.tui.board import Board, Tail, Unsent, read_by_all
from tc_cli.tui.widgets import session_head
from tc_server.wire import frames as f
from tc_server.wire.bodies import Message, Person, QueueEntry, Sender, Session

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AMAL = Sender(id="p1", role="service-user", name="Amal")
STAFF = Sender(id="u1", role="staff", name="amina")


def person(**fields: Any) -> Person:
    made = Person(
        participant_id="p1",
        session_id="s1",
        invite_id="i1",
        role="service-user",
        name="Amal",
        phone=None,
        email=None,
        language="ar",
        online=False,
        devices=0,
        joined_at=NOON,
        removed_at=None,
        read_seq=0,
    )
    return structs.replace(made, **fields)


def session(session_id: str = "s1", **fields: Any) -> Session:
    made = Session(
        session_id=session_id,
        state="active",
        kind="remote",
        name="Amal",
        role="service-user",
        language="ar",
        online=False,
        waiting_since=None,
        told_until=None,
        created_at=NOON,
        started_at=NOON,
        closed_at=None,
        expires_at=NOON,
        closes_at=None,
        closes_soon=False,
        erase_at=None,
        last_activity_at=NOON,
        last_seq=0,
        staff_read_seq=0,
        unread=0,
        note=None,
        people=[person()],
    )
    return structs.replace(made, **fields)


def message(seq: int, sender: Sender = AMAL, text: str = "hello", **fields: Any) -> Message:
    made = Message(
        session_id="s1",
        seq=seq,
        client_id=f"client-{seq}",
        kind="text",
        sender=sender,
        text=text,
        file=None,
        data=None,
        sent_at=NOON,
    )
    return structs.replace(made, **fields)


def entry(session_id: str) -> QueueEntry:
    return QueueEntry(
        session_id=session_id,
        state="waiting",
        place=1,
        name="Amal",
        role="service-user",
        language="ar",
        waiting_since=NOON,
        told_until=None,
        online=False,
        delivery=None,
    )


def hello(*sessions: Session) -> f.Hello:
    viewer = f.Viewer(id="u1", role="staff", name="amina", session_id=None)
    return f.Hello(viewer=viewer, server_time=NOON, queue=[], sessions=list(sessions))


def board(*sessions: Session) -> Board:
    made = Board()
    made.greeted(hello(*sessions))
    return made


def test_a_session_that_the_server_no_longer_names_is_told() -> None:
    known = board(session("s1"), session("s2"))
    assert known.greeted(hello(session("s1"))) == {"s2"}


def test_a_closed_session_isnt_missed() -> None:
    known = board(session("s1"))
    known.session_is(session("s1", state="closed"))
    assert known.greeted(hello()) == set()


def test_who_comes_online_makes_the_session_online() -> None:
    known = board(session())
    known.present(f.Presence(session_id="s1", participant_id="p1", online=True, devices=2))
    assert known.sessions["s1"].online
    assert known.sessions["s1"].people[0].devices == 2


def test_who_comes_online_is_seen_in_the_queue_at_once() -> None:
    known = board(session())
    known.queue = [entry("s1"), entry("s2")]
    known.present(f.Presence(session_id="s1", participant_id="p1", online=True, devices=1))
    assert [one.online for one in known.queue] == [True, False]


def test_who_goes_makes_it_away_only_if_nobody_else_is_there() -> None:
    both = [person(online=True, devices=1), person(participant_id="p2", online=True, devices=1)]
    known = board(session(people=both, online=True))
    known.present(f.Presence(session_id="s1", participant_id="p1", online=False, devices=0))
    assert known.sessions["s1"].online


def test_reading_never_moves_backwards() -> None:
    known = board(session())
    for seq in (7, 3):
        known.read_by(f.ReadNow(session_id="s1", seq=seq, reader=AMAL))
    assert known.sessions["s1"].people[0].read_seq == 7


def test_staff_reading_elsewhere_leaves_nothing_unread() -> None:
    known = board(session(last_seq=9, unread=3))
    known.read_by(f.ReadNow(session_id="s1", seq=9, reader=STAFF))
    assert known.sessions["s1"].unread == 0


def test_last_words_are_the_other_sides() -> None:
    known = board(session())
    known.heard(message(1, text="question"))
    known.heard(message(2, STAFF, "answer"))
    assert known.words["s1"].text == "question"


def test_a_repeated_entry_is_taken_once() -> None:
    known = board(session())
    known.logs["s1"] = Tail()
    assert known.heard(message(1))
    assert not known.heard(message(1))
    assert len(known.logs["s1"].messages) == 1


def test_an_earlier_page_stands_before_and_overlaps_nothing() -> None:
    tail = Tail([message(5), message(6)])
    tail.prepend([message(3), message(4), message(5)])
    assert [entry.seq for entry in tail.messages] == [3, 4, 5, 6]


def test_who_writes_types_no_more() -> None:
    known = board(session())
    known.typing["s1"] = AMAL
    known.heard(message(1))
    assert "s1" not in known.typing


def test_forgetting_leaves_nothing() -> None:
    known = board(session())
    known.logs["s1"] = Tail([message(1)])
    known.heard(message(2))
    known.queued(Unsent("c", "s1", "words", None, NOON))
    known.forget("s1")
    assert "s1" not in repr(known)


def test_the_most_recently_active_session_stands_first() -> None:
    later = session("s2", last_activity_at=NOON + timedelta(minutes=1))
    assert [one.session_id for one in board(session(), later).in_states("active")] == ["s2", "s1"]


def test_beside_a_name_stands_whether_that_person_is_here() -> None:
    colleague = structs.replace(person(), participant_id="p2", role="colleague", name="Dr Osei", online=True)
    parts = session_head.left(session(people=[structs.replace(person(), online=False), colleague], online=True))
    assert "○ away" in [part.text for part in parts]


def test_words_are_read_once_all_who_came_have_read_them() -> None:
    here = structs.replace(person(), joined_at=NOON, read_seq=5)
    late = structs.replace(here, participant_id="p2", read_seq=2)
    not_come = structs.replace(here, participant_id="p3", joined_at=None, read_seq=0)
    assert read_by_all(session(people=[here, late, not_come])) == 2


def test_beside_a_name_are_the_devices_of_that_person_alone() -> None:
    sara = person(participant_id="p2", role="interpreter", name="Sara", devices=1)
    one, several = (
        [part.text for part in session_head.left(session(people=[person(devices=number), sara]))] for number in (1, 2)
    )
    assert "2 devices" not in one
    assert "2 devices" in several

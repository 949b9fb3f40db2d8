"""Across any number of links nothing said is lost, and nothing heard is doubled or out of order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import msgspec
import pytest

from tc_cli.client.conversation import Arrived, CaughtUp, Conversation, Event, NotSent, Online, Phase
from tc_server.wire import frames as f

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
S = "019a9c00-0000-7000-8000-00000000abcd"
T = "019a9c00-0000-7000-8000-00000000dcba"


def hello() -> f.Hello:
    viewer = f.Viewer(id="u", role="staff", name="amina", session_id=None)
    return f.Hello(viewer=viewer, server_time=NOW, queue=[], sessions=[])


def message(seq: int, client_id: str | None = None, session_id: str = S) -> f.MessageFrame:
    return f.MessageFrame(
        session_id=session_id,
        seq=seq,
        client_id=client_id,
        kind="text",
        sender=None,
        text=f"number {seq}",
        file=None,
        data=None,
        sent_at=NOW,
    )


def synced(seq: int, last_seq: int | None = None) -> f.Synced:
    return f.Synced(session_id=S, seq=seq, last_seq=seq if last_seq is None else last_seq)


def seqs(events: list[Event]) -> list[int]:
    return [event.message.seq for event in events if isinstance(event, Arrived)]


@pytest.fixture
def talk() -> Conversation:
    numbers: Iterator[int] = count(1)
    return Conversation(new_id=lambda: f"client-{next(numbers)}")


@pytest.fixture
def online(talk: Conversation) -> Conversation:
    talk.receive(hello())
    return talk


def test_a_greeting_means_online(talk: Conversation) -> None:
    assert isinstance(talk.receive(hello()).events[0], Online)
    assert talk.phase is Phase.ONLINE


def test_what_is_followed_is_asked_for_at_once_when_online(online: Conversation) -> None:
    assert online.follow(S, after=7) == [f.Sync(sessions={S: 7})]


def test_what_is_followed_offline_is_asked_for_on_the_next_link(talk: Conversation) -> None:
    assert talk.follow(S) == []
    assert talk.receive(hello()).frames == [f.Sync(sessions={S: 0})]


def test_replay_and_live_mixed_come_out_once_and_in_order(online: Conversation) -> None:
    online.follow(S)
    heard: list[int] = []
    for seq in (3, 1, 3, 2, 1, 4, 2):
        heard += seqs(online.receive(message(seq)).events)
    assert heard == [1, 2, 3, 4]


def test_a_long_log_is_asked_for_in_parts(online: Conversation) -> None:
    online.follow(S)
    online.receive(message(1))
    outcome = online.receive(synced(1, last_seq=3))
    assert outcome.frames == [f.Sync(sessions={S: 1})]
    assert CaughtUp(S) not in outcome.events
    online.receive(message(2))
    online.receive(message(3))
    assert CaughtUp(S) in online.receive(synced(3)).events


def test_after_a_break_only_what_was_missed_is_asked_for(online: Conversation) -> None:
    online.follow(S)
    online.receive(message(1))
    online.receive(message(2))
    online.lost()
    assert online.phase is Phase.RECONNECTING
    assert online.receive(hello()).frames == [f.Sync(sessions={S: 2})]


def test_a_log_that_begins_later_for_this_viewer_is_not_waited_for(online: Conversation) -> None:
    online.follow(S)
    assert seqs(online.receive(message(5)).events) == []
    assert seqs(online.receive(synced(5)).events) == [5]
    assert seqs(online.receive(message(6)).events) == [6]


def test_what_is_said_is_pending_until_it_comes_back(online: Conversation) -> None:
    online.follow(S)
    (sent,) = online.say(S, "good morning")
    assert list(online.pending) == [sent]
    outcome = online.receive(message(1, client_id="client-1"))
    assert outcome.events == [Arrived(message(1, client_id="client-1"), mine=True)]
    assert online.pending == ()


def test_what_is_said_offline_is_sent_on_the_next_link_in_order(talk: Conversation) -> None:
    assert talk.say(S, "one") == []
    assert talk.say(S, "two") == []
    frames = talk.receive(hello()).frames
    assert [frame.text for frame in frames if isinstance(frame, f.Send)] == ["one", "two"]


def test_what_was_not_acknowledged_is_sent_again_under_its_own_id(online: Conversation) -> None:
    (first,) = online.say(S, "are you there?")
    online.lost()
    assert online.receive(hello()).frames == [first]


def test_an_acknowledgement_that_waits_for_its_turn_is_still_ones_own(online: Conversation) -> None:
    online.follow(S)
    online.say(S, "hello")
    assert online.receive(message(2, client_id="client-1")).events == []
    assert [event.mine for event in online.receive(message(1)).events if isinstance(event, Arrived)] == [False, True]


def test_a_refused_message_is_told_and_not_tried_again(online: Conversation) -> None:
    online.say(S, "too late")
    error = f.Error(code="session_ended", detail="It is over.", client_id="client-1", session_id=S)
    assert online.receive(error).events == [NotSent(S, "client-1", "too late", "session_ended", "It is over.")]
    assert online.pending == ()


def test_an_error_about_nothing_said_here_is_passed_on(online: Conversation) -> None:
    error = f.Error(code="unknown_frame", detail="What?")
    assert online.receive(error).events == [error]


def test_an_erased_session_is_forgotten_with_what_was_unsent(online: Conversation) -> None:
    online.follow(S)
    online.say(S, "never mind")
    online.receive(f.Erased(session_id=S, state="erased", erased_at=NOW, counts={}, receipt="r"))
    online.lost()
    assert online.pending == ()
    assert online.receive(hello()).frames == []


def test_all_that_is_followed_is_asked_for_at_once(talk: Conversation) -> None:
    talk.follow_all({S: 3, T: 0})
    talk.follow(T)
    assert talk.receive(hello()).frames == [f.Sync(sessions={S: 3, T: 0})]
    assert talk.follow_all({S: 0, "another": 5}) == [f.Sync(sessions={S: 3, "another": 5})]


def test_very_many_logs_are_asked_for_in_frames_that_the_server_takes(talk: Conversation) -> None:
    talk.follow_all({f"019a9c00-0000-7000-8000-{number:012}": 99_999 for number in range(2500)})
    frames = talk.receive(hello()).frames
    assert len(frames) == 3
    assert max(len(msgspec.json.encode(frame)) for frame in frames) < 100_000


def test_what_was_kept_elsewhere_is_put_back_once(talk: Conversation) -> None:
    talk.say(S, "from yesterday", client_id="yesterday-1")
    talk.say(S, "from yesterday", client_id="yesterday-1")
    talk.say(S, "from today")
    assert [frame.client_id for frame in talk.receive(hello()).frames if isinstance(frame, f.Send)] == [
        "yesterday-1",
        "client-1",
    ]


def test_what_is_taken_back_is_not_sent(talk: Conversation) -> None:
    talk.say(S, "wrong window")
    taken = talk.unsay("client-1")
    assert taken is not None
    assert not talk.wants(taken)
    assert talk.unsay("client-1") is None
    assert talk.receive(hello()).frames == []


def test_entries_of_sessions_that_are_not_followed_pass_as_they_come(online: Conversation) -> None:
    assert seqs(online.receive(message(9)).events) == [9]

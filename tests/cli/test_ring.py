"""It rings for whoever comes, until they are seen or gone."""

from datetime import UTC, datetime, timedelta

from tc_cli.client.ring import Ring
from tc_server.wire.bodies import QueueEntry

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(session_id: str, *, since: datetime = NOON, told: datetime | None = None) -> QueueEntry:
    return QueueEntry(
        session_id=session_id,
        state="waiting",
        place=1,
        name="Amal",
        role="service-user",
        language="ar",
        waiting_since=since,
        told_until=told,
        online=True,
        delivery=None,
    )


def test_an_arrival_rings_at_once_and_then_again_and_again() -> None:
    ring = Ring(every=4)
    assert [one.session_id for one in ring.update([entry("a")], 0)] == ["a"]
    assert [second for second in range(12) if ring.due(second)] == [0, 4, 8]


def test_an_empty_queue_is_silent() -> None:
    ring = Ring()
    assert ring.update([], 0) == []
    assert not ring.due(0)
    assert ring.wait(0) is None


def test_the_same_queue_again_is_no_arrival() -> None:
    ring = Ring()
    ring.update([entry("a")], 0)
    assert ring.update([entry("a")], 1) == []


def test_who_is_gone_rings_no_more() -> None:
    ring = Ring()
    ring.update([entry("a")], 0)
    ring.update([], 1)
    assert not ring.due(100)


def test_who_is_seen_rings_no_more_but_a_second_does() -> None:
    ring = Ring()
    ring.update([entry("a")], 0)
    ring.seen("a")
    assert ring.unseen == []
    assert not ring.due(0)
    ring.update([entry("a"), entry("b")], 5)
    assert ring.unseen == ["b"]
    assert ring.due(5)


def test_all_can_be_seen_at_once() -> None:
    ring = Ring()
    ring.update([entry("a"), entry("b")], 0)
    ring.all_seen()
    assert ring.wait(0) is None


def test_being_told_how_long_counts_as_seen() -> None:
    ring = Ring()
    ring.update([entry("a")], 0)
    ring.update([entry("a", told=NOON + timedelta(minutes=5))], 1)
    assert ring.unseen == []


def test_coming_again_later_rings_again() -> None:
    ring = Ring()
    ring.update([entry("a")], 0)
    ring.seen("a")
    assert [one.session_id for one in ring.update([entry("a", since=NOON + timedelta(hours=1))], 9)] == ["a"]
    assert ring.due(9)


def test_it_says_how_long_to_wait() -> None:
    ring = Ring(every=4)
    ring.update([entry("a")], 10)
    assert ring.wait(10) == 0
    assert ring.due(10)
    assert ring.wait(11) == 3


def test_a_second_arrival_rings_without_delay() -> None:
    ring = Ring(every=4)
    ring.update([entry("a")], 0)
    assert ring.due(0)
    ring.update([entry("a"), entry("b")], 1)
    assert ring.due(1)

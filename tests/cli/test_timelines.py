"""How deliveries went, as `tc invite show` tells it."""

import time
from collections.abc import Iterator

import pytest

from tc_cli.output import timelines
from tc_server.wire.bodies import Delivery, Way
from tests.fates import NOON, at, attempt, delivery, invite

SMS_THEN_EMAIL = [Way(channel="sms", provider="gateway"), Way(channel="email", provider="smtp")]
QUEUED = "queued for email by smtp"


@pytest.fixture(autouse=True)
def _at_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def told(one: Delivery) -> list[str]:
    return [line.what for line in timelines.lines(one)]


def test_what_waits_for_its_first_try_says_when_that_is() -> None:
    one = delivery("queued", next_at=at(1))
    assert told(one) == [QUEUED, "first try"]
    assert list(timelines.lines(one))[-1].at == at(1)


def test_what_waits_for_a_provider_says_why() -> None:
    one = delivery("queued", reason="login_refused", next_at=at(1))
    assert told(one)[-1] == "first try: The provider refuses our user name and password."
    assert timelines.state(one) == "queued: login refused"


def test_a_try_under_way_is_told() -> None:
    assert told(delivery("trying", attempt(1, "trying"))) == [QUEUED, "is being sent"]


def test_each_try_is_told_with_the_providers_own_words() -> None:
    one = delivery(
        "queued",
        attempt(1, "temporary", "busy", "451 4.7.1 greylisted"),
        attempt(2, "broken", "unreachable"),
        reason="unreachable",
        next_at=at(4),
    )
    assert told(one) == [
        QUEUED,
        "not now: The provider asks to come again later. (451 4.7.1 greylisted)",
        "not sent: The provider can't be reached.",
        "next try",
    ]


def test_the_same_many_times_over_is_one_line_more() -> None:
    tries = [attempt(number, "temporary", "busy", f"451 try {number}") for number in range(1, 30)]
    one = delivery("queued", *tries, reason="busy", next_at=at(60))
    assert told(one) == [
        QUEUED,
        "not now: The provider asks to come again later. (451 try 1)",
        "the same 28 times more (451 try 29)",
        "next try",
    ]


def test_what_was_taken_or_has_arrived_needs_no_more() -> None:
    assert told(delivery("sent", attempt(1, "accepted", reply="2.0.0 Ok"))) == [QUEUED, "taken (2.0.0 Ok)"]
    arrived = delivery("delivered", attempt(1, "delivered"))
    assert told(arrived) == [QUEUED, "arrived"]
    assert list(timelines.remedies(arrived)) == []


def test_what_failed_says_why_once_and_what_to_do() -> None:
    one = delivery("failed", attempt(1, "permanent", "no_such_address"), reason="no_such_address")
    assert told(one) == [QUEUED, "refused: There is no such address."]
    assert list(timelines.remedies(one)) == ["Check it with the person, or send the link another way."]


def test_what_was_given_up_after_a_day_is_not_said_to_be_tried_again() -> None:
    one = delivery("failed", attempt(1, "temporary", "busy"), reason="busy")
    assert told(one)[-1] == "given up"
    assert list(timelines.remedies(one)) == ["It is tried no more. Send it again, or pass the link on by hand."]


def test_what_was_taken_back_says_so_and_is_not_red() -> None:
    one = delivery("failed", reason="withdrawn")
    assert told(one)[-1] == "It was taken back before it was sent."
    assert timelines.style(one) == ""


def test_another_way_is_told_with_the_time_until_which_word_is_waited_for() -> None:
    sms = attempt(1, "accepted", channel="sms", provider="gateway")
    one = delivery("sent", sms, channel="sms", provider="gateway", ways=SMS_THEN_EMAIL, next_at=at(10))
    assert told(one) == [
        "queued for sms by gateway, then email by smtp",
        "taken",
        "goes another way if nothing is heard until then",
    ]


def test_what_may_have_been_sent_twice_says_so() -> None:
    one = delivery("sent", attempt(1, "unknown", "interrupted"), attempt(2, "accepted"), maybe_twice=True)
    assert "nobody knows how it ended: The server or the line failed while it was sent." in told(one)
    assert "sent twice" in " ".join(timelines.remedies(one))


def test_what_lies_in_a_folder_is_not_called_sent() -> None:
    one = delivery("sent", attempt(1, "accepted", provider="folder"), provider="folder")
    assert timelines.state(one) == "in the outbox folder"


def test_each_message_of_a_planned_conversation_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    off = delivery("failed", kind="reminder", reason="withdrawn")
    coming = delivery("queued", kind="reminder", next_at=at(60))
    timelines.draw([delivery("sent", attempt(1, "accepted"), kind="planned"), off, coming])
    shown = capsys.readouterr().out
    assert "Delivery 1, the time: sent\n" in shown
    assert "Delivery 2, reminder: queued\n" in shown
    assert "goes out" in shown
    assert "withdrawn" not in shown


def test_a_reminder_that_is_to_come_isnt_how_an_invite_fares() -> None:
    told, coming = delivery("sent", kind="planned"), delivery("queued", kind="reminder", next_at=at(60))
    assert timelines.latest(invite(told, coming)) == told
    assert timelines.next_reminder(invite(told, coming)) == at(60)
    late = delivery("failed", kind="reminder", reason="too_late")
    assert timelines.latest(invite(told, late)) == late


def test_a_reminder_that_was_taken_back_isnt_how_an_invite_fares() -> None:
    told, off = delivery("sent", kind="planned"), delivery("failed", kind="reminder", reason="withdrawn")
    again = delivery("delivered", kind="planned")
    late = delivery("failed", kind="reminder", reason="too_late")
    assert timelines.latest(invite(told, off, off)) == told
    assert timelines.latest(invite(told, off, again, off)) == again
    assert timelines.latest(invite(told, late, off)) == late
    assert timelines.latest(invite(off)) is None
    # The message itself may have been taken back before it went out.
    gone = delivery("failed", kind="planned", reason="withdrawn")
    assert timelines.latest(invite(gone, off)) == gone


def test_several_deliveries_are_numbered_and_drawn_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    failed = delivery("failed", attempt(1, "permanent", "refused", "554 \x1b[2Jno"), reason="refused")
    timelines.draw([failed, delivery("sent", attempt(3, "accepted"))])
    shown = capsys.readouterr().out
    assert "Delivery 1: failed: refused\n" in shown
    assert "Delivery 2: sent\n" in shown
    assert "\x1b" not in shown
    assert NOON.strftime("%H:%M") in shown

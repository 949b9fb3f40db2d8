"""How messages fare, in staff's words."""

from datetime import timedelta
from typing import get_args

import pytest

from tc_cli.tui import delivery_words
from tc_cli.tui.board import Board
from tc_server.wire.bodies import AttemptResult, Delivery, DeliveryReason, DeliveryState, Way
from tests.fates import NOON, at, attempt, delivery, invite

SMS_THEN_EMAIL = [Way(channel="sms", provider="gateway"), Way(channel="email", provider="smtp")]
NOW = at(2)


def told(one: Delivery) -> list[str]:
    return [line.what for line in delivery_words.story(one, NOW)]


def held_up(*deliveries: Delivery, **fields: object) -> tuple[str, str] | None:
    board = Board()
    for number, one in enumerate(deliveries):
        board.invites[f"i{number}"] = invite(one, **fields)
    return delivery_words.held_up(board, NOW)


def test_every_reason_of_the_wire_has_words() -> None:
    for words in (delivery_words.REASONS, delivery_words.BRIEFLY, delivery_words.REMEDIES):
        assert set(words) == set(get_args(DeliveryReason))


def test_every_result_and_every_state_has_words() -> None:
    assert set(delivery_words.RESULTS) == set(get_args(AttemptResult))
    assert set(delivery_words.STATES) == set(delivery_words.SIGNS) == set(get_args(DeliveryState))


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (None, "by hand"),
        (delivery("queued"), "… queued"),
        (delivery("queued", reason="busy"), "… waits: busy"),
        (delivery("trying"), "↑ being sent"),
        (delivery("sent"), "✓ sent"),
        (delivery("sent", provider="folder"), "▤ in a folder"),
        (delivery("delivered"), "✓✓ delivered"),
        (delivery("failed", reason="no_such_address"), "✗ no such address"),
        (delivery("failed"), "✗ failed"),
        (delivery("failed", reason="withdrawn"), "– taken back"),
    ],
)
def test_a_list_says_how_a_message_fares(one: Delivery | None, said: str) -> None:
    assert delivery_words.briefly(one).text == said


def test_a_story_names_who_is_at_fault_and_what_comes() -> None:
    one = delivery("queued", attempt(1, "temporary", "busy", "451 later"), reason="busy", next_at=at(4))
    assert told(one) == ["queued for email", "not now: the mail server asks to come again later", "next try"]
    assert delivery_words.story(one, NOW)[1].reply == "451 later"
    assert delivery_words.remedies(one) == ["It is tried again by itself."]


def test_the_same_many_times_over_is_one_line_more() -> None:
    tries = [attempt(number, "temporary", "busy", "451 later") for number in range(1, 13)]
    assert told(delivery("queued", *tries, reason="busy", next_at=at(20)))[2:] == ["the same 11 times more", "next try"]


def test_with_several_ways_each_try_names_its_own() -> None:
    sms = attempt(1, "undelivered", "undelivered", channel="sms", provider="gateway")
    one = delivery("sent", sms, attempt(2, "accepted"), ways=SMS_THEN_EMAIL)
    assert told(one) == [
        "queued for SMS, then email",
        "SMS: not delivered: the SMS gateway could not hand it over",
        "email: sent",
    ]


def test_what_was_given_up_after_a_day_says_so_and_what_helps() -> None:
    one = delivery("failed", attempt(1, "temporary", "busy"), reason="busy")
    assert told(one)[-1] == "given up"
    assert delivery_words.remedies(one) == ["Send it again, or pass the link on by hand."]


def test_what_may_have_been_sent_twice_says_so_once() -> None:
    one = delivery("failed", attempt(1, "unknown", "interrupted"), reason="interrupted", maybe_twice=True)
    assert delivery_words.remedies(one) == [
        "Send it again, or pass the link on by hand.",
        "It may have been sent twice.",
    ]


def test_a_provider_at_fault_holds_messages_up() -> None:
    waits = delivery("queued", attempt(1, "broken", "login_refused"), reason="login_refused", next_at=at(4))
    assert held_up(waits) == ("Messages wait: the mail server refuses our login.", "Ask whoever runs the server.")


def test_what_was_held_back_untried_is_held_up_too() -> None:
    assert held_up(delivery("queued", reason="unreachable", next_at=at(4))) is not None


@pytest.mark.parametrize("reason", ["busy", "throttled", "no_such_address"])
def test_what_the_provider_is_not_to_blame_for_holds_nothing_up(reason: DeliveryReason) -> None:
    assert held_up(delivery("queued", attempt(1, "temporary", reason), reason=reason, next_at=at(4))) is None


def test_what_has_gone_over_to_another_way_does_not_blame_that_one() -> None:
    sms = attempt(1, "broken", "unreachable", channel="sms", provider="gateway")
    assert held_up(delivery("queued", sms, reason="unreachable", ways=SMS_THEN_EMAIL, next_at=NOON)) is None


def test_what_was_to_be_tried_long_ago_says_nothing_any_more() -> None:
    old = delivery(
        "queued", attempt(1, "broken", "unreachable"), reason="unreachable", next_at=NOW - timedelta(hours=1)
    )
    assert held_up(old) is None


def test_of_who_is_not_expected_nothing_is_held_up() -> None:
    waits = delivery("queued", reason="unreachable", next_at=at(4))
    assert held_up(waits, state="cancelled") is None
    assert held_up(waits, joined_at=NOON) is None

"""When staff is told that somebody waits, where to, and when it is given up."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tc_server.domain.delivery import FOR_GOOD, Outcome, Policy, Reason, Result
from tc_server.domain.errors import InvalidEmail, InvalidPhone, InvalidTarget
from tc_server.domain.notice import (
    GIVE_UP,
    Address,
    Attention,
    Calling,
    Desk,
    Target,
    Wait,
    address,
    ask,
    begin,
    due_at,
    is_to_be_told,
    learn,
    wait,
    words,
)
from tests.domain.made import NOON, at

FIVE = Attention(timedelta(minutes=5))
CALLING = Calling("s1", NOON)
TARGET = Target("t1", "a1", "email", "l…@example.org", "en", NOON)
TAKEN = Outcome(Result.ACCEPTED)
BUSY = Outcome(Result.TEMPORARY, Reason.BUSY)


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


def desk(*callings: Calling, seen_at: datetime | None = None) -> Desk:
    return Desk("a1", seen_at, callings)


@pytest.mark.parametrize(
    ("seen_at", "told_until", "due"),
    [
        (None, None, after(seconds=20)),
        (after(hours=-3), None, after(seconds=20)),
        (after(seconds=30), None, after(seconds=50)),
        (after(minutes=3), None, after(minutes=3, seconds=20)),
        (after(minutes=4, seconds=55), None, after(minutes=5)),
        (after(hours=2), None, after(minutes=5)),
        (None, after(minutes=10), after(minutes=10)),
        (None, after(minutes=-10), after(seconds=20)),
    ],
)
def test_the_first_notice_is_due_after_a_grace_without_a_client_or_a_while_without_a_reaction(
    seen_at: datetime | None, told_until: datetime | None, due: datetime
) -> None:
    assert due_at(replace(CALLING, told_until=told_until), seen_at, FIVE) == due


@pytest.mark.parametrize(
    ("notified_at", "due"),
    [
        (after(seconds=20), after(minutes=30)),
        (after(minutes=29), after(minutes=30)),
        (after(minutes=30), None),
        (after(hours=5), None),
        (after(minutes=-1), after(seconds=20)),
    ],
)
def test_a_stretch_of_waiting_is_told_once_more_after_half_an_hour_and_a_former_one_counts_for_nothing(
    notified_at: datetime, due: datetime | None
) -> None:
    assert due_at(replace(CALLING, notified_at=notified_at), None, FIVE) == due


@given(
    st.timedeltas(timedelta(seconds=1), timedelta(hours=3)),
    st.lists(st.tuples(st.integers(1, 900), st.booleans()), max_size=80),
)
def test_whatever_comes_and_goes_nobody_is_told_more_than_twice_of_one_wait(
    patience: timedelta, steps: list[tuple[int, bool]]
) -> None:
    attention, now, seen_at, calling, told = Attention(patience), NOON, None, CALLING, 0
    for seconds, connected in steps:
        now += timedelta(seconds=seconds)
        seen_at = now if connected else seen_at
        if is_to_be_told(desk(calling, seen_at=seen_at), attention, now):
            told += 1
            calling = replace(calling, notified_at=now)
    assert told <= 2


@given(st.integers(0, 10_000), st.one_of(st.none(), st.integers(0, 10_000)))
def test_who_has_waited_long_enough_is_told_of_however_connected_staff_is(waited: int, seen: int | None) -> None:
    now = after(seconds=waited)
    seen_at = None if seen is None else min(now, after(seconds=seen))
    told = is_to_be_told(desk(CALLING, seen_at=seen_at), FIVE, now)
    assert told or waited < 300
    assert not told or waited >= 20


def test_many_who_come_in_a_row_are_one_notice() -> None:
    told = replace(CALLING, notified_at=after(seconds=20))
    fresh = Calling("s2", after(seconds=30))
    assert not is_to_be_told(desk(told, fresh), FIVE, after(minutes=2))
    assert is_to_be_told(desk(fresh), FIVE, after(minutes=2))
    assert is_to_be_told(desk(told, fresh), FIVE, after(minutes=5, seconds=20))


def test_a_notice_sums_up_what_was_told_of_and_still_calls() -> None:
    told = replace(CALLING, notified_at=after(minutes=5))
    later = Calling("s2", after(minutes=3), notified_at=after(minutes=5))
    untold = Calling("s3", after(minutes=1))
    assert wait([desk(told, later, untold)], after(minutes=7, seconds=59)) == Wait(2, 7)
    assert wait([desk(untold), desk()], after(minutes=7)) is None


def sent(target: Target, outcome: Outcome, now: datetime) -> Target:
    asked_at = target.asked_at
    return learn(begin(target, now, Policy()), outcome, asked_at, now, Policy(), 0.5)


def test_what_was_taken_is_done() -> None:
    done = sent(ask(TARGET, NOON), TAKEN, at(1))
    assert (done.asked_at, done.due_at, done.tries) == (None, None, 0)
    assert (done.last_at, done.last_result) == (at(1), Result.ACCEPTED)


def test_what_was_not_taken_is_tried_again_more_and_more_slowly_for_an_hour() -> None:
    target, now, pauses = ask(TARGET, NOON), NOON, []
    while target.due_at:
        target = sent(target, BUSY, now)
        if target.due_at:
            pauses.append((target.due_at - now).total_seconds())
            now = target.due_at
    assert pauses == [20, 40, 80, 160, 320, 640, 1280]
    assert now + timedelta(seconds=2560) >= NOON + GIVE_UP
    assert (target.asked_at, target.last_reason) == (None, Reason.BUSY)


@pytest.mark.parametrize("result", sorted(FOR_GOOD))
def test_a_refusal_for_good_is_not_tried_again(result: Result) -> None:
    assert sent(ask(TARGET, NOON), Outcome(result, Reason.NO_SUCH_ADDRESS), at(1)).due_at is None


def test_the_pause_that_a_provider_asks_for_is_kept() -> None:
    throttled = Outcome(Result.THROTTLED, Reason.THROTTLED, after=timedelta(minutes=7))
    assert sent(ask(TARGET, NOON), throttled, NOON).due_at == after(minutes=7)


def test_what_is_asked_for_anew_while_it_is_sent_is_sent_again() -> None:
    begun = begin(ask(TARGET, NOON), NOON, Policy())
    anew = ask(begun, at(1))
    assert anew.due_at == begun.due_at
    assert learn(anew, TAKEN, NOON, at(2), Policy(), 0.5).due_at == at(2)


def test_a_trial_leaves_alone_what_is_on_its_way() -> None:
    asked = ask(TARGET, NOON)
    tried = learn(asked, BUSY, None, at(1), Policy(), 0.5)
    assert (tried.asked_at, tried.due_at, tried.last_reason) == (NOON, NOON, Reason.BUSY)


@pytest.mark.parametrize(
    ("text", "read", "shown"),
    [
        ("email:Lena@Example.org", Address("email", "Lena@example.org"), "L…@example.org"),
        (" EMAIL: lena@example.org ", Address("email", "lena@example.org"), "l…@example.org"),
        ("sms:+41 44 668 18 00", Address("sms", "+41446681800"), "+41…00"),
        ("tgram://123:SECRET/42", Address("apprise", "tgram://123:SECRET/42"), "tgram://…"),
        ("NTFYS://host/topic?a=b,c", Address("apprise", "ntfys://host/topic?a=b,c"), "ntfys://…"),
    ],
)
def test_an_address_is_read_and_shown_in_part(text: str, read: Address, shown: str) -> None:
    assert address(text) == read
    assert read.shown == shown


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", InvalidTarget),
        ("lena@example.org", InvalidTarget),
        ("fax:+41446681800", InvalidTarget),
        ("://nowhere", InvalidTarget),
        ("json://two words", InvalidTarget),
        ("json://" + "x" * 2000, InvalidTarget),
        ("email:lena", InvalidEmail),
        ("sms:12", InvalidPhone),
    ],
)
def test_what_is_no_address_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        address(text)


@given(st.text(max_size=60))
def test_whatever_is_given_is_an_address_or_is_refused(text: str) -> None:
    try:
        read = address(text)
    except (InvalidTarget, InvalidEmail, InvalidPhone):
        return
    assert read.to not in read.shown or len(read.to) < 4


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_to_do(reason: Reason) -> None:
    what, remedy = words(reason)
    assert what.endswith(".")
    assert "invite" not in remedy
    assert "person" not in remedy
    assert "link" not in remedy

"""How a delivery fares: ways, retries, results in any order, and what is true in the end."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tc_server.domain.delivery import (
    Attempt,
    Delivery,
    Offer,
    Outcome,
    Policy,
    Reason,
    Result,
    Rules,
    Step,
    Via,
    begin,
    chain,
    learn,
    left_out,
    standing,
    too_late,
    withdraw,
    without_provider,
)
from tc_server.domain.delivery import (
    told as worded,
)
from tests.domain.made import NOON, at

POLICY = Policy()
ACCEPTED = Outcome(Result.ACCEPTED, reference="SM1")
BUSY = Outcome(Result.TEMPORARY, Reason.BUSY)
REFUSED = Outcome(Result.PERMANENT, Reason.REFUSED)
LOST = Outcome(Result.UNKNOWN, Reason.INTERRUPTED)
RECEIPTED = ("meta", "twilio")
PHONE, EMAIL = "+41446681800", "amina@example.org"
OFFERS = (
    Offer("meta", ("whatsapp",), receipts=True),
    Offer("twilio", ("sms",), Rules(("!+374",)), receipts=True),
    Offer("smtp", ("email",)),
)


def delivery(*ways: Step) -> Delivery:
    return Delivery(
        delivery_id="d",
        session_id="s",
        invite_id="i",
        chain=ways or (Step("email", "smtp"),),
        created_at=NOON,
        step_since=NOON,
        until=NOON + timedelta(days=7),
        due_at=NOON,
    )


class Story:
    """A delivery with its attempts, told forward."""

    def __init__(self, *ways: Step) -> None:
        self.now = NOON
        self.delivery = delivery(*ways)
        self.attempts: list[Attempt] = []

    def try_(self, outcome: Outcome) -> "Story":
        """Wait until it is due, try it, and hear how it went."""
        assert self.delivery.state == "queued"
        assert self.delivery.due_at is not None
        self.now = max(self.now, self.delivery.due_at)
        name = f"a{len(self.attempts) + 1}"
        self.delivery, attempt = begin(self.delivery, self.attempts, name, self.now, POLICY)
        self.attempts.append(attempt)
        return self.hear(-1, outcome)

    def hear(self, which: int, outcome: Outcome) -> "Story":
        """Hear something of an attempt."""
        self.attempts[which] = learn(self.attempts[which], outcome, self.now)
        return self.look()

    def look(self, **later: float) -> "Story":
        """Look at it again, later."""
        self.now += timedelta(**later)
        self.delivery = standing(self.delivery, self.attempts, self.now, POLICY, receipted=RECEIPTED)
        return self


# --- ways -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("via", "phone", "email", "channels"),
    [
        ("auto", PHONE, EMAIL, ["whatsapp", "sms", "email"]),
        ("auto", None, EMAIL, ["email"]),
        ("auto", "+37410123456", None, ["whatsapp"]),
        ("sms", PHONE, EMAIL, ["sms"]),
        ("sms", "+37410123456", EMAIL, []),
        ("email", PHONE, None, []),
        ("link", PHONE, EMAIL, []),
    ],
)
def test_the_ways_to_somebody_are_those_that_providers_offer_in_their_order(
    via: Via, phone: str | None, email: str | None, channels: list[str]
) -> None:
    assert [step.channel for step in chain(via, phone, email, OFFERS)] == channels


def test_a_provider_that_hears_of_no_arrival_is_tried_by_one_channel_alone() -> None:
    assert chain("auto", PHONE, EMAIL, [Offer("folder", ("sms", "email"))]) == (Step("sms", "folder"),)


@pytest.mark.parametrize(
    ("via", "template", "ways", "lacking"),
    [
        ("auto", "fr", ["whatsapp", "sms"], None),
        ("auto", "sw", ["sms"], Reason.NO_TEMPLATE),
        ("auto", "", ["sms"], Reason.NO_TEMPLATE),
        ("whatsapp", "sw", [], Reason.NO_TEMPLATE),
        ("whatsapp", "fr", ["whatsapp"], None),
        ("sms", "sw", ["sms"], None),
    ],
)
def test_whatsapp_is_a_way_where_there_is_a_template_and_its_want_is_told(
    via: Via, template: str, ways: list[str], lacking: Reason | None
) -> None:
    offers = [
        Offer("meta", ("whatsapp",), receipts=True, templates=frozenset({"fr"})),
        Offer("twilio", ("whatsapp", "sms"), receipts=True, templates=frozenset({"fr_colleague"})),
    ]
    assert [step.channel for step in chain(via, PHONE, EMAIL, offers, template=template)] == ways
    assert left_out(via, PHONE, offers, template=template) is lacking
    assert left_out(via, None, offers, template=template) is None
    assert left_out(via, PHONE, [Offer("smtp", ("email",)), Offer("folder", ("whatsapp",))], template=template) is None


@pytest.mark.parametrize(
    ("patterns", "phone", "allowed"),
    [
        (("*",), PHONE, True),
        (("+41",), PHONE, True),
        (("+41",), "+4930123456", False),
        (("*", "!+374"), "+37410123456", False),
        (("!+374", "*"), PHONE, True),
        (("!+374",), PHONE, True),
        (("+41", "!+4179"), "+41791234567", False),
        (("!+41", "+4179"), "+41791234567", True),
        (("!+41", "+4179"), PHONE, False),
    ],
)
def test_the_longest_prefix_that_fits_decides(patterns: tuple[str, ...], phone: str, allowed: bool) -> None:
    assert Rules(patterns).allow(phone) is allowed


# --- one way --------------------------------------------------------------------------------------------------------


def test_what_is_taken_is_sent_and_nothing_more_is_due() -> None:
    told = Story().try_(ACCEPTED).delivery
    assert (told.state, told.sent_at, told.due_at, told.reason) == ("sent", NOON, None, None)


def test_a_passing_fault_is_tried_again_after_pauses_that_double() -> None:
    story, pauses = Story(), []
    for _ in range(5):
        before = story.now
        story.try_(BUSY)
        before = story.now
        assert story.delivery.due_at is not None
        pauses.append((story.delivery.due_at - before).total_seconds())
    assert (story.delivery.state, story.delivery.reason) == ("queued", Reason.BUSY)
    assert pauses == [20, 40, 80, 160, 320]


@pytest.mark.parametrize("jitter", [0, 0.5, 1])
def test_a_pause_is_a_fifth_more_or_less_by_chance_and_never_over_its_limit(jitter: float) -> None:
    assert POLICY.pause(1, jitter).total_seconds() == pytest.approx(20 * (0.8 + 0.4 * jitter))
    assert POLICY.pause(1000, jitter) <= POLICY.longest_pause * 1.2


def test_a_provider_that_asks_for_time_gets_it() -> None:
    told = Story().try_(replace(BUSY, result=Result.THROTTLED, after=timedelta(minutes=30))).delivery
    assert told.due_at == NOON + timedelta(minutes=30)


def test_a_refusal_for_good_is_the_end_and_says_why() -> None:
    told = Story().try_(REFUSED).delivery
    assert (told.state, told.reason, told.due_at) == ("failed", Reason.REFUSED, None)


def test_after_a_day_of_passing_faults_it_has_failed() -> None:
    story = Story()
    while story.delivery.state == "queued":
        story.try_(BUSY)
    assert (story.delivery.state, story.delivery.reason) == ("failed", Reason.BUSY)
    assert "isn't tried any more" in (worded(story.delivery) or ("", ""))[1]
    assert story.now == NOON + POLICY.give_up


def test_what_a_kill_interrupted_is_tried_again_at_once_and_may_arrive_twice() -> None:
    story = Story().try_(LOST)
    assert (story.delivery.state, story.delivery.due_at, story.delivery.maybe_twice) == ("queued", story.now, True)
    story.try_(LOST)
    assert story.delivery.due_at == story.now + timedelta(seconds=20)
    assert story.try_(ACCEPTED).delivery.maybe_twice


def test_where_the_provider_knows_a_text_again_nothing_arrives_twice() -> None:
    assert not Story().try_(Outcome(Result.UNKNOWN, Reason.NO_ANSWER)).delivery.maybe_twice


def test_what_is_taken_back_is_sent_no_more_and_what_went_out_stays_sent() -> None:
    taken_back = withdraw(delivery(), [])
    assert (taken_back.state, taken_back.reason, taken_back.due_at) == ("failed", Reason.WITHDRAWN, None)
    story = Story().try_(Outcome(Result.TRYING))
    story.delivery = withdraw(story.delivery, story.attempts)
    assert story.delivery.state == "trying"
    assert story.hear(-1, BUSY).delivery.reason is Reason.WITHDRAWN
    sent = Story().try_(ACCEPTED)
    assert withdraw(sent.delivery, sent.attempts).state == "sent"


# --- several ways ---------------------------------------------------------------------------------------------------

WAYS = (Step("whatsapp", "meta"), Step("sms", "twilio"), Step("email", "smtp"))


def test_after_a_refusal_for_good_it_goes_the_next_way_at_once() -> None:
    told = Story(*WAYS).try_(REFUSED).delivery
    assert (told.state, told.way, told.due_at) == ("queued", WAYS[1], NOON)


def test_passing_faults_are_waited_for_only_so_long_where_there_is_another_way() -> None:
    story = Story(*WAYS)
    while story.delivery.step == 0:
        story.try_(BUSY)
    assert timedelta(minutes=10) <= story.now - NOON < timedelta(minutes=20)


def test_when_nothing_is_heard_it_goes_the_next_way_and_no_further_once_it_arrived() -> None:
    story = Story(*WAYS).try_(ACCEPTED)
    assert (story.delivery.state, story.delivery.due_at) == ("sent", NOON + POLICY.patience)
    story.look(minutes=10)
    assert (story.delivery.state, story.delivery.way) == ("queued", WAYS[1])
    story.try_(ACCEPTED).hear(0, Outcome(Result.DELIVERED))
    assert (story.delivery.state, story.delivery.due_at) == ("delivered", None)
    story.hear(1, Outcome(Result.UNDELIVERED, Reason.UNDELIVERED)).look(days=1)
    assert story.delivery.state == "delivered"


def test_an_undelivered_text_goes_the_next_way() -> None:
    story = Story(*WAYS).try_(ACCEPTED).hear(0, Outcome(Result.UNDELIVERED, Reason.UNDELIVERED))
    assert (story.delivery.state, story.delivery.way, story.delivery.reason) == ("queued", WAYS[1], Reason.UNDELIVERED)


def test_after_the_last_way_has_failed_what_once_was_taken_counts_as_sent() -> None:
    story = Story(*WAYS[:2]).try_(ACCEPTED).look(minutes=10).try_(REFUSED)
    assert story.delivery.state == "sent"


@pytest.mark.parametrize("given_up", ["taken back", "too late", "without a provider"])
def test_what_went_out_on_a_way_that_nothing_was_heard_of_is_not_undone_by_giving_up_the_next(given_up: str) -> None:
    story = Story(*WAYS[:2])
    story.try_(ACCEPTED)
    story.look(minutes=11)
    assert (story.delivery.state, story.delivery.step) == ("queued", 1)
    match given_up:
        case "taken back":
            story.delivery = withdraw(story.delivery, story.attempts)
        case "too late":
            story.delivery = too_late(story.delivery, story.attempts)
        case _:
            story.delivery = without_provider(story.delivery, story.attempts, Reason.NO_PROVIDER, story.now)
    assert (story.delivery.state, story.delivery.reason, story.delivery.due_at) == ("sent", None, None)


@pytest.mark.parametrize("first", ["given up", "undelivered"])
def test_given_up_and_undelivered_it_has_failed_in_whichever_order(first: str) -> None:
    story = Story(*WAYS[:2])
    story.try_(ACCEPTED)
    story.look(minutes=11)
    for what in (first, "undelivered" if first == "given up" else "given up"):
        if what == "given up":
            story.delivery = withdraw(story.delivery, story.attempts)
        else:
            story.hear(0, Outcome(Result.UNDELIVERED, Reason.UNDELIVERED))
    assert (story.delivery.state, story.delivery.reason) == ("failed", Reason.WITHDRAWN)


# --- whatever happens -----------------------------------------------------------------------------------------------

OUTCOMES = st.sampled_from(
    [
        ACCEPTED,
        BUSY,
        REFUSED,
        LOST,
        Outcome(Result.THROTTLED, Reason.THROTTLED, after=timedelta(minutes=7)),
        Outcome(Result.BROKEN, Reason.LOGIN_REFUSED),
        Outcome(Result.UNDELIVERED, Reason.UNDELIVERED),
        Outcome(Result.DELIVERED),
    ]
)
HEARD = st.lists(st.tuples(st.integers(0, 30), OUTCOMES))


@given(st.lists(OUTCOMES, min_size=1), st.randoms())
def test_what_is_known_of_an_attempt_is_the_same_in_whatever_order_and_however_often_it_is_heard(
    heard: list[Outcome], chance: Random
) -> None:
    def known(outcomes: list[Outcome]) -> int:
        _, attempt = begin(delivery(), [], "a", NOON, POLICY)
        for outcome in outcomes:
            attempt = learn(attempt, outcome, NOON)
        return [r.value for r in Result].index(attempt.result)

    again = heard * 2
    chance.shuffle(again)
    final = (Result.ACCEPTED, Result.UNDELIVERED, Result.DELIVERED)
    ranks = {r: n for n, r in enumerate(Result)}
    best = max(ranks[o.result] for o in heard)
    if list(Result)[best] in final:
        assert known(heard) == known(again) == best
    else:
        assert known(heard) not in {ranks[r] for r in final}


GIVEN_UP = st.sampled_from(["taken back", "too late", "without a provider"])


@given(st.lists(st.one_of(OUTCOMES, st.none(), HEARD, GIVEN_UP), max_size=40), st.integers(1, 3), st.booleans())
def test_any_order_and_repetition_of_results_silence_crashes_and_retries_ends_in_a_true_state(
    steps: list[Outcome | list[tuple[int, Outcome]] | str | None], ways: int, taken_back: bool
) -> None:
    story = Story(*WAYS[:ways])
    for step in steps:
        match step:
            case None:
                story.look(minutes=3)
            case "taken back":
                story.delivery = withdraw(story.delivery, story.attempts)
            case "too late" if story.delivery.state == "queued":
                story.delivery = too_late(story.delivery, story.attempts)
            case "without a provider" if story.delivery.state == "queued":
                story.delivery = without_provider(story.delivery, story.attempts, Reason.NO_PROVIDER, story.now)
            case Outcome() if story.delivery.state == "queued":
                story.try_(step)
            case list():
                for which, outcome in step:
                    if which < len(story.attempts):
                        story.hear(which, outcome)
            case _:
                pass
        _holds(story)
    if taken_back:
        story.delivery = withdraw(story.delivery, story.attempts)
    # Left alone, with every try refused for the moment, it comes to rest.
    for _ in range(200):
        if story.delivery.due_at is None:
            break
        story.now = max(story.now, story.delivery.due_at)
        if story.delivery.state == "queued":
            story.try_(BUSY)
        else:
            for attempt in [a for a in story.attempts if a.result is Result.TRYING]:
                story.hear(story.attempts.index(attempt), LOST)
            story.look()
        _holds(story)
    assert story.delivery.due_at is None
    assert story.delivery.state in ("sent", "delivered", "failed")
    _holds(story)


def _holds(story: Story) -> None:
    """Hold the delivery to what is known of its attempts."""
    told, results = story.delivery, {attempt.result for attempt in story.attempts}
    assert (told.state == "delivered") == (Result.DELIVERED in results)
    if told.state == "sent":
        assert Result.ACCEPTED in results
    if told.state == "failed":
        assert not results & {Result.ACCEPTED, Result.DELIVERED, Result.TRYING}
        assert told.reason is not None
    if told.state in ("queued", "trying"):
        assert told.due_at is not None
    assert [attempt.number for attempt in story.attempts] == list(range(1, len(story.attempts) + 1))
    lost = any(a.result is Result.UNKNOWN and a.reason is Reason.INTERRUPTED for a in story.attempts)
    assert told.maybe_twice or not lost
    assert at(0) <= told.step_since <= story.now

"""What providers report: in any order, before the answer, twice, too late, of the erased."""

from dataclasses import replace
from itertools import permutations

import pytest

from tc_server.domain.delivery import HEARING, Attempt, Delivery, Offer, Outcome, Reason, Result
from tc_server.services import arrivals, erasing, invites, sending
from tc_server.services.arrivals import Arrival, TooEarly
from tc_server.services.events import DeliveryChanged
from tc_server.services.sending import Ended, Errand
from tc_server.store import deliveries
from tests.services.clinic import PHONE, Clinic

REFERENCE = "SM1"
ANSWER = Outcome(Result.ACCEPTED, reference=REFERENCE)
ARRIVED = Outcome(Result.DELIVERED, reference=REFERENCE)
LOST = Outcome(Result.UNDELIVERED, Reason.UNDELIVERED, "30003", REFERENCE)
OFFERS = (Offer("meta", ("whatsapp",), receipts=True), Offer("twilio", ("sms",), receipts=True))


@pytest.fixture(autouse=True)
def gateways(clinic: Clinic) -> None:
    """Have WhatsApp, then SMS, each of which reports."""
    clinic.ctx.offers = OFFERS


async def begin(clinic: Clinic, provider: str = "meta") -> Errand:
    """Hand one text over to a provider."""
    [errand], _ = await sending.turn(clinic.ctx, provider, [], 1)
    return errand


async def answer(clinic: Clinic, errand: Errand, outcome: Outcome = ANSWER) -> None:
    """Hear what the provider answered."""
    await sending.turn(clinic.ctx, errand.attempt.provider, [Ended(errand.attempt, outcome)], 0)


async def report(clinic: Clinic, outcome: Outcome, errand: Errand | None = None) -> None:
    """Hear a receipt, with the attempt's id if the provider gives it back."""
    named = errand.message.attempt_id if errand else None
    await arrivals.report(clinic.ctx, [Arrival("meta", outcome, named)])


async def invited(clinic: Clinic) -> str:
    """Invite somebody by phone."""
    return (await clinic.invite(await clinic.hire(), phone=PHONE, via="auto")).invite.invite_id


async def stands(clinic: Clinic, errand: Errand) -> tuple[Delivery, list[Attempt]]:
    """Look how a text's delivery stands."""
    async with clinic.ctx.store.write() as tx:
        [found] = await deliveries.lock(tx, [errand.attempt.delivery_id])
        return found, (await deliveries.attempts_of(tx, [found.delivery_id]))[found.delivery_id]


async def test_answer_and_receipts_come_to_the_same_in_every_order(clinic: Clinic) -> None:
    said = {"answer": ANSWER, "sent": ANSWER, "lost": LOST, "arrived": ARRIVED}
    staff = await clinic.hire()
    for number, order in enumerate(permutations(said)):
        await clinic.invite(staff, phone=PHONE, via="auto")
        errand, reference = await begin(clinic), f"SM{number}"
        for what in order:
            outcome = replace(said[what], reference=reference)
            await (answer(clinic, errand, outcome) if what == "answer" else report(clinic, outcome, errand))
        delivery, [attempt] = await stands(clinic, errand)
        assert (delivery.state, attempt.result, attempt.reference) == ("delivered", Result.DELIVERED, reference)


async def test_a_receipt_finds_its_text_by_the_providers_id_alone(clinic: Clinic) -> None:
    await invited(clinic)
    errand = await begin(clinic)
    await answer(clinic, errand)
    await arrivals.report(clinic.ctx, [Arrival("twilio", ARRIVED)])
    assert (await stands(clinic, errand))[0].state == "sent"
    await report(clinic, ARRIVED)
    assert (await stands(clinic, errand))[0].state == "delivered"


async def test_a_report_that_names_no_attempt_comes_again_while_the_answer_is_on_its_way(clinic: Clinic) -> None:
    await report(clinic, ARRIVED)
    await invited(clinic)
    errand = await begin(clinic)
    with pytest.raises(TooEarly):
        await report(clinic, ARRIVED)
    await answer(clinic, errand)
    await report(clinic, replace(ARRIVED, reference="of no text of ours"))
    await report(clinic, ARRIVED)
    assert (await stands(clinic, errand))[0].state == "delivered"


async def test_what_is_known_already_is_neither_written_nor_told(clinic: Clinic) -> None:
    await invited(clinic)
    errand = await begin(clinic)
    await answer(clinic, errand)
    await report(clinic, ARRIVED, errand)
    clinic.ear.events.clear()
    for outcome in (ANSWER, LOST, ARRIVED):
        await report(clinic, outcome, errand)
    assert clinic.ear.all_of(DeliveryChanged) == []


async def test_what_does_not_arrive_goes_the_next_way_at_once(clinic: Clinic) -> None:
    await invited(clinic)
    errand = await begin(clinic)
    await answer(clinic, errand)
    woken: list[bool] = []
    clinic.ctx.wake_outbox = lambda: woken.append(True)
    await report(clinic, LOST, errand)
    assert woken
    second = await begin(clinic, "twilio")
    assert (second.message.channel, second.attempt.step) == ("sms", 1)
    await answer(clinic, second, Outcome(Result.ACCEPTED, reference="SM2"))
    delivery, attempts = await stands(clinic, second)
    assert delivery.state == "sent"
    assert [attempt.result for attempt in attempts] == [Result.UNDELIVERED, Result.ACCEPTED]


async def test_a_refusal_on_one_way_wakes_the_next_ones_provider(clinic: Clinic) -> None:
    await invited(clinic)
    errand = await begin(clinic)
    woken: list[bool] = []
    clinic.ctx.wake_outbox = lambda: woken.append(True)
    await answer(clinic, errand, Outcome(Result.PERMANENT, Reason.NO_TEMPLATE))
    assert woken


async def test_what_is_taken_back_goes_no_other_way(clinic: Clinic) -> None:
    staff = await clinic.hire()
    invite = (await clinic.invite(staff, phone=PHONE, via="auto")).invite
    errand = await begin(clinic)
    await answer(clinic, errand)
    await invites.revoke(clinic.ctx, staff, invite.invite_id)
    await report(clinic, LOST, errand)
    delivery, _ = await stands(clinic, errand)
    assert (delivery.state, delivery.due_at) == ("failed", None)


async def test_after_a_kill_a_minute_is_waited_for_a_receipt(clinic: Clinic) -> None:
    await invited(clinic)
    errand = await begin(clinic)
    await sending.recover(clinic.ctx, alone=True)
    delivery, _ = await stands(clinic, errand)
    assert delivery.state == "queued"
    assert delivery.maybe_twice
    assert delivery.due_at == clinic.clock() + HEARING
    await report(clinic, ARRIVED, errand)
    delivery, _ = await stands(clinic, errand)
    assert (delivery.state, delivery.maybe_twice, delivery.due_at) == ("delivered", False, None)


async def test_a_receipt_of_an_erased_session_changes_nothing(clinic: Clinic) -> None:
    staff = await clinic.hire()
    view = await clinic.invite(staff, phone=PHONE, via="auto")
    errand = await begin(clinic)
    await answer(clinic, errand)
    await invites.revoke(clinic.ctx, staff, view.invite.invite_id)
    await erasing.erase(clinic.ctx, staff, view.invite.session_id)
    clinic.ear.events.clear()
    await report(clinic, ARRIVED, errand)
    assert clinic.ear.events == []

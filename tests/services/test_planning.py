"""Sessions planned ahead: told, reminded, moved, cancelled, joined when it is time."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tc_server.domain.delivery import Offer, Outcome, Reason, Result
from tc_server.domain.errors import IllegalMove, InvalidTime, InvalidTimezone, LinkExpired, NoProvider, TooEarly
from tc_server.domain.invite import Invitation
from tc_server.domain.people import Staff
from tc_server.domain.session import State
from tc_server.services import invites, joining, planning, sending
from tc_server.services.context import Appointment
from tc_server.services.sending import Ended
from tc_server.services.views import InviteView
from tests.domain.made import NOON
from tests.services.clinic import PHONE, Clinic

PLANNED = NOON + timedelta(days=3)


async def plan(clinic: Clinic, staff: Staff, at: datetime = PLANNED, **facts: str) -> InviteView:
    """Plan a session with somebody who has a phone."""
    return await clinic.invite(staff, via="sms", phone=PHONE, at=at, **facts)


async def until(clinic: Clinic, moment: datetime) -> list[str]:
    """Let time pass up to a moment, and send what is due on the way; tell the kinds of it."""
    kinds = []
    while clinic.clock() < moment:
        clinic.clock.time = min(moment, clinic.clock() + timedelta(minutes=5))
        kinds += [text.kind for text in await clinic.send_all()]
    return kinds


async def test_somebody_is_told_the_time_at_once_and_reminded_with_the_link(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    [told] = await clinic.send_all()
    assert told.kind == "planned"
    assert view.url.partition("#")[2] in (told.link or "")
    assert "/test/en#" in told.text
    assert await until(clinic, PLANNED) == ["reminder", "reminder"]
    assert view.session.expires_at == PLANNED + timedelta(days=7)


async def test_the_zone_of_the_phone_is_the_persons_unless_another_is_given(clinic: Clinic, lena: Staff) -> None:
    assert (await plan(clinic, lena)).person.timezone == "Europe/Zurich"
    there = await plan(clinic, lena, timezone="Africa/Addis_Ababa")
    assert there.person.timezone == "Africa/Addis_Ababa"
    assert [text.text.split(".")[0] for text in await clinic.send_all()] == [
        "TeleConnect: we talk on Mar 4, 1:00 PM",
        "TeleConnect: we talk on Mar 4, 3:00 PM",
    ]


async def test_clocks_that_change_before_it_do_not_move_it(clinic: Clinic, lena: Staff) -> None:
    """On the first of March clocks in Zurich show an hour more than UTC, on the first of April two."""
    planned = datetime(2026, 4, 1, 14, 30, tzinfo=ZoneInfo("Europe/Zurich"))
    view = await plan(clinic, lena, planned)
    assert view.session.planned_at == datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
    told = [text.text for text in await clinic.send_all()]
    clinic.clock.time = datetime(2026, 4, 1, 12, 14, tzinfo=UTC)
    told += [text.text for text in await clinic.send_all()]
    assert len(told) == 2
    clinic.clock.time = datetime(2026, 4, 1, 12, 16, tzinfo=UTC)
    told += [text.text for text in await clinic.send_all()]
    assert ["Apr 1, 2:30 PM" in text for text in told] == [True] * 3


async def test_two_servers_at_once_remind_everybody_once(clinic: Clinic, elsewhere: Clinic, lena: Staff) -> None:
    views = [await plan(clinic, lena) for _ in range(10)]
    await clinic.send_all()
    clinic.clock.time = PLANNED - timedelta(minutes=10)
    sent = await asyncio.gather(clinic.send_all(), elsewhere.send_all(), clinic.send_all(), elsewhere.send_all())
    reminded = [text.link for texts in sent for text in texts if text.kind == "reminder"]
    assert sorted(map(str, reminded)) == sorted(view.url for view in views)


async def test_an_email_of_what_is_planned_brings_it_for_a_calendar(clinic: Clinic, lena: Staff) -> None:
    view = await clinic.invite(lena, via="email", email="amal@example.org", at=PLANNED)
    [told] = await clinic.send_all()
    assert told.appointment == Appointment(view.session.session_id, PLANNED)
    later = PLANNED + timedelta(days=1)
    await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, later, None)
    [told] = await clinic.send_all()
    assert told.appointment == Appointment(view.session.session_id, later)
    clinic.clock.time = later - timedelta(minutes=10)
    [reminder] = await clinic.send_all()
    assert reminder.appointment is None
    await invites.revoke(clinic.ctx, lena, view.invite.invite_id)
    [told] = await clinic.send_all()
    assert (told.kind, told.appointment) == ("cancelled", Appointment(view.session.session_id, later))


async def test_moved_to_a_time_so_near_that_the_link_comes_at_once_the_calendar_learns_it(
    clinic: Clinic, lena: Staff
) -> None:
    view = await clinic.invite(lena, via="email", email="amal@example.org", at=PLANNED)
    await clinic.send_all()
    soon = clinic.clock() + timedelta(minutes=10)
    await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, soon, None)
    [told] = await clinic.send_all()
    assert (told.kind, told.appointment) == ("invitation", Appointment(view.session.session_id, soon))


async def test_without_a_template_for_another_time_that_of_a_time_tells_it(clinic: Clinic, lena: Staff) -> None:
    templates = frozenset({"en_planned", "en_reminder"})
    clinic.ctx.offers = (Offer("meta", ("whatsapp",), receipts=True, templates=templates),)
    view = await clinic.invite(lena, via="whatsapp", phone=PHONE, at=PLANNED)
    moved = await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, PLANNED + timedelta(days=1), None)
    assert next(v.delivery.kind for v in moved.deliveries if v.delivery.state == "queued") == "planned"


async def test_a_preview_refuses_what_inviting_would(clinic: Clinic, lena: Staff) -> None:
    clinic.ctx.offers = (Offer("meta", ("whatsapp",), receipts=True, templates=frozenset({"en_planned"})),)
    person = Invitation("Amal", "service-user", "en", phone=PHONE, via="whatsapp", at=PLANNED)
    with pytest.raises(NoProvider):
        await invites.preview(clinic.ctx, person)
    with pytest.raises(NoProvider):
        await clinic.invite(lena, via="whatsapp", phone=PHONE, at=PLANNED)


async def test_who_comes_along_is_told_the_time_beside_whom_they_talk_with(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena, timezone="Africa/Kinshasa")
    helper = Invitation("Aimée", "interpreter", "fr", phone="+243812345678", via="sms")
    added = await invites.add_person(clinic.ctx, lena, view.session.session_id, helper, None)
    assert added.person.timezone == "Africa/Kinshasa"


async def test_a_number_that_does_not_tell_the_zone_is_refused_until_it_is_said(clinic: Clinic, lena: Staff) -> None:
    with pytest.raises(InvalidTimezone):
        await clinic.invite(lena, via="sms", phone="+243812345678", at=PLANNED)
    view = await clinic.invite(lena, via="sms", phone="+243812345678")
    with pytest.raises(InvalidTimezone):
        await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, PLANNED, None)
    moved = await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, PLANNED, "Africa/Lubumbashi")
    assert moved.person.timezone == "Africa/Lubumbashi"
    again = await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, PLANNED + timedelta(hours=1), None)
    assert again.person.timezone == "Africa/Lubumbashi"


async def test_joining_is_for_a_quarter_of_an_hour_before_and_later(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    with pytest.raises(TooEarly) as early:
        await clinic.join(view)
    assert early.value.planned_at == PLANNED
    assert await clinic.queue(lena) == []
    await until(clinic, PLANNED - timedelta(minutes=15))
    guest = await clinic.join(view)
    assert await clinic.queue(lena) == [guest.session_id]
    assert await until(clinic, PLANNED + timedelta(hours=1)) == []


async def test_a_reminder_that_a_server_which_was_down_missed_goes_out_once_if_it_still_helps(
    clinic: Clinic, elsewhere: Clinic, lena: Staff
) -> None:
    await plan(clinic, lena)
    await clinic.send_all()
    clinic.clock.time = PLANNED - timedelta(hours=2)
    assert [text.kind for text in await clinic.send_all()] == ["reminder"]
    assert await elsewhere.send_all() == []


async def test_a_reminder_whose_time_is_over_is_not_sent_and_says_so(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    await clinic.send_all()
    clinic.clock.time = PLANNED + timedelta(hours=2)
    assert await clinic.send_all() == []
    found = (await invites.show(clinic.ctx, lena, view.invite.invite_id)).deliveries
    assert [(v.delivery.kind, v.delivery.state, v.delivery.reason) for v in found] == [
        ("planned", "sent", None),
        ("reminder", "failed", Reason.TOO_LATE),
        ("reminder", "failed", Reason.TOO_LATE),
    ]


async def test_another_time_is_told_and_the_old_reminders_are_gone(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    await clinic.send_all()
    await joining.answer(clinic.ctx, view.invite.token, True)
    later = PLANNED + timedelta(days=1)
    moved = await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, later, None)
    assert (moved.session.planned_at, moved.person.coming) == (later, None)
    [told] = await clinic.send_all()
    assert told.kind == "moved"
    assert "Mar 5" in told.text
    assert await until(clinic, later) == ["reminder", "reminder"]


async def test_taking_it_back_is_told_and_nothing_else_is_sent(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    await clinic.send_all()
    await invites.revoke(clinic.ctx, lena, view.invite.invite_id)
    [told] = await clinic.send_all()
    assert (told.kind, told.link) == ("cancelled", None)
    assert await until(clinic, PLANNED + timedelta(hours=1)) == []


async def test_whoever_says_that_they_do_not_come_stays_invited_and_staff_sees_it(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    clinic.ear.events.clear()
    assert await joining.answer(clinic.ctx, view.invite.token, False) == PLANNED
    assert clinic.ear.events
    shown = await invites.show(clinic.ctx, lena, view.invite.invite_id)
    assert (shown.person.coming, shown.session.state) == (False, State.INVITED)


async def test_the_agenda_has_the_next_first_and_no_one_who_came(clinic: Clinic, lena: Staff) -> None:
    late, early = await plan(clinic, lena, PLANNED + timedelta(days=2)), await plan(clinic, lena)
    await clinic.invite(lena)
    there = [view.invite.invite_id for view in await planning.agenda(clinic.ctx, lena)]
    assert there == [early.invite.invite_id, late.invite.invite_id]
    clinic.clock.time = PLANNED
    await clinic.join(early)
    assert [view.invite.invite_id for view in await planning.agenda(clinic.ctx, lena)] == [late.invite.invite_id]


@pytest.mark.parametrize("at", [NOON, NOON - timedelta(hours=1), NOON + timedelta(days=400)])
async def test_a_time_that_is_over_or_far_away_is_refused(clinic: Clinic, lena: Staff, at: datetime) -> None:
    with pytest.raises(InvalidTime):
        await plan(clinic, lena, at)
    with pytest.raises(InvalidTimezone):
        await plan(clinic, lena, timezone="Mars/Olympus")


async def test_what_somebody_has_come_to_is_moved_no_more(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    [view] = await invites.listed(clinic.ctx, lena, [], None, 10)
    assert view.session.session_id == guest.session_id
    with pytest.raises(IllegalMove):
        await planning.reschedule(clinic.ctx, lena, view.invite.invite_id, PLANNED, None)


async def test_a_planned_invite_lives_on_after_its_time_and_then_expires(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    await clinic.later(days=9)
    assert (await clinic.session(view.session.session_id)).state is State.INVITED
    await clinic.later(days=2)
    with pytest.raises(LinkExpired):
        await clinic.join(view)


async def test_sent_again_it_is_the_time_that_is_told_and_the_reminders_stay(clinic: Clinic, lena: Staff) -> None:
    view = await plan(clinic, lena)
    await clinic.send_all()
    await invites.resend(clinic.ctx, lena, view.invite.invite_id, "auto")
    assert [text.kind for text in await clinic.send_all()] == ["planned"]
    assert await until(clinic, PLANNED) == ["reminder", "reminder"]


async def test_a_reminder_that_meets_a_passing_fault_is_tried_again(clinic: Clinic, lena: Staff) -> None:
    await plan(clinic, lena)
    await clinic.send_all()
    clinic.clock.time = PLANNED - timedelta(days=1)
    [errand], _ = await sending.turn(clinic.ctx, "folder", [], 1)
    await sending.turn(clinic.ctx, "folder", [Ended(errand.attempt, Outcome(Result.TEMPORARY, Reason.BUSY))], 0)
    clinic.clock.forward(minutes=1)
    assert [text.kind for text in await clinic.send_all()] == ["reminder"]

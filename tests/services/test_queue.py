"""The queue: who is in it, who is next, and that nobody is taken twice."""

import asyncio

import pytest

from tc_server.domain.errors import IllegalMove, NobodyWaiting
from tc_server.domain.people import Staff
from tc_server.domain.session import State, Verb
from tc_server.services import sessions, views
from tc_server.services.events import QueueChanged
from tests.domain.made import at
from tests.services.clinic import PHONE, Clinic


async def test_the_longest_wait_comes_first(clinic: Clinic, lena: Staff) -> None:
    waiting = [(await clinic.wait(lena)).session_id for _ in range(4)]
    assert await clinic.queue(lena) == waiting


async def test_an_entry_says_who_waits_how_they_can_be_reached_and_whether_they_are_there(
    clinic: Clinic, lena: Staff
) -> None:
    invite = await clinic.invite(lena, "Amina", via="sms", phone=PHONE, language="ar")
    await clinic.online(await clinic.join(invite))
    [entry] = await views.queue_of(clinic.ctx, lena.account_id)
    assert (entry.person.name, entry.person.role, entry.person.language) == ("Amina", "service-user", "ar")
    assert (entry.place, entry.online, entry.delivery, entry.session.waiting_since) == (1, True, "queued", at(0))


async def test_a_queue_is_its_owners_alone(clinic: Clinic, lena: Staff) -> None:
    ida, omar = await clinic.hire("Ida"), await clinic.hire("Omar", "admin")
    await clinic.wait(lena)
    for other in (ida, omar):
        assert await clinic.queue(other) == []
        with pytest.raises(NobodyWaiting):
            await clinic.next(other)


async def test_next_starts_the_longest_waiting_and_says_which(clinic: Clinic, lena: Staff) -> None:
    first, second = [(await clinic.wait(lena)).session_id for _ in range(2)]
    started = await clinic.next(lena)
    assert (started.session.session_id, started.session.state, started.session.started_at) == (first, "active", at(2))
    assert await clinic.queue(lena) == [second]


async def test_next_prefers_who_is_online(clinic: Clinic, lena: Staff) -> None:
    away = await clinic.wait(lena)
    online = await clinic.wait(lena, online=True)
    await clinic.wait(lena, online=True)
    assert (await clinic.next(lena)).session.session_id == online.session_id
    assert (await clinic.queue(lena))[0] == away.session_id


async def test_next_with_nobody_waiting_is_refused(clinic: Clinic, lena: Staff) -> None:
    await clinic.invite(lena)
    with pytest.raises(NobodyWaiting):
        await clinic.next(lena)


async def test_many_presses_at_once_never_start_the_same_person(clinic: Clinic, lena: Staff) -> None:
    waiting = {(await clinic.wait(lena)).session_id for _ in range(5)}
    outcomes = await asyncio.gather(*(clinic.next(lena) for _ in range(8)), return_exceptions=True)
    started = [o.session.session_id for o in outcomes if isinstance(o, views.SessionView)]
    assert (len(started), set(started)) == (5, waiting)
    assert [type(o) for o in outcomes if isinstance(o, BaseException)] == [NobodyWaiting] * 3


async def test_presses_on_two_servers_never_start_the_same_person(
    clinic: Clinic, elsewhere: Clinic, lena: Staff
) -> None:
    waiting = {(await clinic.wait(lena)).session_id for _ in range(5)}
    outcomes = await asyncio.gather(*(c.next(lena) for c in [clinic, elsewhere] * 4), return_exceptions=True)
    started = [o.session.session_id for o in outcomes if isinstance(o, views.SessionView)]
    assert (len(started), set(started)) == (5, waiting)
    assert [type(o) for o in outcomes if isinstance(o, BaseException)] == [NobodyWaiting] * 3


async def test_next_beside_a_start_of_the_same_takes_the_one_after(
    clinic: Clinic, elsewhere: Clinic, lena: Staff
) -> None:
    for _ in range(5):
        first, _second = [(await clinic.wait(lena)).session_id for _ in range(2)]
        by_id, by_next = await asyncio.gather(
            clinic.move(lena, first, Verb.START), elsewhere.next(lena), return_exceptions=True
        )
        assert isinstance(by_next, views.SessionView), by_next
        taken_by_next = by_next.session.session_id == first
        assert isinstance(by_id, IllegalMove) if taken_by_next else not isinstance(by_id, BaseException)
        for left in await clinic.queue(lena):
            await clinic.move(lena, left, Verb.CLOSE)


async def test_started_sessions_are_never_in_the_queue(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START)
    await clinic.say(guest, guest.session_id)
    assert await clinic.queue(lena) == []


async def test_neither_an_answer_nor_a_promise_moves_somebody_in_the_waiting_room(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    clinic.clock.forward(minutes=5)
    await clinic.say(guest, guest.session_id)
    await clinic.say(lena, guest.session_id, "soon")
    told = await sessions.tell(clinic.ctx, lena, guest.session_id, 10)
    session = await clinic.session(guest.session_id)
    assert (session.waiting_since, session.told_until, told.data["minutes"]) == (at(1), at(16), 10)
    assert await clinic.queue(lena) == [guest.session_id]


async def test_a_session_kept_open_is_in_the_queue_once_somebody_writes(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START, Verb.KEEP_OPEN)
    assert await clinic.queue(lena) == []
    clinic.clock.forward(minutes=5)
    await clinic.say(guest, guest.session_id)
    clinic.clock.forward(minutes=5)
    await clinic.say(guest, guest.session_id)
    assert await clinic.queue(lena) == [guest.session_id]
    assert (await clinic.session(guest.session_id)).waiting_since == at(6)


@pytest.mark.parametrize("way", ["answer", "resume", "close"])
async def test_what_takes_an_open_session_out_of_the_queue(clinic: Clinic, lena: Staff, way: str) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START, Verb.KEEP_OPEN)
    await clinic.say(guest, guest.session_id)
    assert await clinic.queue(lena) == [guest.session_id]
    if way == "answer":
        await clinic.say(lena, guest.session_id)
    else:
        await clinic.move(lena, guest.session_id, Verb(way))
    assert await clinic.queue(lena) == []


async def test_a_promise_is_no_answer_to_an_open_session(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START, Verb.KEEP_OPEN)
    await clinic.say(guest, guest.session_id)
    await sessions.tell(clinic.ctx, lena, guest.session_id, 5)
    assert await clinic.queue(lena) == [guest.session_id]


async def test_next_resumes_an_open_session_whose_turn_it_is(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START, Verb.KEEP_OPEN)
    await clinic.say(guest, guest.session_id)
    later = await clinic.wait(lena)
    resumed = await clinic.next(lena)
    assert (resumed.session.session_id, resumed.session.state) == (guest.session_id, State.ACTIVE)
    assert await clinic.queue(lena) == [later.session_id]


async def test_what_was_not_answered_before_it_was_kept_open_waits(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START)
    clinic.clock.forward(minutes=5)
    await clinic.say(guest, guest.session_id)
    kept = await clinic.move(lena, guest.session_id, Verb.KEEP_OPEN)
    assert kept.waiting_since == at(6)


async def test_a_reopened_session_waits_if_it_was_not_answered(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.say(guest, guest.session_id)
    reopened = await clinic.move(lena, guest.session_id, Verb.CLOSE, Verb.REOPEN)
    assert reopened.waiting_since == at(1)
    await clinic.say(lena, guest.session_id)
    assert await clinic.queue(lena) == []


async def test_the_place_in_the_queue_is_shown(clinic: Clinic, lena: Staff) -> None:
    guests = [await clinic.wait(lena) for _ in range(3)]
    shown = [await views.session_of(clinic.ctx, guest, guest.session_id) for guest in guests]
    assert [view.place for view in shown if isinstance(view, views.SessionView)] == [1, 2, 3]


async def test_a_changed_queue_is_announced(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START, Verb.KEEP_OPEN)
    clinic.ear.events.clear()
    await clinic.say(guest, guest.session_id)
    assert clinic.ear.all_of(QueueChanged) == [QueueChanged(lena.account_id)]
    await clinic.say(guest, guest.session_id)
    assert len(clinic.ear.all_of(QueueChanged)) == 1

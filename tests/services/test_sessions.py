"""Moving a session, and talking in it."""

import asyncio
from datetime import timedelta

import pytest

from tc_server.domain.errors import (
    Erased,
    IllegalMove,
    NobodyWaiting,
    NotFound,
    SessionEnded,
    TextEmpty,
    TextTooLong,
)
from tc_server.domain.people import Staff
from tc_server.domain.session import State, Verb
from tc_server.services import chat, sessions, views
from tc_server.services.events import Appended, ReadMoved, TypingSeen
from tc_server.services.views import SessionView
from tests.domain.made import at
from tests.services.clinic import Clinic


async def test_starting_before_anybody_came_is_refused(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    with pytest.raises(NobodyWaiting):
        await clinic.move(lena, invite.session.session_id, Verb.START)


async def test_a_move_is_a_fact_in_the_log(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    verbs = [Verb.START, Verb.KEEP_OPEN, Verb.RESUME, Verb.CLOSE, Verb.REOPEN]
    await clinic.move(lena, guest.session_id, *verbs)
    facts = ["joined", "started", "kept_open", "resumed", "closed", "reopened"]
    assert await clinic.log(guest, guest.session_id) == facts


async def test_an_illegal_move_leaves_no_trace(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    before = await clinic.session(guest.session_id)
    with pytest.raises(IllegalMove, match=r"waiting.*start, close, cancel"):
        await clinic.move(lena, guest.session_id, Verb.RESUME)
    assert await clinic.session(guest.session_id) == before
    assert await clinic.log(lena, guest.session_id) == ["joined"]


async def test_of_two_who_press_close_at_once_one_is_refused(clinic: Clinic, elsewhere: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    both = [c.move(lena, guest.session_id, Verb.CLOSE) for c in (clinic, elsewhere)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert [type(o) for o in outcomes if isinstance(o, BaseException)] == [IllegalMove]
    assert await clinic.log(lena, guest.session_id) == ["joined", "closed"]


async def test_a_session_can_be_reopened_within_a_day(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    await clinic.later(hours=23, minutes=59)
    assert (await clinic.move(lena, guest.session_id, Verb.REOPEN)).state is State.OPEN
    await clinic.say(guest, guest.session_id)
    await clinic.later(days=2)
    assert (await clinic.session(guest.session_id)).state is State.OPEN


async def test_after_a_day_there_is_nothing_to_reopen(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    await clinic.later(days=1)
    with pytest.raises(Erased):
        await clinic.move(lena, guest.session_id, Verb.REOPEN)


@pytest.mark.parametrize("role", ["staff", "admin"])
async def test_to_another_account_a_session_does_not_exist(clinic: Clinic, lena: Staff, role: str) -> None:
    other = await clinic.hire("Omar", "admin" if role == "admin" else "staff")
    guest = await clinic.wait(lena)
    for attempt in (
        clinic.move(other, guest.session_id, Verb.START),
        clinic.say(other, guest.session_id),
        clinic.log(other, guest.session_id),
        sessions.tell(clinic.ctx, other, guest.session_id, 5),
        views.session_of(clinic.ctx, other, guest.session_id),
        chat.mark_read(clinic.ctx, other, guest.session_id, 1),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await views.sessions_of(clinic.ctx, other, [], None, 10) == []


async def test_a_participant_sees_their_own_session_alone(clinic: Clinic, lena: Staff) -> None:
    mine, others = await clinic.wait(lena), await clinic.wait(lena)
    for attempt in (
        clinic.say(mine, others.session_id),
        clinic.log(mine, others.session_id),
        views.session_of(clinic.ctx, mine, others.session_id),
        chat.mark_read(clinic.ctx, mine, others.session_id, 1),
    ):
        with pytest.raises(NotFound):
            await attempt
    found = await views.sessions_of(clinic.ctx, mine, [], None, 10)
    assert [view.session.session_id for view in found] == [mine.session_id]


async def test_both_sides_write_while_waiting_while_started_and_while_open(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    for verb in (None, Verb.START, Verb.KEEP_OPEN):
        if verb:
            await clinic.move(lena, guest.session_id, verb)
        await clinic.say(guest, guest.session_id, "ask")
        await clinic.say(lena, guest.session_id, "answer")
    log = await clinic.log(lena, guest.session_id)
    assert log == ["joined", "ask", "answer", "started", "ask", "answer", "kept_open", "ask", "answer"]


async def test_nobody_writes_into_a_closed_session(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    for viewer in (guest, lena):
        with pytest.raises(SessionEnded):
            await clinic.say(viewer, guest.session_id)


async def test_an_empty_or_endless_text_is_refused_at_once(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    with pytest.raises(TextEmpty):
        await clinic.say(guest, guest.session_id, " \n")
    with pytest.raises(TextTooLong):
        await clinic.say(guest, guest.session_id, "x" * 4001)


async def test_saying_the_same_again_changes_and_announces_nothing(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    first = await clinic.say(guest, guest.session_id, "help", "my-own-id")
    clinic.ear.events.clear()
    again = await clinic.say(guest, guest.session_id, "help", "my-own-id")
    assert (again.repeated, again.entry) == (True, first.entry)
    assert clinic.ear.events == []


async def test_what_is_said_is_announced_once_it_is_in_the_log(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    clinic.ear.events.clear()
    said = await clinic.say(guest, guest.session_id)
    assert clinic.ear.events == [Appended(lena.account_id, said.entry)]


async def test_the_log_has_no_gaps_whoever_writes(clinic: Clinic, elsewhere: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START)
    says = [c.say(who, guest.session_id) for c in (clinic, elsewhere) for who in (guest, lena) for _ in range(8)]
    await asyncio.gather(*says, clinic.move(lena, guest.session_id, Verb.KEEP_OPEN))
    entries, last = await chat.log(clinic.ctx, lena, guest.session_id, 0, 500)
    assert [entry.seq for entry in entries] == list(range(1, last + 1))
    assert last == 2 + 32 + 1


async def test_the_log_is_read_from_where_one_left_off(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    for text in "abc":
        await clinic.say(guest, guest.session_id, text)
    entries, last = await chat.log(clinic.ctx, guest, guest.session_id, 2, 1)
    assert ([entry.text for entry in entries], last) == (["b"], 4)


async def test_read_marks_move_forward_only_and_are_told(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    for _ in range(3):
        await clinic.say(guest, guest.session_id)
    for seq in (2, 1, 2, 99):
        await chat.mark_read(clinic.ctx, lena, guest.session_id, seq)
        await chat.mark_read(clinic.ctx, guest, guest.session_id, seq)
    moved = [(event.reader.role, event.seq) for event in clinic.ear.all_of(ReadMoved)]
    assert moved == [("staff", 2), ("service-user", 2), ("staff", 4), ("service-user", 4)]
    assert (await clinic.session(guest.session_id)).staff_read_seq == (await clinic.person(guest)).read_seq == 4


async def test_typing_is_told_and_kept_nowhere(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    before = await clinic.session(guest.session_id)
    chat.typing(clinic.ctx, await chat.voice(clinic.ctx, guest, guest.session_id))
    assert [event.sender.role for event in clinic.ear.all_of(TypingSeen)] == ["service-user"]
    assert await clinic.session(guest.session_id) == before


@pytest.mark.parametrize("verbs", [[Verb.START], [Verb.START, Verb.KEEP_OPEN]])
async def test_people_in_a_live_session_can_be_told_how_long_it_takes(
    clinic: Clinic, lena: Staff, verbs: list[Verb]
) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, *verbs)
    assert (await sessions.tell(clinic.ctx, lena, guest.session_id, 5)).kind == "told"


async def test_nobody_is_told_anything_before_they_came_or_after_the_end(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    with pytest.raises(IllegalMove):
        await sessions.tell(clinic.ctx, lena, invite.session.session_id, 5)
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    with pytest.raises(SessionEnded):
        await sessions.tell(clinic.ctx, lena, guest.session_id, 5)


async def test_a_view_says_when_time_will_close_or_erase_it(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    view = await views.session_of(clinic.ctx, lena, guest.session_id)
    assert isinstance(view, SessionView)
    assert (view.closes_at, view.erase_at) == (at(1) + timedelta(days=30), None)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    view = await views.session_of(clinic.ctx, lena, guest.session_id)
    assert isinstance(view, SessionView)
    assert (view.closes_at, view.erase_at) == (None, at(1) + timedelta(days=1))


async def test_lists_are_newest_first_by_state_and_page(clinic: Clinic, lena: Staff) -> None:
    names = [(await clinic.wait(lena)).session_id for _ in range(3)]
    await clinic.move(lena, names[1], Verb.START)

    async def listed(states: list[str], before: str | None, limit: int) -> list[str]:
        found = await views.sessions_of(clinic.ctx, lena, states, before, limit)
        return [view.session.session_id for view in found]

    assert await listed([], None, 10) == names[::-1]
    assert await listed([], names[2], 1) == [names[1]]
    assert await listed(["waiting"], None, 10) == [names[2], names[0]]

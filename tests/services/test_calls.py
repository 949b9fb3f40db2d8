"""Calls: how staff's browser gets in, who rings, what ends them, and what the log and the queue hear of it."""

import asyncio
from typing import Any

import pytest

from tc_server.domain.call import CallState, Outcome
from tc_server.domain.errors import IllegalMove, LinkUnknown, NoCall, NotFound, NotLoggedIn, SessionEnded
from tc_server.domain.people import Caller, Guest, Staff
from tc_server.domain.session import State, Verb
from tc_server.services import accounts, calls, housekeeping, invites, joining, passes, signalling
from tc_server.services.events import CallChanged, CutOff, QualityHeard, QueueChanged, Signalled
from tc_server.store import messages
from tests.databases import Database
from tests.services.clinic import Clinic, invitation, open_clinic


@pytest.fixture
async def amina(clinic: Clinic, lena: Staff) -> Guest:
    """Return somebody whose session has begun, and who is online."""
    return await talking(clinic, lena)


async def talking(clinic: Clinic, staff: Staff, name: str = "Amina") -> Guest:
    """Begin a session with somebody who is online."""
    guest = await clinic.wait(staff, name, online=True)
    await clinic.move(staff, guest.session_id, Verb.START)
    return guest


async def sit_in(clinic: Clinic, staff: Staff, session_id: str, name: str = "Ida") -> Guest:
    """Add an interpreter who comes at once."""
    added = await invites.add_person(clinic.ctx, staff, session_id, invitation(name, role="interpreter"), None)
    guest = await clinic.join(added)
    await clinic.online(guest)
    return guest


def token_of(opened: passes.Opened) -> str:
    """Take the token out of the fragment."""
    return opened.url.partition("#")[2]


async def states(clinic: Clinic, session_id: str) -> dict[str, str]:
    """Tell where everybody stands in the newest call."""
    return {party.party_id: party.state.value for party in (await clinic.last_call(session_id)).parties}


async def facts(clinic: Clinic, session_id: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """List what the log says of calls: kind, who, data but for the call's id."""
    async with clinic.ctx.store.read() as tx:
        entries = await messages.page(tx, session_id, 0, 100)
    return [
        (e.kind, e.sender.name if e.sender else None, {k: v for k, v in e.data.items() if k != "call_id"})
        for e in entries
        if e.kind.startswith("call_")
    ]


async def test_staff_calls_the_phone_rings_they_talk_and_the_log_says_how_long(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    opened = await clinic.open_call(lena, amina.session_id)
    assert opened.url.startswith("https://talk.example.org/call#")
    assert await states(clinic, amina.session_id) == {lena.account_id: "expected"}
    entered = await passes.enter(clinic.ctx, token_of(opened))
    assert (entered.me.name, entered.leg, entered.view.call.state) == ("Lena", 1, CallState.RINGING)
    assert await states(clinic, amina.session_id) == {lena.account_id: "in", amina.participant_id: "ringing"}
    clinic.clock.forward(seconds=10)
    accepted = await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    assert (accepted.leg, accepted.view.call.state) == (1, CallState.RUNNING)
    clinic.clock.forward(minutes=5)
    over = await calls.hang_up(clinic.ctx, amina, amina.session_id)
    assert (over.call.outcome, over.ended_by and over.ended_by.name) == (Outcome.ENDED, "Amina")
    assert await facts(clinic, amina.session_id) == [
        ("call_started", "Lena", {"media": "audio"}),
        ("call_ended", "Amina", {"media": "audio", "outcome": "ended", "seconds": 300}),
    ]


@pytest.mark.parametrize("verbs", [[], [Verb.START, Verb.CLOSE]])
async def test_there_are_calls_only_where_staff_and_person_talk(clinic: Clinic, lena: Staff, verbs: list[Verb]) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, *verbs)
    with pytest.raises(IllegalMove):
        await clinic.open_call(lena, guest.session_id)


async def test_a_session_that_is_not_ones_own_can_not_be_called(clinic: Clinic, amina: Guest) -> None:
    with pytest.raises(NotFound):
        await clinic.open_call(await clinic.hire("Ida"), amina.session_id)


async def test_two_presses_at_once_begin_one_call(clinic: Clinic, elsewhere: Clinic, lena: Staff, amina: Guest) -> None:
    opened = await asyncio.gather(*(c.open_call(lena, amina.session_id) for c in (clinic, elsewhere)))
    assert len({one.view.call.call_id for one in opened}) == 1
    entered = [asyncio.create_task(passes.enter(clinic.ctx, token_of(one))) for one in opened]
    outcomes = await asyncio.gather(*entered, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Entered", "LinkUnknown"]


async def test_a_way_in_works_once_whoever_is_first(
    clinic: Clinic, elsewhere: Clinic, lena: Staff, amina: Guest
) -> None:
    opened = await clinic.open_call(lena, amina.session_id)
    tries = [passes.enter(c.ctx, token_of(opened)) for c in (clinic, elsewhere, clinic)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Entered", "LinkUnknown", "LinkUnknown"]
    assert (await clinic.last_call(amina.session_id)).inside[0].leg == 1


async def test_a_way_in_is_open_for_a_minute_and_the_call_with_it(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    opened = await clinic.open_call(lena, amina.session_id)
    clinic.clock.forward(seconds=60)
    with pytest.raises(LinkUnknown):
        await passes.enter(clinic.ctx, token_of(opened))
    await housekeeping.tick(clinic.ctx)
    assert (await clinic.last_call(amina.session_id)).outcome is Outcome.CANCELLED
    assert await facts(clinic, amina.session_id) == []
    with pytest.raises(LinkUnknown):
        await passes.enter(clinic.ctx, "leads nowhere")


async def test_a_new_way_in_ends_what_the_earlier_one_gave(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    first = await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    clinic.ear.events.clear()
    await passes.open_call(clinic.ctx, lena, amina.session_id, "audio")
    assert await accounts.authenticate(clinic.ctx, first.credential) == first.caller, "nobody has taken the new way yet"
    second = await clinic.call(lena, amina.session_id)
    assert CutOff(first.caller.pass_id) in clinic.ear.events
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, first.credential)
    assert await accounts.authenticate(clinic.ctx, second.credential) == second.caller
    assert (second.view.call.call_id, second.leg) == (first.view.call.call_id, 2)
    assert second.view.call.state is CallState.RUNNING


async def test_a_credential_is_known_for_a_moment_after_its_call_and_then_no_more(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    entered = await clinic.call(lena, amina.session_id)
    first = await calls.hang_up(clinic.ctx, entered.caller, amina.session_id)
    caller = await accounts.authenticate(clinic.ctx, entered.credential)
    assert isinstance(caller, Caller)
    assert await calls.hang_up(clinic.ctx, caller, amina.session_id) == first
    await clinic.later(minutes=1)
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, entered.credential)


async def test_the_page_of_an_earlier_call_sees_nothing_of_the_next(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    earlier = (await clinic.call(lena, amina.session_id)).caller
    await calls.hang_up(clinic.ctx, lena, amina.session_id)
    later = await clinic.call(lena, amina.session_id)
    assert await calls.live_call(clinic.ctx, earlier, amina.session_id) is None
    assert await calls.live_of(clinic.ctx, earlier) == []
    with pytest.raises(NoCall):
        await calls.ice(clinic.ctx, earlier, amina.session_id)
    with pytest.raises(NoCall):
        await calls.accept(clinic.ctx, earlier, amina.session_id, "audio")
    await calls.hang_up(clinic.ctx, earlier, amina.session_id)
    assert (await clinic.last_call(amina.session_id)).is_live
    assert [view.call.call_id for view in await calls.live_of(clinic.ctx, later.caller)] == [later.caller.call_id]


@pytest.mark.parametrize("shut_out", ["disabled", "reset"])
async def test_an_account_that_is_shut_out_is_out_of_its_calls_too(
    clinic: Clinic, lena: Staff, amina: Guest, shut_out: str
) -> None:
    entered = await clinic.call(lena, amina.session_id)
    if shut_out == "disabled":
        await clinic.hire("root", "admin")
        await accounts.set_disabled(clinic.ctx, lena.account_id, True)
    else:
        await accounts.reset_password(clinic.ctx, lena.account_id, "a long enough one")
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, entered.credential)


async def test_everybody_who_has_come_is_rung_and_who_comes_later_too(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    ida = await sit_in(clinic, lena, amina.session_id)
    gone = await sit_in(clinic, lena, amina.session_id, "Gone")
    await invites.remove_person(clinic.ctx, lena, amina.session_id, gone.participant_id)
    away = await invites.add_person(clinic.ctx, lena, amina.session_id, invitation("Away", role="relative"), None)
    await clinic.call(lena, amina.session_id)
    rung = {lena.account_id: "in", amina.participant_id: "ringing", ida.participant_id: "ringing"}
    assert await states(clinic, amina.session_id) == rung
    come = await clinic.join(away)
    assert await states(clinic, amina.session_id) == rung | {come.participant_id: "ringing"}


async def test_the_same_person_on_a_second_device_is_not_rung_anew(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    guest = await clinic.join(invite)
    await clinic.move(lena, guest.session_id, Verb.START)
    await clinic.call(lena, guest.session_id)
    await sit_in(clinic, lena, guest.session_id)
    await calls.decline(clinic.ctx, guest, guest.session_id)
    await clinic.join(invite)
    assert (await states(clinic, guest.session_id))[guest.participant_id] == "declined"


async def test_with_nobody_to_ring_the_call_is_over_as_soon_as_it_begins(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    await joining.leave(clinic.ctx, amina)
    entered = await clinic.call(lena, amina.session_id)
    assert entered.view.call.outcome is Outcome.MISSED


async def test_a_ring_ends_by_itself_and_the_log_says_missed(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await clinic.call(lena, amina.session_id)
    await clinic.later(seconds=44)
    assert (await clinic.last_call(amina.session_id)).is_live
    clinic.ear.events.clear()
    await clinic.later(seconds=1)
    assert (await clinic.last_call(amina.session_id)).outcome is Outcome.MISSED
    assert [event.view.call.state for event in clinic.ear.all_of(CallChanged)] == [CallState.ENDED]
    ended = ("call_ended", None, {"media": "audio", "outcome": "missed", "seconds": 0})
    assert (await facts(clinic, amina.session_id))[-1] == ended


async def test_a_ring_goes_on_where_it_was_when_the_server_was_down(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await housekeeping.begin(clinic.ctx)
    entered = await clinic.call(lena, amina.session_id)
    await clinic.later(seconds=30)
    clinic.clock.forward(hours=1)
    await housekeeping.begin(clinic.ctx)
    await clinic.caller_online(entered.caller)
    await clinic.later(seconds=14)
    assert (await clinic.last_call(amina.session_id)).is_live
    await clinic.later(seconds=1)
    assert (await clinic.last_call(amina.session_id)).outcome is Outcome.MISSED


async def test_a_call_outlives_the_server_if_everybody_is_back_in_time(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    await housekeeping.begin(clinic.ctx)
    entered = await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    await housekeeping.tick(clinic.ctx)
    clinic.clock.forward(hours=1)
    await housekeeping.begin(clinic.ctx)
    await clinic.later(seconds=100)
    await clinic.online(amina)
    await clinic.caller_online(entered.caller)
    await clinic.later(hours=2)
    assert (await clinic.last_call(amina.session_id)).state is CallState.RUNNING
    await housekeeping.begin(clinic.ctx)
    await clinic.later(minutes=2)
    assert (await clinic.last_call(amina.session_id)).outcome is Outcome.LOST


@pytest.mark.parametrize("who", ["staff", "person"])
async def test_who_is_away_for_two_minutes_has_left_the_call(
    clinic: Clinic, lena: Staff, amina: Guest, who: str
) -> None:
    entered = await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    for _ in range(2):
        await (clinic.caller_online(entered.caller, False) if who == "staff" else clinic.away(amina))
        await clinic.later(seconds=119)
        assert (await clinic.last_call(amina.session_id)).is_live
        await (clinic.caller_online(entered.caller) if who == "staff" else clinic.online(amina))
    await (clinic.caller_online(entered.caller, False) if who == "staff" else clinic.away(amina))
    await clinic.later(seconds=120)
    over = await clinic.last_call(amina.session_id)
    assert (over.outcome, over.ended_by) == (Outcome.LOST, None)


async def test_who_accepts_without_a_link_has_two_minutes_to_get_one(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await clinic.away(amina)
    clinic.clock.forward(hours=1)
    await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    await clinic.later(seconds=119)
    assert (await clinic.last_call(amina.session_id)).is_live
    await clinic.later(seconds=1)
    assert (await clinic.last_call(amina.session_id)).outcome is Outcome.LOST


async def test_staffs_page_that_is_loaded_anew_goes_on_as_the_next_leg(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    entered = await clinic.call(lena, amina.session_id)
    assert (await calls.accept(clinic.ctx, entered.caller, amina.session_id, "audio")).leg == 2
    await clinic.later(minutes=0.5)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    await clinic.later(hours=1)
    assert (await clinic.last_call(amina.session_id)).is_live


@pytest.mark.parametrize("verb", [Verb.CLOSE, Verb.KEEP_OPEN])
async def test_what_ends_the_talk_ends_the_call_first(clinic: Clinic, lena: Staff, amina: Guest, verb: Verb) -> None:
    await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, amina, amina.session_id, "video")
    await clinic.move(lena, amina.session_id, verb)
    assert (await clinic.last_call(amina.session_id)).outcome is Outcome.ENDED
    assert (await clinic.log(lena, amina.session_id))[-2:] == [
        "call_ended",
        "closed" if verb is Verb.CLOSE else "kept_open",
    ]
    assert [event.view.call.state for event in clinic.ear.all_of(CallChanged)][-1] is CallState.ENDED


async def test_a_session_that_time_closes_has_no_call_left(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    await clinic.later(days=30)
    assert (await clinic.session(amina.session_id)).state is State.CLOSED
    assert (await clinic.last_call(amina.session_id)).ended_by is None


async def test_a_device_that_is_shut_out_by_a_new_link_is_out_of_the_call_at_once(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    guest = await clinic.join(invite)
    await clinic.move(lena, guest.session_id, Verb.START)
    await sit_in(clinic, lena, guest.session_id)
    await clinic.call(lena, guest.session_id)
    await calls.accept(clinic.ctx, guest, guest.session_id, "audio")
    await invites.rotate(clinic.ctx, lena, invite.invite.invite_id)
    assert (await states(clinic, guest.session_id))[guest.participant_id] == "left"


@pytest.mark.parametrize("how", ["leaves", "is removed"])
async def test_who_is_no_more_in_the_session_is_no_more_in_its_call(
    clinic: Clinic, lena: Staff, amina: Guest, how: str
) -> None:
    ida = await sit_in(clinic, lena, amina.session_id)
    await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, ida, amina.session_id, "audio")
    if how == "leaves":
        await joining.leave(clinic.ctx, ida)
    else:
        await invites.remove_person(clinic.ctx, lena, amina.session_id, ida.participant_id)
    assert (await states(clinic, amina.session_id))[ida.participant_id] == "left"
    assert (await clinic.last_call(amina.session_id)).is_live
    await joining.leave(clinic.ctx, amina)
    assert (await clinic.last_call(amina.session_id)).outcome is Outcome.ENDED


async def test_declining_twice_or_hanging_up_twice_is_done_once(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await sit_in(clinic, lena, amina.session_id)
    await clinic.call(lena, amina.session_id)
    declined = await calls.decline(clinic.ctx, amina, amina.session_id)
    assert await calls.decline(clinic.ctx, amina, amina.session_id) == declined
    over = await calls.hang_up(clinic.ctx, lena, amina.session_id)
    clinic.ear.events.clear()
    for who in (lena, amina):
        assert await calls.hang_up(clinic.ctx, who, amina.session_id) == over
    assert clinic.ear.events == []
    with pytest.raises(NoCall):
        await calls.decline(clinic.ctx, amina, amina.session_id)


async def test_without_a_call_there_is_nothing_to_do_about_it(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    for act in (calls.decline, calls.ice):
        with pytest.raises(NoCall):
            await act(clinic.ctx, amina, amina.session_id)
    with pytest.raises(NoCall):
        await calls.hang_up(clinic.ctx, lena, amina.session_id)
    with pytest.raises(NoCall):
        await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    assert await calls.live_call(clinic.ctx, lena, amina.session_id) is None


async def test_asking_for_a_call_twice_in_a_minute_is_one_wish(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    first, repeated = await calls.ask_for(clinic.ctx, amina, amina.session_id, "video")
    assert (first.kind, first.data, repeated) == ("call_requested", {"media": "video"}, False)
    clinic.clock.forward(seconds=59)
    assert await calls.ask_for(clinic.ctx, amina, amina.session_id, "video") == (first, True)
    clinic.clock.forward(seconds=1)
    assert (await calls.ask_for(clinic.ctx, amina, amina.session_id, "audio"))[0].seq == first.seq + 1


async def test_asking_rings_staff_in_an_open_session_and_calling_answers_it(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    await clinic.move(lena, amina.session_id, Verb.KEEP_OPEN)
    await calls.ask_for(clinic.ctx, amina, amina.session_id, "audio")
    assert await clinic.queue(lena) == [amina.session_id]
    await clinic.open_call(lena, amina.session_id)
    assert await clinic.queue(lena) == [amina.session_id]
    clinic.ear.events.clear()
    await clinic.call(lena, amina.session_id)
    assert await clinic.queue(lena) == []
    assert QueueChanged(lena.account_id) in clinic.ear.events


async def test_who_asks_for_a_call_while_waiting_keeps_their_place(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await calls.ask_for(clinic.ctx, guest, guest.session_id, "audio")
    await clinic.later(hours=1)
    assert await clinic.queue(lena) == [guest.session_id]


async def test_in_a_session_that_is_over_nobody_asks(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await clinic.move(lena, amina.session_id, Verb.CLOSE)
    with pytest.raises(SessionEnded):
        await calls.ask_for(clinic.ctx, amina, amina.session_id, "audio")


async def test_what_is_handed_on_goes_from_one_who_is_in_to_another_who_is(
    clinic: Clinic, lena: Staff, amina: Guest
) -> None:
    ida = await sit_in(clinic, lena, amina.session_id)
    caller = (await clinic.call(lena, amina.session_id)).caller
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    await signalling.pass_on(clinic.ctx, caller, amina.session_id, amina.participant_id, {"n": 1})
    await signalling.pass_on(clinic.ctx, amina, amina.session_id, lena.account_id, {"n": 2})
    told = [(event.sender_id, event.to, event.data) for event in clinic.ear.all_of(Signalled)]
    assert told == [
        (lena.account_id, amina.participant_id, {"n": 1}),
        (amina.participant_id, lena.account_id, {"n": 2}),
    ]
    for who, to in ((ida, lena.account_id), (amina, ida.participant_id), (amina, amina.participant_id), (amina, "x")):
        with pytest.raises(NoCall):
            await signalling.pass_on(clinic.ctx, who, amina.session_id, to, {})
    stranger = await talking(clinic, lena, "Stranger")
    with pytest.raises(NotFound):
        await signalling.pass_on(clinic.ctx, stranger, amina.session_id, lena.account_id, {})


async def test_how_it_arrives_is_told_by_who_is_in(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await clinic.call(lena, amina.session_id)
    with pytest.raises(NoCall):
        await signalling.tell_quality(clinic.ctx, amina, amina.session_id, "poor", True)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    await signalling.tell_quality(clinic.ctx, amina, amina.session_id, "poor", True)
    [heard] = clinic.ear.all_of(QualityHeard)
    assert (heard.sender.name, heard.level, heard.audio_only) == ("Amina", "poor", True)


async def test_every_device_gets_credentials_of_its_own_that_name_nobody(
    database: Database, clinic: Clinic, lena: Staff
) -> None:
    relay = {"turn_urls": "turn:talk.example.org", "turn_secret": "north"}
    async with open_clinic(database, clinic.clock, **relay) as relayed:
        guest = await talking(relayed, lena)
        entered = await relayed.call(lena, guest.session_id)
        ringing = await calls.ice(relayed.ctx, guest, guest.session_id)
        accepted = await calls.accept(relayed.ctx, guest, guest.session_id, "audio")
        again = await calls.ice(relayed.ctx, entered.caller, guest.session_id)
    names = [ice.servers[0].username for ice in (entered.ice, ringing, accepted.ice, again)]
    assert len(set(names)) == 4
    for name in names:
        assert name
        assert not any(known in name for known in (guest.participant_id, lena.account_id, guest.session_id, "Amina"))


async def test_whose_browser_forgets_itself_has_hung_up(clinic: Clinic, lena: Staff, amina: Guest) -> None:
    await clinic.call(lena, amina.session_id)
    await calls.accept(clinic.ctx, amina, amina.session_id, "audio")
    await joining.forget_device(clinic.ctx, amina)
    assert await calls.live_call(clinic.ctx, lena, amina.session_id) is None
    last, by, _ = (await facts(clinic, amina.session_id))[-1]
    assert (last, by) == ("call_ended", "Amina")

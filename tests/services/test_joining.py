"""Coming and going: join, leave, a place given up and regained."""

import pytest

from tc_server.domain.errors import (
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    NotLoggedIn,
    SessionEnded,
    TermsRequired,
)
from tc_server.domain.people import Staff
from tc_server.domain.session import State, Verb
from tc_server.services import accounts, invites, joining
from tc_server.services.events import CutOff, PresenceChanged
from tests.domain.made import at
from tests.services.clinic import Clinic, invitation


async def test_an_invited_session_has_nobody_in_it(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    assert (invite.session.state, invite.devices) == (State.INVITED, 0)
    assert await clinic.queue(lena) == []


async def test_pressing_join_brings_somebody_into_the_waiting_room(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    session = await clinic.session(guest.session_id)
    assert (session.state, session.waiting_since) == (State.WAITING, at(1))
    assert await clinic.queue(lena) == [guest.session_id]
    assert await clinic.log(lena, guest.session_id) == ["joined"]


async def test_without_the_terms_nobody_joins(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    with pytest.raises(TermsRequired):
        await joining.join(clinic.ctx, invite.invite.token, False, None)
    assert (await clinic.session(invite.session.session_id)).state is State.INVITED


async def test_a_wrong_link_leads_nowhere(clinic: Clinic) -> None:
    with pytest.raises(LinkUnknown):
        await joining.join(clinic.ctx, "no such link", True, None)


async def test_the_token_stands_for_the_person_in_this_session(clinic: Clinic, lena: Staff) -> None:
    joined = await joining.join(clinic.ctx, (await clinic.invite(lena)).invite.token, True, None)
    assert joined.token.startswith("tcp_")
    assert await accounts.authenticate(clinic.ctx, joined.token) == joined.guest
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, joined.token + "x")


async def test_the_page_says_in_which_language_somebody_came(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    guest = (await joining.join(clinic.ctx, invite.invite.token, True, "ar")).guest
    assert (await clinic.person(guest)).language == "ar"
    await joining.join(clinic.ctx, invite.invite.token, True, "tlh")
    assert (await clinic.person(guest)).language == "ar"


async def test_the_link_works_again_and_in_another_browser(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    first = await clinic.join(invite)
    clinic.clock.forward(minutes=5)
    second = await clinic.join(invite)
    assert first.participant_id == second.participant_id
    assert first.device_id != second.device_id
    shown = await invites.show(clinic.ctx, lena, invite.invite.invite_id)
    assert (shown.devices, (await clinic.session(first.session_id)).waiting_since) == (2, at(0))
    assert await clinic.log(lena, first.session_id) == ["joined"]


@pytest.mark.parametrize("verbs", [[Verb.START], [Verb.START, Verb.KEEP_OPEN], [Verb.CLOSE, Verb.REOPEN]])
async def test_the_link_works_until_the_session_is_closed(clinic: Clinic, lena: Staff, verbs: list[Verb]) -> None:
    invite = await clinic.invite(lena)
    guest = await clinic.join(invite)
    await clinic.move(lena, guest.session_id, *verbs)
    await clinic.join(invite)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    with pytest.raises(SessionEnded):
        await clinic.join(invite)


async def test_the_link_works_after_the_invite_has_expired_for_somebody_who_came_before(
    clinic: Clinic, lena: Staff
) -> None:
    invite = await clinic.invite(lena)
    guest = await clinic.join(invite)
    await clinic.say(guest, guest.session_id)
    await clinic.later(days=8)
    await clinic.join(invite)
    assert (await clinic.session(guest.session_id)).state is State.WAITING


async def test_an_expired_link_and_a_revoked_one_say_so(clinic: Clinic, lena: Staff) -> None:
    expired, revoked = [await clinic.invite(lena) for _ in range(2)]
    await invites.revoke(clinic.ctx, lena, revoked.invite.invite_id)
    with pytest.raises(LinkRevoked):
        await clinic.join(revoked)
    clinic.clock.forward(days=7)
    with pytest.raises(LinkExpired):
        await clinic.join(expired)
    await clinic.later()
    with pytest.raises(LinkExpired):
        await clinic.join(expired)


async def test_leaving_gives_the_place_up_and_forgets_the_devices(clinic: Clinic, lena: Staff) -> None:
    joined = await joining.join(clinic.ctx, (await clinic.invite(lena)).invite.token, True, None)
    guest = joined.guest
    await joining.leave(clinic.ctx, guest)
    session = await clinic.session(guest.session_id)
    assert (session.state, session.waiting_since, await clinic.queue(lena)) == (State.INVITED, None, [])
    assert CutOff(guest.participant_id) in clinic.ear.events
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, joined.token)


async def test_who_left_can_come_again(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    await joining.leave(clinic.ctx, await clinic.join(invite))
    guest = await clinic.join(invite)
    assert (await clinic.session(guest.session_id)).state is State.WAITING
    assert await clinic.log(lena, guest.session_id) == ["joined", "left", "joined"]


async def test_a_dropped_connection_keeps_its_place(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena, online=True)
    await clinic.away(guest)
    await clinic.later(minutes=29)
    assert await clinic.queue(lena) == [guest.session_id]
    assert (await clinic.session(guest.session_id)).waiting_since == at(1)


async def test_without_a_word_the_place_is_given_up_after_half_an_hour_away(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena, online=True)
    await clinic.away(guest)
    await clinic.later(minutes=30)
    session = await clinic.session(guest.session_id)
    assert (session.state, session.waiting_since, await clinic.queue(lena)) == (State.INVITED, None, [])


async def test_who_comes_back_gets_the_old_place_again(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena, "first")
    other = await clinic.wait(lena, "second", online=True)
    await clinic.later(minutes=45)
    assert await clinic.queue(lena) == [other.session_id]
    await clinic.online(guest)
    assert await clinic.queue(lena) == [guest.session_id, other.session_id]
    assert (await clinic.session(guest.session_id)).waiting_since == at(1)


async def test_who_comes_back_by_the_link_gets_the_old_place_again_and_keeps_it(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    guest = await clinic.join(invite)
    await clinic.later(minutes=45)
    await clinic.join(invite)
    await clinic.later(minutes=5)
    session = await clinic.session(guest.session_id)
    assert (session.state, session.waiting_since) == (State.WAITING, at(0))


async def test_who_comes_back_after_the_invite_has_expired_does_not_wait_again(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.later(minutes=45)
    clinic.clock.forward(days=7)
    await clinic.online(guest)
    assert await clinic.queue(lena) == []
    await clinic.later()
    assert (await clinic.session(guest.session_id)).state is State.CANCELLED


async def test_whoever_has_written_keeps_the_place(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.say(guest, guest.session_id)
    await clinic.later(days=3)
    assert await clinic.queue(lena) == [guest.session_id]


async def test_time_in_which_somebody_was_there_does_not_count(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    for _ in range(5):
        await clinic.later(minutes=20)
        await clinic.online(guest)
        await clinic.away(guest)
    assert await clinic.queue(lena) == [guest.session_id]


async def test_of_two_who_wait_one_may_go(clinic: Clinic, lena: Staff) -> None:
    first = await clinic.wait(lena, online=True)
    extra = await invites.add_person(clinic.ctx, lena, first.session_id, invitation("Yusuf", role="relative"), None)
    clinic.clock.forward(minutes=4)
    second = await clinic.join(extra)
    await clinic.online(second)
    await joining.leave(clinic.ctx, first)
    session = await clinic.session(first.session_id)
    assert (session.state, session.waiting_since) == (State.WAITING, at(5))
    await joining.leave(clinic.ctx, second)
    assert (await clinic.session(first.session_id)).state is State.INVITED


async def test_who_comes_back_while_another_waits_gets_the_old_place_again(clinic: Clinic, lena: Staff) -> None:
    first = await clinic.wait(lena)
    extra = await invites.add_person(clinic.ctx, lena, first.session_id, invitation("Yusuf", role="relative"), None)
    clinic.clock.forward(minutes=4)
    second = await clinic.join(extra)
    await clinic.online(second)
    await clinic.later(minutes=45)
    assert (await clinic.session(first.session_id)).waiting_since == at(5)
    await clinic.online(first)
    assert (await clinic.session(first.session_id)).waiting_since == at(1)


async def test_presence_is_announced(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena, online=True)
    await clinic.away(guest)
    presence = [(event.online, event.devices) for event in clinic.ear.all_of(PresenceChanged)]
    assert presence == [(True, 1), (False, 1)]


async def test_leaving_a_started_session_leaves_it_as_it_is(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START)
    await joining.leave(clinic.ctx, guest)
    assert (await clinic.session(guest.session_id)).state is State.ACTIVE
    assert await clinic.log(lena, guest.session_id) == ["joined", "started", "left"]


async def test_presence_in_a_session_that_is_gone_is_nothing(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    await clinic.later(days=1)
    await clinic.away(guest)
    assert clinic.ear.all_of(PresenceChanged) == []

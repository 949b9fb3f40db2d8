"""Inviting, sending again, taking back, changing the link, adding and removing people."""

import asyncio

import pytest

from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.domain.errors import (
    ContactMissing,
    Erased,
    IllegalMove,
    InvalidPhone,
    LinkRevoked,
    LinkUnknown,
    NotFound,
    NotLoggedIn,
    UnknownLanguage,
)
from tc_server.domain.people import Staff
from tc_server.domain.session import State, Verb
from tc_server.services import accounts, chat, invites, joining
from tc_server.services.events import CutOff
from tests.services.clinic import PHONE, Clinic, invitation

REACHED = {"via": "auto", "phone": PHONE, "email": "amina@example.org"}


async def test_an_invite_has_a_link_whose_secret_is_in_the_fragment(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, language="ar")
    assert invite.url == f"https://talk.example.org/j/ar#{invite.invite.token}"
    assert len(invite.invite.token) * 6 >= 128


async def test_the_text_is_queued_for_the_chosen_channel_with_the_link_in_it(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    [text] = await clinic.send_all()
    assert (text.channel, text.to) == ("sms", PHONE)
    assert invite.url in text.text
    [view] = (await invites.show(clinic.ctx, lena, invite.invite.invite_id)).deliveries
    assert (view.delivery.state, view.delivery.way.provider) == ("sent", "folder")


async def test_what_could_not_be_sent_says_why(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    await clinic.send_all(Outcome(Result.PERMANENT, Reason.NO_SUCH_ADDRESS, "550 who?"))
    [view] = (await invites.show(clinic.ctx, lena, invite.invite.invite_id)).deliveries
    assert (view.delivery.state, view.delivery.reason) == ("failed", Reason.NO_SUCH_ADDRESS)
    assert [attempt.reply for attempt in view.attempts] == ["550 who?"]


async def test_by_link_only_nothing_is_sent(clinic: Clinic, lena: Staff) -> None:
    await clinic.invite(lena)
    assert await clinic.send_all() == []


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"via": "sms", "phone": "12345"}, InvalidPhone),
        ({"via": "email", "phone": PHONE}, ContactMissing),
        ({"language": "tlh"}, UnknownLanguage),
    ],
)
async def test_a_bad_invitation_makes_nothing(
    clinic: Clinic, lena: Staff, facts: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await clinic.invite(lena, **facts)
    assert await invites.listed(clinic.ctx, lena, [], None, 10) == []


async def test_the_same_key_again_gives_the_same_invite(clinic: Clinic, lena: Staff) -> None:
    first = await clinic.invite(lena, key="k1", **REACHED)
    again = await clinic.invite(lena, key="k1", **REACHED)
    other = await clinic.invite(lena, key="k2", **REACHED)
    assert first.invite == again.invite != other.invite
    assert len(await clinic.send_all()) == 2


async def test_the_same_key_at_once_on_two_servers_makes_one_invite(
    clinic: Clinic, elsewhere: Clinic, lena: Staff
) -> None:
    made = await asyncio.gather(*(c.invite(lena, key="k1") for c in [clinic, elsewhere] * 3))
    assert len({view.invite.invite_id for view in made}) == 1
    assert len(await invites.listed(clinic.ctx, lena, [], None, 10)) == 1


async def test_a_key_is_its_accounts_own(clinic: Clinic, lena: Staff) -> None:
    ida = await clinic.hire("Ida")
    assert (await clinic.invite(lena, key="k1")).invite != (await clinic.invite(ida, key="k1")).invite


async def test_a_key_is_free_again_after_the_erasure(clinic: Clinic, lena: Staff) -> None:
    first = await clinic.invite(lena, key="k1")
    await invites.revoke(clinic.ctx, lena, first.invite.invite_id)
    await clinic.later(days=1)
    assert (await clinic.invite(lena, key="k1")).invite.invite_id != first.invite.invite_id


async def test_a_preview_shows_every_channel_and_sends_nothing(clinic: Clinic, lena: Staff) -> None:
    previews = await invites.preview(clinic.ctx, invitation(**REACHED))
    assert [(p.channel, p.turn, p.provider) for p in previews] == [
        ("sms", 1, "folder"),
        ("whatsapp", None, None),
        ("email", None, None),
        (None, None, None),
    ]
    assert [p.message.subject is not None for p in previews] == [False, False, True, False]
    assert await clinic.send_all() == []


async def test_sending_again_uses_the_same_link(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    sent = await clinic.send_all()
    for via in ("auto", "email"):
        await invites.resend(clinic.ctx, lena, invite.invite.invite_id, via)
        sent += await clinic.send_all()
    assert [text.channel for text in sent] == ["sms", "sms", "email"]
    assert all(invite.url in text.text for text in sent)


async def test_sending_again_takes_back_what_is_still_queued(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    view = await invites.resend(clinic.ctx, lena, invite.invite.invite_id, "email")
    assert [one.delivery.state for one in view.deliveries] == ["failed", "queued"]
    assert view.deliveries[0].delivery.reason is Reason.WITHDRAWN
    assert [text.channel for text in await clinic.send_all()] == ["email"]


async def test_an_invite_is_its_owners_alone(clinic: Clinic, lena: Staff) -> None:
    ida = await clinic.hire("Ida")
    invite_id = (await clinic.invite(lena)).invite.invite_id
    for attempt in (
        invites.show(clinic.ctx, ida, invite_id),
        invites.resend(clinic.ctx, ida, invite_id, "auto"),
        invites.revoke(clinic.ctx, ida, invite_id),
        invites.rotate(clinic.ctx, ida, invite_id),
        invites.show(clinic.ctx, lena, "none"),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await invites.listed(clinic.ctx, ida, [], None, 10) == []


async def test_revoking_cancels_the_session(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    revoked = await invites.revoke(clinic.ctx, lena, invite.invite.invite_id)
    assert (revoked.session.state, revoked.invite.revoked_at) == (State.CANCELLED, clinic.clock())


async def test_revoking_cancels_also_a_session_in_which_somebody_waits(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    guest = await clinic.join(invite)
    await invites.revoke(clinic.ctx, lena, invite.invite.invite_id)
    assert (await clinic.session(guest.session_id)).state is State.CANCELLED
    assert await clinic.queue(lena) == []
    with pytest.raises(LinkRevoked):
        await clinic.join(invite)


@pytest.mark.parametrize("verbs", [[Verb.START], [Verb.START, Verb.KEEP_OPEN], [Verb.CLOSE]])
async def test_once_started_or_ended_an_invite_cannot_be_revoked(
    clinic: Clinic, lena: Staff, verbs: list[Verb]
) -> None:
    invite = await clinic.invite(lena)
    guest = await clinic.join(invite)
    await clinic.move(lena, guest.session_id, *verbs)
    with pytest.raises(IllegalMove):
        await invites.revoke(clinic.ctx, lena, invite.invite.invite_id)
    assert (await invites.show(clinic.ctx, lena, invite.invite.invite_id)).invite.revoked_at is None


async def test_what_is_over_is_neither_sent_again_nor_given_a_new_link(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    await invites.revoke(clinic.ctx, lena, invite.invite.invite_id)
    with pytest.raises(IllegalMove):
        await invites.resend(clinic.ctx, lena, invite.invite.invite_id, "auto")
    with pytest.raises(IllegalMove):
        await invites.rotate(clinic.ctx, lena, invite.invite.invite_id)


async def test_a_revoked_link_is_sent_to_nobody_any_more(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    await invites.revoke(clinic.ctx, lena, invite.invite.invite_id)
    assert await clinic.send_all() == []


async def test_rotating_ends_the_old_link_and_its_devices(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    joined = await joining.join(clinic.ctx, invite.invite.token, True, None)
    rotated = await invites.rotate(clinic.ctx, lena, invite.invite.invite_id)
    assert (rotated.url != invite.url, rotated.devices) == (True, 0)
    assert CutOff(joined.guest.participant_id) in clinic.ear.events
    with pytest.raises(LinkUnknown):
        await clinic.join(invite)
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, joined.token)


async def test_who_comes_by_the_new_link_is_the_same_person_in_the_same_place(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    before = await clinic.join(invite)
    clinic.clock.forward(minutes=5)
    after = await clinic.join(await invites.rotate(clinic.ctx, lena, invite.invite.invite_id))
    assert after.participant_id == before.participant_id
    assert await clinic.queue(lena) == [after.session_id]
    assert await clinic.log(after, after.session_id) == ["joined"]


async def test_a_rotated_link_is_sent_to_nobody_any_more(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    rotated = await invites.rotate(clinic.ctx, lena, invite.invite.invite_id)
    await invites.resend(clinic.ctx, lena, invite.invite.invite_id, "auto")
    assert [rotated.url in delivery.text for delivery in await clinic.send_all()] == [True]


async def test_somebody_added_later_sees_the_log_from_then_on(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.say(guest, guest.session_id, "between us")
    await clinic.move(lena, guest.session_id, Verb.START)
    added = await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="interpreter"), None)
    interpreter = await clinic.join(added)
    await clinic.say(guest, guest.session_id, "among us")
    assert await clinic.log(interpreter, guest.session_id) == ["person_added", "joined", "among us"]
    assert "between us" in await clinic.log(guest, guest.session_id)
    assert (await clinic.person(interpreter)).first_seq == 4


async def test_somebody_added_reads_no_further_back_whatever_they_ask_for(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.say(guest, guest.session_id, "between us")
    added = await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)
    relative = await clinic.join(added)
    for after in (-5, 0, 1):
        entries, _ = await chat.log(clinic.ctx, relative, guest.session_id, after, 500)
        assert [entry.seq for entry in entries] == [3, 4]


async def test_adding_with_the_same_key_adds_once(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    person = invitation("Yusuf", role="relative")
    both = [await invites.add_person(clinic.ctx, lena, guest.session_id, person, "k1") for _ in range(2)]
    assert both[0].invite == both[1].invite
    assert await clinic.log(lena, guest.session_id) == ["joined", "person_added"]


async def test_nobody_is_added_to_what_is_over(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    with pytest.raises(IllegalMove):
        await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)
    await clinic.later(days=1)
    with pytest.raises(Erased):
        await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)


async def test_somebody_removed_is_out(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    added = await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)
    relative = await joining.join(clinic.ctx, added.invite.token, True, None)
    await invites.remove_person(clinic.ctx, lena, guest.session_id, relative.guest.participant_id)
    assert CutOff(relative.guest.participant_id) in clinic.ear.events
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, relative.token)
    with pytest.raises(LinkRevoked):
        await clinic.join(added)
    with pytest.raises(NotFound):
        await clinic.say(relative.guest, guest.session_id)
    assert await clinic.log(lena, guest.session_id) == ["joined", "person_added", "joined", "person_removed"]


async def test_the_last_one_cannot_be_removed(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    with pytest.raises(IllegalMove):
        await invites.remove_person(clinic.ctx, lena, guest.session_id, guest.participant_id)
    with pytest.raises(NotFound):
        await invites.remove_person(clinic.ctx, lena, guest.session_id, "nobody")


async def test_removing_the_one_who_waits_gives_the_place_up(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)
    await invites.remove_person(clinic.ctx, lena, guest.session_id, guest.participant_id)
    assert (await clinic.session(guest.session_id)).state is State.INVITED


async def test_revoking_one_of_two_takes_that_person_out_and_leaves_the_session(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    added = await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)
    await invites.revoke(clinic.ctx, lena, added.invite.invite_id)
    assert (await clinic.session(guest.session_id)).state is State.WAITING
    with pytest.raises(LinkRevoked):
        await clinic.join(added)


async def test_revoking_or_removing_again_changes_nothing(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    added = await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)
    first = await invites.revoke(clinic.ctx, lena, added.invite.invite_id)
    clinic.clock.forward(minutes=5)
    again = await invites.revoke(clinic.ctx, lena, added.invite.invite_id)
    await invites.remove_person(clinic.ctx, lena, guest.session_id, added.person.participant_id)
    assert again.invite == first.invite
    assert await clinic.log(lena, guest.session_id) == ["joined", "person_added", "person_removed"]


async def test_lists_are_newest_first_by_state_and_page(clinic: Clinic, lena: Staff) -> None:
    made = [(await clinic.invite(lena)).invite.invite_id for _ in range(3)]
    await invites.revoke(clinic.ctx, lena, made[1])

    async def listed(states: list[str], before: str | None, limit: int) -> list[str]:
        return [view.invite.invite_id for view in await invites.listed(clinic.ctx, lena, states, before, limit)]

    assert await listed([], None, 10) == made[::-1]
    assert await listed([], made[2], 1) == [made[1]]
    assert await listed(["cancelled"], None, 10) == [made[1]]

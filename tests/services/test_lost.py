"""A lost link: sent again to whom it belongs, where staff sent it before, and to nobody else."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import pytest

from tc_server.domain.people import Staff
from tc_server.domain.session import Verb
from tc_server.services import invites, joining
from tc_server.services.events import SessionChanged
from tc_server.services.lost import Lost
from tc_server.services.views import InviteView
from tests.services.clinic import PHONE, Clinic, invitation

EMAIL = "Amina@example.org"
REACHED = {"via": "auto", "phone": PHONE, "email": EMAIL}


@pytest.fixture
def lost(clinic: Clinic) -> Lost:
    """Return the wishes for links of the clinic's server."""
    return Lost(clinic.ctx)


async def asks(lost: Lost, *contacts: str) -> None:
    """Ask for links, and let them be looked for."""
    for contact in contacts:
        lost.ask(contact)
    await lost.fulfil()


async def sent(clinic: Clinic, staff: Staff, invite: InviteView) -> Sequence[tuple[str, str]]:
    """List channel and contact of what was sent again, after the first time."""
    seen = await invites.show(clinic.ctx, staff, invite.invite.invite_id)
    contacts = {"email": seen.person.email or "", "sms": seen.person.phone or "", "whatsapp": seen.person.phone or ""}
    channels = [view.delivery.way.channel for view in seen.deliveries][1:]
    return [(channel, contacts[channel]) for channel in channels]


async def test_the_link_goes_to_the_contact_that_asks_and_staff_sees_it(
    clinic: Clinic, lena: Staff, lost: Lost
) -> None:
    invite = await clinic.invite(lena, **REACHED)
    clinic.ear.events.clear()
    await asks(lost, "0041 44 668 18 00")
    assert await sent(clinic, lena, invite) == [("sms", PHONE)]
    [event] = clinic.ear.events
    assert event == SessionChanged(invite.session.session_id, lena.account_id)
    await asks(lost, "AMINA@example.org")
    assert await sent(clinic, lena, invite) == [("sms", PHONE), ("email", EMAIL)]
    assert [(text.channel, text.to, invite.url in text.text) for text in await clinic.send_all()] == [
        ("sms", PHONE, True),
        ("sms", PHONE, True),
        ("email", EMAIL, True),
    ]


@pytest.mark.parametrize("contact", ["+41446681801", "somebody@example.org", "nonsense", "", "044 668 18 00"])
async def test_nobody_else_gets_anything(clinic: Clinic, lena: Staff, lost: Lost, contact: str) -> None:
    invite = await clinic.invite(lena, **REACHED)
    clinic.ear.events.clear()
    await asks(lost, contact)
    assert await sent(clinic, lena, invite) == []
    assert clinic.ear.events == []


@pytest.mark.parametrize(
    ("via", "asked", "channels"),
    [
        ("whatsapp", [PHONE, EMAIL], ["whatsapp"]),
        ("email", [PHONE, EMAIL], ["email"]),
        ("sms", [PHONE, EMAIL], ["sms"]),
    ],
)
async def test_it_goes_only_by_a_way_that_staff_chose(
    clinic: Clinic, lena: Staff, lost: Lost, via: str, asked: list[str], channels: list[str]
) -> None:
    invite = await clinic.invite(lena, **(REACHED | {"via": via}))
    await asks(lost, *asked)
    assert [channel for channel, _ in await sent(clinic, lena, invite)] == channels


async def test_a_link_that_was_handed_over_is_sent_nowhere(clinic: Clinic, lena: Staff, lost: Lost) -> None:
    invite = await clinic.invite(lena, **(REACHED | {"via": "link"}))
    await asks(lost, PHONE, EMAIL)
    assert (await invites.show(clinic.ctx, lena, invite.invite.invite_id)).deliveries == []


async def test_it_works_as_long_as_the_link_does(clinic: Clinic, lena: Staff, lost: Lost) -> None:
    invite = await clinic.invite(lena, **REACHED)
    session_id = invite.session.session_id
    await clinic.join(invite)
    for verb in (Verb.START, Verb.KEEP_OPEN):
        await clinic.move(lena, session_id, verb)
        clinic.clock.forward(minutes=2)
        await asks(lost, PHONE)
    assert len(await sent(clinic, lena, invite)) == 2


async def test_an_invite_that_lets_nobody_in_any_more_is_not_sent(clinic: Clinic, lena: Staff, lost: Lost) -> None:
    closed = await clinic.invite(lena, "closed", **REACHED)
    await clinic.join(closed)
    await clinic.move(lena, closed.session.session_id, Verb.CLOSE)
    revoked = await clinic.invite(lena, "revoked", **REACHED)
    await invites.revoke(clinic.ctx, lena, revoked.invite.invite_id)
    removed = await clinic.invite(lena)
    relative = await invites.add_person(
        clinic.ctx, lena, removed.session.session_id, invitation("relative", **REACHED), None
    )
    await invites.remove_person(clinic.ctx, lena, removed.session.session_id, relative.person.participant_id)
    expired = await clinic.invite(lena, "expired", **REACHED)
    clinic.clock.forward(days=8)
    clinic.ear.events.clear()
    await asks(lost, PHONE, EMAIL)
    assert clinic.ear.events == []
    for invite in (closed, revoked, relative, expired):
        assert await sent(clinic, lena, invite) == []


async def test_an_erased_session_does_not_keep_the_others_from_being_found(
    clinic: Clinic, lena: Staff, lost: Lost
) -> None:
    gone = await clinic.invite(lena, **REACHED)
    await invites.revoke(clinic.ctx, lena, gone.invite.invite_id)
    await clinic.later(hours=25)
    there = await clinic.invite(lena, **REACHED)
    await asks(lost, PHONE)
    assert len(await sent(clinic, lena, there)) == 1


async def test_each_open_invite_of_a_contact_is_sent_but_not_more_than_three(
    clinic: Clinic, lena: Staff, lost: Lost
) -> None:
    other = await clinic.hire("Omar")
    made = [(staff, await clinic.invite(staff, **REACHED)) for staff in (lena, other, lena, other)]
    await asks(lost, PHONE)
    assert [len(await sent(clinic, staff, invite)) for staff, invite in made] == [0, 1, 1, 1]


async def test_the_fourth_wish_within_an_hour_sends_nothing(clinic: Clinic, lena: Staff, lost: Lost) -> None:
    invite = await clinic.invite(lena, **REACHED)
    for _ in range(5):
        await asks(lost, PHONE)
        clinic.clock.forward(minutes=5)
    assert len(await sent(clinic, lena, invite)) == 3
    clinic.clock.forward(hours=1)
    await asks(lost, PHONE)
    assert len(await sent(clinic, lena, invite)) == 4


async def test_wishes_that_match_nothing_take_nothing_from_the_others(clinic: Clinic, lena: Staff, lost: Lost) -> None:
    invite = await clinic.invite(lena, **REACHED)
    await asks(lost, *(f"{n}@example.org" for n in range(300)), PHONE)
    assert len(await sent(clinic, lena, invite)) == 1


async def test_more_wishes_than_can_be_kept_are_dropped_without_a_fault(
    clinic: Clinic, lena: Staff, lost: Lost
) -> None:
    for n in range(2000):
        lost.ask(f"{n}@example.org")
    await lost.fulfil()
    invite = await clinic.invite(lena, **REACHED)
    await asks(lost, PHONE)
    assert len(await sent(clinic, lena, invite)) == 1


async def test_it_is_done_by_itself_after_the_answer(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena, **REACHED)
    woken = asyncio.Event()
    clinic.ctx.wake_outbox = woken.set
    lost = Lost(clinic.ctx, pause=0)
    loop = asyncio.create_task(lost.run())
    lost.ask(PHONE)
    assert not woken.is_set()
    await asyncio.wait_for(woken.wait(), 10)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert len(await sent(clinic, lena, invite)) == 1


async def test_no_log_names_a_contact(
    clinic: Clinic, lena: Staff, lost: Lost, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await clinic.invite(lena, **REACHED)
    await asks(lost, PHONE, EMAIL, "somebody@example.org", *(f"somebody{n}@example.org" for n in range(1500)))
    said: list[Any] = [record.getMessage().lower() for record in caplog.records if record.name.startswith("tc_server")]
    assert said
    assert not [line for line in said if "41446681800" in line or "example.org" in line]


async def test_the_link_that_comes_lets_in(clinic: Clinic, lena: Staff, lost: Lost) -> None:
    invite = await clinic.invite(lena, **REACHED)
    await asks(lost, PHONE)
    token = (await clinic.send_all())[-1].text.partition("#")[2]
    assert (await joining.join(clinic.ctx, token, True, None)).view.session.session_id == invite.session.session_id

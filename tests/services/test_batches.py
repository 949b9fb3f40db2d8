"""Inviting many at once: every row by itself, all in one transaction, nobody twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tc_server.domain.batch import Row
from tc_server.domain.delivery import Offer
from tc_server.domain.errors import Unavailable
from tc_server.domain.people import Staff
from tc_server.services import batches, erasing, invites
from tc_server.services.batches import Outcome
from tc_server.services.events import InvitesChanged, SessionChanged
from tests.domain.made import NOON
from tests.services.clinic import PHONE, Clinic


def row(number: int, **more: Any) -> Row:
    return Row(**({"key": f"key-of-row-{number}", "name": f"Person {number}", "via": "link"} | more))


def results(outcomes: list[Outcome]) -> list[str]:
    return [outcome.result for outcome in outcomes]


async def invited(clinic: Clinic, staff: Staff) -> int:
    return len(await invites.listed(clinic.ctx, staff, (), None, 1000))


async def test_each_row_gets_a_session_and_a_link_of_its_own(clinic: Clinic, lena: Staff) -> None:
    outcomes = await batches.invite_all(clinic.ctx, lena, [row(n) for n in range(30)])
    assert results(outcomes) == ["invited"] * 30
    assert len({o.invite.session_id for o in outcomes if o.invite}) == 30
    assert len({o.url for o in outcomes}) == 30
    assert await invited(clinic, lena) == 30


async def test_the_link_of_a_row_leads_into_its_session(clinic: Clinic, lena: Staff) -> None:
    [outcome] = await batches.invite_all(clinic.ctx, lena, [row(1, language="ar", phone=PHONE, via="auto")])
    assert outcome.invite
    view = await invites.show(clinic.ctx, lena, outcome.invite.invite_id)
    assert (view.url, view.person.name, view.person.phone) == (outcome.url, "Person 1", PHONE)
    assert "/j/ar#" in view.url
    assert [d.delivery.way.channel for d in view.deliveries] == [outcome.channel] == ["sms"]
    guest = await clinic.join(view)
    assert await clinic.queue(lena) == [guest.session_id]


async def test_a_row_with_a_time_is_planned_and_reminded(clinic: Clinic, lena: Staff) -> None:
    planned = row(1, phone=PHONE, via="auto", at="2026-03-04T15:00:00+03:00", timezone="Africa/Addis_Ababa")
    [outcome] = await batches.invite_all(clinic.ctx, lena, [planned])
    assert outcome.invite
    view = await invites.show(clinic.ctx, lena, outcome.invite.invite_id)
    assert view.session.planned_at == NOON + timedelta(days=3)
    assert view.person.timezone == "Africa/Addis_Ababa"
    assert [d.delivery.kind for d in view.deliveries] == ["planned", "reminder", "reminder"]
    [told] = await clinic.send_all()
    assert "Mar 4, 3:00 PM" in told.text


async def test_a_planned_row_needs_a_template_for_its_reminders_too(clinic: Clinic, lena: Staff) -> None:
    planned = row(1, phone=PHONE, via="whatsapp", at="2026-03-04T12:00:00Z")
    for templates, result in (({"en_planned"}, "refused"), ({"en_planned", "en_reminder"}, "ok"), ({"en"}, "refused")):
        clinic.ctx.offers = (Offer("meta", ("whatsapp",), receipts=True, templates=frozenset(templates)),)
        [outcome] = await batches.check_all(clinic.ctx, lena, [planned])
        assert outcome.result == result
        assert [(f.code, f.field) for f in outcome.faults] == [("no_provider", "via")] * (result == "refused")


async def test_a_refused_row_takes_no_other_along(clinic: Clinic, lena: Staff) -> None:
    rows = [row(1), row(2, via="auto", phone="12"), row(3)]
    outcomes = await batches.invite_all(clinic.ctx, lena, rows)
    assert results(outcomes) == ["invited", "refused", "invited"]
    assert [(f.code, f.field, f.value) for f in outcomes[1].faults] == [("invalid_phone", "phone", "12")]
    assert await invited(clinic, lena) == 2


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "\x00\u202e"}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"kind": "virtual"}, ["kind"]),
        ({"via": "pigeon"}, ["via"]),
        ({"note": "x" * 2001}, ["note"]),
        ({"language": "tlh"}, ["language"]),
        ({"email": "nowhere"}, ["email"]),
        ({"via": "auto"}, ["phone"]),
        ({"via": "email", "phone": PHONE}, ["email"]),
        ({"at": "2026-03-04T12:00", "timezone": "Asia/Beirut"}, ["at"]),
        ({"at": "soon"}, ["at"]),
        ({"at": "2026-02-01T12:00:00Z"}, ["at"]),
        ({"at": "2031-01-01T12:00:00Z"}, ["at"]),
        ({"at": "2026-03-04T12:00:00Z", "timezone": "Mars/Olympus"}, ["timezone"]),
        ({"timezone": "Mars/Olympus"}, ["timezone"]),
        (
            {"name": "", "kind": "x", "via": "y", "phone": "12", "language": "?"},
            ["name", "kind", "via", "phone", "language"],
        ),
    ],
)
async def test_everything_that_is_wrong_with_a_row_is_told(
    clinic: Clinic, lena: Staff, more: dict[str, str], fields: list[str]
) -> None:
    [outcome] = await batches.invite_all(clinic.ctx, lena, [row(1, **more)])
    assert [fault.field for fault in outcome.faults] == fields
    assert all(fault.detail for fault in outcome.faults)
    assert await invited(clinic, lena) == 0


async def test_the_same_rows_again_give_the_invites_of_then(clinic: Clinic, lena: Staff) -> None:
    rows = [row(n, language="fr") for n in range(5)]
    first = await batches.invite_all(clinic.ctx, lena, rows)
    again = await batches.invite_all(clinic.ctx, lena, [*rows, row(5)])
    assert results(again) == ["repeated"] * 5 + ["invited"]
    assert [o.url for o in again[:5]] == [o.url for o in first]
    assert await invited(clinic, lena) == 6


async def test_the_same_key_twice_in_one_request_invites_once(clinic: Clinic, lena: Staff) -> None:
    outcomes = await batches.invite_all(clinic.ctx, lena, [row(1), row(1)])
    assert results(outcomes) == ["invited", "repeated"]
    assert outcomes[0].url == outcomes[1].url


async def test_the_same_rows_at_the_same_time_on_two_servers_invite_once(
    clinic: Clinic, elsewhere: Clinic, lena: Staff
) -> None:
    rows = [row(n) for n in range(10)]
    both = await asyncio.gather(
        batches.invite_all(clinic.ctx, lena, rows), batches.invite_all(elsewhere.ctx, lena, rows)
    )
    assert sorted(results(both[0] + both[1])) == ["invited"] * 10 + ["repeated"] * 10
    assert await invited(clinic, lena) == 10


async def test_another_accounts_keys_are_its_own(clinic: Clinic, lena: Staff) -> None:
    omar = await clinic.hire("Omar")
    await batches.invite_all(clinic.ctx, lena, [row(1)])
    assert results(await batches.invite_all(clinic.ctx, omar, [row(1)])) == ["invited"]


async def test_a_row_can_be_invited_anew_once_its_session_is_erased(clinic: Clinic, lena: Staff) -> None:
    [outcome] = await batches.invite_all(clinic.ctx, lena, [row(1)])
    assert outcome.invite
    await invites.revoke(clinic.ctx, lena, outcome.invite.invite_id)
    assert results(await batches.invite_all(clinic.ctx, lena, [row(1)])) == ["repeated"]
    await erasing.erase(clinic.ctx, lena, outcome.invite.session_id)
    assert results(await batches.invite_all(clinic.ctx, lena, [row(1)])) == ["invited"]


async def test_a_check_tells_what_would_be_and_writes_nothing(clinic: Clinic, lena: Staff) -> None:
    await batches.invite_all(clinic.ctx, lena, [row(1)])
    clinic.ear.events.clear()
    rows = [row(1), row(2, phone=PHONE, via="whatsapp"), row(3, language="tlh")]
    outcomes = await batches.check_all(clinic.ctx, lena, rows)
    assert results(outcomes) == ["repeated", "ok", "refused"]
    assert outcomes[1].channel == "whatsapp"
    assert await invited(clinic, lena) == 1
    assert clinic.ear.events == []


async def test_what_cannot_be_written_is_not_written_in_part(
    clinic: Clinic, lena: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = invites.open_session
    made = 0

    async def fail(*args: Any, **facts: Any) -> Any:
        nonlocal made
        made += 1
        if made > 3:
            raise Unavailable
        return await whole(*args, **facts)

    monkeypatch.setattr(invites, "open_session", fail)
    with pytest.raises(Unavailable):
        await batches.invite_all(clinic.ctx, lena, [row(n) for n in range(5)])
    assert await invited(clinic, lena) == 0
    monkeypatch.undo()
    assert results(await batches.invite_all(clinic.ctx, lena, [row(n) for n in range(5)])) == ["invited"] * 5


async def test_many_are_announced_with_one_word(clinic: Clinic, lena: Staff) -> None:
    clinic.ear.events.clear()
    await batches.invite_all(clinic.ctx, lena, [row(n) for n in range(50)])
    assert clinic.ear.events == [InvitesChanged(lena.account_id)]
    await batches.invite_all(clinic.ctx, lena, [row(n) for n in range(50)])
    assert len(clinic.ear.events) == 1
    assert not clinic.ear.all_of(SessionChanged)


async def test_a_row_that_no_provider_leads_to_is_a_fault_and_a_batch_lets_others_go_first(
    clinic: Clinic, lena: Staff
) -> None:
    clinic.ctx.offers = (Offer("folder", ("email",)),)
    by_phone, by_mail = row(1, phone=PHONE, via="auto"), row(2, email="a@example.org", via="email")
    [refused, invited_] = await batches.invite_all(clinic.ctx, lena, [by_phone, by_mail])
    assert [(fault.code, fault.field) for fault in refused.faults] == [("no_provider", "via")]
    assert invited_.result == "invited"
    await clinic.invite(lena, email="b@example.org", via="email")
    assert [text.to for text in await clinic.send_all()] == ["b@example.org", "a@example.org"]


async def test_who_was_invited_to_a_time_stays_invited_when_it_is_over(clinic: Clinic, lena: Staff) -> None:
    planned = row(1, phone=PHONE, via="auto", at="2026-03-01T14:00:00Z")
    [first] = await batches.invite_all(clinic.ctx, lena, [planned])
    clinic.clock.forward(hours=6)
    assert results(await batches.check_all(clinic.ctx, lena, [planned])) == ["repeated"]
    again = await batches.invite_all(clinic.ctx, lena, [planned])
    assert results(again) == ["repeated"]
    assert again[0].url == first.url
    assert results(await batches.invite_all(clinic.ctx, lena, [planned, row(2)])) == ["repeated", "invited"]


async def test_a_row_needs_no_template_for_reminders_where_none_would_go_out(clinic: Clinic, lena: Staff) -> None:
    clinic.ctx.offers = (Offer("meta", ("whatsapp",), receipts=True, templates=frozenset({"en_planned"})),)
    clinic.ctx.reminders = ()
    planned = row(1, phone=PHONE, via="whatsapp", at="2026-03-04T12:00:00Z")
    assert results(await batches.check_all(clinic.ctx, lena, [planned])) == ["ok"]

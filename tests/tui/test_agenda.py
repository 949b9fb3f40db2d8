"""Planning on the full screen, on the real server: the form, the agenda, another time, who can't come."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_cli.output import timelines
from tc_cli.tui import agenda, dates
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.board import Board
from tc_cli.tui.desk import Trouble
from tc_cli.tui.feed import times
from tc_cli.tui.screens.agenda import Agenda
from tests import fates
from tests.serving import DEADLINE, NO_TLS
from tests.tui.conftest import Invited, Person, Tui, sees, shown, until

WEDNESDAY = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def ahead(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**span)


def answer(person: Person, coming: bool) -> None:
    """Say whether one comes, as the page does."""
    body = {"token": person.invite.url.partition("#")[2], "coming": coming}
    address = f"{person.server.api}/join/answer"
    httpx.post(address, json=body, timeout=DEADLINE, verify=NO_TLS).raise_for_status()


def desk(pilot: Pilot[None]) -> Any:
    assert isinstance(pilot.app, TeleConnect)
    return pilot.app.desk


def reminders(pilot: Pilot[None]) -> list[str]:
    """Return what the agenda says of each row's next reminder."""
    screen = pilot.app.screen
    assert isinstance(screen, Agenda)
    return [screen._reminder(one)[0] for one in agenda.planned(screen.desk.board, screen.desk.server_now())]


# --- the form -------------------------------------------------------------------------------------------------------


async def test_a_time_is_read_back_here_and_in_the_zone_of_the_number(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Selam", "tab", *"+251911234567")
        await sees(pilot, "Ethiopia")
        # Past email, language, way and note.
        await pilot.press("tab", "tab", "tab", "tab", "tab")
        await pilot.press(*"in 26h")
        await sees(pilot, "in Addis Ababa · in 1 d 2 h")
        await sees(pilot, "Try your phone")
        await pilot.press("ctrl+j")
        await sees(pilot, "The link for Selam")
        await sees(pilot, "from 15 minutes before")
        [invite] = desk(pilot).board.invites.values()
        assert invite.timezone == "Africa/Addis_Ababa"
        assert invite.planned_at > ahead(hours=25)


async def test_a_zone_is_found_by_its_city_and_offered_while_it_is_written(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Leila")
        await pilot.click("#at")
        await pilot.press(*"tomorrow 14:30")
        await sees(pilot, "their zone isn't known")
        await pilot.press("tab", *"Kabu")
        await sees(pilot, "19:00 in Kabul")
        await until(pilot, lambda: pilot.app.screen.query_one("#zone", Input)._suggestion == "Kabul", "the offer")
        await pilot.press("right", "ctrl+j")
        await sees(pilot, "The link for Leila")
        assert [one.timezone for one in desk(pilot).board.invites.values()] == ["Asia/Kabul"]


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        ("soon", "", "Write it like tomorrow 14:30"),
        ("2020-01-01 10:00", "", "That is over already."),
        ("in 9000d", "", "That is more than a year away."),
        ("tomorrow 9:00", "Mars", "There is no such time zone."),
        ("tomorrow 9:00", "port", "Which zone: "),
    ],
)
async def test_what_is_wrong_is_said_and_isnt_sent(tui: Tui, at: str, zone: str, said: str) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Leila")
        await pilot.click("#at")
        await pilot.press(*at, "tab", *zone)
        await sees(pilot, said)
        await pilot.press("ctrl+j")
        await pilot.pause()
        assert not desk(pilot).board.invites


async def test_it_fits_the_usual_terminal(tui: Tui) -> None:
    async with tui((80, 24)) as pilot:
        await pilot.press("n", *"Selam", "tab", *"+251911234567")
        await pilot.click("#at")
        await pilot.press(*"tomorrow 14:30")
        await sees(pilot, "Tomorrow 14:30 here · 17:30 in Addis Ababa")
        await sees(pilot, "1 segment")
        assert "Send" in shown(pilot)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Addis Ababa", "Africa/Addis_Ababa"),
        ("africa/addis_ababa", "Africa/Addis_Ababa"),
        ("zürich", "Europe/Zurich"),
        ("utc", "UTC"),
        ("", None),
    ],
)
def test_a_zone_has_several_names(text: str, named: str | None) -> None:
    assert times.zone(text) == named


def test_a_time_that_the_clocks_leave_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Zurich")
    with pytest.raises(Trouble, match="put forward"):
        times.read("2027-03-28 02:30", "", WEDNESDAY)


def test_times_are_read_in_staffs_own_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "own_language", lambda: "fr")
    monkeypatch.setattr(times, "OWN_WORDS", (("tomorrow", "demain"), ("in", "dans")))
    times._own_words.cache_clear()
    try:
        for text, day in {"demain 9:00": 26, "ven. 9h00": 27, "vendredi 9:00": 27, "fri 9:00": 27}.items():
            plan = times.read(text, "", WEDNESDAY)
            assert plan is not None
            assert plan.at == datetime(2026, 11, day, 9, tzinfo=UTC)
        assert times.read("dans 2h", "", WEDNESDAY) is not None
    finally:
        times._own_words.cache_clear()


# --- how times read -------------------------------------------------------------------------------------------------


def test_a_time_is_told_here_there_and_how_far_away() -> None:
    friday = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    said = dates.understood(friday, "Africa/Addis_Ababa", WEDNESDAY)
    assert said == "Fri 27 Nov 14:30 here · 17:30 in Addis Ababa · in 2 days"
    assert "Sat 01:30 in Tokyo" in dates.understood(friday + timedelta(hours=2), "Asia/Tokyo", WEDNESDAY)
    assert "the same in London" in dates.understood(friday, "Europe/London", WEDNESDAY)


def test_what_somebody_has_missed_comes_before_what_is_to_come_and_goes_from_home_in_the_end() -> None:
    board = Board()
    for key, hours in {"long ago": -40, "missed": -1, "next": 2, "in days": 50}.items():
        board.invites[key] = fates.invite(
            invite_id=key, session_id=key, planned_at=WEDNESDAY + timedelta(hours=hours), timezone="UTC"
        )
    assert [one.invite_id for one in agenda.planned(board, WEDNESDAY)] == ["long ago", "missed", "next", "in days"]
    assert [one.invite_id for one in agenda.today(board, WEDNESDAY)] == ["missed", "next"]
    assert agenda.later(board, WEDNESDAY) == 1


# --- the agenda -----------------------------------------------------------------------------------------------------


async def test_it_lists_what_is_planned_by_day_with_both_times(tui: Tui, invited: Invited) -> None:
    invited("Binta", at=ahead(days=2), timezone="Africa/Addis_Ababa", phone="+41791234567", via="sms")
    invited("Amal", at=ahead(hours=30), timezone="UTC")
    invited("Somebody for now")
    async with tui() as pilot:
        await pilot.press("5")
        await sees(pilot, "▤ in a folder")
        text = shown(pilot)
        assert text.index("Amal") < text.index("Binta")
        assert "Addis" in text
        assert "Somebody for now" not in text


async def test_what_is_sent_again_elsewhere_reminds_here_too(tui: Tui, invited: Invited, access: Access) -> None:
    invite = invited("Binta", at=ahead(days=2, hours=1), phone="+41791234567", via="sms").invite
    async with tui((120, 40)) as pilot:

        async def sees_reminder(at: datetime | None) -> None:
            said = dates.moment(at, desk(pilot).now()) if at else ""
            await until(pilot, lambda: reminders(pilot) == [said], f"the reminder {said!r}")
            await sees(pilot, said)

        await pilot.press("5")
        await sees(pilot, "▤ in a folder")
        first = timelines.next_reminder(invite)
        assert first is not None
        await sees_reminder(first)
        with Api(access) as api:
            api.do(calls.rotate(invite.invite_id))
            await sees_reminder(None)
            assert "▤ in a folder" in shown(pilot)
            again = api.do(calls.resend(invite.invite_id, "auto"))
        await sees_reminder(first)
        assert [one.delivery_id for one in again.deliveries] == [
            one.delivery_id for one in desk(pilot).board.invites[invite.invite_id].deliveries
        ]


async def test_the_palette_leads_there(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("ctrl+p", *"agenda")
        await sees(pilot, "Go to Agenda")
        await pilot.press("down", "enter")
        await sees(pilot, "Nothing is planned")
        assert isinstance(pilot.app.screen, Agenda)


async def test_another_time_is_planned_and_told(tui: Tui, invited: Invited) -> None:
    invited("Binta", at=ahead(days=2), timezone="Africa/Addis_Ababa", phone="+41791234567", via="sms")
    async with tui() as pilot:
        await pilot.press("5")
        await sees(pilot, "Binta")
        await pilot.press("t")
        await sees(pilot, "Another time for Binta")
        await pilot.press("enter")
        await sees(pilot, "Write when:")
        await pilot.press(*"in 5d", "enter")
        await sees(pilot, "Planned for ")
        [invite] = desk(pilot).board.invites.values()
        assert invite.planned_at > ahead(days=4)
        assert invite.timezone == "Africa/Addis_Ababa"
        await pilot.press("d")
        await sees(pilot, "SMS · another time")
        assert "Reminded by itself: " in shown(pilot)


async def test_another_zone_that_is_refused_is_said_beside_it(
    tui: Tui, invited: Invited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "zone", lambda text: "Mars/Olympus" if text else None)
    monkeypatch.setattr(dates, "_told_there", lambda _when, _zone: "there")
    invited("Binta", at=ahead(days=2), timezone="UTC")
    async with tui() as pilot:
        await pilot.press("5")
        await sees(pilot, "Binta")
        await pilot.press("t", *"in 5d", "tab", *"Olympus", "enter")
        await sees(pilot, "There is no such time zone")
        assert pilot.app.screen.query_one("#at-said").has_class("-wrong")
        assert pilot.app.focused is pilot.app.screen.query_one("#zone")
        await pilot.press("backspace")
        await until(pilot, lambda: "no such time zone" not in shown(pilot), "the end of it")


async def test_a_planned_one_is_taken_back_after_a_yes_and_the_person_is_told(tui: Tui, invited: Invited) -> None:
    invited("Binta", at=ahead(days=2), phone="+41791234567", via="sms")
    async with tui() as pilot:
        await pilot.press("5")
        await sees(pilot, "Binta")
        await pilot.press("x")
        await sees(pilot, "They are sent word")
        await pilot.press("y")
        await sees(pilot, "Nothing is planned")
        [invite] = desk(pilot).board.invites.values()
        assert invite.deliveries[-1].kind == "cancelled"


async def test_who_cant_come_is_announced_once_and_stays_in_the_agenda(tui: Tui, invited: Invited) -> None:
    person = invited("Binta", at=ahead(days=2), phone="+41791234567", via="sms")
    async with tui() as pilot:
        told: list[str] = []
        announce = desk(pilot).feed.on_declined
        desk(pilot).feed.on_declined = lambda invite: (told.append(invite.name), announce(invite))
        answer(person, False)
        await sees(pilot, "Binta can't come: ")
        answer(person, False)
        # What is told lies over the agenda until it is clicked away.
        await pilot.click(Toast)
        await pilot.press("5")
        await sees(pilot, "✗ can't")
        assert "5 Agenda ✗1" in shown(pilot)
        answer(person, True)
        await sees(pilot, "✓ yes")
        assert told == ["Binta"]
        assert "5 Agenda ✗1" not in shown(pilot)


async def test_who_has_come_is_a_key_away(tui: Tui, invited: Invited) -> None:
    person = invited("Binta", at=ahead(minutes=5), timezone="UTC")
    async with tui() as pilot:
        await pilot.press("5")
        await sees(pilot, "Binta")
        person.join()
        await sees(pilot, "● here")
        await pilot.press("enter")
        await sees(pilot, "Binta · ")


async def test_home_says_what_is_planned_today_and_who_is_missing(tui: Tui, invited: Invited) -> None:
    now = datetime.now(UTC)
    invited("Binta", at=now + timedelta(minutes=40), timezone="Africa/Addis_Ababa")
    invited("Amal", at=now + timedelta(days=3), timezone="UTC")
    async with tui() as pilot:
        await sees(pilot, "Planned today: 1")
        assert "the next in 40 min" in shown(pilot)
        assert "1 planned for later" in shown(pilot)
        desk(pilot).board.ahead = timedelta(hours=1)
        pilot.app._minute_passed()  # type: ignore[attr-defined]
        await sees(pilot, "nobody is there yet")
        await pilot.press("5")
        await sees(pilot, "Its time has come, and nobody is there yet")


async def test_without_anything_planned_home_has_no_panel_for_it(tui: Tui, invited: Invited) -> None:
    invited("Amal")
    async with tui() as pilot:
        await sees(pilot, "by hand")
        assert "Planned today" not in shown(pilot)


@pytest.mark.parametrize("place", ["4", "5"])
async def test_a_reminder_that_was_taken_back_isnt_how_an_invite_fares(
    tui: Tui, invited: Invited, access: Access, place: str
) -> None:
    invite = invited("Binta", at=ahead(days=2), phone="+41791234567", via="sms").invite
    async with tui() as pilot:
        await pilot.press(place)
        await sees(pilot, "▤ in a folder")
        with Api(access) as api:
            rotated = api.do(calls.rotate(invite.invite_id))
        assert {one.reason for one in rotated.deliveries if one.kind == "reminder"} == {"withdrawn"}
        await until(pilot, lambda: desk(pilot).board.invites[invite.invite_id].url == rotated.url, "the new link")
        await sees(pilot, "▤ in a folder")
        assert "taken back" not in shown(pilot)


async def test_what_waits_for_its_time_isnt_how_an_invite_fares(tui: Tui, invited: Invited) -> None:
    invited("Binta", at=ahead(days=2), phone="+41791234567", via="sms")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "▤ in a folder")
        assert "Reminded by itself: " in shown(pilot)

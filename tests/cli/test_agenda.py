"""Planning by single commands: a time and a zone, the agenda in all its forms, another time."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tc_cli.client.profile import Access
from tests.cli.conftest import Tc
from tests.cli.test_terminal import Terminal

pytestmark = pytest.mark.usefixtures("fresh")

STYLE = re.compile(r"\x1b\[[\d;]*m")
PHONE = "+96171123456"
IN_ADDIS = ("--timezone", "Africa/Addis_Ababa")


@pytest.fixture(autouse=True)
def _here_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def tomorrow(hour: int) -> datetime:
    day = datetime.now(UTC) + timedelta(days=1)
    return day.replace(hour=hour, minute=30, second=0, microsecond=0)


def at(made: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(made["planned_at"]))


def plan(tc: Tc, name: str = "Amal", when: str = "tomorrow 14:30", *more: str) -> dict[str, object]:
    return tc("invite", "remote", "--name", name, "--phone", PHONE, "--at", when, *more, "-o", "json").json


def kinds(made: dict[str, object]) -> list[str]:
    return [delivery["kind"] for delivery in made["deliveries"]]  # type: ignore[attr-defined]


def test_a_time_without_a_zone_is_here_and_told_in_the_zone_of_the_number(tc: Tc) -> None:
    made = plan(tc)
    assert at(made) == tomorrow(14)
    assert made["timezone"] == "Asia/Beirut"
    assert made["coming"] is None
    assert kinds(made)[0] == "planned"
    assert "reminder" in kinds(made)


def test_a_zone_is_that_of_the_time_and_the_one_it_is_told_in(tc: Tc) -> None:
    made = plan(tc, "Amal", f"{tomorrow(14):%Y-%m-%d} 14:30", *IN_ADDIS)
    assert at(made) == tomorrow(11)
    assert made["timezone"] == "Africa/Addis_Ababa"


def test_a_colleague_can_be_asked_for_later(tc: Tc) -> None:
    words = ("invite", "in-person", "--colleague", "Dr Okoye", "--link-only", "--at", "in 2h", "-o", "json")
    made = tc(*words).json
    assert at(made) > datetime.now(UTC) + timedelta(minutes=119)
    assert made["deliveries"] == []


def test_a_preview_shows_the_text_that_tells_the_time(tc: Tc) -> None:
    words = ("--name", "Amal", "--phone", PHONE, "--at", "tomorrow 14:30", *IN_ADDIS)
    shown = tc("invite", "preview", *words, "-o", "json").list
    texts = [str(one["text"]) for one in shown if one["turn"] == 1]
    assert "2:30" in texts[0]
    assert "/test/en#" in texts[0]
    assert tc("agenda", "-o", "json").list == []


def test_the_agenda_has_the_next_first_in_every_form(tc: Tc) -> None:
    plan(tc, "Binta", "in 3d")
    plan(tc, "Amal")
    assert [one["name"] for one in tc("agenda", "-o", "json").list] == ["Amal", "Binta"]
    heading, amal, _binta = tc("agenda").out.splitlines()
    assert heading.split() == ["ID", "WHEN", "THERE", "NAME", "LANG", "COMES", "TOLD", "REMINDER"]
    assert "14:30" in amal
    assert "Beirut" in amal
    assert tc("agenda", "-o", "csv").out.startswith("invite_id,session_id,")


def test_on_a_terminal_days_are_headings_and_80_columns_are_enough(tc: Tc, fresh: Access) -> None:
    plan(tc, "Amal", f"{tomorrow(14):%Y-%m-%d} 14:30", *IN_ADDIS)
    plan(tc, "Somebody with a long name", "in 3d")
    terminal = Terminal("agenda")
    terminal.end()
    lines = [line.rstrip() for line in STYLE.sub("", terminal.shown).splitlines()]
    assert lines[0].split() == ["ID", "HERE", "THERE", "NAME", "LANG", "TOLD", "REMINDER"]
    assert lines[1].startswith("Tomorrow, ")
    [amal] = [line for line in lines if "Amal" in line]
    assert "11:30  14:30 Addis Ababa" in amal
    assert max(map(len, lines)) <= 80


def test_nothing_planned_is_said_to_people_alone(tc: Tc) -> None:
    assert tc("agenda").out == ""
    terminal = Terminal("agenda")
    assert terminal.end() == 0
    assert "Nothing is planned." in terminal.shown


def test_a_calendar_names_nobody_and_keeps_to_its_form(tc: Tc) -> None:
    made = plan(tc, "Amal")
    out = tc("agenda", "--ics").out
    lines = out.split("\r\n")
    assert out.endswith("END:VCALENDAR\r\n")
    assert "\n" not in out.replace("\r\n", "")
    assert all(len(line) <= 75 for line in lines)
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//TeleConnect//tc//EN"]
    assert f"DTSTART:{tomorrow(14):%Y%m%dT%H%M00Z}" in lines
    assert f"UID:{made['session_id']}@teleconnect" in lines
    assert "Amal" not in out
    assert "#" not in out


def test_another_time_is_told_and_takes_the_old_reminders_back(tc: Tc) -> None:
    made = plan(tc)
    moved = tc("invite", "reschedule", str(made["invite_id"]), "--at", "in 30h", "-o", "json").json
    assert at(moved) > datetime.now(UTC) + timedelta(hours=29)
    assert "moved" in kinds(moved)


def test_another_zone_comes_with_another_time(tc: Tc) -> None:
    made = plan(tc)
    moved = tc("invite", "reschedule", str(made["invite_id"]), "--at", "in 30h", *IN_ADDIS, "-o", "json").json
    assert moved["timezone"] == "Africa/Addis_Ababa"


def test_a_timeline_says_what_each_message_is(tc: Tc) -> None:
    made = plan(tc)
    shown = tc("invite", "show", str(made["invite_id"])).out
    assert "Delivery 1, the time: " in shown
    assert "Delivery 2, reminder: queued" in shown
    assert "goes out" in shown
    assert "planned" in shown


def test_what_is_not_planned_needs_no_agenda(tc: Tc) -> None:
    tc("invite", "remote", "--name", "Amal", "--link-only")
    assert tc("agenda", "-o", "json").list == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--at", "2020-01-01 10:00"], 6, "over"),
        (["--at", "in 9999d"], 6, "year"),
        (["--at", "soon"], 2, "isn't a time"),
        (["--at", "tomorrow 14:30", "--timezone", "Addis Ababa"], 2, "Africa/Addis_Ababa"),
        (["--at", "tomorrow 14:30", "--timezone", "Mars/Olympus"], 2, "no time zone"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tc: Tc, words: list[str], code: int, said: str) -> None:
    refused = tc("invite", "remote", "--name", "Amal", "--link-only", *words)
    assert refused.code == code
    assert refused.err.startswith("error: ")
    assert said in refused.err
    assert refused.err.count("\n") == 1


def test_a_past_time_moves_nothing(tc: Tc) -> None:
    made = plan(tc)
    assert tc("invite", "reschedule", str(made["invite_id"]), "--at", "2020-01-01 10:00").code == 6
    assert at(tc("invite", "show", str(made["invite_id"]), "-o", "json").json) == tomorrow(14)

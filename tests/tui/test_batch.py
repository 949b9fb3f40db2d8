"""Inviting many from a file on the full screen: checked, corrected, sent, paused, killed, watched."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_cli.commands import transcripts
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.batch import Batch, Invited, Stage, fares
from tc_cli.tui.feed import Feed, batching
from tc_cli.tui.preferences import Preferences
from tc_cli.tui.screens.batch import BatchScreen
from tc_cli.tui.widgets.file_tree import FileTree
from tests.mailserver import mail_server
from tests.serving import ROOT, eventually, serving
from tests.tui.conftest import Tui, new_account, sees, shown, until

HEAD = "name,phone,language,via,reference\n"


def people(count: int, via: str = "link") -> str:
    return HEAD + "".join(f"Person {n},+4144668{1800 + n},en,{via},R{n}\n" for n in range(count))


@pytest.fixture
def file(home: Path) -> Path:
    (home / "lists").mkdir()
    path = home / "lists" / "people.csv"
    path.write_text(people(12))
    return path


def app_of(pilot: Pilot[None]) -> TeleConnect:
    assert isinstance(pilot.app, TeleConnect)
    return pilot.app


def batch_of(pilot: Pilot[None]) -> Batch:
    batch = app_of(pilot).desk.board.batch
    assert batch is not None
    return batch


async def chosen(pilot: Pilot[None], path: Path, stage: Stage = Stage.CHECKED) -> None:
    """Choose a file by typing its path, and wait for what comes of it."""
    await pilot.press("4", "b")
    await sees(pilot, "A CSV file, one row a person.")
    await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one(FileTree), "the tree")
    await pilot.press("slash", "backspace")
    await pilot.press(*f"~/{path.relative_to(Path.home())}", "enter")
    await comes_to(pilot, stage)


async def comes_to(pilot: Pilot[None], stage: Stage) -> None:
    def there() -> bool:
        batch = app_of(pilot).desk.board.batch
        return batch is not None and batch.stage is stage and isinstance(pilot.app.screen, BatchScreen)

    await until(pilot, there, stage)
    await pilot.pause(0.1)


def invited_names(access: Access) -> list[str]:
    with Api(access) as api:
        return sorted(one.name for one in api.every(calls.invites))


def reported(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Send one row a part, and after three parts none until what is returned is called."""
    import threading

    released = threading.Event()
    send = batching.sending.send

    def slowly(*args: object, **kwargs: object) -> object:
        kwargs["pace"] = batching.sending.Pace(1, pause=lambda _seconds: None)
        for place, part in enumerate(send(*args, **kwargs)):  # type: ignore[arg-type]
            yield part
            if place == 2:
                released.wait(20)

    monkeypatch.setattr(batching.sending, "send", slowly)
    return released.set


async def test_everybody_in_a_file_is_invited_and_the_report_lies_beside_it(
    tui: Tui, access: Access, file: Path
) -> None:
    async with tui() as pilot:
        await chosen(pilot, file)
        assert "Ready: no faults" in shown(pilot)
        assert "12 by hand" in shown(pilot)
        await pilot.press("s")
        await sees(pilot, "Invite 12 people?")
        await pilot.press("y")
        await sees(pilot, "All 12 rows done")
        await sees(pilot, "12 invited")
    assert len(invited_names(access)) == 12
    assert {row["result"] for row in reported(file.with_name("people.report.csv"))} == {"invited"}


async def test_faults_stand_there_by_line_and_nothing_is_sent_until_they_are_corrected(
    tui: Tui, access: Access, file: Path
) -> None:
    good = file.read_text()
    file.write_text(good.replace("+41446681803", "12").replace("R5\n", "R4\n"))
    async with tui() as pilot:
        await chosen(pilot, file)
        text = shown(pilot)
        assert "2 faults in 2 rows" in text
        assert 'line 5, phone "12": This isn\'t a phone number' in text
        await pilot.press("s")
        assert isinstance(pilot.app.screen, BatchScreen)
        await pilot.press("slash", *"already", "enter")
        await until(pilot, lambda: "isn't a phone number" not in shown(pilot), "the search")
        assert 'line 7, reference "R4"' in shown(pilot)
        await pilot.press("escape")
        file.write_text(good)
        await pilot.press("r")
        await sees(pilot, "Ready: no faults")
    assert invited_names(access) == []


async def test_the_others_are_sent_only_by_a_choice_of_its_own(tui: Tui, access: Access, file: Path) -> None:
    file.write_text(file.read_text().replace("+41446681803", "12"))
    async with tui() as pilot:
        await chosen(pilot, file)
        await pilot.press("w")
        await sees(pilot, "1 row is left out.")
        await pilot.press("enter")
        assert batch_of(pilot).stage is Stage.CHECKED
        await pilot.press("w", "y")
        await sees(pilot, "11 invited · 1 refused")
        assert "This isn't a phone number" in shown(pilot)
    assert len(invited_names(access)) == 11
    assert [row["line"] for row in reported(file.with_name("people.report.csv")) if row["result"] == "refused"] == ["5"]


async def test_a_file_that_is_none_says_why_and_is_read_again(tui: Tui, file: Path) -> None:
    good = file.read_bytes()
    file.write_bytes("Zoé;12".encode("cp1252"))
    async with tui() as pilot:
        await chosen(pilot, file, Stage.FAILED)
        assert "isn't UTF-8" in shown(pilot)
        assert "Nothing was sent; r reads the file again." in " ".join(shown(pilot).split())
        file.write_bytes(good)
        await pilot.press("r")
        await sees(pilot, "Ready: no faults")


async def test_it_is_paused_and_goes_on_and_nobody_is_invited_twice(
    tui: Tui, access: Access, file: Path, held: Callable[[], None]
) -> None:
    async with tui() as pilot:
        await chosen(pilot, file)
        await pilot.press("s", "y")
        await until(pilot, lambda: batch_of(pilot).steps == 3, "the middle")
        await sees(pilot, "batch 25 %")
        await pilot.press("p")
        await sees(pilot, "Pausing")
        held()
        await sees(pilot, "of 12 are invited")
        assert batch_of(pilot).stage is Stage.PAUSED
        await sees(pilot, "batch paused")
        before = len(invited_names(access))
        assert before < 12
        await pilot.press("s")
        await sees(pilot, "All 12 rows done")
    assert len(invited_names(access)) == 12


async def test_it_goes_on_when_its_screen_is_left_and_leaving_the_app_asks(
    tui: Tui, access: Access, file: Path, held: Callable[[], None]
) -> None:
    async with tui() as pilot:
        await chosen(pilot, file)
        await pilot.press("s", "y")
        await until(pilot, lambda: batch_of(pilot).steps == 3, "the middle")
        await pilot.press("escape", "1")
        await sees(pilot, "batch 25 %")
        await pilot.press("q")
        await sees(pilot, "Leave while people are being invited?")
        assert "3 of 12 are invited." in " ".join(shown(pilot).split())
        await pilot.press("n")
        held()
        await sees(pilot, "All 12 rows done")
        assert "batch 25 %" not in shown(pilot)
    assert len(invited_names(access)) == 12


async def test_a_click_on_its_sign_shows_it(tui: Tui, file: Path, held: Callable[[], None]) -> None:
    async with tui() as pilot:
        await chosen(pilot, file)
        await pilot.press("s", "y")
        await until(pilot, lambda: batch_of(pilot).steps == 3, "the middle")
        await pilot.press("1")
        await sees(pilot, "batch 25 %")
        line = shown(pilot).splitlines()[0]
        await pilot.click(offset=(line.index("batch") + 1, 0))
        await sees(pilot, "Inviting…")
        held()
        await sees(pilot, "All 12 rows done")


async def test_while_the_server_is_away_it_waits_and_goes_on_by_itself(tmp_path: Path, file: Path) -> None:
    with serving(tmp_path / "away") as server:
        access = new_account(server)
        app = TeleConnect(Feed(access, "tester", transcripts.write), Preferences())
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await until(pilot, lambda: app.desk.board.loaded, "online")
            await chosen(pilot, file)
            server.kill()
            await pilot.press("s", "y")
            await sees(pilot, "The server can't be reached. It goes on by itself")
            server.start()
            await sees(pilot, "All 12 rows done")
        assert len(invited_names(access)) == 12


async def test_a_check_that_found_no_server_is_made_again_when_it_is_back(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tc_cli.client.batch.persistence._FIRST_PATIENCE", 0.1)
    with serving(tmp_path / "away") as server:
        app = TeleConnect(Feed(new_account(server), "tester", transcripts.write), Preferences())
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await until(pilot, lambda: app.desk.board.loaded, "online")
            server.kill()
            await chosen(pilot, file, Stage.FAILED)
            assert "Nothing was sent" in shown(pilot)
            server.start()
            await comes_to(pilot, Stage.CHECKED)


async def test_asked_for_twice_in_a_moment_it_is_sent_once(tui: Tui, access: Access, file: Path) -> None:
    async with tui() as pilot:
        await chosen(pilot, file)
        feed = app_of(pilot).desk.feed
        feed.batch.send()
        feed.batch.send()
        await sees(pilot, "All 12 rows done")
    assert len(invited_names(access)) == 12
    assert len(reported(file.with_name("people.report.csv"))) == 12


async def test_the_messages_are_followed_page_by_page(tui: Tui, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tc_cli.tui.screens.batch.FIRST_LOOK", 0.1)
    monkeypatch.setattr(calls, "PAGE", 5)
    file.write_text(people(12, via="sms"))
    async with tui((120, 30)) as pilot:
        await chosen(pilot, file)
        await pilot.press("s", "y")
        await sees(pilot, "All 12 rows done")
        await sees(pilot, "▤ 12 in a folder")
        assert "Nothing has failed" in shown(pilot)


async def test_whose_message_fails_is_listed_with_the_reason_and_their_link_is_at_hand(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tc_cli.tui.screens.batch.FIRST_LOOK", 0.1)
    rows = "".join(f"Person {n},person{n}@example.org\n" for n in range(8))
    file.write_text("name,email\n" + rows)

    def refuse(to: str, _times: int) -> str | None:
        return "550 5.1.1 no such mailbox" if to.startswith("person3@") else None

    async with mail_server(login=False, refuse=refuse) as mails:
        settings = {"TC_SMTP_URL": mails.url(login=False), "TC_MAIL_FROM": "tc@example.org", "TC_PROVIDERS": "smtp"}
        with serving(tmp_path / "mail", **settings) as server:
            app = TeleConnect(Feed(new_account(server), "tester", transcripts.write), Preferences())
            async with app.run_test(size=(100, 30), notifications=True) as pilot:
                await until(pilot, lambda: app.desk.board.loaded, "online")
                await chosen(pilot, file)
                assert "8 by email" in shown(pilot)
                await pilot.press("s", "y")
                await sees(pilot, "✓ 7 sent · ✗ 1 failed")
                assert 'line 5, not delivered "Person 3": ' in shown(pilot)
                assert "There is no such address." in shown(pilot)
                await pilot.press("enter")
                await sees(pilot, "The link for Person 3")


async def test_lists_are_offered_and_their_reports_are_not(tui: Tui, file: Path) -> None:
    for name in ("people.report.csv", "people.report-2.csv", "photo.jpg", "autumn.tsv"):
        file.with_name(name).write_text("x")
    async with tui() as pilot:
        app_of(pilot).desk.preferences.choose(pick_from=str(file.parent))
        await pilot.press("4", "b")
        await sees(pilot, "people.csv")
        text = shown(pilot)
        assert "autumn.tsv" in text
        assert "report" not in text
        assert "photo.jpg" not in text
        assert "Choose" not in text


async def test_a_report_of_another_file_is_left_alone(tui: Tui, file: Path) -> None:
    other = file.with_name("people.report.csv")
    other.write_text("line,reference,result,invite_id,url,error\n2,X9,invited,i,u,\n")
    before = other.read_text()
    async with tui() as pilot:
        await chosen(pilot, file)
        await sees(pilot, "people.report-2.csv")
        await pilot.press("s", "y")
        await sees(pilot, "All 12 rows done")
    assert other.read_text() == before


KILLED = """
import asyncio, sys
from pathlib import Path
from tc_cli.client.profile import Access
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.feed import Feed, batching
from tc_cli.tui.preferences import Preferences

send = batching.sending.send

def slowly(*args, **kwargs):
    kwargs["pace"] = batching.sending.Pace(1, pause=lambda _seconds: None)
    for place, part in enumerate(send(*args, **kwargs)):
        if place == 3:  # its answer is there, and isn't written yet
            print("in the middle", flush=True)
            asyncio.run(asyncio.sleep(60))
        yield part

batching.sending.send = slowly

async def main():
    url, token, path = sys.argv[1:]
    app = TeleConnect(Feed(Access(url, token), "tester", lambda *_: None), Preferences())
    async with app.run_test() as pilot:
        app.desk.feed.batch.open(Path(path), Path(path).parent)
        while app.desk.board.batch.stage != "checked":
            await pilot.pause(0.02)
        app.desk.feed.batch.send()
        await asyncio.sleep(60)

asyncio.run(main())
"""


def kill_in_the_middle(access: Access, file: Path) -> None:
    """Send three rows, then kill the full screen as the fourth is invited and isn't in the report yet."""
    command = [sys.executable, "-c", KILLED, access.server, access.token or "", str(file)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"in the middle\n"
        run.send_signal(signal.SIGKILL)


async def test_after_a_kill_the_same_file_goes_on_and_nobody_is_invited_twice(
    tui: Tui, access: Access, file: Path
) -> None:
    kill_in_the_middle(access, file)
    report = file.with_name("people.report.csv")
    eventually(lambda: len(invited_names(access)) == 4)
    assert len(reported(report)) == 3
    async with tui() as pilot:
        await chosen(pilot, file)
        assert "4 invited before" in shown(pilot)
        assert "s goes on where it ended" in shown(pilot)
        await pilot.press("s", "y")
        await sees(pilot, "All 12 rows done")
    assert invited_names(access) == sorted(f"Person {n}" for n in range(12))
    assert [row["result"] for row in reported(report)] == [*["invited"] * 3, "repeated", *["invited"] * 8]


def test_fares_are_counted_and_what_isnt_known_is_said() -> None:
    found = fares([Invited(2, "R1", "i-1")], {})
    assert found.counts == {"unknown": 1}
    assert found.failed == []

"""Ending a session on the real server, and the small questions: confirm, and “with you in N minutes”."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from tc_cli.client.profile import Access
from tc_cli.commands import transcripts
from tc_cli.tui import going
from tc_cli.tui.dialogs.confirm import Confirm
from tc_cli.tui.dialogs.tell import TellDialog
from tc_cli.tui.dialogs.terminate import TerminateDialog
from tc_cli.tui.feed import Feed
from tc_cli.tui.widgets.tick import Tick
from tc_server.wire.bodies import PersonRequest
from tests.tui.bare import NOON, NOT_GIVEN, Stage
from tests.tui.conftest import Invited, Person, sees, shown, until
from tests.tui.test_pictures import photo


@asynccontextmanager
async def ending(
    access: Access, folder: Path, person: Person, size: tuple[int, int] = (80, 24), *, start: bool = True
) -> AsyncIterator[tuple[Pilot[None], Stage]]:
    """Show the dialog over an active session (`start`), or one in which somebody waits."""
    app = Stage(None, folder, Feed(access, "tester", transcripts.write))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.desk.board.loaded, "online")
        if start:
            await app.desk.feed.move(person.session_id, "start")
        await app.desk.feed.open_log(person.session_id)
        app.ask(TerminateDialog(app.desk, person.session_id))
        await sees(pilot, "End the session with")
        yield pilot, app


def told(pilot: Pilot[None]) -> str:
    """Return what closing takes away, as the dialog says it."""
    return str(pilot.app.screen.query_one("#goes", Static).render())


def state(app: Stage) -> str:
    """Return the state of the only session."""
    (session,) = app.desk.board.sessions.values()
    return session.state


async def test_it_says_what_goes_and_when(access: Access, invited: Invited, tmp_path: Path) -> None:
    person = invited("Amal", phone="+41446681800").join()
    person.say("Hello")
    person.say("Somebody there?")
    person.send("wound.png", "image/png", photo(64, 64))
    async with ending(access, tmp_path, person) as (pilot, app):
        await until(pilot, lambda: "2 messages, 1 file, the name and the phone number" in told(pilot), "the count")
        at = (NOON + timedelta(hours=24)).strftime("%H:%M")
        assert f"tomorrow at {at}" in told(pilot)
        person.say("one more")
        await sees(pilot, "3 messages")
        assert state(app) == "active"


async def test_staying_is_where_the_cursor_stands(access: Access, invited: Invited, tmp_path: Path) -> None:
    async with ending(access, tmp_path, invited().join()) as (pilot, app):
        await pilot.press("enter")
        await until(pilot, lambda: app.answer is None, "leaving")
        assert state(app) == "active"


async def test_closing_closes_and_says_how_to_go_back(access: Access, invited: Invited, tmp_path: Path) -> None:
    async with ending(access, tmp_path, invited().join()) as (pilot, app):
        await pilot.press("c")
        await until(pilot, lambda: app.answer is None, "leaving")
        assert state(app) == "closed"
        assert any(said.startswith("Closed: u reopens it, until") for said in app.said)
        assert not list(tmp_path.glob("*.pdf"))


async def test_the_transcript_is_kept_where_it_says_and_the_folder_remembered(
    access: Access, invited: Invited, tmp_path: Path
) -> None:
    person = invited().join()
    person.say("Hello")
    async with ending(access, tmp_path, person) as (pilot, app):
        await pilot.press("t")
        app.screen.query_one("#folder", Input).value = str(tmp_path)
        await pilot.press("c")
        await until(pilot, lambda: app.answer is None, "leaving")
        (transcript,) = tmp_path.glob("*.pdf")
        assert transcript.read_bytes().startswith(b"%PDF")
        assert state(app) == "closed"
        assert app.desk.preferences.folder == tmp_path


async def test_what_cannot_be_kept_is_not_closed(access: Access, invited: Invited, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with ending(access, tmp_path, invited().join()) as (pilot, app):
        await pilot.press("t")
        app.screen.query_one("#folder", Input).value = str(tmp_path / "file" / "deeper")
        await pilot.press("c")
        await until(pilot, lambda: app.said, "the trouble")
        assert (state(app), app.answer) == ("active", NOT_GIVEN)


async def test_naming_a_folder_asks_for_the_transcript(access: Access, invited: Invited, tmp_path: Path) -> None:
    async with ending(access, tmp_path, invited().join()) as (pilot, app):
        app.screen.query_one("#folder", Input).focus()
        await pilot.press("x")
        assert app.screen.query_one(Tick).value


async def test_it_can_be_left_open(access: Access, invited: Invited, tmp_path: Path) -> None:
    async with ending(access, tmp_path, invited().join()) as (pilot, app):
        await pilot.press("k")
        await until(pilot, lambda: app.answer is None, "leaving")
        assert state(app) == "open"


async def test_only_what_was_started_can_be_kept_open(access: Access, invited: Invited, tmp_path: Path) -> None:
    async with ending(access, tmp_path, invited().join(), start=False) as (pilot, app):
        assert app.screen.query_one("#keep-open", Button).disabled
        await pilot.press("k")
        assert app.answer is NOT_GIVEN


async def test_a_session_ended_elsewhere_takes_the_dialog_away(
    access: Access, invited: Invited, tmp_path: Path
) -> None:
    person = invited().join()
    async with ending(access, tmp_path, person) as (pilot, app):
        await app.desk.feed.move(person.session_id, "close")
        await until(pilot, lambda: app.answer is None, "leaving")


@pytest.mark.parametrize("size", [(60, 20), (200, 60)])
async def test_all_choices_are_seen(access: Access, invited: Invited, tmp_path: Path, size: tuple[int, int]) -> None:
    async with ending(access, tmp_path, invited().join(), size) as (pilot, _app):
        last = [line for line in shown(pilot).splitlines() if "Stay" in line][-1]
        assert "Close" in last
        assert "Keep open" in last


@pytest.mark.parametrize(
    ("hours", "said"), [(1, "today at 13:00"), (24, "tomorrow at 12:00"), (72, "on 2026-11-26 at 12:00")]
)
def test_a_moment_is_a_day_and_a_time(hours: int, said: str) -> None:
    assert going.when(NOON + timedelta(hours=hours), NOON) == said


def test_a_moment_is_told_in_the_local_zone() -> None:
    now = datetime.fromisoformat("2026-11-23T23:30:00+03:00")
    assert going.when(datetime.fromisoformat("2026-11-23T21:00:00+00:00"), now) == "tomorrow at 00:00"


def confirm(folder: Path) -> Stage:
    return Stage(lambda _desk: Confirm("Erase [all] now?", "This can't be undone.", "Erase"), folder)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(["enter"], False), (["escape"], False), (["n"], False), (["left", "enter"], True), (["y"], True)],
)
async def test_only_the_button_or_y_confirms(tmp_path: Path, keys: list[str], answer: bool) -> None:
    app = confirm(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Erase [all] now?" in shown(pilot)
        await pilot.press(*keys)
        assert app.answer is answer


@pytest.mark.parametrize(
    ("keys", "minutes"),
    [(["7", "enter"], 7), (["down", "down", "enter"], 10), (["escape"], None), (["enter"], NOT_GIVEN)],
)
async def test_minutes_are_typed_or_picked(tmp_path: Path, keys: list[str], minutes: object) -> None:
    app = Stage(lambda _desk: TellDialog("ar"), tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "العربية" in shown(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        assert app.answer == minutes


async def test_a_number_out_of_range_is_refused_in_words(tmp_path: Path) -> None:
    app = Stage(lambda _desk: TellDialog(), tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("9", "9", "9", "enter")
        await sees(pilot, "A number from 1 to 600")
        assert app.answer is NOT_GIVEN


async def test_it_says_for_how_many_it_ends(access: Access, invited: Invited, tmp_path: Path) -> None:
    person = invited("Amal").join()
    async with ending(access, tmp_path, person) as (pilot, app):
        assert told(pilot).startswith("It ends for both.")
        request = PersonRequest(role="interpreter", name="Sara", language="en", via="link")
        await app.desk.feed.add_person(person.session_id, request)
        await until(pilot, lambda: told(pilot).startswith("It ends for all 3 of you."), "the count")


async def test_it_says_what_would_be_cut_short(access: Access, invited: Invited, tmp_path: Path) -> None:
    person = invited("Amal").join()
    async with ending(access, tmp_path, person) as (pilot, app):
        app.desk.feed.say(person.session_id, "Read this")
        app.desk.feed.keep_draft(person.session_id, "And then")
        await sees(pilot, "1 message is not read yet")
        await sees(pilot, "you have begun to")

"""Quick phrases on the real server: shown in both languages, found by typing, handed back in the person's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tc_cli.client.profile import Access
from tc_cli.tui.dialogs.phrases import PhrasesDialog
from tc_cli.tui.feed import Feed
from tests.tui.bare import NOT_GIVEN, Stage
from tests.tui.conftest import sees, shown, until


@asynccontextmanager
async def phrases(
    access: Access, folder: Path, language: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[None]]:
    """Show the dialog once it has its phrases."""
    feed = Feed(access, "tester", lambda *_: None)
    app = Stage(lambda desk: PhrasesDialog(desk, language), folder, feed)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count, "the phrases")
        await until(pilot, lambda: app.desk.board.loaded, "the rest")
        yield pilot


async def line_of(pilot: Pilot[None], text: str) -> str:
    """Return the one line that shows a text, once it does."""
    await sees(pilot, text)
    (line,) = (line for line in shown(pilot).splitlines() if text in line)
    return line


async def answer(pilot: Pilot[None]) -> object:
    app = pilot.app
    assert isinstance(app, Stage)
    await until(pilot, lambda: app.answer is not NOT_GIVEN, "an answer")
    return app.answer


async def test_both_languages_stand_side_by_side(access: Access, tmp_path: Path) -> None:
    async with phrases(access, tmp_path, "fr") as pilot:
        line = await line_of(pilot, "Where does it hurt?")
        assert "Où avez-vous mal ?" in line
        assert "Say in Français" in shown(pilot)


async def test_typing_in_either_language_finds_and_enter_gives_the_persons(access: Access, tmp_path: Path) -> None:
    async with phrases(access, tmp_path, "es") as pilot:
        await pilot.press(*"hurt")
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        assert await answer(pilot) == "¿Dónde le duele?"
    async with phrases(access, tmp_path, "es") as pilot:
        await pilot.press(*"duele", "enter")
        assert await answer(pilot) == "¿Dónde le duele?"


async def test_arrows_move_while_one_types(access: Access, tmp_path: Path) -> None:
    async with phrases(access, tmp_path, "sw") as pilot:
        await pilot.press("down", "down", "up", "enter")
        assert await answer(pilot) == "Niko nawe sasa."


async def test_arabic_is_given_as_written_and_shown_from_the_right(
    access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TC_BIDI", raising=False)
    async with phrases(access, tmp_path, "ar") as pilot:
        line = await line_of(pilot, "Since when?")
        assert "منذ متى؟" not in line
        assert line.rstrip("│ ").endswith("\ufee3")
        await pilot.press(*"Since", "enter")
        assert await answer(pilot) == "منذ متى؟"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_no_phrase_is_cut_off(access: Access, tmp_path: Path, size: tuple[int, int]) -> None:
    async with phrases(access, tmp_path, "fr", size) as pilot:
        await pilot.press(*"stop now")
        await sees(pilot, "ici.")


async def test_ones_own_language_stands_alone(access: Access, tmp_path: Path) -> None:
    async with phrases(access, tmp_path, "en") as pilot:
        line = await line_of(pilot, "hurt")
        assert line.count("hurt") == 1


async def test_escape_takes_nothing(access: Access, tmp_path: Path) -> None:
    async with phrases(access, tmp_path, "fr") as pilot:
        await pilot.press("escape")
        assert await answer(pilot) is None


async def test_without_a_server_it_says_so_and_leaves(tmp_path: Path) -> None:
    app = Stage(lambda desk: PhrasesDialog(desk, "fr"), tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        assert await answer(pilot) is None
        assert any("can't be reached" in said for said in app.said)

"""The file picker: what may be sent is shown, found by typing, chosen in numbers; what can't be is said."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tc_cli.tui.dialogs.file_picker import FilePicker
from tc_cli.tui.sendable import LARGEST, completed, problem
from tc_cli.tui.widgets.file_tree import FileTree
from tests.tui.bare import NOT_GIVEN, Stage
from tests.tui.conftest import until
from tests.tui.test_pictures import photo

FILES = {"b.pdf": b"%PDF-", "a.png": photo(64, 64), "notes.txt": b"no", ".hidden.png": b"no", "c.pdf": b"%PDF-"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with files in it, and one further folder."""
    folder = tmp_path / "to send"
    (folder / "more").mkdir(parents=True)
    (folder / "more" / "voice.ogg").write_bytes(b"OggS")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def picker(folder: Path) -> Stage:
    app = Stage(FilePicker, folder.parent)
    app.desk.preferences.choose(pick_from=str(folder))
    return app


def listed(app: Stage) -> list[str]:
    return [str(node.label) for node in app.screen.query_one(FileTree).root.children]


def status(app: Stage) -> str:
    return str(app.screen.query_one("#status", Static).render())


async def filled(pilot: Pilot[None]) -> FileTree:
    """Wait until the tree has its files, and put the cursor on the first entry below the folder."""
    tree = pilot.app.screen.query_one(FileTree)
    await until(pilot, lambda: tree.root.children, "the folder")
    await pilot.press("down")
    return tree


async def type_path(pilot: Pilot[None], text: str) -> Input:
    path = pilot.app.screen.query_one(Input)
    path.focus()
    path.value = text
    await pilot.pause()
    return path


async def test_only_what_may_be_sent_is_listed_folders_first(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        assert listed(app) == ["more", "a.png", "b.pdf", "c.pdf"]


async def test_enter_sends_the_file_under_the_cursor_and_its_folder_is_remembered(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("down", "enter")
        assert await until(pilot, lambda: app.answer is not NOT_GIVEN)
        assert app.answer == [folder / "a.png"]
        assert app.desk.preferences.choices.pick_from == str(folder)


async def test_space_chooses_several_and_takes_back(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("down", "space", "space", "space", "space")
        assert status(app).startswith("2 files chosen")
        await pilot.press("enter")
        assert await until(pilot, lambda: app.answer is not NOT_GIVEN)
        assert app.answer == [folder / "a.png", folder / "b.pdf"]


async def test_the_folder_above_is_one_key_away(folder: Path) -> None:
    app = picker(folder / "more")
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("left")
        await until(pilot, lambda: "b.pdf" in listed(app), "the folder above")


async def test_a_typed_file_is_sent_and_a_typed_folder_is_shown(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await type_path(pilot, str(folder / "more"))
        await pilot.press("enter")
        await until(pilot, lambda: listed(app) == ["voice.ogg"], "the typed folder")
        await type_path(pilot, str(folder / "b.pdf"))
        await pilot.press("enter")
        assert await until(pilot, lambda: app.answer is not NOT_GIVEN)
        assert app.answer == [folder / "b.pdf"]


async def test_tab_completes_and_then_moves_on(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        path = await type_path(pilot, f"{folder}/mo")
        await pilot.press("tab")
        await until(pilot, lambda: path.value == f"{folder}/more/", "the folder's name")
        await pilot.press("tab")
        await until(pilot, lambda: path.value == f"{folder}/more/voice.ogg", "the file's name")
        await pilot.press("tab")
        await until(pilot, lambda: not path.has_focus, "moving on")


async def test_what_cannot_be_sent_is_said_and_the_dialog_stays(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await type_path(pilot, str(folder / "notes.txt"))
        await pilot.press("enter")
        await until(pilot, lambda: "only photos" in status(app), "the reason")
        assert app.answer is NOT_GIVEN


async def test_escape_sends_nothing(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        assert app.answer is None


async def test_a_photo_under_the_cursor_is_shown_where_there_is_room(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(140, 40)) as pilot:
        await filled(pilot)
        await pilot.press("down")
        drawn = app.screen.query_one("Photo")
        await until(pilot, lambda: drawn._strips, "the preview")  # type: ignore[attr-defined]


async def test_a_remembered_folder_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    app = picker(tmp_path / "gone")
    async with app.run_test(size=(60, 20)):
        assert app.screen.query_one(FileTree).path == Path.home()


def test_size_and_kind_are_looked_at_before_sending(tmp_path: Path) -> None:
    large, empty, scan = tmp_path / "large.pdf", tmp_path / "empty.pdf", tmp_path / "scan.JPG"
    for path, size in ((large, LARGEST + 1), (empty, 0), (scan, LARGEST + 1)):
        with path.open("wb") as file:
            file.truncate(size)
    assert "too large" in problem(large)
    assert "empty" in problem(empty)
    assert problem(scan) == ""
    assert "no such file" in problem(tmp_path / "missing.pdf")


def test_a_path_goes_on_as_far_as_there_is_one_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert completed("~") == "~/"
    assert completed("~/m") == "~/more/"
    assert completed("~/n") == "~/n"
    assert completed("/no such folder/x") == "/no such folder/x"
    assert completed(f"{folder.parent}/to") == f"{folder}/"


async def test_a_path_is_typed_right_away(folder: Path) -> None:
    app = picker(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("slash", "t", "m", "p")
        assert app.screen.query_one(Input).value == "/tmp"

"""The file viewer: photos drawn, others named, saved without loss, opened only where there is a desktop."""

import os
import stat
from pathlib import Path

import pytest
from textual.content import Content
from textual.widgets import Input

from tc_cli.tui import opening
from tc_cli.tui.dialogs.file_view import FileView
from tc_cli.tui.widgets.photo import Photo
from tc_server.wire.bodies import File
from tests.tui.bare import Stage
from tests.tui.conftest import sees, until
from tests.tui.test_pictures import photo

PHOTO = photo(640, 480)
PDF = b"%PDF-1.4 not much of one"


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TC_IMAGES", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Put a desktop in place whose opener notes what it was given; return the note."""
    note, program = tmp_path / "note", tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$1" > {note}.part && mv {note}.part {note}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("sys.platform", "linux")
    return note


def stage(folder: Path, name: str = "wound.png", kind: str = "image/png", content: bytes = PHOTO) -> Stage:
    file = File(file_id="f", name=name, type=kind, size=len(content))
    return Stage(lambda desk: FileView(desk, "s", file, content), folder)


async def test_a_photo_fills_the_screen_and_its_facts_stand_below(tmp_path: Path) -> None:
    app = stage(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "▀")
        frame = app.screen.query_one("#frame")
        assert str(frame.border_title) == "wound.png"
        assert str(frame.border_subtitle).endswith("640 × 480")


async def test_a_name_cannot_steer_the_terminal_or_the_markup(tmp_path: Path) -> None:
    app = stage(tmp_path, name="[red]a\x1b[2Jb.pdf", kind="application/pdf", content=PDF)
    async with app.run_test(size=(80, 24)):
        title = app.screen.query_one("#frame").border_title
        assert Content.from_markup(title or "").plain == "[red]a\ufffd[2Jb.pdf"


async def test_what_only_claims_to_be_a_photo_is_named_instead(tmp_path: Path) -> None:
    app = stage(tmp_path, content=PHOTO[:80])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#instead"), "the facts")
        assert not app.screen.query(Photo)


async def test_saving_asks_for_a_folder_remembers_it_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    app = stage(tmp_path, name="../note.pdf", kind="application/pdf", content=PDF)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(2):
            await pilot.press("s")
            app.screen.query_one("#folder", Input).value = str(folder)
            await pilot.press("enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
        saved = sorted(folder.iterdir())
        assert [path.read_bytes() for path in saved] == [PDF, PDF]
        assert {path.parent for path in saved} == {folder}
        assert {stat.S_IMODE(path.stat().st_mode) for path in saved} == {0o600}
        assert app.desk.preferences.folder == folder
        assert len(app.said) == 2


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    app = stage(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        app.screen.query_one("#folder", Input).value = str(tmp_path / "file")
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert any("file" in said for said in app.said)
        assert app.screen.query_one("#folder").display


async def test_escape_leaves_the_folder_first_and_then_the_file(tmp_path: Path) -> None:
    app = stage(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s", "escape")
        assert isinstance(app.screen, FileView)
        await pilot.press("escape")
        assert app.answer is None


async def test_without_a_desktop_opening_is_not_offered_and_saving_is(tmp_path: Path) -> None:
    app = stage(tmp_path, "note.pdf", "application/pdf", PDF)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        assert "o opens" not in str(app.screen.query_one("#instead").render())
        assert app.screen.active_bindings["o"].enabled is False
        assert app.screen.active_bindings["s"].enabled is True


async def test_the_systems_program_gets_a_copy_that_is_private_and_goes(tmp_path: Path, desktop: Path) -> None:
    app = stage(tmp_path, "note.pdf", "application/pdf", PDF)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        await until(pilot, desktop.exists, "the note")
    check_opened(Path(desktop.read_text().strip()))


def check_opened(copy: Path) -> None:
    """Look at the copy, have it forgotten, look again."""
    assert (copy.suffix, copy.read_bytes(), stat.S_IMODE(copy.stat().st_mode)) == (".pdf", PDF, 0o600)
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    opening.forget_opened()
    assert not copy.exists()


@pytest.mark.parametrize(
    ("environment", "platform", "program"),
    [
        ({}, "darwin", "open"),
        ({"SSH_CONNECTION": "1"}, "darwin", None),
        ({"SSH_CONNECTION": "1"}, "linux", None),
        ({"DISPLAY": ":0", "PATH": "/nowhere"}, "linux", None),
    ],
)
def test_a_desktop_is_told_from_the_environment(
    environment: dict[str, str], platform: str, program: str | None
) -> None:
    assert opening.opener(environment, platform) == program

"""Choosing files to send: by a tree, by a typed path, several at once; what can't be sent is said here."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import DirectoryTree, Footer, Input, Static, Tree

from tc_cli.output import words
from tc_cli.tui import sendable
from tc_cli.tui.desk import Desk
from tc_cli.tui.pictures import Way
from tc_cli.tui.sendable import completed, is_photo
from tc_cli.tui.widgets.file_tree import FileTree
from tc_cli.tui.widgets.photo import Photo
from tc_cli.tui.words import _, n_


class PathInput(Input):
    """A path; Tab completes it to files that are wanted, and moves on where there is nothing to complete."""

    wanted: Callable[[Path], bool]

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", _("Complete"), id="path.complete")]

    async def action_complete(self) -> None:
        """Go on as far as there is one way only."""
        text = await asyncio.to_thread(completed, self.value, self.wanted)
        if text == self.value:
            self.screen.focus_next()
            return
        self.value = text
        self.cursor_position = len(text)


class FilePicker(ModalScreen[list[Path] | None]):
    """Dismisses with the files chosen, all of which can be read and are small enough; None if left."""

    SEVERAL: ClassVar[bool] = True
    CSS_PATH = "file_picker.tcss"
    AUTO_FOCUS = "FileTree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", _("Back"), id="picker.back", tooltip=_("Send nothing")),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        remembered = Path(desk.preferences.choices.pick_from or ".").expanduser().absolute()
        self._folder = remembered if remembered.is_dir() else Path.home()

    def about(self) -> tuple[str, str]:
        """Return the title, and what is said before anything is chosen."""
        return _("Send files"), _("Photos and PDFs. Enter sends, space chooses several, / begins a path, ← goes up.")

    def wanted(self, path: Path) -> bool:
        """Tell by its name whether a file is shown."""
        return sendable.is_kind(path)

    def problem(self, path: Path) -> str:
        """Say why a file won't do; empty if it will. Touches the disk."""
        return sendable.problem(path)

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = self.about()[0]
            line = PathInput(
                _shown(self._folder),
                placeholder=_("Path; Tab completes"),
                id="path",
                compact=True,
                select_on_focus=False,
            )
            line.wanted = self.wanted
            yield line
            with Horizontal():
                yield FileTree(self._folder, self.wanted, several=self.SEVERAL)
                yield Photo(by=Way.BLOCKS)
            yield Static(id="status", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._say_chosen()

    @on(DirectoryTree.FileSelected)
    async def send_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Send what is chosen, or just the file under the cursor."""
        await self._send(list(self._tree.chosen) or [event.path])

    @on(Input.Submitted)
    async def go(self, event: Input.Submitted) -> None:
        """Show the folder that was typed, or send the file."""
        path = _meant(event.value)
        if await asyncio.to_thread(path.is_dir):
            self._tree.path = path
            self._tree.focus()
            return
        await self._send([*self._tree.chosen, path])

    def on_key(self, event: events.Key) -> None:
        """Take a path that is typed right away, without going to its line first."""
        line = self.query_one(PathInput)
        if event.is_printable and event.character and event.character in "/~." and self.focused is self._tree:
            event.stop()
            line.focus()
            line.value = event.character
            line.cursor_position = 1

    @on(FileTree.Choice)
    def _say_chosen(self) -> None:
        chosen = self._tree.chosen
        if not chosen:
            self._say(self.about()[1])
            return
        number = n_("{n} file chosen", "{n} files chosen", len(chosen)).format(n=len(chosen))
        self._say(f"{number}  ·  {words.size(sum(chosen.values()))}  ·  " + _("Enter sends"))

    @on(Tree.NodeHighlighted)
    def _look(self, event: Tree.NodeHighlighted[object]) -> None:
        path = self._tree.highlighted
        if path is None or not self.has_class("-wide"):
            self.query_one(Photo).show(None)
            return
        self._preview(path)

    @work(exclusive=True, group="preview")
    async def _preview(self, path: Path) -> None:
        wrong = await asyncio.to_thread(self.problem, path)
        if wrong:
            self._say(wrong, wrong=True)
        self.query_one(Photo).show(None if wrong or not is_photo(path) else await asyncio.to_thread(path.read_bytes))

    async def _send(self, paths: list[Path]) -> None:
        for path in paths:
            if wrong := await asyncio.to_thread(self.problem, path):
                self._say(wrong, wrong=True)
                return
        self.desk.preferences.choose(pick_from=str(paths[-1].parent))
        self.dismiss(paths)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        status = self.query_one("#status", Static)
        status.set_class(wrong, "-wrong")
        status.update(text)

    @property
    def _tree(self) -> FileTree:
        return self.query_one(FileTree)


def _meant(typed: str) -> Path:
    return Path(typed.strip() or "~").expanduser()


def _shown(folder: Path) -> str:
    """Return a folder as people type it."""
    text = str(folder)
    home = str(Path.home())
    return ("~" + text.removeprefix(home) if text.startswith(home) else text).rstrip("/") + "/"

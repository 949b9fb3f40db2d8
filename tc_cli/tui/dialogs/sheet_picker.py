"""Choosing the file of people to invite: the file picker, for one sheet."""

from pathlib import Path

from tc_cli.tui import sendable
from tc_cli.tui.dialogs.file_picker import FilePicker
from tc_cli.tui.words import _


class SheetPicker(FilePicker):
    """Dismisses with one file."""

    SEVERAL = False

    def about(self) -> tuple[str, str]:
        return _("Invite from a file"), _("A CSV file, one row a person. Enter checks it, / begins a path.")

    def wanted(self, path: Path) -> bool:
        return sendable.is_sheet(path)

    def problem(self, path: Path) -> str:
        return sendable.problem_of_sheet(path)

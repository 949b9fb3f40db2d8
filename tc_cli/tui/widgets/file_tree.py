"""The folders of this machine and the files in them that may be sent, with their sizes and what is chosen."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from rich.style import Style
from rich.text import Text, TextType
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DirectoryTree
from textual.widgets._directory_tree import DirEntry
from textual.widgets.tree import TreeNode

from tc_cli.output import words
from tc_cli.tui.sendable import is_kind
from tc_cli.tui.words import _

CHOSEN = "● "


class FileTree(DirectoryTree):
    """Space chooses a file or takes it back; Enter on a file is for the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose", _("Choose"), id="files.choose", tooltip=_("Choose it besides others")),
        Binding(
            "left,backspace", "up", _("Folder above"), id="files.up", key_display="←", tooltip=_("The folder above")
        ),
        Binding("right", "select_cursor", show=False, id="files.into"),
    ]
    DEFAULT_CSS = """
    FileTree { background: transparent; scrollbar-size-vertical: 1; }
    FileTree > .directory-tree--extension { text-style: none; }
    """
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    class Choice(Message):
        """What is chosen has changed."""

    def __init__(self, folder: Path, wanted: Callable[[Path], bool] = is_kind, *, several: bool = True) -> None:
        self._wanted = wanted
        self._several = several
        super().__init__(folder)
        self.chosen: dict[Path, int] = {}
        self._sizes: dict[Path, int] = {}
        self.guide_depth = 2

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out what is hidden and what can't be sent. Runs in a thread, so sizes are looked up here."""
        for path in paths:
            if path.name.startswith("."):
                continue
            if self._safe_is_dir(path):
                yield path
            elif self._wanted(path):
                try:
                    self._sizes[path] = path.stat().st_size
                except OSError:
                    continue
                yield path

    def process_label(self, label: TextType) -> Text:
        """Make a name harmless and keep it on one line."""
        return Text(words.plain(str(label)) or " ", no_wrap=True)

    def render_label(self, node: TreeNode[DirEntry], base_style: Style, style: Style) -> Text:
        """Draw a name with its size behind it and a mark before it if it is chosen."""
        label = super().render_label(node, base_style, style)
        path = node.data.path if node.data else None
        if path in self._sizes:
            label.append(f"  {words.size(self._sizes[path])}", Style(dim=True))
        if path in self.chosen:
            mark = Text(CHOSEN, Style.parse(self.app.theme_variables["accent"]))
            label = mark + label[len(CHOSEN) :]
        return label

    @property
    def highlighted(self) -> Path | None:
        """Return the file under the cursor; None on a folder."""
        node = self.cursor_node
        path = node.data.path if node is not None and node.data is not None else None
        return path if path in self._sizes else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to choose several where several can be."""
        return self._several if action == "choose" else True

    def action_choose(self) -> None:
        """Choose the file under the cursor, or take it back; open a folder."""
        path = self.highlighted
        if path is None:
            self.action_toggle_node()
            return
        if self.chosen.pop(path, None) is None:
            self.chosen[path] = self._sizes[path]
        # A label is cached by how often the tree has changed.
        self._invalidate()
        self.action_cursor_down()
        self.post_message(self.Choice())

    def action_up(self) -> None:
        """Show the folder above."""
        self.path = Path(self.path).resolve().parent

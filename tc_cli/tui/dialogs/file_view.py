"""One file that came: a photo as large as the screen, anything else by what it is; opened or saved by a key."""

import asyncio
import mimetypes
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from tc_cli.output import words
from tc_cli.tui import opening
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.pictures import Way, dimensions, way
from tc_cli.tui.widgets.photo import Photo
from tc_cli.tui.words import _
from tc_server.wire.bodies import File


class FileView(ModalScreen[None]):
    """Shows a file. `content` is all of it, `file` what the log says about it."""

    CSS_PATH = "file_view.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", _("Open"), id="file.open", tooltip=_("Open it with this computer's own program")),
        Binding("s", "save", _("Save"), id="file.save", tooltip=_("Keep it in a folder of this computer")),
        Binding("escape,q", "dismiss", _("Back"), id="file.back", key_display="esc", tooltip=_("Back to the chat")),
    ]

    def __init__(self, desk: Desk, session_id: str, file: File, content: bytes) -> None:
        super().__init__()
        self.desk = desk
        self.session_id = session_id
        self._file = file
        self._content = content
        self._pixels = dimensions(content) if file.type.startswith("image/") else None

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(words.plain(self._file.name))
            frame.border_subtitle = Content(self._facts())
            if self._pixels and way() is not Way.OFF:
                yield Photo(self._content)
            else:
                yield Static(self._instead(), id="instead", markup=False)
            folder = Input(placeholder=_("Folder"), id="folder", compact=True)
            folder.display = False
            yield folder
        yield Footer(show_command_palette=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out opening where there is no desktop."""
        if action == "open":
            return True if opening.opener() else None
        return True

    def action_save(self) -> None:
        """Ask for the folder, the last one suggested."""
        folder = self.query_one("#folder", Input)
        folder.border_title = _("Save in this folder (Enter)")
        folder.value = str(self.desk.preferences.folder)
        folder.display = True
        folder.focus()

    async def action_open(self) -> None:
        """Hand the file to the system's program."""
        program = opening.opener()
        if program is None:
            self.notify(_("Save it with s, then fetch it from this machine."), title=_("There is no desktop here"))
            return
        # The server has made sure of the type; the name that it came with would stay in the program's lists.
        name = "file" + (mimetypes.guess_extension(self._file.type) or "")
        try:
            await asyncio.to_thread(opening.open_with, program, name, self._content)
        except OSError as error:
            self.notify(
                _("Save it instead."), title=_("It can't be opened: {why}").format(why=error.strerror), markup=False
            )
            return
        self.notify(_("The copy is removed when you quit."), title=_("Opened"))

    async def action_dismiss(self, result: None = None) -> None:
        """Leave the folder field first, then the file."""
        folder = self.query_one("#folder", Input)
        if folder.display:
            folder.display = False
            self.set_focus(None)
            return
        self.dismiss()

    @on(Input.Submitted, "#folder")
    async def save(self, event: Input.Submitted) -> None:
        """Save where it says, and remember that."""
        self.desk.preferences.choose(folder=event.value.strip())
        try:
            where = await self.desk.feed.save(self._file.name, self._content, self.desk.preferences.folder)
        except Trouble as trouble:
            self.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)
            return
        event.input.display = False
        self.set_focus(None)
        self.notify(str(where), title=_("Saved"), markup=False)

    @on(Photo.Failed)
    async def _not_a_photo(self, event: Photo.Failed) -> None:
        await self.query_one(Photo).remove()
        await self.query_one("#frame").mount(Static(self._instead(), id="instead", markup=False), before=0)

    def _facts(self) -> str:
        facts = [kind(self._file.type), words.size(self._file.size)]
        if self._file.seconds is not None:
            facts.append(words.length(self._file.seconds))
        if self._pixels:
            facts.append("{} × {}".format(*self._pixels))
        return "  ·  ".join(facts)

    def _instead(self) -> str:
        what = f"{words.plain(self._file.name)}\n{self._facts()}"
        if opening.opener():
            return what + "\n\n" + _("o opens it, s saves it.")
        return what + "\n\n" + _("s saves it. There is no desktop here to open it on.")


def kind(media_type: str) -> str:
    """Name what a file is."""
    if media_type.startswith("image/"):
        return _("photo")
    if media_type.startswith("audio/"):
        return _("voice note")
    return "PDF" if media_type == "application/pdf" else media_type

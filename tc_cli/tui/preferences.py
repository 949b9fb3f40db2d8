"""What staff has chosen about the screen and would choose again: one small file, nothing personal in it."""

from pathlib import Path

import msgspec


class Choices(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`folder` takes transcripts and files; `pick_from` is where files to send were last found."""

    theme: str = "teleconnect-dark"
    quiet: bool = False
    photos: bool = True
    folder: str = ""
    pick_from: str = ""


class Preferences:
    """The choices, read at start and written when one changes. A file that can't be read or written costs nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.choices = Choices()
        if path is not None:
            try:
                self.choices = msgspec.json.decode(path.read_bytes(), type=Choices)
            except (OSError, msgspec.DecodeError):
                return

    def choose(self, **changes: str | bool) -> None:
        """Change some choices, and remember them."""
        self.choices = msgspec.structs.replace(self.choices, **changes)
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(msgspec.json.format(msgspec.json.encode(self.choices)))
        except OSError:
            return

    @property
    def folder(self) -> Path:
        """Return where transcripts and saved files go."""
        return Path(self.choices.folder or "~").expanduser()

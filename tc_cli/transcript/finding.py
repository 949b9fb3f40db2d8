"""Where the font files of this machine are: in Python packages first, then where the system and its user keep them."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from shutil import which

SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
PLAIN_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
PACK_GROUP = "justmytype.packs"
SYSTEM_FOLDERS = (
    "~/.local/share/fonts",
    "~/.fonts",
    "~/Library/Fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "/opt/homebrew/share/fonts",
    "C:/Windows/Fonts",
)
UPRIGHT = re.compile("(regular|roman|book|vf|variable)$")
BOLD_ENDS = ("semibold", "bold", "medium", "bd")
FONTCONFIG_TIMEOUT = 10


class FontFinder:
    """Find font files by stem in folders, in their order; without folders given, wherever this machine has fonts."""

    def __init__(self, folders: Sequence[Path] | None = None) -> None:
        self._given = folders
        self._found: dict[str, Path] = {}
        self._unread: Iterator[Path] = iter(folders if folders is not None else _default_folders())

    def find(self, stem: str) -> Path | None:
        """Return the upright file of a family, reading folders only until it turns up."""
        while stem not in self._found:
            folder = next(self._unread, None)
            if folder is None:
                return None
            for file in _font_files(folder):
                self._found.setdefault(_stem(file), file)
        return self._found[stem]

    def find_bold(self, stem: str, upright: Path) -> Path | None:
        """Return the bolder sister of an upright file, for families that have one file a weight."""
        bold = (self._found.get(stem + end) for end in BOLD_ENDS)
        return next((file for file in bold if file and file.parent == upright.parent), None)

    def find_covering(self, char: str) -> Path | None:
        """Return an upright outline font that has a character, as fontconfig knows it."""
        if self._given is not None or self._fontconfig is None:
            return None
        pattern = f":charset={ord(char):x}:outline=true:color=false:slant=0:weight=80"
        command = [self._fontconfig, "--format=%{file}\n", pattern]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=FONTCONFIG_TIMEOUT, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        files = sorted(Path(line) for line in answer.stdout.splitlines())
        return next((file for file in files if file.suffix.lower() in SUFFIXES), None)

    @cached_property
    def _fontconfig(self) -> str | None:
        return which("fc-list")


def _default_folders() -> Iterator[Path]:
    for package in PLAIN_PACKAGES:
        spec = find_spec(package)
        yield from map(Path, (spec and spec.submodule_search_locations) or ())
    for pack in entry_points(group=PACK_GROUP):
        yield from pack.load()().get_font_directories()
    yield from (Path(folder).expanduser() for folder in SYSTEM_FOLDERS)


def _font_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names) if name.lower().endswith(SUFFIXES))


def _stem(file: Path) -> str:
    """Reduce `Noto Sans_SC[wght].ttf` and `NotoSansSC-Regular.otf` to `notosanssc`."""
    plain = re.sub(r"\[.*?]|[^a-z0-9]", "", file.stem.lower())
    return UPRIGHT.sub("", plain) or plain

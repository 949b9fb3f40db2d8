"""Files that came, handed to the system's own program: from memory where there is one, and gone when the TUI ends."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import which

DISPLAYS = frozenset({"DISPLAY", "WAYLAND_DISPLAY"})
MAC_OPENER, OPENER = "open", "xdg-open"


def opener(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Return the program that opens files here; None without a desktop, as over ssh."""
    if platform == "darwin":
        return None if "SSH_CONNECTION" in environment else MAC_OPENER
    if not DISPLAYS & environment.keys():
        return None
    return which(OPENER, path=environment.get("PATH"))


def open_with(program: str, name: str, content: bytes) -> Path:
    """Write a file that only this account may read and have the program open it; return where. Raises OSError."""
    path = Path(tempfile.mkdtemp(dir=_folder())) / name
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    open_here(program, path)
    return path


def open_here(program: str, path: Path) -> None:
    """Have the program open a file where it is. Raises OSError."""
    # What it says would spoil the screen, and Ctrl+C here isn't meant for it.
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([program, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    # Some openers end at once, some with the window: whichever it is, nobody else waits for it.
    threading.Thread(target=process.wait, name="opened", daemon=True).start()


def forget_opened() -> None:
    """Remove every file that was written to be opened."""
    if _opened.cache_info().currsize:
        _opened().cleanup()
        _opened.cache_clear()


def _folder() -> str:
    return _opened().name


@cache
def _opened() -> "tempfile.TemporaryDirectory[str]":
    # The runtime folder is in memory and ends with the login; a temporary directory is removed at exit besides.
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return tempfile.TemporaryDirectory(prefix="tc-", dir=runtime if runtime and Path(runtime).is_dir() else None)

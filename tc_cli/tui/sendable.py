"""Which files of this machine may be sent, what is wrong with one, and how a path that is being typed goes on."""

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tc_cli.output import words
from tc_cli.tui.words import _

PHOTOS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
OTHERS = frozenset({".pdf", ".ogg", ".opus", ".m4a", ".aac"})
SHEETS = frozenset({".csv", ".tsv", ".txt"})
# The server's own default; photos are made smaller than that before they go.
LARGEST = 10_000_000


def is_photo(path: Path) -> bool:
    return path.suffix.lower() in PHOTOS


def is_kind(path: Path) -> bool:
    """Tell whether a file's name claims a kind that may be sent; its content is looked at later."""
    return path.suffix.lower() in PHOTOS | OTHERS


def is_sheet(path: Path) -> bool:
    """Tell whether a file's name is that of a list of people, and not of the report of one."""
    return path.suffix.lower() in SHEETS and not re.search(r"\.report(-\d+)?$", path.stem)


def problem(path: Path) -> str:
    """Say why a file can't be sent, as far as can be told without reading it; empty if it can. Touches the disk."""
    name = words.plain(path.name)
    if not is_kind(path):
        return _("{name}: only photos, PDFs and voice notes can be sent").format(name=name)
    return _unreadable(path) or _too_large(path)


def problem_of_sheet(path: Path) -> str:
    """Say why a file can't be a list of people, as far as can be told without reading it. Touches the disk."""
    return _unreadable(path) or _too_large(path)


def _unreadable(path: Path) -> str:
    name = words.plain(path.name)
    try:
        size = path.stat().st_size
    except OSError as error:
        return f"{name}: {(error.strerror or '').lower()}"
    if not os.access(path, os.R_OK):
        return _("{name} can't be read").format(name=name)
    return "" if size else _("{name} is empty").format(name=name)


def _too_large(path: Path) -> str:
    name, size = words.plain(path.name), path.stat().st_size
    if size > LARGEST and not is_photo(path):
        return _("{name} is too large: {size}, at most {most}").format(
            name=name, size=words.size(size), most=words.size(LARGEST)
        )
    return ""


def completed(typed: str, wanted: Callable[[Path], bool] = is_kind) -> str:
    """Return a typed path as far as it can only go on in one way; `~` stays. Touches the disk."""
    folder, slash, start = typed.rpartition("/")
    if not slash:
        return typed if typed != "~" else "~/"
    names = list(_names(Path(folder + "/").expanduser(), start, wanted))
    if not names:
        return typed
    shared = len(list(itertools.takewhile(lambda column: len(set(column)) == 1, zip(*names, strict=False))))
    return f"{folder}/{names[0][:shared]}"


def _names(folder: Path, start: str, wanted: Callable[[Path], bool]) -> Iterator[str]:
    """Yield what begins like this in a folder: folders with a slash, and files that may be sent."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                hidden = entry.name.startswith(".") and not start.startswith(".")
                if hidden or not entry.name.startswith(start):
                    continue
                if entry.is_dir():
                    yield entry.name + "/"
                elif wanted(Path(entry.name)):
                    yield entry.name
    except OSError:
        return

"""Files dropped on a terminal: it pastes their paths, quoted, escaped or as `file://` addresses."""

import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit


def dropped(text: str) -> list[Path]:
    """Return the files that a pasted text names and that exist; none if any part of it is something else."""
    text = text.strip()
    if not text.startswith(("/", "~/", "'", '"', "file://")):
        return []
    whole = _path(text)
    if whole is not None:
        return [whole]
    try:
        words = shlex.split(text)
    except ValueError:
        return []
    paths = [_path(word) for word in words]
    return [path for path in paths if path is not None] if all(paths) else []


def _path(word: str) -> Path | None:
    if "\n" in word or "\0" in word:
        return None
    if word.startswith("file://"):
        word = unquote(urlsplit(word).path)
    path = Path(word)
    try:
        path = path.expanduser()
        return path if path.is_absolute() and path.is_file() else None
    except (OSError, RuntimeError):
        return None

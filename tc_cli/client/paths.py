"""Where `tc` keeps its few files: profiles, tokens, drawers and the trace of a crash, by the XDG rules."""

import os
from pathlib import Path

import platformdirs

APP = "teleconnect"


def profiles() -> Path:
    return platformdirs.user_config_path(APP) / "profiles"


def tokens() -> Path:
    return platformdirs.user_state_path(APP) / "tokens"


def drawers() -> Path:
    return platformdirs.user_state_path(APP) / "drawers"


def preferences() -> Path:
    return platformdirs.user_config_path(APP) / "tui.json"


def crash() -> Path:
    return platformdirs.user_state_path(APP) / "crash.txt"


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, readable by nobody else (0600, its folder 0700 if made here)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)

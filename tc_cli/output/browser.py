"""The browser that whoever sits at this terminal can see: whether there is one, and opening a page in it."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import PurePath

DISPLAYS = frozenset({"DISPLAY", "WAYLAND_DISPLAY"})
REMOTE = frozenset({"SSH_CONNECTION", "SSH_TTY"})
WITH_DESKTOP = frozenset({"darwin", "win32"})
# They would take this terminal for themselves, and have no camera.
OF_TEXT = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
PATIENCE = 2.0
# A process of its own: what browsers say would spoil the screen. It gets the link by its stdin, so that this step
# doesn't show it in the list of processes.
OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.stdin.read()))"


def is_here(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Say whether a page that is opened here would be seen: not over ssh, unless `BROWSER` leads back from there."""
    if chosen := environment.get("BROWSER"):
        return PurePath(chosen.split(os.pathsep)[0].split(" ")[0]).name not in OF_TEXT
    if REMOTE & environment.keys():
        return False
    return platform in WITH_DESKTOP or any(environment.get(name) for name in DISPLAYS)


def open_page(url: str) -> bool:
    """Open a page, and say whether that went well; a browser that still runs after a moment has taken it."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        process.communicate(url.encode(), timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, name="browser", daemon=True).start()
        return True
    return process.returncode == 0

"""The clipboard of the terminal in front of staff, wherever the program runs."""

import os
import shutil
import subprocess
from collections.abc import Mapping

PATIENCE = 2.0


def through_tmux(text: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Hand text to tmux, which keeps it and hands it on to its terminal; False outside of tmux.

    A program's own OSC 52 is dropped by tmux unless `set-clipboard` is `on`, which it isn't by default; what tmux is
    given by `load-buffer -w` (tmux 3.2) it hands on.
    """
    tmux = shutil.which("tmux") if environment.get("TMUX") else None
    if tmux is None:
        return False
    try:
        done = subprocess.run(
            [tmux, "load-buffer", "-w", "-"], input=text.encode(), capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

"""Runs the page's own tests, so that `pytest` alone shows whether the page is sound."""

import subprocess
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent


def test_the_scripts_pass_their_own_tests(require: Callable[[str], Path]) -> None:
    files = sorted(map(str, HERE.glob("*.test.js")))
    done = subprocess.run([require("node"), "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-4000:]

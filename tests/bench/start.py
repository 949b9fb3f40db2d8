"""Cold starts: `tc --help`, `tc invite list`, and the server until it answers, next to Python and `import typer`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench import parties

ROUNDS = 7
_TC = [sys.executable, "-c", "from tc_cli.main import run; run()"]


def measure() -> dict[str, float]:
    """Measure, median of some rounds; milliseconds for whole processes, bytecode compiled."""
    with tempfile.TemporaryDirectory() as folder:
        (party,) = parties.run(parties.prepare(Path(folder), 1, staff=1))
        with parties.server(Path(folder)) as url:
            there = {"TC_SERVER": url, "TC_TOKEN": party.staff_token}
            found = {
                "python_ms": _time([sys.executable, "-c", "pass"]),
                "import_typer_ms": _time([sys.executable, "-c", "import typer"]),
                "tc_version_ms": _time([*_TC, "--version"]),
                "tc_help_ms": _time([*_TC, "--help"]),
                "tc_invite_list_ms": _time([*_TC, "invite", "list", "-o", "json"], there),
            }
        found["server_ms"] = median(_server_start(Path(folder)) for _ in range(3))
    return found


def _time(command: list[str], more: dict[str, str] | None = None) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def once() -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment | (more or {}), cwd=parties.ROOT)
        return (time.perf_counter() - start) * 1000

    once()
    return median(once() for _ in range(ROUNDS))


def _server_start(data: Path) -> float:
    start = time.perf_counter()
    with parties.server(data):
        return (time.perf_counter() - start) * 1000

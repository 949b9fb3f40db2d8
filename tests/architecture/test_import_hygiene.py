"""What starting `tc` may load: its speed is held by what is imported, not by a clock."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    *("aiortc", "alembic", "asyncio", "babel", "cryptography", "fpdf", "httpx", "keyring", "litestar", "msgspec"),
    *("phonenumbers", "PIL", "pydantic", "rich", "segno", "sqlalchemy", "textual", "uvicorn", "websockets"),
}
NOUNS = ["invite", "queue", "session", "notify", "user", "server"]

RUN = """
import json, sys
sys.argv = ["tc", *sys.argv[1:]]
from tc_cli.main import run
try:
    run()
except SystemExit as end:
    if end.code:
        raise
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
IMPORT = """
import importlib, json, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    # Only Alembic can run the one, and the other is a program of its own.
    if not module.name.endswith("migrations.env") and ".echo." not in module.name:
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(script: str, *args: str) -> set[str]:
    """Run a script in a fresh Python; return the top-level packages loaded at its end."""
    done = subprocess.run([sys.executable, "-c", script, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {name.split(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}


def test_version_is_told_without_typer() -> None:
    assert loaded(RUN, "--version") & ({"typer"} | HEAVY) == set()


def test_help_loads_nothing_heavy() -> None:
    assert loaded(RUN, "--help") & HEAVY == set()


@pytest.mark.parametrize("noun", NOUNS)
def test_help_of_a_noun_loads_nothing_heavy(noun: str) -> None:
    # Typer itself loads pydantic once a group's options are read.
    assert loaded(RUN, noun, "--help") & (HEAVY - {"pydantic"}) == set()


def test_the_client_draws_nothing() -> None:
    # Importing httpx loads click, rich and pygments where they are installed, so rich is for import-linter to watch.
    assert loaded(IMPORT, "tc_cli.client") & {"typer", "textual", "fpdf", "litestar", "sqlalchemy"} == set()


def test_the_server_starts_without_the_terminal_program() -> None:
    assert loaded(IMPORT, "tc_server") & {"apprise", "tc_cli", "typer", "textual", "fpdf", "aiortc"} == set()

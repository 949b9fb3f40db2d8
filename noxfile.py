"""The chores of the house, one session each; all of them share one environment, built once.

It lies in `.nox/house` and is built again only when `pyproject.toml`, `constraints.txt` or the Python change.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
HOUSE = ROOT / ".nox" / "house"
BIN = HOUSE / "bin"
PARALLEL = ("-n", "logical", "--maxprocesses", "8", "--dist", "worksteal")
# Without a browser tests wait a third of their time, for servers and for time itself: more of them fit.
CLOSER = ("-n", str(min(8, (os.cpu_count() or 1) * 3 // 2)), "--dist", "worksteal")

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "imports", "docs", "tests", "browser"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout."""
    run(session, "ruff", "check", *session.posargs)
    run(session, "ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    run(session, "mypy", "-p", "tc_server", "-p", "tc_cli")
    run(session, "mypy", "noxfile.py", "tests/tools.py", "docs/cli_reference.py", "docs/language_table.py")


@nox.session
def imports(session: nox.Session) -> None:
    """Check that each room knows only whom it may."""
    run(session, "lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the docs into docs/_build/html; a warning is a failure."""
    run(session, "sphinx-build", "-q", "-W", "-n", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test but the browser's; the page's modules run under Node."""
    tools(session, "node", "initdb", "pg_ctl", "pdftoppm", "turnserver")
    chosen = session.posargs or ["tests", "--ignore=tests/browser", "--ignore=tests/bench"]
    run(session, "pytest", *CLOSER, *chosen)


@nox.session
def browser(session: nox.Session) -> None:
    """Run the tests that drive a real browser."""
    tools(session, "chromium", "turnserver")
    run(session, "pytest", *PARALLEL, *(session.posargs or ["tests/browser"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure; prints a table and writes tests/bench/results/."""
    tools(session, "chromium")
    run(session, "python", "-m", "tests.bench", *session.posargs)


@nox.session
def fix(session: nox.Session) -> None:
    """Let ruff put right what it can."""
    run(session, "ruff", "check", "--fix", *session.posargs)
    run(session, "ruff", "format")


@nox.session
def reference(session: nox.Session) -> None:
    """Write what of the docs follows from the code: docs/cli-reference.md, docs/language-table.md."""
    run(session, "python", "-m", "docs.cli_reference")
    run(session, "python", "-m", "docs.language_table")


def run(session: nox.Session, program: str, *args: str) -> None:
    """Run a program of the shared environment."""
    build(session)
    session.run(str(BIN / program), *args, external=True)


def tools(session: nox.Session, *names: str) -> None:
    """See that what tests need beyond PyPI is there, installing it where that can be done."""
    run(session, "python", "-m", "tests.tools", *names)


def build(session: nox.Session) -> None:
    """Build the shared environment unless it is there and still right."""
    stamp, wanted = HOUSE / "stamp", fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(HOUSE, ignore_errors=True)
    install = ("install", "-q", "-c", "constraints.txt", "-e", ".[cjk,dev,sound,web]")
    if uv := find_uv():
        session.run(uv, "venv", "-q", "--python", sys.executable, str(HOUSE), external=True)
        session.run(uv, "pip", *install, "--compile-bytecode", external=True, env={"VIRTUAL_ENV": str(HOUSE)})
    else:
        session.run(sys.executable, "-m", "venv", str(HOUSE), external=True)
        session.run(str(BIN / "pip"), *install, external=True)
    stamp.write_text(wanted)


def fingerprint() -> str:
    """Return what the shared environment depends on, as a hash."""
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join([*parts, sys.version.encode(), str(ROOT).encode()])).hexdigest()


def find_uv() -> str | None:
    """Return uv's path: the one beside this Python first, then the one on PATH."""
    return shutil.which("uv", path=Path(sys.executable).parent) or shutil.which("uv")

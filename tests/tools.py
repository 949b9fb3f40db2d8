"""What tests need beyond PyPI: where it is found, how it is got, and what happens when it is missing.

`python -m tests.tools NAME…` sees that the named ones are there: as root on Debian it installs what is missing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Tool:
    """A program outside of Python: the names it goes by, folders beyond PATH, and Debian's package."""

    programs: tuple[str, ...]
    package: str
    folders: str = ""


TOOLS = {
    "chromium": Tool(("chromium", "chromium-browser", "google-chrome"), "chromium"),
    "initdb": Tool(("initdb",), "postgresql", "/usr/lib/postgresql/*/bin"),
    "msgfmt": Tool(("msgfmt",), "gettext"),
    "node": Tool(("node", "nodejs"), "nodejs"),
    "pdftoppm": Tool(("pdftoppm",), "poppler-utils"),
    "pg_ctl": Tool(("pg_ctl",), "postgresql", "/usr/lib/postgresql/*/bin"),
    "turnserver": Tool(("turnserver",), "coturn"),
}


def find(name: str) -> Path | None:
    """Return the path of the tool called NAME, newest version first, or None."""
    tool = TOOLS[name]
    folders = sorted(map(str, Path("/").glob(tool.folders.lstrip("/"))), reverse=True) if tool.folders else []
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *folders])
    found = (shutil.which(program, path=path) for program in tool.programs)
    return next((Path(program) for program in found if program), None)


def require(name: str) -> Path:
    """Return the path of the tool called NAME; without it the test is skipped, or fails where TC_CI is set."""
    if found := find(name):
        return found
    if os.environ.get("TC_CI"):
        pytest.fail(missing([name]), pytrace=False)
    pytest.skip(missing([name]))


def missing(names: list[str]) -> str:
    """Say which tools are missing and how to get them."""
    packages = " ".join(sorted({TOOLS[name].package for name in names}))
    return f"missing: {', '.join(names)}. Get it with: apt-get install {packages}"


def install(names: list[str]) -> None:
    """Install the Debian packages of the named tools."""
    packages = sorted({TOOLS[name].package for name in names})
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=True, env=quiet)
    subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", *packages], check=True, env=quiet)


def main(names: list[str]) -> int:
    """Install what is missing where that can be done; return 1 if something is still missing and TC_CI is set."""
    lacking = [name for name in names if not find(name)]
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        install(lacking)
        lacking = [name for name in lacking if not find(name)]
    if lacking:
        print(missing(lacking), file=sys.stderr)
    return 1 if lacking and os.environ.get("TC_CI") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

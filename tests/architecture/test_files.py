"""What may not be in the repository."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written apart, so that this file doesn't name one either.
HOSTS = """
pypi .org, python hosted.org, npm js.org, npm js.com, deb .debian.org, github user content.com, unpkg .com,
jsdelivr .net, cdn js.cloudflare.com, google apis.com, gstatic .com, huggingface .co
"""
REGISTRIES = re.compile("|".join(re.escape(host) for host in re.sub(r"[ \n]", "", HOSTS).split(",")))
MACHINE_PATH = re.compile(r"(?<![\w.~/])/(work|root|Users)/|/home/(?!\$)\w+/")
FONTS = {".ttf", ".otf", ".woff", ".woff2", ".ttc"}


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def lines() -> list[tuple[str, str]]:
    """Return every line of every tracked text file, each with where it stands."""
    texts = [(path, path.read_bytes()) for path in tracked() if path != Path(__file__)]
    return [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path, content in texts
        if b"\0" not in content
        for number, line in enumerate(content.decode().splitlines(), 1)
    ]


@pytest.mark.parametrize("unwanted", [REGISTRIES, MACHINE_PATH], ids=["download hosts", "machine paths"])
def test_no_file_names(unwanted: re.Pattern[str]) -> None:
    assert [where for where, line in lines() if unwanted.search(line)] == []


def test_no_font_is_committed() -> None:
    assert [path.name for path in tracked() if path.suffix in FONTS] == []


def test_constraints_are_names_and_versions_alone() -> None:
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9.-]+==[\w.+!]+", pin)] == []


def test_every_dependency_is_constrained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.split(r"[\[><=;~ ]", need)[0] for need in wanted}
    pinned = {pin.split("==")[0] for pin in (ROOT / "constraints.txt").read_text().splitlines()}
    assert names - pinned == set()

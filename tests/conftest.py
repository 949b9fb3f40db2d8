"""What every test stands on: the developer's own settings, login and home are shut out."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests import tools

settings.register_profile("house", deadline=None, database=None, derandomize=bool(os.environ.get("TC_CI")))
settings.load_profile("house")

# The full screen chooses its words when it is imported, which is before any fixture.
for _name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"

# So is how often it draws at most; at sixty times a second a test waited longer for frames than it worked.
os.environ["TEXTUAL_FPS"] = "250"

# Dozens of programs are started: compiling all of their modules each time took longer than what they are started for.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def pytest_collection_finish() -> None:
    """Keep what is loaded by now: sweeping it for garbage again and again took a fifth of a screen's test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def shut_out(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Make HOME an empty folder and remove what the developer's shell says to tc, to httpx and to keyring."""
    for name in list(os.environ):
        mine = name.startswith("TC_") and name != "TC_CI"
        if mine or name.startswith("XDG_") or name.lower() in PROXIES or name in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}:
            patch.delenv(name)
    patch.setenv("HOME", str(home))
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="session", autouse=True)
def _strangers_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Shut the developer out before the first long-lived fixture starts a program."""
    with pytest.MonkeyPatch.context() as patch:
        shut_out(patch, tmp_path_factory.mktemp("home"))
        yield


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Name folders for homes, one after the other: `mktemp` looks through all there are for the next number."""
    street = tmp_path_factory.mktemp("homes")
    return (street / str(number) for number in count())


@pytest.fixture(autouse=True)
def home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch, _strangers_house: None) -> Path:
    """Return this test's own empty home."""
    folder = next(_homes)
    folder.mkdir()
    shut_out(monkeypatch, folder)
    return folder


@pytest.fixture(scope="session")
def require() -> Callable[[str], Path]:
    """Return `require(tool)`: the tool's path, else the test is skipped, or fails under TC_CI."""
    return tools.require

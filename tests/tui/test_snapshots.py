"""Every screen and dialog as it looked when somebody last looked at it; `--snapshot-update` takes them anew."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from docs import pictures, scene
from tc_cli.tui.app import TeleConnect

SnapCompare = Callable[..., bool]
USUAL = (80, 24)
SMALL = (60, 20)
LARGE = (200, 60)
ON_SMALL = (
    "home",
    "waiting",
    "invites",
    "agenda",
    "home-planned",
    "new-invite-planned",
    "deliveries",
    "session",
    "new-invite",
    "terminate",
    "session-in-call",
    "call-live",
    "call-link",
    "batch",
)
ON_LARGE = ("waiting", "agenda")
GREY = (
    "home",
    "waiting",
    "sessions",
    "invites",
    "agenda",
    "session",
    "phrases",
    "terminate",
    "new-invite",
    "batch",
    "link",
    "help",
    "palette",
    "session-in-call",
    "call",
)


@pytest.fixture(autouse=True)
def the_same_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name, value in pictures.surroundings(tmp_path).items():
        monkeypatch.setenv(name, value)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    drawn = TeleConnect.export_screenshot
    # As drawn by Textual a picture names the host that its font comes from.
    monkeypatch.setattr(TeleConnect, "export_screenshot", lambda app, **how: pictures.alone(drawn(app, **how)))
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def looks_as_before(snap_compare: SnapCompare) -> SnapCompare:
    """Return `looks_as_before(picture, size=, theme=)`."""

    def compare(name: str, size: tuple[int, int] = USUAL, theme: str = "teleconnect-dark") -> bool:
        picture = pictures.PICTURES[name]

        async def steps(pilot: Pilot[Any]) -> None:
            await pictures.settled(pilot)
            await picture.steps(pilot)
            await pictures.settled(pilot)

        return snap_compare(scene.app(picture.board(), theme=theme), terminal_size=size, run_before=steps)

    return compare


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_looks_as_before(name: str, looks_as_before: SnapCompare) -> None:
    assert looks_as_before(name)


@pytest.mark.parametrize("name", GREY)
def test_says_the_same_without_colour(name: str, looks_as_before: SnapCompare) -> None:
    assert looks_as_before(name, theme="teleconnect-grey")


@pytest.mark.parametrize("name", ON_SMALL)
def test_fits_on_a_small_terminal(name: str, looks_as_before: SnapCompare) -> None:
    assert looks_as_before(name, SMALL)


@pytest.mark.parametrize("name", ON_LARGE)
def test_fills_a_large_terminal(name: str, looks_as_before: SnapCompare) -> None:
    assert looks_as_before(name, LARGE)


@pytest.mark.parametrize("theme", ["teleconnect-light", "teleconnect-contrast"])
@pytest.mark.parametrize("name", ["home", "session"])
def test_reads_well_in_every_theme(name: str, theme: str, looks_as_before: SnapCompare) -> None:
    assert looks_as_before(name, theme=theme)

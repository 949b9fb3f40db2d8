"""What a line must be like is said in three places: the page judges by it, tc does, and the docs tell it."""

import re
from pathlib import Path

from tc_cli.commands.callcheck import VIDEO, VOICE, Least

ROOT = Path(__file__).parents[2]
FIGURES = (ROOT / "tc_server" / "web" / "js" / "figures.js").read_text()
PAGE = (ROOT / "docs" / "calls.md").read_text()


def judged_by_the_page(name: str) -> Least:
    """Read what the page's module asks for."""
    found = re.search(rf"^const {name} = {{ kbps: (\d+), loss: ([\d.]+), rtt_ms: (\d+) }}", FIGURES, re.MULTILINE)
    assert found
    return Least(int(found[1]), float(found[2]), int(found[3]))


def told(word: str) -> Least:
    """Read what the docs say."""
    found = re.search(rf"\| {word} \| (\d+) kbit/s.*?(\d+) % lost.*?([\d.]+) s", PAGE)
    assert found
    return Least(int(found[1]), int(found[2]) / 100, round(float(found[3]) * 1000))


def test_voice_is_judged_alike() -> None:
    assert VOICE == judged_by_the_page("VOICE") == told("Good for voice only")


def test_video_is_judged_alike() -> None:
    assert VIDEO == judged_by_the_page("VIDEO") == told("Good for video")

"""What tc reads from the environment is written down."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = re.compile(r"environ(?:ment)?\.get\(\s*\"(TC_\w+)\"")
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def names() -> list[str]:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "tc_cli").rglob("*.py"))
    return sorted({name for source in sources for name in READ.findall(source)})


def test_there_are_some() -> None:
    assert {"TC_SERVER", "TC_TOKEN", "TC_PROFILE", "TC_NOTIFY", "TC_SOUND"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_each_is_in_cli(name: str) -> None:
    assert f"| `{name}` |" in PAGE

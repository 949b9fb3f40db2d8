"""Writes docs/cli-reference.md: what `--help` says, for every command. Run as `python -m docs.cli_reference`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from tc_cli.main import root

PAGE = Path(__file__).with_name("cli-reference.md")
HEAD = """\
# Command reference

What `--help` says, written by `nox -s reference`. [Commands](cli.md) explains what belongs together.
"""
WIDTH = {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every group and command, as `--help` lists them."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            yield from walk(inner, (*path, name))


def commands() -> list[tuple[str, ...]]:
    """Return every command as the words after `tc`, groups aside."""
    paths = [path for path in walk(get_command(root())) if path]
    return [path for path in paths if not any(other[: len(path)] == path and other != path for other in paths)]


def page() -> str:
    """Return the page's text."""
    runner = CliRunner(env=WIDTH)
    parts = [HEAD]
    for path in walk(get_command(root())):
        words = " ".join(("tc", *path))
        shown = runner.invoke(root(), [*path, "--help"], prog_name="tc").stdout.rstrip()
        parts.append(f"## `{words}`\n\n```text\n{shown}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())

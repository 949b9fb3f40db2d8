"""What every verb has in common: help, formats, misuse, bugs and broken pipes."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from docs.cli_reference import commands
from tc_cli import __version__
from tc_cli.client import paths
from tc_cli.client.profile import Access
from tests.cli.conftest import ADMIN, MODULE, Tc, invite
from tests.serving import PASSWORD, Server

ROOT = Path(__file__).parents[2]


def test_the_version_is_the_projects(tc: Tc) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert tc("--version").out == f"tc {__version__}\n"
    assert __version__ == project["version"]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_verb_explains_itself(tc: Tc, command: tuple[str, ...]) -> None:
    shown = tc(*command, "--help")
    assert shown.code == 0
    for option in ("--output", "--profile", "--quiet", "--verbose", "--help"):
        assert option in shown.out
    assert max(map(len, shown.out.splitlines())) <= 120


@pytest.mark.parametrize("noun", ["invite", "queue", "session", "user", "server"])
def test_a_noun_alone_shows_its_verbs(tc: Tc, noun: str) -> None:
    shown = tc(noun)
    assert shown.code == 2
    assert "Commands:" in shown.err


@pytest.mark.parametrize(
    "words", [["qeue"], ["queue", "lst"], ["queue", "list", "--loud"], ["queue", "list", "-o", "xml"]]
)
def test_misuse_is_one_line_that_leads_to_help(tc: Tc, words: list[str]) -> None:
    refused = tc(*words)
    assert refused.code == 2
    assert re.fullmatch(r"error: .+ See `.+ --help`\.\n", refused.err)


def test_options_stand_before_or_after_the_verb(tc: Tc, fresh: Access) -> None:
    assert tc("-o", "json", "invite", "list").list == tc("invite", "list", "-o", "json").list == []


def test_quiet_says_nothing_beside_data(tc: Tc, staff: Access) -> None:
    invite(staff)
    assert tc("invite", "list", "--quiet").err == ""


def test_csv_has_a_heading_and_json_in_nested_cells(tc: Tc, fresh: Access) -> None:
    invite(fresh, 'Amal "the one", H.')
    heading, row = tc("invite", "list", "-o", "csv").out.splitlines()
    assert heading.startswith("invite_id,session_id,participant_id,state")
    assert '"Amal ""the one"", H."' in row
    assert row.endswith("[]")


def test_a_bug_is_one_line_and_a_trace_kept_for_its_owner(
    tc: Tc, staff: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr("tc_cli.output.emit.listing", broken)
    fault = tc("invite", "list")
    assert fault.code == 1
    assert fault.err.count("\n") == 1
    assert "ZeroDivisionError: by design" in fault.err
    assert "Traceback" in paths.crash().read_text()
    assert paths.crash().stat().st_mode & 0o077 == 0


def test_a_reader_that_leaves_early_is_no_error(staff: Access) -> None:
    for number in range(3):
        invite(staff, f"Person {number}")
    line = f"{' '.join(MODULE)} invite list -o jsonl | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_the_verbs(shell: str) -> None:
    asked = {
        "bash": {"_TC_COMPLETE": "complete_bash", "COMP_WORDS": "tc queue ", "COMP_CWORD": "2"},
        "zsh": {"_TC_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "tc queue "},
        "fish": {
            "_TC_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_ARGS": "tc queue ",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
    }[shell]
    program = "import sys; sys.argv[0] = 'tc'; from tc_cli.main import run; run()"
    command = [MODULE[0], "-c", program]
    done = subprocess.run(command, env=asked, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "watch" in done.stdout
    assert "next" in done.stdout


def test_a_broken_letter_on_the_command_line_is_refused(tc: Tc) -> None:
    refused = tc("invite", "remote", "--name", "Am\udcffal", "--link-only")
    assert refused.code == 2
    assert "isn't UTF-8" in refused.err


def test_an_old_terminal_shows_escapes(fresh: Access) -> None:
    invite(fresh, "أمل")
    latin = os.environ | {"PYTHONIOENCODING": "latin-1:strict"}
    done = subprocess.run([*MODULE, "invite", "list"], capture_output=True, env=latin, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u0623" in done.stdout


def test_a_home_that_cannot_be_written_to_is_no_bug(tc: Tc, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    words = ("login", "--server", server.url, "--user", ADMIN, "--password-stdin")
    refused = tc(*words, stdin=PASSWORD)
    assert refused.code == 6
    assert refused.err.startswith("error: /dev/null")


def test_a_token_that_cannot_be_one_is_told(tc: Tc, staff: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TC_TOKEN", "tcs_\u00e9")
    assert tc("whoami").code == 3

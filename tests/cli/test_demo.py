"""The demo tells the whole story, and says what went wrong when it can't."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import MODULE, Tc

STEPS = ["invite", "join", "waiting", "ring", "start", "chat", "chat", "file", "file", "close", "transcript", "erase"]


def test_the_story_is_played_to_its_end(tc: Tc) -> None:
    played = tc("demo", "--script")
    assert played.code == 0, played.err
    assert [line.split()[0] for line in played.out.splitlines()] == STEPS
    written = re.search(r"messages in (\S+\.pdf)", played.out)
    assert written is not None
    transcript = Path(written[1])
    assert transcript.read_bytes().startswith(b"%PDF")
    transcript.unlink()
    transcript.parent.rmdir()


def test_a_stage_that_cannot_be_set_is_told_in_one_line(tc: Tc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tc_cli.commands.demonstration.stage.MODULE", "tc_cli.nothing")
    failed = tc("demo", "--script", "--quiet")
    assert failed.code == 1
    assert failed.err.startswith("error: The account wasn't made")
    assert failed.err.count("\n") == 1


def test_a_demo_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [*MODULE, "demo", "--script"], stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    assert demo.stdout is not None
    assert demo.stdout.readline().startswith("invite")
    demo.terminate()
    demo.communicate()
    assert demo.returncode == 143
    assert list(tmp_path.iterdir()) == []

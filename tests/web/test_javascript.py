"""Runs the page's own tests, so that `pytest` alone shows whether the page is sound."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from tc_server.web import assets

HERE = Path(__file__).parent


def test_the_scripts_pass_their_own_tests(require: Callable[[str], Path]) -> None:
    files = sorted(map(str, HERE.glob("*.test.js")))
    done = subprocess.run([require("node"), "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


PARSE = """
const { readFileSync } = require("node:fs");
const { SourceTextModule } = require("node:vm");
for (const file of process.argv.slice(1)) new SourceTextModule(readFileSync(file, "utf8"), { identifier: file });
"""


def test_what_is_served_without_comments_still_parses(require: Callable[[str], Path], tmp_path: Path) -> None:
    served = []
    for name, asset in assets().items():
        if name.endswith(".js"):
            assert b"@ts-check" not in asset.body
            served.append(tmp_path / name.replace("/", "-"))
            served[-1].write_bytes(asset.body)
    assert served
    node = [require("node"), "--experimental-vm-modules", "--no-warnings", "-e", PARSE, *served]
    subprocess.run(node, check=True, timeout=60)

"""Which rooms may know whom, where import-linter has no words for it."""

import re
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SERVER_ROOMS = {"wire", "domain", "store", "services", "delivery", "transport", "web", "locales", "echo"}
SERVER_DOORS = {"app", "checkup", "settings", "version"}
TERMINAL_ROOMS = {"__main__", "main", "client", "commands", "output", "transcript", "tui"}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "core", "manager", "base"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("tc_server", "tc_cli", include_external_packages=True, cache_dir=None)


def known_by(graph: grimp.ImportGraph, room: str) -> set[str]:
    """Return the top-level packages that a room imports from outside of itself."""
    modules = {room} | graph.find_descendants(room)
    imported = {target for module in modules for target in graph.find_modules_directly_imported_by(module)}
    return {target.split(".")[0] for target in imported - modules}


def test_the_wire_knows_the_standard_library_and_msgspec(graph: grimp.ImportGraph) -> None:
    assert known_by(graph, "tc_server.wire") - sys.stdlib_module_names == {"msgspec"}


def test_the_rules_never_ask_for_the_time(graph: grimp.ImportGraph) -> None:
    clock = re.compile(r"\b(utc)?now\(\)|\.today\(\)|time\.time\(|\basync def\b|\bopen\(")
    told = {path.name: clock.findall(path.read_text()) for path in (ROOT / "tc_server" / "domain").glob("**/*.py")}
    assert {name: found for name, found in told.items() if found} == {}


def test_there_is_no_room_outside_the_plan(graph: grimp.ImportGraph) -> None:
    assert {name.split(".")[1] for name in graph.find_children("tc_server")} <= SERVER_ROOMS | SERVER_DOORS
    assert {name.split(".")[1] for name in graph.find_children("tc_cli")} <= TERMINAL_ROOMS


def test_every_module_has_a_name_that_means_something(graph: grimp.ImportGraph) -> None:
    ours = [name for name in graph.modules if name.split(".")[0] in {"tc_server", "tc_cli"}]
    assert [name for name in ours if NAMELESS & set(name.split("."))] == []


def test_every_module_says_what_it_owns() -> None:
    modules = [path for room in ("tc_server", "tc_cli") for path in (ROOT / room).glob("**/*.py")]
    silent = [str(path.relative_to(ROOT)) for path in modules if not path.read_text().startswith(('"""', 'r"""'))]
    assert silent == []

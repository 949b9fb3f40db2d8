"""Every way to fail has its exit code."""

import pytest

from tc_cli.client import errors
from tc_cli.commands.demonstration.stage import DemoFailed
from tc_cli.output.exits import BY_CODE, MEANINGS, Exit, for_code
from tc_server.wire.codes import Code


def kinds(kind: type[errors.TcError] = errors.TcError) -> list[type[errors.TcError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in kinds(child))]


@pytest.mark.parametrize("code", Code)
def test_every_code_of_the_wire_has_an_exit_code(code: Code) -> None:
    assert code.value in BY_CODE


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds() if kind is not errors.Refused], ids=lambda kind: kind.__name__
)
def test_every_error_of_this_side_has_an_exit_code(kind: type[errors.TcError]) -> None:
    assert kind.code in BY_CODE


def test_no_code_is_listed_that_nobody_has() -> None:
    own = {kind.code for kind in kinds()} | {DemoFailed.code}
    assert set(BY_CODE) - {code.value for code in Code} - own == set()


def test_a_code_from_a_newer_server_is_a_bug_of_this_side() -> None:
    assert for_code("brand_new") is Exit.BUG


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Exit)

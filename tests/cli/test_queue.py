"""Who waits, and who is next."""

import pytest

from tc_cli.client.profile import Access
from tests.cli.conftest import Tc, Waiting, invite, join


@pytest.fixture
def staff(fresh: Access) -> Access:
    return fresh


@pytest.mark.usefixtures("staff")
def test_an_empty_queue_says_so_by_its_exit_code_only_when_asked_for_the_next(tc: Tc) -> None:
    assert tc("queue", "list").code == 0
    assert tc("queue", "list", "-o", "json").list == []
    nobody = tc("queue", "next")
    assert nobody.code == 5
    assert "`tc queue watch`" in nobody.err


def test_the_queue_lists_who_waits(tc: Tc, waiting: Waiting) -> None:
    (entry,) = tc("queue", "list", "-o", "json").list
    assert (entry["session_id"], entry["name"], entry["place"]) == (waiting.session_id, "Amal", 1)
    assert "service user" in tc("queue", "list").out


def test_next_takes_the_longest_waiting(tc: Tc, staff: Access, waiting: Waiting) -> None:
    join(invite(staff, "Yusuf"), staff.server)
    first, second = (tc("queue", "next", "-o", "json").json for _ in range(2))
    assert [first["name"], second["name"]] == ["Amal", "Yusuf"]
    assert first["session_id"] == waiting.session_id
    assert tc("queue", "next").code == 5


def test_telling_leaves_a_fact_in_the_log(tc: Tc, waiting: Waiting) -> None:
    told = tc("queue", "tell", waiting.session_id[-6:], "--minutes", "10", "-o", "json").json
    assert (told["kind"], told["data"]["minutes"]) == ("told", 10)  # type: ignore[index]
    assert tc("queue", "list", "-o", "json").list[0]["told_until"] is not None


@pytest.mark.parametrize("minutes", ["0", "601", "soon"])
def test_minutes_have_limits(tc: Tc, waiting: Waiting, minutes: str) -> None:
    assert tc("queue", "tell", waiting.session_id, "--minutes", minutes).code == 2

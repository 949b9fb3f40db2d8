"""The doctor finds what ails, and says what helps."""

import pytest

from tc_cli.client.profile import Access
from tests.cli.conftest import Tc
from tests.serving import Server


def statuses(checks: list[dict[str, object]]) -> dict[str, object]:
    return {str(check["name"]): check["status"] for check in checks}


def test_all_is_well_beside_a_running_server(tc: Tc, staff: Access) -> None:
    found = tc("doctor", "-o", "json")
    assert found.code == 0
    well = statuses(found.list)
    assert {name for name, status in well.items() if status == "ok"} >= {
        "server",
        "latency",
        "clock",
        "login",
        "stream",
    }
    assert well.keys() >= {"version", "browser", "sound", "terminal"}


def test_without_a_server_the_rest_is_still_looked_at(tc: Tc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TC_SERVER", "http://127.0.0.1:9")
    found = tc("doctor", "-o", "json")
    assert found.code == 7
    assert statuses(found.list)["server"] == "failed"
    assert "terminal" in statuses(found.list)


def test_an_ended_login_is_told_with_its_remedy(tc: Tc, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TC_SERVER", server.url)
    monkeypatch.setenv("TC_TOKEN", "tcs_nonsense")
    found = tc("doctor")
    assert found.code in {3, 7}
    assert "tc login" in found.out


def test_every_fault_has_a_remedy(tc: Tc) -> None:
    for check in tc("doctor", "-o", "json").list:
        assert check["status"] == "ok" or check["remedy"]

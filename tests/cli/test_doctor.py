"""The doctor finds what ails, and says what helps."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiortc import RTCIceServer

from tc_cli.client.echo import Refused, Silent, measure
from tc_cli.client.profile import Access
from tc_server.domain.ice import Relays, hand_out
from tests.certificate import make
from tests.cli.conftest import Tc
from tests.coturn import SECRET, run
from tests.serving import Server, serving


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
    assert well.keys() >= {"version", "browser", "sound", "terminal", "messages by folder"}


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


@pytest.fixture
def relayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run a server with a relay, of which one way is shut."""
    with run(tmp_path / "coturn") as coturn:
        urls = f"{coturn.urls},turns:127.0.0.1:9?transport=tcp"
        with serving(tmp_path / "server", TC_TURN_URLS=urls, TC_TURN_SECRET=SECRET) as server:
            monkeypatch.setenv("TC_SERVER", server.url)
            yield server


def test_calls_are_tried_by_every_way_to_the_relay(tc: Tc, relayed: Server) -> None:
    checks = {str(check["name"]): check for check in tc("doctor", "--call", "-o", "json").list}
    for way in ("call by UDP", "call by TCP"):
        assert checks[way]["status"] == "ok"
        assert re.fullmatch(r"\d+ ms, \d+% lost, \d+ kbit/s, sound comes back", str(checks[way]["detail"]))
    assert checks["call by TLS"]["status"] == "warning"
    assert "Let TLS through" in str(checks["call by TLS"]["remedy"])
    assert (checks["calls"]["status"], checks["calls"]["detail"]) == ("ok", "good for video")


def test_the_way_of_tls_is_tried_with_whom_this_machine_trusts(
    tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every way is measured twice, and how good it is isn't asked here.
    for name, seconds in {"EVERY": 0.01, "LOAD": 0.8, "SETTLING": 0.3}.items():
        monkeypatch.setattr(f"tc_cli.client.echo.{name}", seconds)
    certificate = make(tmp_path)
    with run(tmp_path / "coturn", certificate=certificate.files) as coturn:
        urls = f"{coturn.urls},turns:127.0.0.1:{coturn.tls_port}?transport=tcp"
        with serving(tmp_path / "server", TC_TURN_URLS=urls, TC_TURN_SECRET=SECRET) as server:
            monkeypatch.setenv("TC_SERVER", server.url)
            untrusted = {str(check["name"]): check for check in tc("doctor", "--call", "-o", "json").list}
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
            trusted = {str(check["name"]): check for check in tc("doctor", "--call", "-o", "json").list}
    assert untrusted["call by TLS"]["status"] == "warning"
    assert "certificate" in str(untrusted["call by TLS"]["remedy"])
    assert trusted["call by TLS"]["status"] == "ok"
    assert re.fullmatch(r"\d+ ms, \d+% lost, \d+ kbit/s, sound comes back", str(trusted["call by TLS"]["detail"]))


def test_a_relay_that_refuses_is_told_from_one_that_is_not_there(
    tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        run(tmp_path / "coturn", secret="another") as coturn,
        serving(tmp_path / "server", TC_TURN_URLS=coturn.urls, TC_TURN_SECRET=SECRET) as server,
    ):
        monkeypatch.setenv("TC_SERVER", server.url)
        checks = {str(check["name"]): check for check in tc("doctor", "--call", "-o", "json").list}
    for way in ("call by UDP", "call by TCP"):
        assert (checks[way]["status"], "refuses" in str(checks[way]["detail"])) == ("failed", True)
        assert "clocks" in str(checks[way]["remedy"])


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_coturn_refuses_a_credential_that_has_ended_and_takes_it_before(tmp_path: Path, transport: str) -> None:
    with run(tmp_path / "coturn") as coturn:
        url = f"turn:127.0.0.1:{coturn.port}?transport={transport}"

        async def refused(lifetime: timedelta) -> bool:
            (server,) = hand_out(Relays((url,), SECRET, lifetime, "relay"), "somebody", datetime.now(UTC)).servers
            try:
                await measure([RTCIceServer(url, server.username, server.credential)], "relay", nobody)
            except Refused:
                return True
            except Silent:
                return False
            raise AssertionError

        async def nobody(_: str) -> str:
            raise Silent

        assert not await refused(timedelta(minutes=1))
        assert await refused(timedelta(seconds=-2))


def test_where_no_call_gets_through_it_is_said(tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = "turn:127.0.0.1:9?transport=tcp"
    with serving(tmp_path / "server", TC_TURN_URLS=urls, TC_TURN_SECRET=SECRET) as server:
        monkeypatch.setenv("TC_SERVER", server.url)
        found = tc("doctor", "--call", "-o", "json")
    assert found.code in {3, 7}
    checks = {str(check["name"]): check for check in found.list}
    assert checks["call by TCP"]["status"] == checks["calls"]["status"] == "failed"
    assert checks["calls"]["remedy"]


def test_where_the_server_has_no_echo_it_is_said(tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path / "server", TC_ECHO_LIMIT="0") as server:
        monkeypatch.setenv("TC_SERVER", server.url)
        found = tc("doctor", "--call", "-o", "json").list
    (call,) = [check for check in found if str(check["name"]).startswith("call")]
    assert (call["name"], call["status"]) == ("call, directly", "failed")
    assert "no echo" in str(call["detail"])


def test_without_being_asked_nobody_is_called(tc: Tc, staff: Access) -> None:
    assert not [check for check in tc("doctor", "-o", "json").list if str(check["name"]).startswith("call")]

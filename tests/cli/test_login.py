"""Who you are: logging in and out, and what is said when you aren't."""

from itertools import repeat

import pytest

from tc_cli.client import paths
from tests.cli.conftest import ADMIN, Tc
from tests.serving import PASSWORD, Server


def log_in(tc: Tc, server: Server, password: str = PASSWORD, *more: str) -> int:
    words = ("login", "--server", server.url, "--user", ADMIN, "--password-stdin", *more)
    return tc(*words, stdin=f"{password}\n").code


def test_logging_in_is_remembered(tc: Tc, server: Server) -> None:
    assert log_in(tc, server) == 0
    assert tc("whoami", "-o", "json").json["name"] == ADMIN


def test_logging_out_is_too(tc: Tc, server: Server) -> None:
    log_in(tc, server)
    assert tc("logout").code == 0
    assert list(paths.tokens().iterdir()) == []
    assert tc("whoami").code == 3


def test_a_logged_out_token_opens_nothing(tc: Tc, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(tc, server)
    token = (paths.tokens() / "default").read_text().strip()
    tc("logout")
    monkeypatch.setenv("TC_SERVER", server.url)
    monkeypatch.setenv("TC_TOKEN", token)
    refused = tc("whoami")
    assert refused.code == 3
    assert "`tc login`" in refused.err


def test_a_wrong_password_is_told_in_one_line(tc: Tc, server: Server) -> None:
    refused = tc("login", "--server", server.url, "--user", ADMIN, "--password-stdin", stdin="wrong\n")
    assert refused.code == 3
    assert refused.err.startswith("error: User and password don't match.")
    assert refused.err.count("\n") == 1


def test_each_profile_has_its_own_login(tc: Tc, server: Server) -> None:
    log_in(tc, server, PASSWORD, "--profile", "clinic")
    assert tc("whoami", "--profile", "clinic").code == 0
    assert tc("whoami", "--profile", "home").code == 3


def test_nothing_is_asked_without_a_terminal(tc: Tc, server: Server) -> None:
    asked = tc("login", "--server", server.url)
    assert asked.code == 2
    assert "--user" in asked.err
    assert "--password-stdin" in tc("login", "--server", server.url, "--user", ADMIN).err


def test_a_password_is_not_sent_in_clear_over_the_network(tc: Tc) -> None:
    refused = tc("login", "--server", "http://192.0.2.1", "--user", "a", "--password-stdin", stdin="secret\n")
    assert refused.code == 2
    assert "isn't encrypted" in refused.err


def test_without_a_server_the_way_out_is_named(tc: Tc) -> None:
    lost = tc("queue", "list")
    assert lost.code == 3
    assert "tc login --server URL" in lost.err


def test_a_server_that_is_not_there_is_unreachable(tc: Tc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tc_cli.client.backoff.delays", lambda **_: repeat(0))
    monkeypatch.setenv("TC_SERVER", "http://127.0.0.1:9")
    monkeypatch.setenv("TC_TOKEN", "tcs_x")
    gone = tc("whoami", "--verbose")
    assert gone.code == 7
    assert "Connection refused" in gone.err
    assert "code unreachable" in gone.err

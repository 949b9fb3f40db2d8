"""Accounts, and what only admins may do."""

import secrets

import pytest

from tc_cli.client.profile import Access
from tests.cli.conftest import Tc
from tests.serving import PASSWORD


@pytest.fixture
def name() -> str:
    return f"user-{secrets.token_hex(4)}"


@pytest.mark.usefixtures("as_admin")
class TestAdmins:
    def test_an_account_is_made_with_a_password_that_is_shown_once(self, tc: Tc, name: str) -> None:
        made = tc("user", "add", name, "--role", "staff", "-o", "json").json
        assert made["password"]
        assert name in tc("user", "list").out

    def test_a_given_password_is_not_shown(self, tc: Tc, name: str) -> None:
        assert tc("user", "add", name, "--password-stdin", "-o", "json", stdin=f"{PASSWORD}\n").json["password"] is None

    def test_a_name_is_taken_once(self, tc: Tc, name: str) -> None:
        tc("user", "add", name)
        assert tc("user", "add", name).code == 6

    def test_a_weak_password_is_refused(self, tc: Tc, name: str) -> None:
        assert tc("user", "add", name, "--password-stdin", stdin="short\n").code == 6

    def test_an_account_is_found_by_name_or_short_id(self, tc: Tc, name: str) -> None:
        made = tc("user", "add", name, "-o", "json").json["user"]
        disabled = tc("user", "disable", name.upper(), "-o", "json").json
        assert disabled["disabled_at"] is not None
        enabled = tc("user", "enable", str(made["user_id"])[-8:], "-o", "json").json  # type: ignore[index]
        assert enabled["disabled_at"] is None

    def test_a_role_is_changed_and_a_password_reset(self, tc: Tc, name: str) -> None:
        tc("user", "add", name)
        assert tc("user", "role", name, "admin", "-o", "json").json["role"] == "admin"
        assert tc("user", "reset", name, "-o", "json").json["password"]

    def test_a_stranger_is_not_found(self, tc: Tc) -> None:
        assert tc("user", "disable", "nobody-of-this-name").code == 4

    def test_stats_count(self, tc: Tc) -> None:
        assert tc("stats", "-o", "json").json.keys() >= {"sessions", "messages", "files", "erased", "users"}
        assert "users" in tc("stats").out


def test_staff_may_not_look_after_accounts(tc: Tc, staff: Access, name: str) -> None:
    for words in (["user", "list"], ["user", "add", name], ["stats"]):
        refused = tc(*words)
        assert refused.code == 3
        assert "Ask an admin" in refused.err

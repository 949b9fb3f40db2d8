"""A login is remembered for its server alone, where only its owner can read it."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from tc_cli.client import paths, profile, tokens
from tc_cli.client.errors import Misuse, NotLoggedIn

HERE = "https://connect.example.org"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def keep(name: str = "default", token: str = "tcs_secret") -> None:
    profile.keep(name, server=HERE, user="amina", token=token, expires_at=LATER)


def test_a_kept_login_is_found_again() -> None:
    keep()
    assert profile.access() == profile.Access(HERE, "tcs_secret")


def test_the_token_is_for_its_owners_eyes() -> None:
    keep()
    token = paths.tokens() / "default"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert stat.S_IMODE(token.parent.stat().st_mode) == 0o700


def test_the_profile_itself_holds_no_token() -> None:
    keep()
    assert "tcs_secret" not in (paths.profiles() / "default.json").read_text()


def test_printing_an_access_tells_no_token() -> None:
    assert "tcs_secret" not in repr(profile.Access(HERE, "tcs_secret"))


def test_several_profiles_live_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("clinic", "tcs_clinic")
    keep("home", "tcs_home")
    monkeypatch.setenv("TC_PROFILE", "clinic")
    assert profile.access().token == "tcs_clinic"


def test_the_environment_stands_above_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    monkeypatch.setenv("TC_TOKEN", "tcs_other")
    assert profile.access() == profile.Access(HERE, "tcs_other")


def test_a_token_never_goes_to_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    monkeypatch.setenv("TC_SERVER", "https://elsewhere.example.org")
    with pytest.raises(NotLoggedIn, match="elsewhere"):
        profile.access()


def test_a_forgotten_login_is_gone() -> None:
    keep()
    profile.forget("default")
    assert list(paths.tokens().iterdir()) == []
    with pytest.raises(NotLoggedIn):
        profile.access()


def test_a_broken_profile_is_no_login() -> None:
    keep()
    (paths.profiles() / "default.json").write_text("{")
    with pytest.raises(NotLoggedIn):
        profile.access()


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", "x" * 65])
def test_a_profile_cannot_be_named_like_a_path(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TC_PROFILE", name)
    with pytest.raises(Misuse):
        profile.name()


def test_replacing_a_private_file_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    paths.write_private(path, b"first")
    paths.write_private(path, b"second")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("kept", b"second")]


class Forgetful(KeyringBackend):
    """A keyring that takes everything and gives nothing back."""

    priority = 5

    def set_password(self, service: str, username: str, password: str) -> None:
        pass

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def delete_password(self, service: str, username: str) -> None:
        pass


class Faithful(Forgetful):
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus")
    monkeypatch.setenv("DISPLAY", ":0")


@pytest.mark.usefixtures("desktop")
def test_a_keyring_that_forgets_is_not_used() -> None:
    keyring.set_keyring(Forgetful())  # type: ignore[no-untyped-call]
    assert not tokens.keyring_works()
    keep()
    assert (paths.tokens() / "default").exists()


@pytest.mark.usefixtures("desktop")
def test_a_keyring_that_works_has_the_token_alone() -> None:
    backend = Faithful()
    keyring.set_keyring(backend)
    keep()
    assert backend.kept == {"default": "tcs_secret"}
    assert not (paths.tokens() / "default").exists()
    assert profile.access().token == "tcs_secret"
    profile.forget("default")
    assert backend.kept == {}


def test_without_a_desktop_no_keyring_is_asked() -> None:
    keyring.set_keyring(Faithful())
    assert not tokens.keyring_works()

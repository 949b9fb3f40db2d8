"""The server's own verbs: accounts without a server, settings that can't be, ports that are taken."""

import asyncio
import re
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import MODULE, Run, Tc
from tests.mailserver import mail_server
from tests.serving import PASSWORD


def test_the_first_account_is_made_without_a_server(tc: Tc, tmp_path: Path) -> None:
    words = ("server", "add-user", "amina", "--role", "admin", "--data", str(tmp_path / "data"), "-o", "json")
    made = tc(*words, "--password-stdin", stdin=f"{PASSWORD}\n").json
    assert made["password"] is None
    assert made["user"]["role"] == "admin"  # type: ignore[index]
    again = tc(*words, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert again.code == 6
    assert again.err.count("\n") == 1


def test_an_account_is_for_staff_unless_said_once_there_is_an_admin(tc: Tc, tmp_path: Path) -> None:
    def add(name: str, *options: str) -> Run:
        return tc("server", "add-user", name, *options, "--data", str(tmp_path / "data"), "-o", "json")

    refused = add("amina")
    assert refused.code == 2
    assert "There is no admin yet. Say --role admin" in refused.err
    assert add("omar", "--role", "staff").json["user"]["role"] == "staff"  # type: ignore[index]
    assert add("amina").code == 2
    assert add("amina", "--role", "admin").json["user"]["role"] == "admin"  # type: ignore[index]
    assert add("yusuf").json["user"]["role"] == "staff"  # type: ignore[index]


def test_a_password_is_made_up_where_none_is_given(tc: Tc, tmp_path: Path) -> None:
    made = tc("server", "add-user", "amina", "--role", "staff", "--data", str(tmp_path / "data"), "-o", "json").json
    assert len(str(made["password"])) >= 10


def test_a_weak_password_is_refused(tc: Tc, tmp_path: Path) -> None:
    words = ("server", "add-user", "amina", "--role", "staff", "--data", str(tmp_path / "data"), "--password-stdin")
    assert tc(*words, stdin="short\n").code == 6


def test_a_setting_that_cannot_be_is_named(tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TC_CLOSED_RETENTION", "soon")
    refused = tc("server", "run", "--data", str(tmp_path / "data"))
    assert refused.code == 2
    assert "TC_CLOSED_RETENTION" in refused.err


def test_a_check_says_what_to_do(tc: Tc, tmp_path: Path) -> None:
    found = tc("server", "check", "--data", str(tmp_path / "data"), "-o", "json")
    assert {check["status"] for check in found.list} <= {"ok", "warning", "failed"}
    assert found.code == (6 if any(check["status"] == "failed" for check in found.list) else 0)
    assert all(check["remedy"] for check in found.list if check["status"] != "ok")


def test_a_check_fails_on_an_address_that_anybody_can_listen_to(
    tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TC_PUBLIC_URL", "http://connect.example.org")
    assert tc("server", "check", "--data", str(tmp_path / "data")).code == 6


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [*MODULE, "server", "run", "--data", str(tmp_path / "data"), "--port", port]
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 6
    assert f"127.0.0.1 port {port} can't be listened on (address already in use)" in refused.stderr


async def test_one_test_message_is_sent_and_what_the_mail_server_said_is_shown(
    tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("server", "send-test", "--to", "layla@example.org", "--data", str(tmp_path / "data"), "-o", "json")
    monkeypatch.setenv("TC_MAIL_FROM", "talk@example.org")
    async with mail_server() as mails:
        monkeypatch.setenv("TC_SMTP_URL", mails.url())
        [taken] = (await asyncio.to_thread(tc, *words)).list
        assert (taken["channel"], taken["provider"], taken["result"]) == ("email", "smtp", "accepted")
        assert "this is a test" in str(mails.mails[0].get_body(("plain",)))
        monkeypatch.setenv("TC_SMTP_URL", mails.url(password="wrong"))
        refused = await asyncio.to_thread(tc, *words)
        checked = await asyncio.to_thread(tc, "server", "check", "--data", str(tmp_path / "data"), "-o", "json")
    assert refused.code == 6
    assert refused.list[0]["reason"] == "login_refused"
    provider = next(one for one in checked.list if one["name"] == "provider smtp")
    assert provider["status"] == "failed"
    assert "TC_SMTP_URL" in str(provider["remedy"])
    assert len(mails.mails) == 1


@pytest.mark.parametrize(
    ("to", "said"), [("nobody", "phone number"), ("+41446681800", "Nothing that is set up leads to this person")]
)
def test_a_test_message_that_leads_nowhere_says_so(
    tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, said: str
) -> None:
    monkeypatch.setenv("TC_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("TC_MAIL_FROM", "talk@example.org")
    refused = tc("server", "send-test", "--to", to, "--data", str(tmp_path / "data"))
    assert refused.code == 6
    assert said in refused.err


def test_the_templates_to_have_approved_are_shown_in_every_language_with_our_name(
    tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TC_ORGANISATION", "Example")
    words = ("server", "templates", "--data", str(tmp_path / "data"))
    found = {str(one["template"]): str(one["text"]) for one in tc(*words, "-o", "json").list}
    assert {"en", "en_colleague", "ar", "ar_colleague", "ar_planned", "ar_reminder", "ar_cancelled"} <= found.keys()
    for name, text in found.items():
        assert "Example" in text
        number = 1 if name.partition("_")[2] in ("", "colleague") else 2 if name.endswith("_cancelled") else 3
        assert sorted(re.findall(r"\{\{\d\}\}", text)) == [f"{{{{{n}}}}}" for n in range(1, number + 1)]
        assert "\n" not in text
        # Meta takes none that begins or ends with a variable.
        assert not text.startswith("{{")
        assert not text.endswith("}}")
    assert found["en"] in tc(*words, "-o", "table").out


@pytest.mark.parametrize(
    ("providers", "said"),
    [
        ("pigeon", "names 'pigeon', which doesn't exist"),
        ("smtp", "names 'smtp', which has no settings"),
        ("folder:41", "TC_PROVIDERS is 'folder:41'"),
        ("folder, folder", "each named once"),
    ],
)
def test_providers_that_are_not_there_are_named(
    tc: Tc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, providers: str, said: str
) -> None:
    monkeypatch.setenv("TC_PROVIDERS", providers)
    refused = tc("server", "run", "--data", str(tmp_path / "data"))
    assert refused.code == 2
    assert said in refused.err

"""What `tc server check` finds before a server is let onto the world."""

import os
import socket
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tc_server import checkup
from tc_server.app import add_user
from tc_server.checkup import Check, relays
from tc_server.domain.ice import Relays
from tc_server.settings import Settings, load
from tests import coturn
from tests.coturn import Coturn
from tests.serving import PASSWORD


@dataclass(frozen=True)
class Found:
    """What a check found, by name."""

    checks: dict[str, Check]

    def status(self, name: str) -> str:
        """Tell how one thing is."""
        return self.checks[name].status


async def check(settings: Settings) -> Found:
    """Look at everything; whatever isn't well says what to do."""
    found = await checkup.check(settings)
    assert all(
        one.remedy.endswith((".", str(settings.data), "admin", "secret.key")) for one in found if one.status != "ok"
    )
    return Found({one.name: one for one in found})


def settings_of(folder: Path, **environment: str) -> Settings:
    """Read settings for a folder."""
    return load({"data": folder / "data"}, {f"TC_{name.upper()}": value for name, value in environment.items()})


async def test_a_fresh_server_is_ready_but_for_what_only_its_operator_can_give(tmp_path: Path) -> None:
    found = await check(settings_of(tmp_path))
    assert {name for name, one in found.checks.items() if one.status == "failed"} == set()
    assert {name for name, one in found.checks.items() if one.status == "warning"} - {"disk"} == {
        "public URL",
        "secret key",
        "accounts",
        "provider folder",
        "TURN",
    }
    assert {"database", "schema", "clock", "files", "data folder"} <= found.checks.keys()


async def test_a_server_that_is_well_kept_is_all_right(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path, public_url="https://talk.example.org", secret_key_file=str(tmp_path / "elsewhere" / "secret.key")
    )
    await add_user(settings, "amina", "admin", PASSWORD)
    found = await check(settings)
    assert {name for name, one in found.checks.items() if one.status != "ok"} <= {"disk", "provider folder", "TURN"}


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://talk.example.org", "failed"),
        ("http://10.0.0.7:8080", "failed"),
        ("http://0.0.0.0:8080", "failed"),
        ("http://127.0.0.1.example.org", "failed"),
        ("https://talk.example.org", "ok"),
        ("http://localhost:8080", "ok"),
        ("http://127.0.0.1:8080", "ok"),
        ("http://[::1]:8080", "ok"),
    ],
)
async def test_an_address_that_is_not_encrypted_is_no_address_for_people(tmp_path: Path, url: str, status: str) -> None:
    assert (await check(settings_of(tmp_path, public_url=url))).status("public URL") == status


async def test_a_name_and_an_address_that_make_sms_dearer_are_told_with_the_languages(tmp_path: Path) -> None:
    short = await check(settings_of(tmp_path, public_url="https://talk.example.org"))
    assert short.status("SMS") == "ok"
    long = {"public_url": "https://conversations.example-aid.org", "organisation": "Example Aid"}
    found = await check(settings_of(tmp_path, **long))
    assert found.status("SMS") == "warning"
    assert "ru" in found.checks["SMS"].detail.partition(": ")[2].split(", ")
    assert "en" not in found.checks["SMS"].detail.partition(": ")[2].split(", ")


@pytest.mark.parametrize(
    ("templates", "missing"),
    [
        ("en=a, fr=a", None),
        ("en=a, en_planned=b, en_reminder=c, en_moved=d, en_cancelled=e", None),
        ("en=a, en_planned=b, en_reminder=c", "en_cancelled, en_moved"),
    ],
)
async def test_a_language_with_some_templates_for_what_is_planned_lacks_the_others(
    tmp_path: Path, templates: str, missing: str | None
) -> None:
    account = {"meta_token": "hush", "meta_phone_id": "106540352242922", "meta_api": "http://127.0.0.1:9/v24.0"}
    found = (await check(settings_of(tmp_path, **account, meta_templates=templates))).checks
    assert ("WhatsApp templates" in found) == (missing is not None)
    if missing:
        assert f"for want of {missing} in TC_META_TEMPLATES" in found["WhatsApp templates"].detail


async def test_a_folder_or_a_key_that_others_can_read_fails(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    settings.data.chmod(0o755)
    (settings.data / "secret.key").chmod(0o640)
    found = await check(settings)
    assert found.status("data folder") == "failed"
    assert found.checks["secret key"].remedy == f"Run: chmod 600 {settings.data / 'secret.key'}"
    assert found.status("secret key") == "failed"


async def test_another_secret_key_fails(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    await check(settings)
    with closing(sqlite3.connect(settings.data / "vault.sqlite3")) as vault, vault:
        vault.execute("INSERT INTO session_keys VALUES ('some-session', ?)", (os.urandom(60),))
    assert (await check(settings)).status("vault") == "failed"


async def test_a_clock_that_ran_backward_fails(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    await check(settings)
    with closing(sqlite3.connect(settings.data / "teleconnect.sqlite3")) as database, database:
        database.execute("INSERT INTO heartbeat VALUES (1, 99999999999999999)")
    assert (await check(settings)).status("clock") == "failed"


async def test_a_database_that_can_not_be_reached_fails_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    nobody_there = "postgresql+asyncpg://tc@127.0.0.1:1/none"
    found = await check(settings_of(tmp_path, database_url=nobody_there))
    assert found.status("database") == "failed"
    assert found.status("files") == "ok"


async def test_a_database_that_is_none_fails(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    (settings.data / "teleconnect.sqlite3").write_bytes(b"this is no database" * 100)
    assert (await check(settings)).status("database") == "failed"


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Coturn]:
    """Return a running coturn."""
    with coturn.run(tmp_path / "coturn") as running:
        yield running


def unused_port() -> int:
    """Find a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_relay_is_asked_by_udp_and_tcp_with_a_credential_as_browsers_get_it(
    tmp_path: Path, relay: Coturn
) -> None:
    settings = settings_of(tmp_path, turn_urls=f"{relay.urls},stun:127.0.0.1:{relay.port}", turn_secret=coturn.SECRET)
    found = await check(settings)
    assert len(settings.relays.urls) == 3
    assert {found.status(name) for name in ("TURN", *settings.relays.urls)} == {"ok"}


async def test_a_relay_with_another_secret_is_found_out(tmp_path: Path, relay: Coturn) -> None:
    settings = settings_of(tmp_path, turn_urls=relay.urls, turn_secret="south wind")
    found = await check(settings)
    for url in settings.relays.urls:
        assert found.status(url) == "failed"
        assert "401" in found.checks[url].detail
        assert "static-auth-secret" in found.checks[url].remedy
        assert "wind" not in found.checks[url].detail


async def test_a_relay_for_which_our_credentials_have_ended_is_told_from_one_with_another_secret(relay: Coturn) -> None:
    """As where its clock runs ahead of ours by more than they last."""
    ended = Relays(tuple(relay.urls.split(",")), coturn.SECRET, timedelta(seconds=-60), "relay")
    asked = {one.name: one for one in await relays.check(ended, datetime.now(UTC))}
    for url in ended.urls:
        assert asked[url].status == "failed"
        assert "have ended" in asked[url].detail
        assert "401" in asked[url].detail
        assert "clocks" in asked[url].remedy


async def test_a_relay_that_is_not_there_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "_PATIENCE", 0.5)
    at = f"127.0.0.1:{unused_port()}"
    urls = f"turn:{at}?transport=tcp,turns:{at},stun:{at},turn:nowhere.invalid"
    settings = settings_of(tmp_path, turn_urls=urls, turn_secret="north")
    found = await check(settings)
    assert {found.status(url) for url in settings.relays.urls} == {"failed"}
    assert all("firewall" in found.checks[url].remedy for url in settings.relays.urls)


async def test_a_relay_whose_certificate_nobody_trusts_is_found_out(
    tmp_path: Path, certificate: tuple[Path, Path, ssl.SSLContext]
) -> None:
    with coturn.run(tmp_path / "coturn", certificate=certificate[:2]) as relay:
        url = f"turns:127.0.0.1:{relay.tls_port}"
        found = await check(settings_of(tmp_path, turn_urls=url, turn_secret=coturn.SECRET))
    assert found.status(url) == "failed"
    assert "certificate" in found.checks[url].remedy


async def test_what_gives_addresses_away_is_said(tmp_path: Path, relay: Coturn) -> None:
    without = await check(settings_of(tmp_path))
    direct = await check(settings_of(tmp_path, turn_urls=relay.urls, turn_secret=coturn.SECRET, ice_policy="all"))
    for found in (without, direct):
        assert found.status("TURN") == "warning"
        assert "learns the other's address" in found.checks["TURN"].detail


@pytest.mark.parametrize(
    ("team", "status"), [("ntfys://ntfy.example.org/helpline", "ok"), ("json://h, syslog://local0", "failed")]
)
async def test_where_the_team_is_told_is_looked_at(tmp_path: Path, team: str, status: str) -> None:
    assert (await check(settings_of(tmp_path, apprise_staff=team))).status("team notices") == status

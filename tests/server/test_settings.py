"""Settings: where they come from, what each accepts, and what they say of what they don't."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tc_server.domain.ice import Relays
from tc_server.settings import BadSetting, load
from tc_server.settings.reading import duration
from tc_server.settings.table import SETTINGS


def mode(path: Path) -> int:
    """Tell who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_without_any_setting_there_is_a_private_folder_with_a_private_key_of_its_own(tmp_path: Path) -> None:
    settings = load({"data": tmp_path / "a" / "data"}, {})
    assert settings.data == tmp_path / "a" / "data"
    assert mode(settings.data) == 0o700
    assert mode(settings.data / "secret.key") == 0o600
    assert settings.database_url == f"sqlite+aiosqlite:///{settings.data}/teleconnect.sqlite3"
    assert settings.files_url == f"file://{settings.data}/files"
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8080, "")
    assert settings.retention.closed == timedelta(hours=24)
    assert settings.max_file == 10_000_000
    assert load({"data": settings.data}, {}).secret == settings.secret
    assert load({"data": tmp_path / "b"}, {}).secret != settings.secret


def test_flags_beat_the_environment_and_the_environment_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / "tc-server.toml").write_text('port = 1\norganisation = "File"\nmax_file = 5\n')
    settings = load({"data": tmp_path, "port": 3, "host": None}, {"TC_PORT": "2", "TC_ORGANISATION": "Environment"})
    assert (settings.port, settings.organisation, settings.max_file) == (3, "Environment", 5)
    assert settings.host == "127.0.0.1"


def test_the_folder_may_be_named_by_the_environment_and_the_file_is_read_from_it(tmp_path: Path) -> None:
    (tmp_path / "tc-server.toml").write_text(
        'closed_retention = "30s"\ntrusted_proxies = ["10.0.0.1", "10.1.0.0/16"]\n'
    )
    settings = load({}, {"TC_DATA": str(tmp_path)})
    assert settings.retention.closed == timedelta(seconds=30)
    assert settings.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


def test_calls_go_through_a_relay_where_there_is_one_and_directly_else(tmp_path: Path) -> None:
    assert load({"data": tmp_path}, {}).relays == Relays((), "", timedelta(hours=1), "all")
    both = {"TC_TURN_URLS": "turn:[::1]:3478?transport=udp, stun:talk.example.org", "TC_TURN_SECRET": "north"}
    relays = load({"data": tmp_path}, both).relays
    assert relays.urls == ("turn:[::1]:3478?transport=udp", "stun:talk.example.org")
    assert (relays.secret, relays.policy) == ("north", "relay")
    assert load({"data": tmp_path}, both | {"TC_ICE_POLICY": "all"}).relays.policy == "all"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("24h", 86_400), ("30d", 2_592_000), (" 1.5h ", 5400), ("0.5s", 0.5)],
)
def test_a_duration(text: str, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "30", "s", "-1s", "1w", "1 h 5", "1e9s", "0s", "٣s", "999999999d", "9" * 5000 + "s"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="a duration like 30s, 15m, 24h or 30d"):
        duration(text)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TC_PORT": "http"}, "TC_PORT is 'http', but should be a whole number."),
        ({"TC_PORT": "65536"}, "TC_PORT is '65536', but should be a port from 0 to 65535."),
        ({"TC_PORT": "-1"}, "TC_PORT is '-1', but should be a whole number."),
        ({"TC_MAX_FILE": "10 MB"}, "TC_MAX_FILE is '10 MB', but should be a whole number."),
        ({"TC_MAX_FILE": "9" * 5000}, "should be a whole number."),
        ({"TC_PLACE_GRACE": "soon"}, "TC_PLACE_GRACE is 'soon', but should be a duration like 30s, 15m, 24h or 30d"),
        ({"TC_PUBLIC_URL": "talk.example.org"}, "should be an address like https://talk.example.org."),
        ({"TC_PUBLIC_URL": "https://talk.example.org/#x"}, "should be an address like https://talk.example.org."),
        ({"TC_PUBLIC_URL": "https://two words"}, "should be an address like https://talk.example.org."),
        ({"TC_TRUSTED_PROXIES": "*"}, "should be addresses or networks like 10.0.0.1 or 10.0.0.0/8, by commas."),
        ({"TC_TRUSTED_PROXIES": "127.0.0.1, proxy"}, "should be addresses or networks like"),
        (
            {"TC_DATABASE_URL": "mysql://u:hush@h/n"},
            "is 'mysql://…@h/n', but should be an address like postgresql+asyncpg:",
        ),
        ({"TC_DATABASE_URL": "postgresql://h/n"}, "should be an address like postgresql+asyncpg://user@host/name."),
        ({"TC_FILES_URL": "/srv/files"}, "should be an address like s3://bucket/folder."),
        ({"TC_TURN_URLS": "talk.example.org"}, "should be addresses like turn:talk.example.org:3478, by commas."),
        ({"TC_TURN_URLS": "turn:a, http://b"}, "should be addresses like turn:talk.example.org:3478, by commas."),
        ({"TC_TURN_URLS": "turn:u@talk.example.org"}, "should be addresses like turn:talk.example.org:3478"),
        ({"TC_TURN_URLS": "turn:talk.example.org"}, "TC_TURN_SECRET go together: give both"),
        ({"TC_TURN_SECRET": "hush"}, "TC_TURN_SECRET go together: give both"),
        ({"TC_TURN_URLS": "stun:talk.example.org", "TC_TURN_SECRET": "hush"}, "go together: give both"),
        ({"TC_ICE_POLICY": "direct"}, "TC_ICE_POLICY is 'direct', but should be all or relay."),
        ({"TC_ICE_POLICY": "relay"}, "there is no relay: name one in TC_TURN_URLS"),
        ({"TC_ICE_POLICY": "relay", "TC_TURN_URLS": "stun:talk.example.org"}, "there is no relay: name one"),
        ({"TC_APPRISE_STAFF": "hush"}, "TC_APPRISE_STAFF is '…', but should be addresses in Apprise's form"),
        ({"TC_APPRISE_STAFF": "a://hush, hush"}, "TC_APPRISE_STAFF is '…', but should be addresses in Apprise's form"),
        ({"TC_NOTIFY_AFTER": "soon"}, "TC_NOTIFY_AFTER is 'soon', but should be a duration like"),
        ({"TC_RING": "0s"}, "TC_RING is '0s', but should be a duration like"),
        ({"TC_TLS_CERT": "cert.pem"}, "go together: give both or neither."),
        ({"TC_TLS_KEY": "key.pem"}, "go together: give both or neither."),
        ({"TC_TLS_CERT": "none.pem", "TC_TLS_KEY": "none.pem"}, "No such file or directory. Give the PEM files"),
        ({"TC_SECRET_KEY": "hush"}, "It should be 64 hexadecimal digits."),
        ({"TC_SECRET_KEY": "ab" * 31}, "It should be 64 hexadecimal digits."),
        ({"TC_SECRET_KEY_FILE": "/dev/null"}, "It should be 64 hexadecimal digits."),
        ({"TC_SECRET_KEY_FILE": "/proc/none/secret.key"}, "Choose another with --data."),
    ],
    ids=str,
)
def test_what_can_not_be_understood_is_named_with_what_it_should_be(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(BadSetting) as caught:
        load({"data": tmp_path / "data"}, environment)
    assert said in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"port = ", "isn't valid TOML"),
        (b"\xff\xfe", "isn't valid TOML"),
        (b"prt = 1\nhost = 'x'\n", "has settings that don't exist: prt."),
        (b"TC_PORT = 1\n", "has settings that don't exist: TC_PORT."),
        (b"[server]\nport = 1\n", "has settings that don't exist: server."),
        (b"closed_retention = 24\n", "TC_CLOSED_RETENTION is '24', but should be a duration"),
    ],
)
def test_a_file_that_can_not_be_understood(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "tc-server.toml").write_bytes(content)
    with pytest.raises(BadSetting) as caught:
        load({"data": tmp_path}, {})
    assert said in str(caught.value)


def test_a_data_folder_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(BadSetting, match=r"Choose another folder with --data\."):
        load({"data": tmp_path / "data"}, {})


def test_every_setting_has_a_name_a_default_that_reads_and_a_meaning() -> None:
    for setting in SETTINGS:
        assert setting.name == f"TC_{setting.field.upper()}"
        setting.read(setting.default)
        assert setting.help.endswith(".")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ()),
        ("ntfys://h/t", ("ntfys://h/t",)),
        ("ntfys://h/a,b, tgram://1:x/2\tjsons://h/?a=b,c", ("ntfys://h/a,b", "tgram://1:x/2", "jsons://h/?a=b,c")),
    ],
)
def test_the_teams_addresses_may_have_commas_of_their_own(home: Path, text: str, read: tuple[str, ...]) -> None:
    assert load({"data": home}, {"TC_APPRISE_STAFF": text}).team == read

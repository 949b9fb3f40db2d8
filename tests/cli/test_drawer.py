"""What is typed and unsent outlives the program, and nobody else can read it."""

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import msgspec
import pytest

from tc_cli.client import paths, profile
from tc_cli.client.drawer import Drawer, Unsent
from tc_server.wire.bodies import Session
from tests.cli.conftest import ADMIN, Tc
from tests.cli.test_profile import Faithful
from tests.serving import PASSWORD, Server

HERE = "https://connect.example.org"
USER = "019a9c00-0000-7000-8000-00000000aaaa"
S = "019a9c00-0000-7000-8000-00000000abcd"
T = "019a9c00-0000-7000-8000-00000000dcba"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def unsent(client_id: str = "client-1", text: str = "are you there?", session_id: str = S, **more: object) -> Unsent:
    return Unsent(client_id=client_id, session_id=session_id, text=text, at=NOON, **more)  # type: ignore[arg-type]


def session(**changes: object) -> Session:
    made = Session(
        session_id=S,
        state="active",
        kind="remote",
        name="Amal",
        role="service-user",
        language="ar",
        online=True,
        waiting_since=None,
        told_until=None,
        created_at=NOON,
        started_at=NOON,
        closed_at=None,
        expires_at=NOON,
        closes_at=None,
        closes_soon=False,
        erase_at=None,
        last_activity_at=NOON,
        last_seq=3,
        staff_read_seq=3,
        unread=0,
        note=None,
        people=[],
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def drawer() -> Drawer:
    return Drawer.open(HERE, USER)


def reopened(user: str = USER) -> Drawer:
    return Drawer.open(HERE, user)


def files() -> list[Path]:
    return sorted(paths.drawers().iterdir())


def test_a_draft_outlives_the_program(drawer: Drawer) -> None:
    drawer.keep_draft(S, "I will look into")
    drawer.save()
    assert reopened().draft(S) == "I will look into"
    assert reopened().draft(T) == ""


def test_what_is_unsent_comes_back_in_order_with_its_files(drawer: Drawer) -> None:
    kept = [unsent(), unsent("client-2", "", path=Path("/tmp/leaflet.pdf")), unsent("client-3", "bye", refused="Over.")]
    for one in kept:
        drawer.put(one)
    drawer.save()
    assert reopened().unsent(S) == tuple(kept)


def test_who_it_is_for_is_known_without_a_network(drawer: Drawer) -> None:
    drawer.know(session())
    drawer.know(session(session_id=T))
    drawer.keep_draft(S, "Dear")
    drawer.save()
    assert reopened().sessions() == {S: session()}


def test_a_message_is_replaced_in_its_place_and_taken_out_once(drawer: Drawer) -> None:
    drawer.put(unsent("client-1"))
    drawer.put(unsent("client-2"))
    drawer.put(unsent("client-1", refused="Over."))
    assert [one.client_id for one in drawer.unsent(S)] == ["client-1", "client-2"]
    assert drawer.take(S, "client-1") == unsent("client-1", refused="Over.")
    assert drawer.take(S, "client-1") is None
    assert drawer.take(T, "client-2") is None


def test_nothing_is_on_disk_before_it_is_saved(drawer: Drawer) -> None:
    drawer.put(unsent())
    assert not paths.drawers().exists()


def test_an_empty_drawer_leaves_no_file(drawer: Drawer) -> None:
    drawer.put(unsent())
    drawer.save()
    drawer.take(S, "client-1")
    drawer.save()
    assert files() == []


def test_saving_the_same_again_writes_nothing(drawer: Drawer) -> None:
    drawer.put(unsent())
    drawer.save()
    before = files()[0].read_bytes()
    drawer.save()
    assert files()[0].read_bytes() == before


def test_the_file_says_nothing_and_is_for_its_owner_alone(drawer: Drawer) -> None:
    drawer.know(session())
    drawer.put(unsent())
    drawer.save()
    (file,) = files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any(word in file.read_bytes() for word in (b"there", b"Amal", S.encode()))
    assert not any(word in file.name for word in ("example", USER))
    (key,) = paths.tokens().iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_each_account_has_its_own(drawer: Drawer) -> None:
    drawer.put(unsent())
    drawer.save()
    assert reopened("another").sessions() == {}
    assert Drawer.open("https://elsewhere.example.org", USER).sessions() == {}


def test_one_accounts_file_does_not_open_under_anothers_name(drawer: Drawer) -> None:
    drawer.put(unsent())
    drawer.save()
    other = Drawer.open(HERE, "another")
    other.put(unsent())
    other.save()
    mine, theirs = drawer._path, other._path
    theirs.write_bytes(mine.read_bytes())
    assert reopened("another").sessions() == {}


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 100])
def test_what_is_damaged_is_put_aside(drawer: Drawer, content: bytes) -> None:
    drawer.put(unsent())
    drawer.save()
    (file,) = files()
    file.write_bytes(content)
    fresh = reopened()
    assert fresh.sessions() == {}
    assert [one.name for one in files()] == [f"{file.name}.damaged"]
    fresh.put(unsent())
    fresh.save()
    assert reopened().unsent(S) == (unsent(),)


@pytest.mark.parametrize("key", [None, b"", b"not a key", b"\xff\xfe", b"A" * 43 + b"="])
def test_a_key_that_is_lost_or_wrong_begins_a_new_drawer(drawer: Drawer, key: bytes | None) -> None:
    drawer.put(unsent())
    drawer.save()
    (kept,) = paths.tokens().iterdir()
    if key is None:
        kept.unlink()
    else:
        kept.write_bytes(key)
    fresh = reopened()
    assert fresh.sessions() == {}
    fresh.put(unsent())
    fresh.save()
    assert reopened().unsent(S) == (unsent(),)


def test_a_forgotten_session_is_gone(drawer: Drawer) -> None:
    drawer.put(unsent())
    drawer.keep_draft(T, "Dear")
    drawer.forget(S)
    assert drawer.sessions().keys() == {T}
    drawer.keep_only([])
    drawer.save()
    assert drawer.sessions() == {}


def test_a_session_erased_while_nobody_looked_is_not_opened_again(drawer: Drawer) -> None:
    drawer.know(session(state="closed", erase_at=datetime.now(UTC) - timedelta(minutes=1)))
    drawer.put(unsent())
    drawer.save()
    assert reopened().sessions() == {}


def test_typing_goes_on_while_it_is_saved(drawer: Drawer) -> None:
    def save_often() -> None:
        for _ in range(20):
            drawer.save()

    saving = threading.Thread(target=save_often)
    saving.start()
    for number in range(500):
        drawer.put(unsent(f"client-{number}"))
    saving.join()
    drawer.save()
    assert len(reopened().unsent(S)) == 500


def test_the_key_is_in_a_keyring_that_works(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus")
    monkeypatch.setenv("DISPLAY", ":0")
    backend = Faithful()
    keyring.set_keyring(backend)
    drawer.put(unsent())
    drawer.save()
    assert len(backend.kept) == 1
    assert list(paths.tokens().glob("*")) == []
    assert reopened().unsent(S) == (unsent(),)
    drawer.remove()
    assert backend.kept == {}


def test_logging_out_empties_the_drawer_and_says_so(tc: Tc, server: Server) -> None:
    tc("login", "--server", server.url, "--user", ADMIN, "--password-stdin", stdin=f"{PASSWORD}\n")
    account = profile.user_id()
    assert account is not None
    drawer = Drawer.open(server.url, account)
    drawer.put(unsent())
    drawer.put(unsent("client-2"))
    drawer.keep_draft(T, "Dear")
    drawer.save()
    said = tc("logout")
    assert said.code == 0
    assert "2 unsent messages and 1 draft dropped" in said.err
    assert files() == []
    assert list(paths.tokens().iterdir()) == []

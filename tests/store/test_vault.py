"""Keys and sealing."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tc_server.store import sessions
from tc_server.store.engine import Store
from tc_server.store.vault import LostKey, SessionKey, Vault, hash_token, load_secret, parse_secret
from tests.databases import SECRET, Database
from tests.store.filled import add_session

KEY = SessionKey("s1", b"k" * 32)


def test_what_is_sealed_opens_under_its_label() -> None:
    assert KEY.open("note", KEY.seal("note", {"a": [1, "ሰላም"]}), dict) == {"a": [1, "ሰላም"]}
    assert len(KEY.seal_bytes("note", b"12345")) == 5 + 28


def test_the_same_is_never_sealed_twice_alike() -> None:
    assert KEY.seal("note", "x") != KEY.seal("note", "x")


@pytest.mark.parametrize(
    ("opener", "label"),
    [
        (SessionKey("s1", b"k" * 32), "other"),
        (SessionKey("s2", b"k" * 32), "note"),
        (SessionKey("s1", b"x" * 32), "note"),
    ],
    ids=["at another place", "in another session", "with another key"],
)
def test_what_is_sealed_does_not_open(opener: SessionKey, label: str) -> None:
    with pytest.raises(LostKey):
        opener.open_bytes(label, KEY.seal_bytes("note", b"x"))


@pytest.mark.parametrize("cut", [0, 5, 12, 20, -1])
def test_what_is_damaged_does_not_open(cut: int) -> None:
    with pytest.raises(LostKey):
        KEY.open_bytes("note", KEY.seal_bytes("note", b"some text")[:cut])


async def test_a_key_outlives_the_server(database: Database, store: Store) -> None:
    session_id = (await add_session(store)).session_id
    async with store.read() as tx:
        sealed = (await tx.key(session_id)).seal("note", "x")
    again = Store(database.url, Vault(SECRET))
    async with again.read() as tx:
        assert (await tx.key(session_id)).open("note", sealed, str) == "x"
        assert await tx.vault.opens_any(tx.conn)
    await again.close()


async def test_another_secret_opens_nothing(database: Database, store: Store) -> None:
    session_id = (await add_session(store)).session_id
    stranger = Store(database.url, Vault(b"another secret of thirty-two byt"))
    async with stranger.read() as tx:
        assert not await tx.vault.opens_any(tx.conn)
        with pytest.raises(LostKey):
            await tx.key(session_id)
    await stranger.close()


async def test_where_there_is_no_key_yet_any_secret_will_do(store: Store) -> None:
    async with store.read() as tx:
        assert await tx.vault.opens_any(tx.conn)


async def test_a_destroyed_key_is_gone_also_from_memory(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    async with store.write() as tx:
        assert await tx.keys([session_id])
        await tx.vault.destroy(tx.conn, session_id)
        with pytest.raises(LostKey):
            await tx.keys([session_id])


async def test_a_wrapped_key_holds_no_key_in_clear_and_is_bound_to_its_session(store: Store) -> None:
    first, second = [(await add_session(store)).session_id for _ in range(2)]
    async with store.write() as tx:
        wrapped = sa.text("SELECT wrapped FROM vault.session_keys WHERE session_id = :id")
        mine = (await tx.conn.execute(wrapped, {"id": first})).scalar_one()
        await tx.conn.execute(
            sa.text("UPDATE vault.session_keys SET wrapped = :w WHERE session_id = :id"), {"w": mine, "id": second}
        )
        tx.vault.forget(second)
        with pytest.raises(LostKey):
            await tx.key(second)


async def test_sessions_without_keys_and_keys_without_sessions_are_found(store: Store) -> None:
    whole, keyless, orphan = [(await add_session(store)).session_id for _ in range(3)]
    async with store.write() as tx:
        await tx.vault.destroy(tx.conn, keyless)
        await sessions.delete(tx, orphan)
        assert await tx.vault.lost(tx.conn) == [keyless]
        await tx.vault.drop_orphans(tx.conn)
        left = (await tx.conn.execute(sa.text("SELECT session_id FROM vault.session_keys"))).scalars()
        assert list(left) == [whole]


def test_hashes_differ_by_kind_by_value_and_by_server() -> None:
    vault, other = Vault(SECRET), Vault(b"x" * 32)
    hashes = {
        vault.lookup_hash("phone", "+41446681800"),
        vault.lookup_hash("email", "+41446681800"),
        vault.lookup_hash("phone", "+41446681801"),
        other.lookup_hash("phone", "+41446681800"),
    }
    assert len(hashes) == 4
    assert {len(value) for value in (*hashes, hash_token("x"))} == {32}


def test_a_receipt_is_signed_by_this_server_alone() -> None:
    assert Vault(SECRET).sign_receipt(b"x") == Vault(SECRET).sign_receipt(b"x")
    assert Vault(SECRET).sign_receipt(b"x") != Vault(b"x" * 32).sign_receipt(b"x")


def test_the_secret_is_made_once_and_for_the_server_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret.key"
    secret = load_secret(path)
    assert len(secret) == 32
    assert load_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 31, "00" * 33])
def test_what_is_no_secret_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text(text)
    with pytest.raises(ValueError, match=r"hexadecimal|32 bytes"):
        load_secret(tmp_path / "secret.key")
    with pytest.raises(ValueError, match=r"hexadecimal|32 bytes"):
        parse_secret(text)

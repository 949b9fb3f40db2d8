"""Files in chat: rows and bytes."""

import shutil
from pathlib import Path

import pytest

from tc_server.domain.errors import Unavailable
from tc_server.store import files
from tc_server.store.engine import Store
from tc_server.store.files import Blobs
from tests.domain.made import at
from tests.store.filled import add_session


async def add_file(store: Store, name: str, session_id: str, seq: int | None = None, minute: int = 0) -> None:
    async with store.write() as tx:
        await files.add_pending(tx, name, session_id, "p1", "client-" + name, 100, at(minute))
        if seq:
            await files.set_present(tx, name, seq)


async def test_a_file_is_there_once_its_bytes_are(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    await add_file(store, "f1", session_id)
    async with store.write() as tx:
        assert await files.entry_of(tx, session_id, "f1") is None
        await files.set_present(tx, "f1", 7)
        assert await files.entry_of(tx, session_id, "f1") == 7
        assert await files.entry_of(tx, "another", "f1") is None


async def test_pending_files_are_counted_nowhere_and_listed_for_erasure(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    await add_file(store, "f1", session_id)
    await add_file(store, "f2", session_id, seq=1)
    async with store.read() as tx:
        assert await files.count(tx, session_id) == (1, 100)
        assert await files.count(tx) == (1, 100)
        assert await files.count(tx, "none") == (0, 0)
        assert set(await files.ids_of(tx, session_id)) == await files.all_ids(tx) == {"f1", "f2"}


async def test_what_stayed_pending_is_swept(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    await add_file(store, "old", session_id, minute=1)
    await add_file(store, "new", session_id, minute=5)
    await add_file(store, "there", session_id, seq=1, minute=1)
    async with store.write() as tx:
        assert await files.drop_pending(tx, at(5)) == ["old"]
        assert await files.all_ids(tx) == {"new", "there"}


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(f"file://{tmp_path / 'files'}")


async def test_bytes_are_given_back(blobs: Blobs) -> None:
    await blobs.put("f1", b"\x00sealed")
    assert await blobs.get("f1") == b"\x00sealed"
    assert await blobs.get("f2") is None
    assert await blobs.ids() == {"f1"}


async def test_deleting_what_is_not_there_is_fine(blobs: Blobs, tmp_path: Path) -> None:
    await blobs.put("f1", b"sealed")
    await blobs.delete(["f2", "f1", "f1"])
    assert await blobs.ids() == set()
    assert list((tmp_path / "files").iterdir()) == []


async def test_a_check_leaves_nothing_behind(blobs: Blobs) -> None:
    await blobs.check()
    assert await blobs.ids() == set()


async def test_the_folder_is_for_the_server_alone(blobs: Blobs, tmp_path: Path) -> None:
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0


async def test_a_folder_that_is_gone_is_unavailable(blobs: Blobs, tmp_path: Path) -> None:
    await blobs.put("f1", b"sealed")
    shutil.rmtree(tmp_path / "files")
    (tmp_path / "files").touch()
    with pytest.raises(Unavailable):
        await blobs.put("f1", b"sealed")

"""Files in chat: taken in once, sealed, shown to whom it may concern."""

import asyncio

import pytest

from tc_server.domain.errors import ClientIdTaken, Erased, FileSize, FileType, NotFound, SessionEnded
from tc_server.domain.people import Staff, Viewer
from tc_server.domain.session import Verb
from tc_server.services import erasing, files, health, invites
from tc_server.store.journal import Said
from tests.databases import Database
from tests.services.clinic import Clinic, Clock, invitation, open_clinic

PDF = b"%PDF-1.4\nI can be read by nobody else\nstartxref\n9\n%%EOF\n"


async def put(clinic: Clinic, viewer: Viewer, session_id: str, client_id: str = "file-one", data: bytes = PDF) -> Said:
    return await files.put(clinic.ctx, viewer, session_id, client_id, data, "application/pdf", "../my letter.pdf")


async def test_a_file_is_a_message_and_given_out_again(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    said = await put(clinic, guest, guest.session_id)
    assert said.entry.file
    assert (said.entry.kind, said.entry.file.name, said.entry.file.size) == ("file", "my letter.pdf", len(PDF))
    for viewer in (guest, lena):
        assert await files.get(clinic.ctx, viewer, guest.session_id, said.entry.file.file_id) == (said.entry.file, PDF)


async def test_its_bytes_are_sealed(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await put(clinic, guest, guest.session_id)
    [file_id] = await clinic.ctx.blobs.ids()
    assert b"read by nobody" not in (await clinic.ctx.blobs.get(file_id) or b"")


async def test_sending_it_again_changes_nothing(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    first = await put(clinic, guest, guest.session_id)
    again = await put(clinic, guest, guest.session_id)
    assert (again.repeated, again.entry) == (True, first.entry)
    assert len(await clinic.ctx.blobs.ids()) == 1


async def test_sending_it_twice_at_once_makes_one_message(clinic: Clinic, elsewhere: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    both = await asyncio.gather(*(put(c, guest, guest.session_id) for c in [clinic, elsewhere] * 2))
    assert len({said.entry.seq for said in both}) == 1
    assert await clinic.log(lena, guest.session_id) == ["joined", "file"]
    await clinic.later(hours=2)
    assert len(await clinic.ctx.blobs.ids()) == 1


async def test_a_client_id_of_a_text_is_taken(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.say(guest, guest.session_id, "hello", "file-one")
    with pytest.raises(ClientIdTaken):
        await put(clinic, guest, guest.session_id)


async def test_a_refused_file_leaves_nothing(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    with pytest.raises(FileType):
        await put(clinic, guest, guest.session_id, data=b"MZ not what it says")
    with pytest.raises(FileSize, match="10 MB"):
        await put(clinic, guest, guest.session_id, data=bytes(10_000_001))
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    with pytest.raises(SessionEnded):
        await put(clinic, guest, guest.session_id)
    assert await clinic.ctx.blobs.ids() == set()
    assert await clinic.log(lena, guest.session_id) == ["joined", "closed"]


async def test_a_file_that_arrives_after_the_end_is_not_kept(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    keep = clinic.ctx.blobs.put

    async def keep_slowly(file_id: str, sealed: bytes) -> None:
        await clinic.move(lena, guest.session_id, Verb.CLOSE)
        await erasing.erase(clinic.ctx, lena, guest.session_id)
        await keep(file_id, sealed)

    clinic.ctx.blobs.put = keep_slowly  # type: ignore[method-assign]
    with pytest.raises(Erased):
        await put(clinic, guest, guest.session_id)
    assert await clinic.ctx.blobs.ids() == set()


async def test_strangers_and_those_who_came_later_do_not_get_it(clinic: Clinic, lena: Staff) -> None:
    guest, stranger, ida = await clinic.wait(lena), await clinic.wait(lena), await clinic.hire("Ida")
    file = (await put(clinic, guest, guest.session_id)).entry.file
    assert file
    added = await invites.add_person(clinic.ctx, lena, guest.session_id, invitation("Yusuf", role="relative"), None)
    for viewer in (stranger, ida, await clinic.join(added)):
        with pytest.raises(NotFound):
            await files.get(clinic.ctx, viewer, guest.session_id, file.file_id)
    with pytest.raises(NotFound):
        await files.get(clinic.ctx, guest, guest.session_id, "none")


async def test_health_says_what_can_be_reached(clinic: Clinic) -> None:
    assert await health.check(clinic.ctx) == {"database": "ok", "files": "ok"}


async def test_health_says_what_cannot_be_reached(sqlite_database: Database, clock: Clock) -> None:
    async with open_clinic(sqlite_database, clock) as clinic:
        (sqlite_database.folder / "files").rmdir()
        (sqlite_database.folder / "files").touch()
        assert (await health.check(clinic.ctx))["files"] != "ok"

"""Erasure: at once or by time, again and again, and after a kill at any point."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from tc_server.delivery.providers.folder import Folder
from tc_server.domain.delivery import Outcome, Result
from tc_server.domain.errors import Erased, IllegalMove, LinkUnknown, NotFound, NotLoggedIn
from tc_server.domain.people import Guest, Staff
from tc_server.domain.retention import Receipt
from tc_server.domain.session import Verb
from tc_server.services import accounts, calls, erasing, files, housekeeping, invites, joining, sending, stats, views
from tc_server.services.events import CutOff, QueueChanged, SessionErased
from tc_server.services.sending import Ended
from tc_server.store import people
from tc_server.store.tables import metadata
from tests.databases import Database
from tests.services.clinic import PHONE, Clinic, Clock, open_clinic

PDF = b"%PDF-1.4\n" + b"x" * 100 + b"\nstartxref\n9\n%%EOF\n"


async def whole_story(clinic: Clinic, lena: Staff) -> Guest:
    """Fill a session with everything that there is, and close it."""
    invite = await clinic.invite(lena, via="sms", phone=PHONE, key="k1", note="a note")
    for text in await clinic.send_all(Outcome(Result.ACCEPTED, reply="kept for amina")):
        await Folder(_outbox(clinic)).send(text)
    guest = await clinic.join(invite)
    await clinic.say(guest, guest.session_id)
    await files.put(clinic.ctx, guest, guest.session_id, "file-one", PDF, "application/pdf", "letter.pdf")
    await clinic.move(lena, guest.session_id, Verb.START)
    await clinic.call(lena, guest.session_id)
    await calls.accept(clinic.ctx, guest, guest.session_id, "audio")
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    return guest


def _outbox(clinic: Clinic) -> Path:
    return clinic.folder / "outbox"


async def rows_of(clinic: Clinic, session_id: str) -> dict[str, int]:
    """Count what is left of a session in every table that knows sessions."""
    found = {}
    async with clinic.ctx.store.read() as tx:
        for table in metadata.sorted_tables:
            if "session_id" in table.c:
                query = sa.select(sa.func.count()).select_from(table).where(table.c.session_id == session_id)
                found[table.name] = (await tx.conn.execute(query)).scalar_one()
    return {name: count for name, count in found.items() if count}


async def is_gone(clinic: Clinic, guest: Guest) -> bool:
    """Tell whether nothing but the receipt is left: no row, no key, no file, no text."""
    left = await rows_of(clinic, guest.session_id), await clinic.ctx.blobs.ids(), list(_outbox(clinic).iterdir())
    return left == ({"receipts": 1}, set(), [])


async def test_erasing_leaves_a_receipt_and_nothing_else(clinic: Clinic, lena: Staff) -> None:
    guest = await whole_story(clinic, lena)
    assert len(await rows_of(clinic, guest.session_id)) == 11
    receipt = await erasing.erase(clinic.ctx, lena, guest.session_id)
    assert await is_gone(clinic, guest)
    counts = {"messages": 2, "files": 1, "file_bytes": len(PDF), "people": 1, "deliveries": 1, "calls": 1}
    assert (receipt.owner_id, receipt.erased_at, receipt.counts) == (lena.account_id, clinic.clock(), counts)


async def test_erasing_again_is_the_same(clinic: Clinic, lena: Staff) -> None:
    guest = await whole_story(clinic, lena)
    first = await erasing.erase(clinic.ctx, lena, guest.session_id)
    clinic.clock.forward(hours=1)
    assert await erasing.erase(clinic.ctx, lena, guest.session_id) == first
    assert await erasing.erase_now(clinic.ctx, guest.session_id) == first


async def test_erasing_twice_at_once_gives_one_receipt(clinic: Clinic, elsewhere: Clinic, lena: Staff) -> None:
    guest = await whole_story(clinic, lena)
    both = [erasing.erase(c.ctx, lena, guest.session_id) for c in (clinic, elsewhere)]
    first, second = await asyncio.gather(*both)
    assert first == second
    assert await is_gone(clinic, guest)


@pytest.mark.parametrize("verbs", [[], [Verb.START], [Verb.START, Verb.KEEP_OPEN]])
async def test_what_is_not_over_is_not_erased(clinic: Clinic, lena: Staff, verbs: list[Verb]) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, *verbs)
    with pytest.raises(IllegalMove):
        await erasing.erase(clinic.ctx, lena, guest.session_id)
    assert await clinic.log(lena, guest.session_id)


async def test_a_cancelled_session_can_be_erased_at_once(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    await invites.revoke(clinic.ctx, lena, invite.invite.invite_id)
    assert (await erasing.erase(clinic.ctx, lena, invite.session.session_id)).counts["people"] == 1


async def test_only_its_owner_erases_a_session(clinic: Clinic, lena: Staff) -> None:
    omar = await clinic.hire("Omar", "admin")
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    with pytest.raises(NotFound):
        await erasing.erase(clinic.ctx, omar, guest.session_id)


async def test_to_its_owner_it_is_erased_and_to_all_others_it_never_was(clinic: Clinic, lena: Staff) -> None:
    omar = await clinic.hire("Omar", "admin")
    guest = await whole_story(clinic, lena)
    receipt = await erasing.erase(clinic.ctx, lena, guest.session_id)
    assert await views.session_of(clinic.ctx, lena, guest.session_id) == receipt
    with pytest.raises(Erased):
        await clinic.log(lena, guest.session_id)
    for stranger in (omar, guest):
        with pytest.raises(NotFound):
            await views.session_of(clinic.ctx, stranger, guest.session_id)
        with pytest.raises(NotFound):
            await clinic.log(stranger, guest.session_id)


async def test_an_erased_link_and_a_wrong_one_look_the_same(clinic: Clinic, lena: Staff) -> None:
    invite = await clinic.invite(lena)
    token = (await joining.join(clinic.ctx, invite.invite.token, True, None)).token
    await clinic.move(lena, invite.session.session_id, Verb.CLOSE)
    await erasing.erase(clinic.ctx, lena, invite.session.session_id)
    with pytest.raises(LinkUnknown):
        await clinic.join(invite)
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)


async def test_erasure_is_announced_and_cuts_everybody_off(clinic: Clinic, lena: Staff) -> None:
    guest = await whole_story(clinic, lena)
    clinic.ear.events.clear()
    receipt = await erasing.erase(clinic.ctx, lena, guest.session_id)
    expected = [SessionErased(receipt), CutOff(guest.participant_id), QueueChanged(lena.account_id)]
    assert clinic.ear.events == expected


async def test_the_statistics_still_count_what_was_erased(clinic: Clinic, lena: Staff) -> None:
    first, second = await whole_story(clinic, lena), await clinic.wait(lena)
    await erasing.erase(clinic.ctx, lena, first.session_id)
    counted = await stats.gather(clinic.ctx)
    assert (counted.sessions, counted.messages, counted.users) == ({"waiting": 1}, 0, 1)
    assert counted.erased == {
        "sessions": 1,
        "messages": 2,
        "files": 1,
        "file_bytes": len(PDF),
        "people": 1,
        "deliveries": 1,
        "calls": 1,
    }
    assert second.session_id in await clinic.queue(lena)


async def test_a_receipt_holds_nothing_personal(clinic: Clinic, lena: Staff) -> None:
    guest = await whole_story(clinic, lena)
    receipt: Receipt = await erasing.erase(clinic.ctx, lena, guest.session_id)
    assert set(receipt.counts) == {"messages", "files", "file_bytes", "people", "deliveries", "calls"}
    assert len(receipt.receipt) == 64


async def test_a_session_between_the_steps_of_its_erasure_has_nothing_to_announce(clinic: Clinic, lena: Staff) -> None:
    """What changed last may be gathered while it goes: that must not bring the hub down, and the server with it."""
    guest = await whole_story(clinic, lena)
    assert await views.for_announcement(clinic.ctx, guest.session_id)
    async with clinic.ctx.store.write() as tx:
        await tx.vault.destroy(tx.conn, guest.session_id)
    assert await views.for_announcement(clinic.ctx, guest.session_id) is None


@pytest.mark.parametrize("step", ["files removed", "key destroyed", "rows deleted, key kept", "rows deleted"])
async def test_a_kill_between_any_two_steps_is_made_good_at_the_next_start(
    clinic: Clinic, lena: Staff, step: str
) -> None:
    guest = await whole_story(clinic, lena)
    ctx = clinic.ctx
    # On disk the two stores commit one after the other, so that a kill can leave either one behind.
    if step == "files removed":
        await ctx.blobs.delete(await ctx.blobs.ids())
    if step == "key destroyed":
        async with ctx.store.write() as tx:
            await tx.vault.destroy(tx.conn, guest.session_id)
    if step.startswith("rows deleted"):
        await erasing.erase_now(ctx, guest.session_id)
    if step.endswith("key kept"):
        async with ctx.store.write() as tx:
            await tx.vault.create(tx.conn, guest.session_id)
    clinic.clock.forward(days=1)
    await housekeeping.begin(ctx)
    assert await is_gone(clinic, guest)


async def test_a_failure_while_erasing_leaves_it_to_be_done_again(clinic: Clinic, lena: Staff) -> None:
    guest = await whole_story(clinic, lena)
    [text] = _outbox(clinic).iterdir()
    content = text.read_text()
    text.unlink()
    text.mkdir()
    await clinic.later(days=1)
    assert (await rows_of(clinic, guest.session_id))["session_keys"] == 1
    text.rmdir()
    text.write_text(content)
    await clinic.later(minutes=1)
    assert await is_gone(clinic, guest)


async def test_a_text_that_is_being_delivered_while_its_session_is_erased_is_removed_too(
    clinic: Clinic, elsewhere: Clinic, lena: Staff
) -> None:
    guest = await clinic.join(await clinic.invite(lena, via="sms", phone=PHONE))
    [errand], _ = await sending.turn(elsewhere.ctx, "folder", [], 1)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    await erasing.erase(clinic.ctx, lena, guest.session_id)
    folder = Folder(_outbox(clinic))
    outcome = await folder.send(errand.message)
    _, erased = await sending.turn(elsewhere.ctx, "folder", [Ended(errand.attempt, outcome)], 0)
    assert erased == [errand.message.delivery_id]
    elsewhere.ctx.forget_delivered(erased[0])
    assert await is_gone(clinic, guest)


async def test_after_erasure_no_byte_on_disk_holds_a_key_or_a_sealed_row(
    sqlite_database: Database, clock: Clock
) -> None:
    async with open_clinic(sqlite_database, clock) as clinic:
        lena = await clinic.hire()
        kept, guest = await clinic.wait(lena), await whole_story(clinic, lena)
        secrets = await _sealed(clinic, guest.session_id)
        assert len(secrets) == 11
        on_disk = _every_byte(clinic.folder)
        assert all(secret in on_disk for secret in secrets)
        await erasing.erase(clinic.ctx, lena, guest.session_id)
        on_disk = _every_byte(clinic.folder)
        assert [secret for secret in secrets if secret in on_disk] == []
        assert await clinic.log(kept, kept.session_id) == ["joined"]


async def _sealed(clinic: Clinic, session_id: str) -> list[bytes]:
    found: list[bytes] = []
    async with clinic.ctx.store.read() as tx:
        for table in metadata.sorted_tables:
            for name in ("sealed", "wrapped"):
                if name in table.c and "session_id" in table.c:
                    query = sa.select(table.c[name]).where(table.c.session_id == session_id)
                    found += (await tx.conn.execute(query)).scalars()
        assert await people.ids_of(tx, session_id)
    return [blob for blob in found if len(blob) < 500]


def _every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

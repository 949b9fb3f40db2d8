"""What time asks for, and what a start asks for."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tc_server.domain.errors import Erased, NotFound, NotLoggedIn
from tc_server.domain.people import Guest, Staff
from tc_server.domain.session import State, Verb
from tc_server.services import accounts, housekeeping, invites, views
from tc_server.services.events import SessionChanged
from tc_server.services.housekeeping import WrongSecret
from tc_server.store import files, messages, receipts
from tests.databases import Database
from tests.domain.made import at
from tests.services.clinic import Clinic, Clock, open_clinic


async def test_an_invite_that_nobody_took_up_expires(clinic: Clinic, lena: Staff) -> None:
    session_id = (await clinic.invite(lena)).session.session_id
    await clinic.later(days=6, hours=23)
    assert (await clinic.session(session_id)).state is State.INVITED
    await clinic.later(hours=1)
    assert (await clinic.session(session_id)).state is State.CANCELLED


@pytest.mark.parametrize("verbs", [[], [Verb.START], [Verb.START, Verb.KEEP_OPEN]])
async def test_an_idle_session_is_announced_three_days_ahead_and_then_closed(
    clinic: Clinic, lena: Staff, verbs: list[Verb]
) -> None:
    guest = await clinic.wait(lena)
    await clinic.say(guest, guest.session_id)
    await clinic.move(lena, guest.session_id, *verbs)
    await clinic.later(days=26, hours=23)
    assert (await clinic.session(guest.session_id)).warned_at is None
    clinic.ear.events.clear()
    await clinic.later(hours=1)
    assert (await clinic.session(guest.session_id)).warned_at == clinic.clock()
    assert SessionChanged(guest.session_id, lena.account_id) in clinic.ear.events
    await clinic.later(days=2, hours=23)
    assert (await clinic.session(guest.session_id)).state is not State.CLOSED
    await clinic.later(hours=1)
    assert (await clinic.session(guest.session_id)).state is State.CLOSED
    assert (await clinic.log(lena, guest.session_id))[-1] == "closed"


async def test_a_word_starts_the_thirty_days_anew(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START)
    await clinic.later(days=28)
    await clinic.say(guest, guest.session_id)
    assert (await clinic.session(guest.session_id)).warned_at is None
    await clinic.later(days=3)
    assert (await clinic.session(guest.session_id)).state is State.ACTIVE


async def test_what_was_closed_is_erased_a_day_later(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.CLOSE)
    await clinic.later(hours=23, minutes=59)
    assert (await clinic.session(guest.session_id)).state is State.CLOSED
    await clinic.later(minutes=1)
    with pytest.raises(Erased):
        await clinic.log(lena, guest.session_id)


async def test_time_alone_brings_everything_to_its_end(clinic: Clinic, lena: Staff) -> None:
    invited = (await clinic.invite(lena)).session.session_id
    waiting, active, opened, closed = [await clinic.wait(lena) for _ in range(4)]
    await clinic.say(waiting, waiting.session_id)
    await clinic.move(lena, active.session_id, Verb.START)
    await clinic.move(lena, opened.session_id, Verb.START, Verb.KEEP_OPEN)
    await clinic.move(lena, closed.session_id, Verb.CLOSE)
    everybody = {invited, *(guest.session_id for guest in (waiting, active, opened, closed))}
    for _ in range(40):
        await clinic.later(days=1)
    assert await views.sessions_of(clinic.ctx, lena, [], None, 10) == []
    assert {r.session_id for r in await views.receipts_of(clinic.ctx, lena, None, 10)} == everybody


async def test_a_server_that_was_down_catches_up_at_its_start(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.move(lena, guest.session_id, Verb.START)
    await housekeeping.begin(clinic.ctx)
    clinic.clock.forward(days=60)
    await housekeeping.begin(clinic.ctx)
    assert (await clinic.session(guest.session_id)).state is State.CLOSED
    clinic.clock.forward(days=60)
    await housekeeping.begin(clinic.ctx)
    assert len(await views.receipts_of(clinic.ctx, lena, None, 10)) == 1


async def test_time_in_which_the_server_was_down_counts_for_nobody_as_away(clinic: Clinic, lena: Staff) -> None:
    away, online = await clinic.wait(lena), await clinic.wait(lena, online=True)
    await clinic.later(minutes=9)
    clinic.clock.forward(hours=5)
    await housekeeping.begin(clinic.ctx)
    assert await clinic.queue(lena) == [away.session_id, online.session_id]
    await clinic.later(minutes=20)
    assert await clinic.queue(lena) == [online.session_id]
    await clinic.later(minutes=10)
    assert await clinic.queue(lena) == []


async def test_after_a_start_nobody_is_online_until_they_are_back(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena, online=True)
    await housekeeping.begin(clinic.ctx)
    assert [entry.online for entry in await views.queue_of(clinic.ctx, lena.account_id)] == [False]
    await clinic.online(guest)
    assert [entry.online for entry in await views.queue_of(clinic.ctx, lena.account_id)] == [True]


async def test_expired_logins_are_swept(clinic: Clinic) -> None:
    await accounts.add(clinic.ctx, "Ida", "staff", "a long enough one")
    _, _, token = await accounts.login(clinic.ctx, "Ida", "a long enough one")
    await clinic.later(days=31)
    clinic.clock.time -= timedelta(days=31)
    with pytest.raises(NotLoggedIn):
        await accounts.authenticate(clinic.ctx, token)


async def add_pending_file(clinic: Clinic, guest: Guest, name: str) -> None:
    async with clinic.ctx.store.write() as tx:
        await files.add_pending(tx, name, guest.session_id, guest.participant_id, "c-" + name, 3, clinic.clock())
    await clinic.ctx.blobs.put(name, b"abc")


async def test_files_that_a_kill_left_half_way_are_swept_at_the_start(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await add_pending_file(clinic, guest, "pending")
    await clinic.ctx.blobs.put("without-row", b"abc")
    clinic.clock.forward(hours=2)
    await housekeeping.begin(clinic.ctx)
    assert await clinic.ctx.blobs.ids() == set()


async def test_a_file_that_never_came_is_swept_after_an_hour(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await add_pending_file(clinic, guest, "pending")
    await clinic.later(minutes=59)
    assert await clinic.ctx.blobs.ids() == {"pending"}
    await clinic.later(minutes=2)
    assert await clinic.ctx.blobs.ids() == set()


async def test_a_server_with_another_secret_does_not_start(database: Database, clinic: Clinic, lena: Staff) -> None:
    await clinic.invite(lena)
    async with open_clinic(database, clinic.clock, secret_key="ab" * 32) as stranger:
        with pytest.raises(WrongSecret):
            await housekeeping.begin(stranger.ctx)
    await housekeeping.begin(clinic.ctx)
    assert len(await invites.listed(clinic.ctx, lena, [], None, 10)) == 1


async def test_sessions_that_have_lost_their_keys_are_erased_at_the_start(clinic: Clinic, lena: Staff) -> None:
    whole, keyless = await clinic.wait(lena), await clinic.wait(lena)
    async with clinic.ctx.store.write() as tx:
        await tx.vault.destroy(tx.conn, keyless.session_id)
    await housekeeping.begin(clinic.ctx)
    assert await clinic.queue(lena) == [whole.session_id]
    assert [r.session_id for r in await views.receipts_of(clinic.ctx, lena, None, 10)] == [keyless.session_id]


async def test_a_key_that_no_longer_opens_costs_its_session_alone(clinic: Clinic, lena: Staff) -> None:
    whole, damaged = await clinic.wait(lena), await clinic.wait(lena)
    async with clinic.ctx.store.write() as tx:
        await tx.vault.destroy(tx.conn, damaged.session_id)
        await tx.vault.create(tx.conn, damaged.session_id)
    await clinic.later(days=40)
    await clinic.later(days=2)
    erased = {r.session_id for r in await views.receipts_of(clinic.ctx, lena, None, 10)}
    assert erased == {whole.session_id, damaged.session_id}


async def test_a_copy_put_back_without_the_keys_does_not_come_to_life(
    sqlite_database: Database, clock: Clock, tmp_path: Path
) -> None:
    async with open_clinic(sqlite_database, clock) as before:
        lena = await before.hire()
        guest = await before.wait(lena)
        await before.move(lena, guest.session_id, Verb.CLOSE)
        await before.ctx.store.wipe_traces()
        shutil.copy(sqlite_database.folder / "teleconnect.sqlite3", tmp_path / "copy")
        await before.later(days=1)
    shutil.copy(tmp_path / "copy", sqlite_database.folder / "teleconnect.sqlite3")
    async with open_clinic(sqlite_database, clock) as after:
        await housekeeping.begin(after.ctx)
        with pytest.raises(Erased):
            await after.log(lena, guest.session_id)
        with pytest.raises(NotFound):
            await after.log(guest, guest.session_id)


async def test_one_sessions_failure_stops_no_other_and_is_tried_again(
    database: Database, clinic: Clinic, lena: Staff
) -> None:
    made = [await clinic.invite(lena, via="sms", phone="+41446681800") for _ in range(3)]
    for invite in made:
        await invites.revoke(clinic.ctx, lena, invite.invite.invite_id)
    # Where the text should be stands a folder, which can't be removed like a file.
    stuck = database.folder / "outbox" / f"{made[0].deliveries[0].delivery.delivery_id}.txt"
    stuck.mkdir(parents=True)
    await clinic.later(days=1)
    erased = {r.session_id for r in await views.receipts_of(clinic.ctx, lena, None, 10)}
    assert erased == {invite.session.session_id for invite in made[1:]}
    stuck.rmdir()
    await clinic.later(minutes=1)
    assert len(await views.receipts_of(clinic.ctx, lena, None, 10)) == 3


async def test_nothing_is_due_twice(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.later(minutes=30)
    clinic.ear.events.clear()
    await clinic.later()
    assert clinic.ear.events == []
    assert (await clinic.session(guest.session_id)).last_seq == 2


async def test_two_servers_do_what_is_due_once(clinic: Clinic, elsewhere: Clinic, lena: Staff) -> None:
    waiting = [await clinic.wait(lena) for _ in range(4)]
    await clinic.move(lena, waiting[0].session_id, Verb.CLOSE)
    clinic.clock.forward(days=1)
    await asyncio.gather(*(housekeeping.tick(c.ctx) for c in (clinic, elsewhere)))
    for guest in waiting[1:]:
        assert await clinic.log(lena, guest.session_id) == ["joined", "left"]
    async with clinic.ctx.store.read() as tx:
        assert await receipts.get(tx, waiting[0].session_id)


async def test_a_place_is_given_up_by_time_and_the_log_says_so(clinic: Clinic, lena: Staff) -> None:
    guest = await clinic.wait(lena)
    await clinic.later(minutes=30)
    async with clinic.ctx.store.read() as tx:
        [_, left] = await messages.page(tx, guest.session_id, 0, 10)
    assert (left.kind, left.data, left.sent_at) == ("left", {"away": True}, at(31))


async def test_a_text_that_a_kill_left_of_an_erased_session_is_swept_at_the_start(
    database: Database, clinic: Clinic, lena: Staff
) -> None:
    invite = await clinic.invite(lena, via="sms", phone="+41446681800")
    outbox = database.folder / "outbox"
    outbox.mkdir()
    kept = outbox / f"{invite.deliveries[0].delivery.delivery_id}.txt"
    kept.write_text("on its way")
    (outbox / "gone.txt").write_text("of nobody any more")
    (outbox / "half.part").write_text("half")
    await housekeeping.begin(clinic.ctx)
    assert list(outbox.iterdir()) == [kept]

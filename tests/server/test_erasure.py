"""Erasure: afterwards no byte of a session is on disk or in the log, and a receipt says so."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from tests.server import traces
from tests.server.conftest import NewServer
from tests.server.pictures import CAMERA, PDF, photo
from tests.server.world import Guest, Staff, World, done, link_token, new_client_id, refused
from tests.serving import Server, eventually

FILE_NAME = "planted-prescription é.pdf"
CLEAR = [
    *("Planted-Layla", "Planted-Uncle", "+41446681800", "41446681800", "planted.layla@example.org"),
    *("planted.uncle@example.org", "planted-note-of-staff", "planted text of the person", "planted text of staff"),
    "planted-address-192.0.2.77",
    *(FILE_NAME, quote(FILE_NAME), CAMERA),
]


@dataclass
class Planted:
    """A session with everything in it, and what it must not leave behind."""

    session_id: str
    secrets: list[str]

    @property
    def clear(self) -> set[bytes]:
        """Give what is personal, as bytes."""
        return {text.encode() for text in [*CLEAR, *self.secrets]}


async def plant(world: World, staff: Staff) -> Planted:
    """Play the whole story up to closing: two people, contacts, a note, texts, a photo, a PDF, delivered messages."""
    invite = await staff.invite(
        "Planted-Layla",
        phone="+41446681800",
        via="sms",
        email="planted.layla@example.org",
        note="planted-note-of-staff",
    )
    layla = await world.join(invite)
    session_id = layla.session_id
    body = {"role": "relative", "name": "Planted-Uncle", "email": "planted.uncle@example.org"}
    second = done(await staff.post(f"/sessions/{session_id}/participants", json=body), 201)
    uncle = await world.join(second)
    await staff.move(session_id, "start")
    desk, phone = await staff.stream(), await layla.stream()
    for n in range(60):
        text = f"planted text of the person {n} " + "a" * random.randrange(2000)
        await phone.say(session_id, text, f"planted-client-id-{n}")
        await desk.say(session_id, f"planted text of staff {n} " + "b" * random.randrange(2000))
    await phone.until(lambda: len(phone.of("message", kind="text")) == 120)
    done(await layla.put_file(session_id, photo(with_position=True), "planted-photo.jpg", "image/jpeg"), 201)
    done(await uncle.put_file(session_id, PDF, quote(FILE_NAME), "application/pdf"), 201)
    outbox = world.server.data / "outbox"
    await asyncio.to_thread(eventually, lambda: len(list(outbox.glob("*.txt"))) >= 2)
    secrets = [link_token(invite), link_token(second), layla.token or "", uncle.token or "", staff.token or ""]
    page = await world.call_page(staff, session_id)
    done(await layla.post(f"/sessions/{session_id}/call/accept", json={}), 200)
    link = await page.stream()
    await link.send(
        "signal", session_id=session_id, to=layla.participant_id, data={"sdp": "planted-address-192.0.2.77"}
    )
    await phone.frame("signal")
    done(await page.post(f"/sessions/{session_id}/call/hangup"), 200)
    return Planted(session_id, [*secrets, page.token or ""])


@asynccontextmanager
async def neighbours(world: World, staff: Staff) -> AsyncIterator[list[Guest]]:
    """Have other sessions alive and busy, before and while the block runs; some end in the middle of it."""
    guests = [await world.guest(staff, f"Neighbour {n}") for n in range(6)]
    phones = [await guest.stream() for guest in guests]

    async def chatter(count: int) -> None:
        for _ in range(count):
            n = random.randrange(len(phones))
            await phones[n].say(guests[n].session_id, "neighbour " + "c" * random.randrange(3500))

    await chatter(400)
    talking = asyncio.create_task(chatter(200))
    for guest in guests[:2]:
        await staff.move(guest.session_id, "close")
        await staff.move(guest.session_id, "erase")
    yield guests[2:]
    await asyncio.gather(talking, return_exceptions=True)


async def erased(staff: Staff, session_id: str) -> dict[str, Any]:
    """Wait until time has erased a session; returns what is left of it."""
    desk = await staff.stream()
    if (found := await staff.session(session_id))["state"] != "erased":
        await desk.frame("erased", session_id=session_id)
        found = await staff.session(session_id)
    await desk.close()
    return found


@pytest.mark.parametrize("by", ["hand", "time"])
async def test_after_erasure_nothing_is_left_on_disk_or_in_the_log(new_server: NewServer, by: str) -> None:
    server = new_server(TC_CLOSED_RETENTION="1h" if by == "hand" else "1s")
    async with World(server) as world:
        staff = await world.standing("eraser", "admin")
        async with neighbours(world, staff) as others:
            planted = await plant(world, staff)
            # As long as it lives: sealed on disk, in clear nowhere but where a phone would have it too.
            hidden = traces.sealed(server, planted.session_id)
            assert len(hidden) > 240
            assert traces.places(server, hidden)
            assert not traces.places(server, planted.clear, but="outbox")
            assert traces.places(server, [b"41446681800"])

            before = done(await staff.get("/stats"), 200)
            await staff.move(planted.session_id, "close")
            if by == "hand":
                await staff.move(planted.session_id, "erase")
            found = await erased(staff, planted.session_id)
            # The last traces go right after the rows.
            hidden.add(b"planted-client-id")
            await asyncio.to_thread(eventually, lambda: not traces.places(server, planted.clear | hidden))

        assert found["counts"] == {
            "messages": 122,
            "files": 2,
            "file_bytes": found["counts"]["file_bytes"],
            "people": 2,
            "deliveries": 2,
            "calls": 1,
        }
        counted = done(await staff.get("/stats"), 200)
        assert counted["erased"]["messages"] == before["erased"]["messages"] + 122
        assert counted["erased"]["sessions"] == before["erased"]["sessions"] + 1
        assert found in done(await staff.get("/receipts"), 200)["items"]
        assert traces.leftovers(server) == []
        for other in others:
            assert "Neighbour" in (await staff.session(other.session_id))["name"]
    server.stop()
    assert not traces.places(server, planted.clear | hidden)


async def test_many_erased_among_many_that_stay_leave_no_stale_copy_on_any_page(new_server: NewServer) -> None:
    """SQLite moves rows between pages as it goes; what it leaves where they were, its secure_delete does not see."""
    server = new_server(TC_CLOSED_RETENTION="1s")
    async with World(server) as world:
        staff = await world.standing("eraser", "admin")
        made = [await staff.invite(f"Planted-{n}", note="n" * random.randrange(900)) for n in range(100)]
        random.shuffle(made)
        going, hidden = made[:60], set()
        for invite in going:
            hidden |= traces.sealed(server, invite["session_id"])
        for invite in going:
            done(await staff.post(f"/invites/{invite['invite_id']}/revoke"), 200)
            await staff.invite("Planted-more", note="n" * random.randrange(900))
        await erased(staff, going[-1]["session_id"])
        await asyncio.to_thread(eventually, lambda: not traces.places(server, hidden))
        assert done(await staff.get("/stats"), 200)["erased"]["sessions"] == 60
        assert len(done(await staff.get("/invites?limit=500"), 200)["items"]) == 100


async def test_a_backup_or_another_reader_at_work_only_delays_the_last_traces(new_server: NewServer) -> None:
    server = new_server(TC_CLOSED_RETENTION="2s")
    async with World(server) as world:
        staff = await world.standing("eraser")
        planted = await plant(world, staff)
        hidden = traces.sealed(server, planted.session_id)
        with closing(sqlite3.connect(server.data / "teleconnect.sqlite3", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM messages").fetchone()
            await staff.move(planted.session_id, "close")
            await staff.move(planted.session_id, "erase")
            # Nobody else has to wait for it.
            await world.guest(staff)
        assert (await erased(staff, planted.session_id))["state"] == "erased"
        await asyncio.to_thread(eventually, lambda: not traces.places(server, planted.clear | hidden))


async def test_a_kill_amid_erasure_leaves_nothing_that_the_next_start_does_not_find(
    new_server: NewServer,
) -> None:
    server = new_server(TC_CLOSED_RETENTION="1h")
    for _ in range(3):
        async with World(server) as world:
            staff = await world.login("focal-person")
            ended = [await brief(world, staff) for _ in range(8)]
            hidden = {piece for session_id in ended for piece in traces.sealed(server, session_id)}
            erasing = [asyncio.create_task(staff.post(f"/sessions/{x}/erase")) for x in ended[:4]]
            await asyncio.wait(erasing, timeout=random.uniform(0, 0.15))
            server.kill()
            await asyncio.gather(*erasing, return_exceptions=True)
        server.start(TC_CLOSED_RETENTION="1h")
        async with World(server) as world:
            staff = await world.login("focal-person")
            for session_id in ended:
                if (await staff.session(session_id))["state"] == "closed":
                    await staff.move(session_id, "erase")
            assert not traces.places(server, hidden | {b"planted brief text"})
            assert traces.leftovers(server) == []


async def brief(world: World, staff: Staff) -> str:
    """Play a short story with a file and a delivered message, and close it."""
    layla = await world.guest(staff, "Planted-Layla", phone="+41446681800", via="sms")
    await layla.post(
        f"/sessions/{layla.session_id}/messages", json={"client_id": new_client_id(), "text": "planted brief text"}
    )
    done(await layla.put_file(layla.session_id, PDF), 201)
    await staff.move(layla.session_id, "close")
    return layla.session_id


async def test_what_became_due_while_the_server_was_down_is_erased_by_its_start(new_server: NewServer) -> None:
    server = new_server(TC_CLOSED_RETENTION="1s")
    async with World(server) as world:
        staff = await world.standing("eraser")
        session_id = await brief(world, staff)
        hidden = traces.sealed(server, session_id)
        server.kill()
    server.start()
    personal = {b"planted brief text", b"+41446681800"}
    await asyncio.to_thread(eventually, lambda: not traces.places(server, hidden | personal))
    async with World(server) as world:
        staff = await world.standing("eraser")
        assert (await staff.session(session_id))["state"] == "erased"


async def test_a_copy_of_the_database_put_back_brings_nothing_to_life(new_server: NewServer) -> None:
    server = new_server()
    async with World(server) as world:
        staff = await world.standing("eraser")
        planted = await plant(world, staff)
        alive = await world.guest(staff, "Still-here")
        copied = copy(server)
        hidden = traces.sealed(server, planted.session_id)
        assert any(piece in copied for piece in hidden)
        await staff.move(planted.session_id, "close")
        await staff.move(planted.session_id, "erase")
        server.stop()
        for path in server.data.glob("teleconnect.sqlite3*"):
            path.unlink()
        (server.data / "teleconnect.sqlite3").write_bytes(copied)
        server.start()
    async with World(server) as world:
        staff = await world.login(staff.name)
        assert (await staff.session(planted.session_id))["state"] == "erased"
        assert refused(await staff.get(f"/sessions/{planted.session_id}/messages")) == (410, "erased")
        assert (await staff.session(alive.session_id))["name"] == "Still-here"
        assert not traces.places(server, hidden | planted.clear)


def copy(server: Server) -> bytes:
    """Copy the database as a backup does: all of it but the vault."""
    with traces.database(server) as source, closing(sqlite3.connect(":memory:")) as target:
        source.backup(target, name="main")
        return target.serialize()

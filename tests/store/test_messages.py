"""The log of a session."""

from dataclasses import replace
from datetime import datetime

import pytest

from tc_server.domain.chat import Entry, FileInfo, Sender
from tc_server.store import messages, sessions
from tc_server.store.engine import Store
from tc_server.store.messages import Fact
from tc_server.store.tables import messages as table
from tests.domain.made import at
from tests.store.filled import GUEST, STAFF, add_session

PHOTO = FileInfo("f1", "wound.jpg", "image/jpeg", 1234)


async def write(store: Store, session_id: str, *senders: Sender, kind: str = "text") -> None:
    """Write a message a minute, from minute 1 on."""
    async with store.write() as tx:
        key = await tx.key(session_id)
        entries = [
            Entry(session_id, seq, kind, sender, at(seq), client_id=f"client-{seq}", text=f"text {seq}")
            for seq, sender in enumerate(senders, start=1)
        ]
        if entries:
            await tx.conn.execute(table.insert(), [messages.to_row(entry, key) for entry in entries])


async def test_entries_are_read_as_they_were_written(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    text = Entry(session_id, 1, "text", GUEST, at(1), client_id="client-1", text="ሰላም")
    photo = Entry(session_id, 2, "file", STAFF, at(2), client_id="client-1", file=PHOTO)
    fact = Entry(session_id, 3, "told", None, at(3), data={"minutes": 5})
    async with store.write() as tx:
        key = await tx.key(session_id)
        await tx.conn.execute(table.insert(), [messages.to_row(entry, key) for entry in (text, photo, fact)])
        assert await messages.page(tx, session_id, 0, 10) == [text, photo, fact]


async def test_words_names_and_file_names_are_sealed(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    entry = Entry(session_id, 1, "text", GUEST, at(1), client_id="client-1", text="I need help", file=PHOTO)
    async with store.read() as tx:
        row = messages.to_row(entry, await tx.key(session_id))
    for personal in (b"I need help", b"Amina", b"wound"):
        assert personal not in repr(row).encode()


async def test_facts_are_appended_to_the_log(store: Store) -> None:
    session = replace(await add_session(store), last_seq=4)
    async with store.write() as tx:
        facts = [Fact("joined", GUEST), Fact("told", STAFF, {"minutes": 5})]
        after, entries = await messages.append_facts(tx, session, facts, at(1))
        assert after == replace(session, last_seq=6)
        assert [(e.seq, e.kind, e.data) for e in entries] == [(5, "joined", {}), (6, "told", {"minutes": 5})]
        assert await messages.page(tx, session.session_id, 0, 10) == entries
        assert await messages.append_facts(tx, after, [], at(2)) == (after, [])


async def test_the_log_is_read_page_by_page(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    await write(store, session_id, *[GUEST] * 5)
    async with store.read() as tx:
        assert [e.seq for e in await messages.page(tx, session_id, 0, 2)] == [1, 2]
        assert [e.seq for e in await messages.page(tx, session_id, 2, 9)] == [3, 4, 5]
        assert await messages.page(tx, session_id, 5, 9) == []
        assert await messages.page(tx, "none", 0, 9) == []


async def test_entries_are_found_by_client_id_and_sender(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    await write(store, session_id, GUEST, STAFF)
    mine, others = (session_id, "client-1", GUEST.id), (session_id, "client-1", STAFF.id)
    async with store.read() as tx:
        found = await messages.by_client_ids(tx, [mine, others])
        assert {key: entry.seq for key, entry in found.items()} == {mine: 1}


async def test_very_many_are_found_at_once(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    await write(store, session_id, *[GUEST] * 500)
    async with store.read() as tx:
        wanted = [(session_id, f"client-{n}", GUEST.id) for n in range(1, 501)]
        assert len(await messages.by_client_ids(tx, wanted)) == 500


@pytest.mark.parametrize(
    ("senders", "since"),
    [
        ([], None),
        ([GUEST], at(1)),
        ([GUEST, GUEST], at(1)),
        ([GUEST, STAFF], None),
        ([GUEST, STAFF, GUEST, GUEST], at(3)),
        ([STAFF], None),
    ],
)
async def test_unanswered_is_the_first_message_that_no_staff_message_follows(
    store: Store, senders: list[Sender], since: datetime | None
) -> None:
    session_id = (await add_session(store)).session_id
    await write(store, session_id, *senders)
    async with store.read() as tx:
        assert await messages.unanswered_since(tx, session_id) == since


@pytest.mark.parametrize(("kind", "counted"), [("text", 2), ("file", 2), ("joined", 0)])
async def test_only_what_people_wrote_is_counted(store: Store, kind: str, counted: int) -> None:
    session_id = (await add_session(store)).session_id
    await write(store, session_id, GUEST, STAFF, kind=kind)
    async with store.read() as tx:
        assert await messages.count(tx, session_id) == counted
        assert await messages.count(tx) == counted
        assert await messages.count(tx, "none") == 0
        assert (await messages.unanswered_since(tx, session_id)) is None


async def test_unread_is_what_participants_wrote_after_what_staff_has_read(store: Store) -> None:
    session = await add_session(store)
    await write(store, session.session_id, GUEST, STAFF, GUEST, GUEST)
    async with store.write() as tx:
        await sessions.save(tx, replace(session, last_seq=4), at(9))
        _after, _entries = await messages.append_facts(tx, replace(session, last_seq=4), [Fact("joined", GUEST)], at(5))
        assert await messages.unread_by_staff(tx, [session.session_id]) == {session.session_id: 3}
        await sessions.set_staff_read(tx, session.session_id, 3)
        assert await messages.unread_by_staff(tx, [session.session_id]) == {session.session_id: 1}
        await sessions.set_staff_read(tx, session.session_id, 4)
        assert await messages.unread_by_staff(tx, [session.session_id]) == {}

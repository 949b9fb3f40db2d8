"""The journal: the one writer of what people say, in groups."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from tc_server.domain.chat import FileInfo, Sender
from tc_server.domain.errors import ClientIdTaken, Erased, IllegalMove, Refused, SessionEnded, Unavailable
from tc_server.domain.session import State
from tc_server.store import files, messages, people, sessions
from tc_server.store.engine import Store
from tc_server.store.journal import Draft, Journal, Said
from tc_server.store.vault import Vault
from tests.databases import SECRET, Database, Postgres
from tests.domain.made import NOON, at
from tests.store.filled import GUEST, STAFF, add_person, add_session

OTHER = Sender("p2", "relative", "Yusuf")
PHOTO = FileInfo("f1", "wound.jpg", "image/jpeg", 100)


class Desk:
    """A journal and what it told of after its commits."""

    def __init__(self, store: Store) -> None:
        self.told: list[list[Said]] = []
        self.journal = Journal(store, self.told.append)

    def hand_in(
        self, session_id: str, *texts: str, sender: Sender = GUEST, when: datetime = NOON
    ) -> list[Awaitable[Said]]:
        """Hand in texts; each is its own client id."""
        return [self.journal.submit(Draft(session_id, sender, f"id-{t}", when, text=t)) for t in texts]

    async def say(self, session_id: str, *texts: str, sender: Sender = GUEST, when: datetime = NOON) -> list[Said]:
        """Hand texts in together and wait for them."""
        return list(await asyncio.gather(*self.hand_in(session_id, *texts, sender=sender, when=when)))


@asynccontextmanager
async def at_work(store: Store) -> AsyncIterator[Desk]:
    """Run a journal for a while."""
    desk = Desk(store)
    running = asyncio.create_task(desk.journal.run())
    try:
        yield desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    async with at_work(store) as desk:
        yield desk


async def log_of(store: Store, session_id: str) -> list[tuple[int, str | None]]:
    async with store.read() as tx:
        return [(entry.seq, entry.text) for entry in await messages.page(tx, session_id, 0, 10_000)]


async def test_what_is_handed_in_becomes_the_log_in_that_order(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    said = await desk.say(session_id, "a", "b", "c")
    assert [(s.entry.seq, s.entry.text) for s in said] == [(1, "a"), (2, "b"), (3, "c")]
    assert await log_of(store, session_id) == [(1, "a"), (2, "b"), (3, "c")]


async def test_a_message_is_kept_as_it_was_said(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    [said] = await desk.say(session_id, "ሰላም", when=at(3))
    async with store.read() as tx:
        [entry] = await messages.page(tx, session_id, 0, 10)
    assert entry == said.entry
    assert (entry.kind, entry.sender, entry.client_id, entry.sent_at) == ("text", GUEST, "id-ሰላም", at(3))


async def test_all_that_comes_during_a_commit_goes_into_the_next_one(store: Store) -> None:
    session_id = (await add_session(store)).session_id
    desk = Desk(store)
    waiting = desk.hand_in(session_id, *map(str, range(30)))
    running = asyncio.create_task(desk.journal.run())
    await asyncio.gather(*waiting)
    running.cancel()
    assert [len(group) for group in desk.told] == [30]


async def test_each_session_counts_for_itself(store: Store, desk: Desk) -> None:
    first, second = [(await add_session(store)).session_id for _ in range(2)]
    mixed = [futures for n in "123" for name in (first, second) for futures in desk.hand_in(name, n)]
    await asyncio.gather(*mixed)
    assert await log_of(store, first) == await log_of(store, second) == [(1, "1"), (2, "2"), (3, "3")]


async def test_nothing_is_told_before_it_is_durable(store: Store, desk: Desk) -> None:
    session = await add_session(store)
    async with store.write() as tx:
        await sessions.lock(tx, session.session_id)
        [waiting] = desk.hand_in(session.session_id, "a")
        assert await log_of(store, session.session_id) == []
        assert desk.told == []
    said = await waiting
    assert await log_of(store, session.session_id) == [(1, "a")]
    assert desk.told == [[said]]


async def test_the_same_client_id_again_gives_the_same_entry(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    [first, other, again] = await desk.say(session_id, "a", "b", "a")
    [later] = await desk.say(session_id, "a", when=at(5))
    assert (first.repeated, other.repeated, again.repeated, later.repeated) == (False, False, True, True)
    assert first.entry == again.entry == later.entry
    assert await log_of(store, session_id) == [(1, "a"), (2, "b")]
    assert [said.entry for group in desk.told for said in group] == [first.entry, other.entry]


async def test_a_repeat_takes_none_of_its_batch_along(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    await desk.say(session_id, "a")
    said = await desk.say(session_id, "b", "a", "c")
    assert [(s.entry.seq, s.repeated) for s in said] == [(2, False), (1, True), (3, False)]


async def test_two_senders_may_use_the_same_client_id(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    [mine] = await desk.say(session_id, "a")
    [theirs] = await desk.say(session_id, "a", sender=STAFF)
    assert (mine.entry.seq, theirs.entry.seq, theirs.repeated) == (1, 2, False)


async def test_a_client_id_of_a_text_cannot_become_a_file(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    await desk.say(session_id, "a")
    with pytest.raises(ClientIdTaken):
        await desk.journal.submit(Draft(session_id, GUEST, "id-a", NOON, file=PHOTO))


async def test_a_file_is_there_together_with_its_entry(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    async with store.write() as tx:
        await files.add_pending(tx, PHOTO.file_id, session_id, GUEST.id, "id-1", 100, NOON)
    said = await desk.journal.submit(Draft(session_id, GUEST, "id-1", NOON, file=PHOTO))
    async with store.read() as tx:
        assert await files.entry_of(tx, session_id, PHOTO.file_id) == said.entry.seq == 1
    assert (said.entry.kind, said.entry.file) == ("file", PHOTO)


@pytest.mark.parametrize(
    ("state", "refusal"), [(State.INVITED, IllegalMove), (State.CLOSED, SessionEnded), (State.CANCELLED, SessionEnded)]
)
async def test_a_refusal_takes_none_of_its_batch_along(
    store: Store, desk: Desk, state: State, refusal: type[Refused]
) -> None:
    session_id = (await add_session(store)).session_id
    ended = (await add_session(store, state=state)).session_id
    waiting = [*desk.hand_in(session_id, "a"), *desk.hand_in(ended, "x"), *desk.hand_in(session_id, "b")]
    first, refused, second = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(refused, refusal)
    assert [s.entry.seq for s in (first, second) if isinstance(s, Said)] == [1, 2]
    assert await log_of(store, ended) == []


async def test_in_an_erased_session_nothing_is_said(store: Store, desk: Desk) -> None:
    with pytest.raises(Erased):
        await desk.say("gone", "a")


async def test_what_was_said_before_the_end_can_be_repeated_after_it(store: Store, desk: Desk) -> None:
    session = await add_session(store)
    [first] = await desk.say(session.session_id, "a")
    async with store.write() as tx:
        await sessions.save(tx, replace(session, last_seq=1, state=State.CLOSED, closed_at=NOON))
    [again] = await desk.say(session.session_id, "a")
    assert (again.repeated, again.entry) == (True, first.entry)


async def test_writing_in_the_waiting_room_keeps_the_place_and_is_noted(store: Store, desk: Desk) -> None:
    session = await add_session(store, state=State.WAITING, waiting_since=at(1))
    for name in (GUEST.id, OTHER.id):
        await add_person(store, session, name, waiting=True)
    [said] = await desk.say(session.session_id, "a", when=at(5))
    await desk.say(session.session_id, "b", sender=STAFF, when=at(6))
    async with store.read() as tx:
        after = await sessions.get(tx, session.session_id)
        wrote = {p.participant_id: p.wrote for p in await people.of_session(tx, session.session_id)}
    assert after
    assert (after.waiting_since, said.queue_changed, wrote) == (at(1), False, {"p1": True, "p2": False})


async def test_in_an_open_session_a_message_waits_from_the_first_on_until_staff_answers(
    store: Store, desk: Desk
) -> None:
    session_id = (await add_session(store, state=State.OPEN)).session_id
    steps = []
    for minute, sender in enumerate([STAFF, GUEST, OTHER, STAFF, OTHER]):
        [said] = await desk.say(session_id, f"text {minute}", sender=sender, when=at(minute))
        async with store.read() as tx:
            session = await sessions.get(tx, session_id)
            assert session
            assert session.waiting_since == await messages.unanswered_since(tx, session_id)
        steps.append((session.waiting_since, said.queue_changed))
    assert steps == [(None, False), (at(1), True), (at(1), False), (None, True), (at(4), True)]


async def test_a_message_is_activity_and_takes_back_a_warning(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store, warned_at=at(1))).session_id
    await desk.say(session_id, "a", when=at(5))
    async with store.read() as tx:
        after = await sessions.get(tx, session_id)
    assert after
    assert (after.last_activity_at, after.warned_at) == (at(5), None)


async def test_two_servers_leave_no_gap_and_no_double(database: Database, store: Store, desk: Desk) -> None:
    names = [(await add_session(store)).session_id for _ in range(3)]
    elsewhere = Store(database.url, Vault(SECRET))
    async with at_work(elsewhere) as other:
        rounds = [
            d.say(s, f"{n}-{i}", f"same-{i}") for i in range(8) for s in names for n, d in enumerate([desk, other])
        ]
        await asyncio.gather(*rounds)
    await elsewhere.close()
    for name in names:
        log = await log_of(store, name)
        assert [seq for seq, _ in log] == list(range(1, 25))
        assert len({text for _, text in log}) == 24
        async with store.read() as tx:
            session = await sessions.get(tx, name)
        assert session
        assert session.last_seq == 24


async def test_facts_and_messages_share_one_count(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id

    async def happen() -> None:
        async with store.write() as tx:
            locked = await sessions.lock(tx, session_id)
            assert locked
            moved, _ = await messages.append_facts(tx, locked, [messages.Fact("joined", GUEST)], NOON)
            await sessions.save(tx, moved)

    await asyncio.gather(*(work for n in range(8) for work in (happen(), desk.say(session_id, str(n)))))
    assert [seq for seq, _ in await log_of(store, session_id)] == list(range(1, 17))


async def test_a_full_disk_is_unavailable_and_the_journal_goes_on(sqlite_database: Database) -> None:
    store = Store(sqlite_database.url, Vault(SECRET))
    session_id = (await add_session(store)).session_id
    async with store.write() as tx:
        pages = (await tx.conn.execute(sa.text("PRAGMA page_count"))).scalar_one()
        await tx.conn.execute(sa.text(f"PRAGMA max_page_count = {pages}"))
    async with at_work(store) as desk:
        with pytest.raises(Unavailable):
            await desk.say(session_id, "long " * 5000)
        assert desk.told == [[]] or desk.told == []
        async with store.write() as tx:
            await tx.conn.execute(sa.text("PRAGMA max_page_count = 1000000"))
        [said] = await desk.say(session_id, "short")
        assert said.entry.seq == 1
    await store.close()


async def test_a_stopped_database_server_is_unavailable_and_the_journal_goes_on(
    postgres: Postgres, postgres_database: Database
) -> None:
    store = Store(postgres_database.url, Vault(SECRET))
    session_id = (await add_session(store)).session_id
    async with at_work(store) as desk:
        with postgres.stopped(), pytest.raises(Unavailable):
            await desk.say(session_id, "a")
        [said] = await desk.say(session_id, "a")
        assert (said.entry.seq, said.repeated) == (1, False)
    await store.close()


async def test_whoever_waits_no_longer_harms_nobody(store: Store, desk: Desk) -> None:
    session_id = (await add_session(store)).session_id
    [impatient, patient] = desk.hand_in(session_id, "a", "b")
    asyncio.ensure_future(impatient).cancel()
    assert (await patient).entry.seq == 2

"""The feed on a real server that dies and comes back: nothing typed is lost, nothing is sent twice."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_cli.commands import transcripts
from tc_cli.output import timelines
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Trouble
from tc_cli.tui.feed import Feed
from tc_server.wire.batches import BatchRequest, BatchRow
from tc_server.wire.bodies import Invite, InviteRequest, PersonRequest
from tests.server.pictures import photo as picture
from tests.serving import DEADLINE, Server, serving
from tests.tui.conftest import ADMIN, Person, new_account


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """Run a server that a test may kill."""
    with serving(tmp_path / "mortal") as running:
        running.add(ADMIN, "admin")
        yield running


class Watched:
    """A running feed and all that it told."""

    def __init__(self, access: Access) -> None:
        self.feed = Feed(access, "somebody", transcripts.write)
        self.changes: list[Change] = []
        self._changed = asyncio.Event()
        self.feed.on_change = self._take

    def _take(self, change: Change) -> None:
        self.changes.append(change)
        self._changed.set()

    async def until(self, look: Callable[[], Any], what: str) -> Any:
        try:
            async with asyncio.timeout(DEADLINE):
                while not (seen := look()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{what} didn't come") from None
        return seen


@asynccontextmanager
async def running(access: Access, *, loaded: bool = True) -> AsyncIterator[Watched]:
    watched = Watched(access)
    task = asyncio.create_task(watched.feed.run())
    try:
        if loaded:
            await watched.until(lambda: watched.feed.board.loaded, "everything")
        yield watched
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def invite(watched: Watched, server: Server, name: str = "Amal") -> Person:
    made: Invite = await watched.feed.invite(InviteRequest(name=name, via="link"))
    return Person(server, made)


async def test_what_is_typed_while_the_server_is_down_arrives_once_when_it_is_back(mortal: Server) -> None:
    async with running(new_account(mortal)) as watched:
        board = watched.feed.board
        person = (await invite(watched, mortal)).join()
        await watched.until(lambda: board.entry(person.session_id), "the person")
        await watched.feed.open_log(person.session_id)
        mortal.kill()
        await watched.until(lambda: not board.link.online, "the loss")
        watched.feed.say(person.session_id, "Are you still there?")
        assert [unsent.text for unsent in board.line[person.session_id]] == ["Are you still there?"]
        mortal.start()
        watched.feed.reconnect()
        await watched.until(lambda: not board.line[person.session_id], "the acknowledgement")
        assert person.heard() == ["Are you still there?"]
        assert board.logs[person.session_id].messages[-1].text == "Are you still there?"


async def test_what_is_typed_offline_outlives_the_program(mortal: Server) -> None:
    access = new_account(mortal)
    async with running(access) as watched:
        person = (await invite(watched, mortal)).join()
        await watched.until(lambda: watched.feed.board.entry(person.session_id), "the person")
        mortal.kill()
        await watched.until(lambda: not watched.feed.board.link.online, "the loss")
        watched.feed.say(person.session_id, "This must not get lost")
        watched.feed.keep_draft(person.session_id, "half a sent")
    async with running(access, loaded=False) as watched:
        board = watched.feed.board
        await watched.until(lambda: board.line.get(person.session_id), "what was kept")
        assert board.sessions[person.session_id].name == "Amal"
        assert watched.feed.draft(person.session_id) == "half a sent"
        mortal.start()
        watched.feed.reconnect()
        await watched.until(lambda: not board.line[person.session_id], "the acknowledgement")
        assert person.heard() == ["This must not get lost"]


async def test_nothing_readable_of_it_lies_on_the_disk(mortal: Server, home: Path) -> None:
    async with running(new_account(mortal)) as watched:
        person = (await invite(watched, mortal, "Shahrazad")).join()
        await watched.until(lambda: watched.feed.board.entry(person.session_id), "the person")
        mortal.kill()
        await watched.until(lambda: not watched.feed.board.link.online, "the loss")
        watched.feed.say(person.session_id, "a telling sentence")
    assert contents_of(home)
    assert not any(secret in content for content in contents_of(home) for secret in (b"telling", b"Shahrazad"))


def contents_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "wound.jpg"
    path.write_bytes(picture())
    return path


async def test_a_file_chosen_offline_is_uploaded_when_it_can_be(mortal: Server, photo: Path) -> None:
    async with running(new_account(mortal)) as watched:
        board = watched.feed.board
        person = (await invite(watched, mortal)).join()
        await watched.until(lambda: board.entry(person.session_id), "the person")
        await watched.feed.open_log(person.session_id)
        mortal.kill()
        await watched.until(lambda: not board.link.online, "the loss")
        watched.feed.send_file(person.session_id, photo)
        mortal.start()
        watched.feed.reconnect()
        await watched.until(lambda: not board.line[person.session_id], "the upload")
        assert board.logs[person.session_id].messages[-1].file is not None


async def test_a_file_that_is_refused_stays_marked_and_can_be_taken_back(server: Server, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("not a photo")
    async with running(new_account(server)) as watched:
        board = watched.feed.board
        person = (await invite(watched, server)).join()
        await watched.until(lambda: board.entry(person.session_id), "the person")
        watched.feed.send_file(person.session_id, notes)
        (refused,) = await watched.until(
            lambda: [one for one in board.line.get(person.session_id, []) if one.refused], "the refusal"
        )
        watched.feed.drop(person.session_id, refused.client_id)
        assert not board.line[person.session_id]


async def test_a_session_erased_while_away_leaves_nothing_here(mortal: Server) -> None:
    access = new_account(mortal)
    async with running(access) as watched:
        person = (await invite(watched, mortal)).join()
        await watched.until(lambda: watched.feed.board.entry(person.session_id), "the person")
        watched.feed.keep_draft(person.session_id, "a thought")
    async with running(access) as elsewhere:
        await elsewhere.feed.move(person.session_id, "close")
        await elsewhere.feed.erase(person.session_id)
        assert person.session_id not in elsewhere.feed.board.sessions
    async with running(access) as watched:
        await watched.until(lambda: watched.feed.draft(person.session_id) == "", "forgetting")
        assert person.session_id not in watched.feed.board.sessions


async def test_a_session_closed_elsewhere_changes_in_place(server: Server) -> None:
    access = new_account(server)
    async with running(access) as here, running(access) as there:
        person = (await invite(there, server)).join()
        await here.until(lambda: here.feed.board.entry(person.session_id), "the person")
        await there.feed.move(person.session_id, "close")
        await here.until(lambda: here.feed.board.sessions[person.session_id].state == "closed", "the end")
        assert here.feed.board.queue == []


async def test_the_ring_is_seen_by_reading_elsewhere(server: Server) -> None:
    access = new_account(server)
    async with running(access) as here, running(access) as there:
        person = (await invite(there, server)).join()
        await here.until(lambda: here.feed.board.unseen, "the ring")
        session = await there.feed.start_next()
        assert session.session_id == person.session_id
        await here.until(lambda: not here.feed.board.unseen, "silence")


async def test_a_long_log_comes_page_by_page_without_gaps(server: Server) -> None:
    async with running(new_account(server)) as watched:
        board = watched.feed.board
        person = (await invite(watched, server)).join()
        await watched.until(lambda: board.entry(person.session_id), "the person")
        for number in range(250):
            watched.feed.say(person.session_id, f"message {number}")
        await watched.until(lambda: not board.line[person.session_id], "the acknowledgements")
        await watched.feed.open_log(person.session_id)
        tail = board.logs[person.session_id]
        while not tail.at_start:
            await watched.feed.earlier(person.session_id)
        assert [message.seq for message in tail.messages] == list(range(1, tail.last_seq + 1))
        assert tail.last_seq > 250


async def test_a_request_without_a_server_says_what_to_do(mortal: Server) -> None:
    async with running(new_account(mortal)) as watched:
        mortal.kill()
        with pytest.raises(Trouble) as trouble:
            await watched.feed.start_next()
        assert trouble.value.code == "unreachable"
        assert trouble.value.remedy


async def test_the_link_tells_its_latency(server: Server) -> None:
    async with running(new_account(server)) as watched:
        await watched.until(lambda: watched.feed.board.link.latency is not None, "latency")
        assert Topic.LINK in {change.topic for change in watched.changes}


async def test_a_batch_sent_elsewhere_is_seen_once_it_rests(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tc_cli.tui.feed.inviting.AT_REST", 0.1)
    access = new_account(server)
    rows = [BatchRow(key=f"row-{n:08d}", name=f"Person {n}", via="link") for n in range(250)]
    async with running(access) as watched:
        with Api(access) as api:
            api.do(calls.invite_batch(BatchRequest(rows=rows)))
        await watched.until(lambda: len(watched.feed.board.invites) == 250, "everybody")


async def test_a_rush_elsewhere_brings_what_was_planned_long_before_too(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tc_cli.tui.feed.inviting.AT_REST", 0.1)
    monkeypatch.setattr("tc_cli.client.calls.PAGE", 5)
    access = new_account(server)
    at = datetime.now(UTC) + timedelta(days=2)
    with Api(access) as api:
        planned = api.do(calls.invite(InviteRequest(name="Binta", phone="+41791234567", via="sms", at=at)))
        others = [api.do(calls.invite(InviteRequest(name=f"Person {n}", via="link"))) for n in range(12)]
    async with running(access) as watched:
        board = watched.feed.board
        assert timelines.next_reminder(board.invites[planned.invite_id])
        with Api(access) as api:
            # More than are told of one by one.
            for other in others:
                api.do(calls.resend(other.invite_id, "link"))
            again = api.do(calls.resend(planned.invite_id, "auto"))
        wanted = {one.delivery_id for one in again.deliveries}
        await watched.until(
            lambda: {one.delivery_id for one in board.invites[planned.invite_id].deliveries} == wanted, "all texts"
        )


async def test_what_is_sent_again_to_somebody_added_is_heard_of_in_a_live_session(server: Server) -> None:
    access = new_account(server)
    async with running(access) as watched, running(access) as elsewhere:
        person = (await invite(watched, server)).join()
        await elsewhere.until(lambda: elsewhere.feed.board.entry(person.session_id), "the person")
        await elsewhere.feed.start_next()
        request = PersonRequest(role="interpreter", name="Yusuf", via="link")
        added = await elsewhere.feed.add_person(person.session_id, request)
        await watched.until(lambda: added.invite_id in watched.feed.board.invites, "who was added")
        rotated = await elsewhere.feed.rotate(added.invite_id)
        await watched.until(lambda: watched.feed.board.invites[added.invite_id].url == rotated.url, "the new link")

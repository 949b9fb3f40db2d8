"""The socket under a conversation comes back by itself, and knows when it shouldn't."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import repeat

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tc_cli.client import stream as streaming
from tc_cli.client.conversation import Arrived, CaughtUp, Ended, Event, NotSent, Offline, Online
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_server.wire import frames as f

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
S = "019a9c00-0000-7000-8000-00000000abcd"
VIEWER = f.Viewer(id="u", role="staff", name="amina", session_id=None)
HELLO = f.Hello(viewer=VIEWER, server_time=NOW, queue=[], sessions=[])
Link = Callable[[ServerConnection], Awaitable[None]]


async def say(link: ServerConnection, *said: msgspec.Struct) -> None:
    for frame in said:
        await link.send(msgspec.json.encode(frame).decode())


async def hear(link: ServerConnection) -> object:
    return f.decode_client_frame(await link.recv())


def echo(send: object, seq: int) -> f.MessageFrame:
    assert isinstance(send, f.Send)
    return f.MessageFrame(
        session_id=send.session_id,
        seq=seq,
        client_id=send.client_id,
        kind="text",
        sender=None,
        text=send.text,
        file=None,
        data=None,
        sent_at=NOW,
    )


@asynccontextmanager
async def links(*script: Link) -> AsyncIterator[Stream]:
    """Serve one part of the script a link; yield a stream to it that reconnects without a pause."""
    parts = iter(script)

    async def serve_link(link: ServerConnection) -> None:
        await next(parts)(link)

    async with serve(serve_link, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        access = Access(f"http://127.0.0.1:{port}", "tcs_x")
        async with asyncio.timeout(10), Stream(access, delays=lambda: repeat(0.0)) as stream:
            yield stream


async def until(stream: Stream, kind: type[Event]) -> list[Event]:
    seen: list[Event] = []
    async for event in stream.events():
        seen.append(event)
        if isinstance(event, kind):
            break
    return seen


async def greet_and_stay(link: ServerConnection) -> None:
    await say(link, HELLO)
    await link.wait_closed()


async def test_the_token_is_in_the_header() -> None:
    async def check(link: ServerConnection) -> None:
        assert link.request is not None
        assert link.request.headers["Authorization"] == "Bearer tcs_x"
        assert "tcs_x" not in link.request.path
        await greet_and_stay(link)

    async with links(check) as stream:
        assert isinstance((await until(stream, Online))[-1], Online)


async def test_what_is_said_before_the_link_stands_is_sent_when_it_does() -> None:
    async def answer(link: ServerConnection) -> None:
        await say(link, HELLO)
        await say(link, echo(await hear(link), 1))
        await link.wait_closed()

    async with links(answer) as stream:
        stream.say(S, "early")
        assert [event.message.text for event in await until(stream, Arrived) if isinstance(event, Arrived)] == ["early"]


async def test_a_broken_link_is_taken_up_again_and_nothing_is_lost() -> None:
    async def swallow(link: ServerConnection) -> None:
        await say(link, HELLO)
        await hear(link)
        link.transport.abort()

    async def answer(link: ServerConnection) -> None:
        await say(link, HELLO)
        await say(link, echo(await hear(link), 1))
        await link.wait_closed()

    async with links(swallow, answer) as stream:
        stream.say(S, "are you there?")
        events = await until(stream, Arrived)
    assert [type(event) for event in events] == [Online, Offline, Online, Arrived]
    assert events[-1].mine  # type: ignore[union-attr]


async def test_a_restart_is_told_as_one() -> None:
    async def restart(link: ServerConnection) -> None:
        await say(link, HELLO)
        await link.close(1012)

    async with links(restart, greet_and_stay) as stream:
        (offline,) = [event for event in await until(stream, Offline) if isinstance(event, Offline)]
        assert (offline.reason, offline.never_online) == ("the server restarts", False)
        await until(stream, Online)


async def test_a_refused_login_is_the_end() -> None:
    async def refuse(link: ServerConnection) -> None:
        await say(link, f.Error(code="not_logged_in", detail="Log in."))
        await link.close(4401)

    async with links(refuse) as stream:
        events = await until(stream, Ended)
        assert events[-1] == Ended("not_logged_in", "Log in.")


async def test_silence_is_a_broken_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SILENCE", 0.05)
    async with links(greet_and_stay, greet_and_stay) as stream:
        events = await until(stream, Offline)
        assert events[-1].reason == "the server has gone silent"  # type: ignore[union-attr]


async def test_a_quiet_link_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PING_AFTER", 0.01)
    pinged = asyncio.Event()

    async def expect_ping(link: ServerConnection) -> None:
        await say(link, HELLO)
        assert isinstance(await hear(link), f.Ping)
        await say(link, f.Pong(server_time=NOW))
        pinged.set()
        await link.wait_closed()

    async with links(expect_ping):
        await pinged.wait()


async def test_frames_from_a_newer_server_are_passed_over() -> None:
    async def novelty(link: ServerConnection) -> None:
        await link.send('{"type":"hologram","session_id":"x"}')
        await greet_and_stay(link)

    async with links(novelty) as stream:
        assert [type(event) for event in await until(stream, Online)] == [Online]


async def test_a_followed_log_is_synced_and_a_refused_message_told() -> None:
    async def answer(link: ServerConnection) -> None:
        await say(link, HELLO)
        assert await hear(link) == f.Sync(sessions={S: 0})
        await say(link, f.Synced(session_id=S, seq=0, last_seq=0))
        send = await hear(link)
        assert isinstance(send, f.Send)
        await say(link, f.Error(code="session_ended", detail="Over.", client_id=send.client_id, session_id=S))
        await link.wait_closed()

    async with links(answer) as stream:
        stream.follow(S)
        await until(stream, CaughtUp)
        stream.say(S, "too late")
        assert isinstance((await until(stream, NotSent))[-1], NotSent)


async def test_a_server_that_never_was_there_is_told_as_such() -> None:
    async with Stream(Access("http://127.0.0.1:9", "tcs_x"), delays=lambda: repeat(60.0)) as stream:
        offline = await stream.next_event()
        assert isinstance(offline, Offline)
        assert offline.never_online

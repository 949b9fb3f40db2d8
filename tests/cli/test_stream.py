"""The socket under a conversation comes back by itself, and knows when it shouldn't."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import repeat

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tc_cli.client import stream as streaming
from tc_cli.client.conversation import Alive, Arrived, CaughtUp, Ended, Event, NotSent, Offline, Online
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_server.wire import frames as f

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
S = "019a9c00-0000-7000-8000-00000000abcd"
T = "019a9c00-0000-7000-8000-00000000dcba"
VIEWER = f.Viewer(id="u", role="staff", name="amina", session_id=None)
HELLO = f.Hello(viewer=VIEWER, server_time=NOW, queue=[], sessions=[])
Link = Callable[[ServerConnection], Awaitable[None]]


async def say(link: ServerConnection, *said: msgspec.Struct) -> None:
    for frame in said:
        await link.send(msgspec.json.encode(frame).decode())


async def hear(link: ServerConnection) -> object:
    """Return the next frame that isn't a ping."""
    frame = f.decode_client_frame(await link.recv())
    return await hear(link) if isinstance(frame, f.Ping) else frame


async def hear_ping(link: ServerConnection) -> None:
    assert isinstance(f.decode_client_frame(await link.recv()), f.Ping)


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
async def links(*script: Link, delays: Callable[[], Iterator[float]] = lambda: repeat(0.0)) -> AsyncIterator[Stream]:
    """Serve one part of the script a link; yield a stream to it that reconnects without a pause."""
    parts = iter(script)

    async def serve_link(link: ServerConnection) -> None:
        await next(parts)(link)

    async with serve(serve_link, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        access = Access(f"http://127.0.0.1:{port}", "tcs_x")
        async with asyncio.timeout(10), Stream(access, delays=delays) as stream:
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
        for _ in range(3):
            await hear_ping(link)
            await say(link, f.Pong(server_time=NOW))
        pinged.set()
        await link.wait_closed()

    async with links(expect_ping):
        await pinged.wait()


async def test_a_link_is_pinged_at_once_and_its_latency_told() -> None:
    async def answer(link: ServerConnection) -> None:
        await say(link, HELLO)
        await hear_ping(link)
        await say(link, f.Pong(server_time=NOW))
        await link.wait_closed()

    async with links(answer) as stream:
        stream.follow(S)
        alive = (await until(stream, Alive))[-1]
        assert isinstance(alive, Alive)
        assert 0 <= alive.latency < 10


async def test_a_pong_that_nobody_asked_for_is_passed_over() -> None:
    async def eager(link: ServerConnection) -> None:
        await say(link, f.Pong(server_time=NOW))
        await greet_and_stay(link)

    async with links(eager) as stream:
        assert [type(event) for event in await until(stream, Online)] == [Online]


async def test_all_logs_are_asked_for_in_one_frame() -> None:
    heard: list[object] = []

    async def listen(link: ServerConnection) -> None:
        await say(link, HELLO)
        heard.append(await hear(link))
        await say(link, f.Synced(session_id=S, seq=7, last_seq=7))
        heard.append(await hear(link))

    async with links(listen, greet_and_stay) as stream:
        stream.follow_all({S: 7, T: 0})
        await until(stream, CaughtUp)
        stream.say(S, "done")
        await until(stream, Offline)
    assert heard[0] == f.Sync(sessions={S: 7, T: 0})
    assert isinstance(heard[1], f.Send)


async def test_typing_is_told_now_and_then_and_never_later() -> None:
    async def listen(link: ServerConnection) -> None:
        await say(link, HELLO)
        assert await hear(link) == f.Typing(session_id=S)
        assert await hear(link) == f.Typing(session_id=T)
        await say(link, echo(await hear(link), 1))
        await link.wait_closed()

    async with links(listen) as stream:
        stream.typing(S)
        await until(stream, Online)
        stream.typing(S)
        stream.typing(S)
        stream.typing(T)
        stream.say(S, "what I was typing")
        await until(stream, Arrived)


async def test_what_was_kept_elsewhere_is_sent_under_its_own_id() -> None:
    async def answer(link: ServerConnection) -> None:
        await say(link, HELLO)
        await say(link, echo(await hear(link), 1))
        await link.wait_closed()

    async with links(answer) as stream:
        stream.say(S, "from yesterday", client_id="yesterday-1")
        stream.say(S, "from yesterday", client_id="yesterday-1")
        arrived = (await until(stream, Arrived))[-1]
        assert isinstance(arrived, Arrived)
        assert (arrived.message.client_id, arrived.mine) == ("yesterday-1", True)


async def test_what_is_taken_back_before_it_goes_out_is_not_sent() -> None:
    async def answer(link: ServerConnection) -> None:
        await say(link, HELLO)
        await say(link, echo(await hear(link), 1))
        await link.wait_closed()

    async with links(answer) as stream:
        await until(stream, Online)
        stream.say(S, "wrong window", client_id="mistake-1")
        stream.conversation.unsay("mistake-1")
        stream.say(S, "right window")
        events = await until(stream, Arrived)
    assert [event.message.text for event in events if isinstance(event, Arrived)] == ["right window"]


async def test_a_long_pause_can_be_cut_short() -> None:
    async def leave(link: ServerConnection) -> None:
        await link.close()

    async with links(leave, greet_and_stay, delays=lambda: repeat(60.0)) as stream:
        await until(stream, Offline)
        stream.retry_now()
        await until(stream, Online)


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

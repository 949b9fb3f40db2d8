"""SIGKILL amid a burst: what was acknowledged is there, once, in one order for all; who waits keeps their place."""

import asyncio
import contextlib
import functools
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from tests.server.conftest import NewServer
from tests.server.world import Caller, Frame, Guest, Stream, World, done, new_client_id


@dataclass
class Side:
    """One side of a chat, as a client keeps it: what it has said, and what it has seen."""

    caller: Caller
    session_id: str
    said: dict[str, str] = field(default_factory=dict)
    seen: dict[int, Frame] = field(default_factory=dict)

    def take(self, stream: Stream) -> None:
        """Note what a link has brought."""
        for frame in stream.of("message"):
            assert self.seen.setdefault(frame["seq"], frame) == frame, "one seq, two entries"

    @property
    def acknowledged(self) -> set[str]:
        """Give the client ids of its own messages that it has seen come back."""
        return {frame["client_id"] for frame in self.seen.values()} & self.said.keys()

    def is_own(self, frame: Frame) -> bool:
        """Tell whether an entry is this side's."""
        return frame["client_id"] in self.said

    async def link(self) -> Stream:
        """Come (back), and ask for what was missed."""
        stream = await self.caller.stream()
        await stream.send("sync", sessions={self.session_id: max(self.seen, default=0)})
        return stream

    async def burst(self, stream: Stream) -> None:
        """Write until the link breaks: more than can be dealt with before the kill."""
        with contextlib.suppress(ConnectionClosed):
            for _ in range(400):
                client_id = new_client_id()
                self.said[client_id] = f"{self.caller} {len(self.said)}"
                await stream.say(self.session_id, self.said[client_id], client_id)
                # Let the others write, too.
                await asyncio.sleep(0)
        await stream.ended()
        self.take(stream)

    async def catch_up(self) -> None:
        """Come back: say again what wasn't acknowledged, in its order, and fetch what was missed."""
        stream = await self.link()
        for client_id, text in self.said.items():
            if client_id not in self.acknowledged:
                await stream.say(self.session_id, text, client_id)
        mine = self.said.keys() - self.acknowledged
        await stream.until(lambda: mine <= {f["client_id"] for f in stream.of("message")}, "every acknowledgement")
        await stream.frame("synced")
        self.take(stream)
        await stream.close()


async def test_a_kill_amid_a_burst_loses_nothing_acknowledged_and_doubles_nothing(new_server: NewServer) -> None:
    server = new_server()
    async with World(server) as world:
        staff = await world.standing("owner")
        layla = await world.guest(staff)
        session_id = layla.session_id
        await staff.move(session_id, "start")
        sides = [Side(staff, session_id), Side(layla, session_id), Side(layla, session_id)]
        for enough in (200, 900):
            links = [await side.link() for side in sides]
            bursts = [asyncio.create_task(side.burst(link)) for side, link in zip(sides, links, strict=True)]
            for side, link in zip(sides, links, strict=True):
                await link.frame("message", side.is_own)
            await links[0].frame("message", functools.partial(is_after, enough))
            server.kill()
            await asyncio.gather(*bursts)
            server.start()
            assert all(side.acknowledged for side in sides)
            log = await read_log(staff, session_id)
            in_log = {entry["client_id"] for entry in log}
            for side in sides:
                assert side.acknowledged <= in_log
            await asyncio.gather(*(side.catch_up() for side in sides))

        for side in sides:
            await side.catch_up()
        log = await read_log(staff, session_id)
        assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
        texts = [entry["client_id"] for entry in log if entry["kind"] == "text"]
        assert len(texts) == len(set(texts))
        assert set(texts) == {client_id for side in sides for client_id in side.said}
        for side in sides:
            mine = [c for c in texts if c in side.said]
            assert mine == list(side.said), "each side's messages are in the order in which it wrote them"
            shown = [side.seen[seq] for seq in sorted(side.seen)]
            assert shown == [{"type": "message", **entry} for entry in log], "both sides show the same"


def is_after(seq: int, frame: Frame) -> bool:
    """Tell whether an entry comes after a `seq`."""
    return bool(frame["seq"] > seq)


async def read_log(caller: Caller, session_id: str) -> list[Frame]:
    """Read all of a log."""
    entries: list[Frame] = []
    while True:
        page = done(await caller.get(f"/sessions/{session_id}/messages?limit=500&after={len(entries)}"), 200)
        entries += page["items"]
        if page["next"] is None:
            return entries


async def test_who_waits_keeps_their_place_over_a_kill_and_away_time_does_not_count(new_server: NewServer) -> None:
    server = new_server(TC_PLACE_GRACE="4s")
    async with World(server) as world:
        staff = await world.standing("owner")
        guests: list[Guest] = [await world.guest(staff, f"N{n}") for n in range(3)]
        phones = [await guest.stream() for guest in guests]
        before = done(await staff.get("/queue"), 200)["items"]
        assert [entry["name"] for entry in before] == ["N0", "N1", "N2"]
        server.kill()
        for phone in phones:
            await phone.ended()
        server.start()
        after = done(await staff.get("/queue"), 200)["items"]
        # Those who come back hold what they held; being away begins to count once the server is there again.
        assert [(e["name"], e["waiting_since"]) for e in after] == [(e["name"], e["waiting_since"]) for e in before]
        again = await guests[2].stream()
        assert again.frames[0]["sessions"][0]["place"] == 3
        await again.frame("place", place=1)
        desk = await staff.stream()
        await desk.until(lambda: desk.frames[0]["queue"] and not done_waiting(desk, guests[:2]))
        entries = done(await staff.get("/queue"), 200)["items"]
        assert [(e["name"], e["waiting_since"]) for e in entries] == [("N2", before[2]["waiting_since"])]
        # Who comes back after all gets the old place again.
        back = await guests[0].stream()
        await back.until(lambda: back.of("session", state="waiting") or back.frames[0]["sessions"][0]["place"])
        entries = done(await staff.get("/queue"), 200)["items"]
        assert [(e["name"], e["waiting_since"]) for e in entries] == [
            (e["name"], e["waiting_since"]) for e in (before[0], before[2])
        ]


def done_waiting(desk: Stream, guests: list[Guest]) -> set[str]:
    """Name those of these sessions that still wait, by the latest that the desk has heard."""
    states = {s["session_id"]: s["state"] for s in desk.frames[0]["sessions"]}
    states |= {f["session_id"]: f["state"] for f in desk.of("session")}
    return {g.session_id for g in guests if states.get(g.session_id) == "waiting"}


async def test_a_stop_tells_links_to_come_back_and_they_do(new_server: NewServer) -> None:
    server = new_server()
    async with World(server) as world:
        staff = await world.standing("owner")
        layla = await world.guest(staff)
        link, desk = await layla.stream(), await staff.stream()
        await asyncio.to_thread(server.stop)
        assert (await link.ended(), await desk.ended()) == (1012, 1012)
        server.start()
        again = await layla.stream()
        assert again.frames[0]["sessions"][0]["place"] == 1
        assert (await staff.session(layla.session_id))["waiting_since"]
    assert "Traceback" not in server.log.read_text()

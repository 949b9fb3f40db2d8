"""The outbox of a running server: what is queued is sent, once, also after a kill, and its fate is shown."""

import asyncio
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.world import ROOT_NAME, Staff, Stream, World, done
from tests.serving import Server, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run a server of this test's own."""
    Server(tmp_path).add(ROOT_NAME, "admin")
    with serving(tmp_path) as server:
        yield server


def written(server: Server) -> dict[str, str]:
    """Read what was delivered, by delivery id."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (server.data / "outbox").iterdir()}


async def settled(staff: Staff, invite_id: str) -> list[dict[str, Any]]:
    """Wait until all of an invite's deliveries have gone one way or the other."""
    desk = await staff.stream()
    while True:
        heard = len(desk.of("session"))
        found: list[dict[str, Any]] = done(await staff.get(f"/invites/{invite_id}"), 200)["deliveries"]
        if all(delivery["state"] != "queued" for delivery in found):
            await desk.close()
            return found
        await desk.until(functools.partial(has_heard_more_than, heard, desk), "what came of it")


def has_heard_more_than(heard: int, desk: Stream) -> bool:
    """Tell whether a session has changed since."""
    return len(desk.of("session")) > heard


async def test_a_message_goes_out_by_the_channel_that_was_chosen_with_the_link_in_it(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        invite = await staff.invite(
            "Layla", phone="+41446681800", email="layla@example.org", language="ar", via="email"
        )
        [delivery] = await settled(staff, invite["invite_id"])
        assert (delivery["channel"], delivery["provider"], delivery["state"]) == ("email", "folder", "sent")
        assert delivery["sent_at"] >= delivery["created_at"]
        text = written(server)[delivery["delivery_id"]]
        assert text.startswith("To: layla@example.org\nChannel: email\nSubject: ")
        assert invite["url"] in text

        again = done(await staff.post(f"/invites/{invite['invite_id']}/resend", json={"via": "sms"}), 200)
        assert [d["channel"] for d in again["deliveries"]] == ["email", "sms"]
        _, by_sms = await settled(staff, invite["invite_id"])
        assert written(server)[by_sms["delivery_id"]].startswith("To: +41446681800\nChannel: sms\n\n")

        by_hand = await staff.invite("Passed on by hand")
        assert by_hand["deliveries"] == []
        layla = await world.join(invite)
        entry = done(await staff.get("/queue"), 200)["items"][0]
        assert (entry["session_id"], entry["delivery"]) == (layla.session_id, "sent")


async def test_what_fails_is_said_and_can_be_sent_again(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        (server.data / "outbox").write_text("in the way")
        invite = await staff.invite("Layla", phone="+41446681800", via="sms")
        [failed] = await settled(staff, invite["invite_id"])
        assert (failed["state"], failed["sent_at"]) == ("failed", None)
        assert "exists" in failed["detail"]
        (server.data / "outbox").unlink()
        done(await staff.post(f"/invites/{invite['invite_id']}/resend", json={}), 200)
        assert [d["state"] for d in await settled(staff, invite["invite_id"])] == ["failed", "sent"]
        assert len(written(server)) == 1


async def test_what_was_queued_when_the_server_was_killed_goes_out_once_after_it_is_back(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        inviting = [asyncio.create_task(staff.invite(f"N{n}", phone="+41446681800", via="sms")) for n in range(20)]
        await asyncio.wait(inviting, return_when=asyncio.FIRST_COMPLETED)
        server.kill()
        promised = [task.result() for task in await finished(inviting) if task.exception() is None]
        assert promised
        server.start()
        for invite in promised:
            [delivery] = await settled(staff, invite["invite_id"])
            assert delivery["state"] == "sent"
            assert invite["url"] in written(server)[delivery["delivery_id"]]
        kept = done(await staff.get("/invites?limit=500"), 200)["items"]
        for invite in kept:
            await settled(staff, invite["invite_id"])
        assert written(server).keys() == {d["delivery_id"] for invite in kept for d in invite["deliveries"]}


async def finished(tasks: list[asyncio.Task[Any]]) -> list[asyncio.Task[Any]]:
    """Wait until all have ended, one way or the other."""
    await asyncio.wait(tasks)
    return tasks


async def test_taking_a_session_back_and_erasing_it_takes_its_messages_out_of_the_outbox(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        invite = await staff.invite("Layla", phone="+41446681800", via="sms")
        other = await staff.invite("Other", phone="+41446681801", via="sms")
        for one in (invite, other):
            await settled(staff, one["invite_id"])
        done(await staff.post(f"/invites/{invite['invite_id']}/revoke"), 200)
        await staff.move(invite["session_id"], "erase")
        [left] = written(server).values()
        assert other["url"] in left

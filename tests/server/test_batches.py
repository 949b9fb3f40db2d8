"""A batch on the wire: what is answered, and how little of it reaches a slow link."""

from typing import Any

import pytest

from tests.server.world import World, done, refused

PHONE = "+41446681800"


def rows(count: int, prefix: str = "row", **more: Any) -> list[dict[str, Any]]:
    return [{"key": f"{prefix}-{n:08d}", "name": f"Person {n}", "via": "link"} | more for n in range(count)]


async def test_each_row_is_answered_in_its_place(world: World) -> None:
    staff = await world.staff()
    sent = [*rows(2), {"key": "a-bad-one", "name": "", "phone": "12", "via": "sms"}]
    answer = done(await staff.post("/invites/batch", json={"rows": sent}), 200)["rows"]
    assert [one["result"] for one in answer] == ["invited", "invited", "refused"]
    assert [one["key"] for one in answer] == [one["key"] for one in sent]
    assert answer[2]["error"]["field"] == "name"
    assert [fault["field"] for fault in answer[2]["more"]] == ["phone"]
    assert answer[2]["invite_id"] is answer[2]["session_id"] is answer[2]["url"] is None
    found = done(await staff.get(f"/invites/{answer[0]['invite_id']}"), 200)
    assert (found["url"], found["session_id"]) == (answer[0]["url"], answer[0]["session_id"])


@pytest.mark.parametrize(
    "body",
    [
        {"rows": rows(501)},
        {"rows": [{"name": "No key"}]},
        {"rows": [{"key": "a-good-key", "name": "X", "telephone": PHONE}]},
        {"rows": "none"},
        {},
    ],
    ids=["too many", "no key", "an unknown field", "no list", "nothing"],
)
async def test_what_is_no_batch_is_refused_whole(world: World, body: dict[str, Any]) -> None:
    staff = await world.standing("owner")
    assert refused(await staff.post("/invites/batch", json=body)) == (400, "invalid")


async def test_a_batch_does_not_flood_the_stream(world: World) -> None:
    staff = await world.staff()
    link = await staff.stream()
    for part in range(5):
        body = {"rows": rows(100, f"part-{part}", phone=PHONE, via="sms")}
        done(await staff.post("/invites/batch", json=body), 200)
    await link.frame("invites")
    await link.settled()
    assert len(link.of("invites")) < 10
    assert len(link.of("session")) < 50
    assert sum(len(str(frame)) for frame in link.frames) < 100_000


async def test_who_comes_amid_a_batch_rings_as_ever(world: World) -> None:
    staff = await world.staff()
    link = await staff.stream()
    answer = done(await staff.post("/invites/batch", json={"rows": rows(200)}), 200)["rows"]
    guest = await world.join({"url": answer[-1]["url"], "name": "Layla"})
    await link.frame("queue", lambda frame: [e["session_id"] for e in frame["entries"]] == [guest.session_id])
    await link.frame("session", session_id=guest.session_id, state="waiting")

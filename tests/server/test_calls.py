"""Calls over HTTP and the stream: the page's cookie, who hears what, and in which order."""

from http.cookies import SimpleCookie
from typing import Any

import pytest

from tests.server.conftest import NewServer
from tests.server.world import CallPage, Guest, Staff, World, done, link_token, refused


async def begun(world: World, staff: Staff) -> Guest:
    """Begin a session with somebody."""
    guest = await world.guest(staff)
    await staff.move(guest.session_id, "start")
    return guest


async def act(who: Any, session_id: str, verb: str, **fields: Any) -> dict[str, Any]:
    """Do something about a call."""
    return done(await who.post(f"/sessions/{session_id}/call/{verb}", json=fields or {}), 200)


def states(call: dict[str, Any]) -> dict[str, str]:
    """Tell where everybody stands."""
    return {party["name"]: party["state"] for party in call["parties"]}


async def test_a_call_from_the_key_to_the_last_word(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    desk, phone = await staff.stream(), await layla.stream()
    opened = done(await staff.post(f"/sessions/{layla.session_id}/call", json={"media": "video"}), 201)
    assert opened["url"].startswith(f"{world.server.url}/call#")
    assert (await desk.frame("call"))["state"] == "opening"
    entered = done(await world.nobody().post("/call/enter", json={"token": link_token(opened)}), 200)
    page = CallPage(world, entered, "page")
    assert (entered["me"]["role"], entered["leg"], entered["session_id"]) == ("staff", 1, layla.session_id)
    assert entered["ice"] == {"ice_servers": [], "policy": "all", "expires_at": None}
    ringing = await phone.frame("call", state="ringing")
    assert states(ringing) == {staff.name: "in", "Layla": "ringing"}
    assert ringing["media"] == "video"
    assert (await phone.frame("message", kind="call_started"))["data"]["call_id"] == page.call_id

    line = await page.stream()
    assert line.frames[0]["calls"] == [{k: v for k, v in ringing.items() if k != "type"}]
    assert (line.frames[0]["viewer"]["id"], line.frames[0]["sessions"]) == (staff.user_id, [])
    accepted = await act(layla, layla.session_id, "accept", media="audio")
    assert accepted["call"]["state"] == "running"
    await line.frame("call", state="running")
    live = done(await page.get(f"/sessions/{layla.session_id}/call"), 200)
    assert live["call"] == accepted["call"]

    over = await act(page, layla.session_id, "hangup")
    assert (over["outcome"], over["ended_by"]["id"]) == ("ended", staff.user_id)
    assert await line.ended() == 1000
    assert line.frames[-1] == {"type": "call", **over}
    assert await act(page, layla.session_id, "hangup") == over
    late = await page.stream()
    assert (late.frames[0]["type"], late.frames[0]["calls"], await late.ended()) == ("hello", [], 1000)
    assert (await desk.frame("message", kind="call_ended"))["data"]["outcome"] == "ended"
    assert done(await layla.get(f"/sessions/{layla.session_id}/call"), 200) == {"call": None}


async def test_whoever_comes_in_is_told_of_before_what_they_signal(world: World) -> None:
    """A page drops what comes from a leg that it doesn't know yet: the call must be there first."""
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    page = await world.call_page(staff, layla.session_id)
    line, phone = await page.stream(), await layla.stream()
    for leg in range(1, 6):
        await act(layla, layla.session_id, "accept")
        await phone.send("signal", session_id=layla.session_id, to=staff.user_id, data={"from_leg": leg})
        signal = await line.frame("signal", data={"from_leg": leg})
        known = [f for f in line.frames[: line.frames.index(signal)] if f["type"] == "call"][-1]
        assert next(p["leg"] for p in known["parties"] if p["id"] == layla.participant_id) == leg
        assert signal == {
            "type": "signal",
            "session_id": layla.session_id,
            "sender": layla.participant_id,
            "data": {"from_leg": leg},
        }


async def test_signals_keep_their_order(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    page = await world.call_page(staff, layla.session_id)
    line, phone = await page.stream(), await layla.stream()
    await act(layla, layla.session_id, "accept")
    for n in range(50):
        await line.send("signal", session_id=layla.session_id, to=layla.participant_id, data={"n": n})
    await phone.until(lambda: len(phone.of("signal")) == 50)
    assert [f["data"]["n"] for f in phone.of("signal")] == list(range(50))


@pytest.mark.parametrize("depth", [1, 100, 900, 930, 960, 990, 5000])
async def test_what_is_signalled_may_be_anything_that_can_be_read(world: World, depth: int) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    page = await world.call_page(staff, layla.session_id)
    line, phone = await page.stream(), await layla.stream()
    await act(layla, layla.session_id, "accept")
    deep = '{"a":' * depth + '"\u0000 😀"' + "}" * depth
    head = f'"session_id": "{layla.session_id}", "to": "{layla.participant_id}"'
    await line.send_raw('{"type": "signal", ' + head + ', "data": ' + deep + "}")
    await line.settled()
    await phone.settled()
    assert bool(phone.of("signal")) == (not line.of("error"))
    assert {f["code"] for f in line.of("error")} <= {"unknown_frame"}


async def test_a_link_made_in_the_middle_of_a_call_hears_of_it_at_once(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    page = await world.call_page(staff, layla.session_id)
    for link in (await staff.stream(), await layla.stream()):
        assert page.call_id in [call["call_id"] for call in link.frames[0]["calls"]]


async def test_a_page_that_was_superseded_is_cut_off(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    first = await world.call_page(staff, layla.session_id)
    line = await first.stream()
    second = await world.call_page(staff, layla.session_id)
    assert await line.ended() == 4401
    assert refused(await first.get(f"/sessions/{layla.session_id}/call"))[0] == 401
    assert second.call_id == first.call_id
    assert second.entered["leg"] == 2


@pytest.mark.parametrize("how", ["disable", "close", "erase"])
async def test_a_page_hears_the_end_whatever_it_comes_from(world: World, how: str) -> None:
    staff = await world.staff()
    layla = await begun(world, staff)
    line = await (await world.call_page(staff, layla.session_id)).stream()
    if how == "disable":
        done(await (await world.focal_person()).post(f"/users/{staff.user_id}/disable"), 200)
    else:
        await staff.move(layla.session_id, "close")
    assert await line.ended() == (4401 if how == "disable" else 1000)
    if how == "erase":
        await staff.move(layla.session_id, "erase")
        assert (await staff.session(layla.session_id))["counts"]["calls"] == 1


async def test_the_pages_cookie_opens_its_stream_from_the_same_origin_alone(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    opened = done(await staff.post(f"/sessions/{layla.session_id}/call", json={}), 201)
    answer = await world.nobody().post("/call/enter", json={"token": link_token(opened)})
    world.http.cookies.clear()
    [(name, morsel)] = SimpleCookie(answer.headers["set-cookie"]).items()
    call_id = opened["call"]["call_id"]
    assert (name, morsel.value, morsel["path"]) == (f"tc_call_{call_id}", answer.json()["call_token"], "/api/v1")
    assert morsel["httponly"]
    assert morsel["samesite"].lower() == "strict"
    cookie = answer.headers["set-cookie"].partition(";")[0]
    line = await world.link(f"?call={call_id}", {"Cookie": cookie, "Origin": world.server.url})
    assert (await line.frame("hello"))["viewer"]["session_id"] == layla.session_id
    for headers, code in (
        ({"Cookie": cookie, "Origin": "https://elsewhere.example"}, 4403),
        ({"Cookie": cookie}, 4403),
        ({"Origin": world.server.url}, 4401),
    ):
        assert await (await world.link(f"?call={call_id}", headers)).ended() == code
    # Fetches of the page send its token; the cookie alone moves nothing.
    path = f"/sessions/{layla.session_id}/call/hangup"
    assert refused(await world.nobody().post(path, headers={"Cookie": cookie}))[0] == 401


async def test_a_token_is_taken_once(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    opened = done(await staff.post(f"/sessions/{layla.session_id}/call", json={}), 201)
    body = {"token": link_token(opened)}
    done(await world.nobody().post("/call/enter", json=body), 200)
    for token in (body["token"], "leads nowhere"):
        assert refused(await world.nobody().post("/call/enter", json={"token": token})) == (404, "link_unknown")
    world.http.cookies.clear()


async def test_a_ring_that_nobody_hears_is_missed_and_a_killed_server_does_not_forget_it(
    new_server: NewServer,
) -> None:
    server = new_server(TC_RING="2s", TC_CALL_GRACE="1h")
    async with World(server) as world:
        staff = await world.standing("owner")
        layla = await begun(world, staff)
        await world.call_page(staff, layla.session_id)
    server.kill()
    server.start()
    async with World(server) as world:
        link = await Staff.stream(await world.standing("owner"))
        session_id = layla.session_id
        missed = await link.frame("call", session_id=session_id, state="ended")
        assert (missed["outcome"], states(missed)["Layla"]) == ("missed", "missed")


async def test_with_a_relay_its_credentials_are_handed_out_and_nothing_else_may_be_tried(
    new_server: NewServer,
) -> None:
    server = new_server(TC_TURN_URLS="turn:127.0.0.1:3478,stun:127.0.0.1:3478", TC_TURN_SECRET="north")
    async with World(server) as world:
        staff = await world.standing("owner")
        layla = await begun(world, staff)
        page = await world.call_page(staff, layla.session_id)
        first = page.entered["ice"]
        second = done(await page.get(f"/sessions/{layla.session_id}/call/ice"), 200)
        assert first["policy"] == second["policy"] == "relay"
        assert first["ice_servers"][0]["urls"] == ["turn:127.0.0.1:3478"]
        assert first["ice_servers"][0]["username"] != second["ice_servers"][0]["username"]
        assert first["ice_servers"][1] == {"urls": ["stun:127.0.0.1:3478"], "username": None, "credential": None}


async def test_a_fourth_is_told_that_the_call_is_full(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    others = []
    for name in ("Ida", "Omar"):
        body = {"role": "interpreter", "name": name, "via": "link"}
        added = done(await staff.post(f"/sessions/{layla.session_id}/participants", json=body), 201)
        others.append(await world.join(added))
    await world.call_page(staff, layla.session_id)
    for guest in (layla, others[0]):
        await act(guest, layla.session_id, "accept")
    answer = await others[1].post(f"/sessions/{layla.session_id}/call/accept", json={})
    assert refused(answer) == (409, "call_full")


async def test_what_state_and_call_forbid_is_said_so(world: World) -> None:
    staff = await world.standing("owner")
    waiting = await world.guest(staff)
    answer = await staff.post(f"/sessions/{waiting.session_id}/call", json={})
    assert refused(answer) == (409, "illegal_move")
    assert answer.json()["state"] == "waiting"
    for verb in ("accept", "decline", "hangup"):
        answer = await waiting.post(f"/sessions/{waiting.session_id}/call/{verb}", json={})
        assert refused(answer) == (409, "no_call")
    assert refused(await waiting.get(f"/sessions/{waiting.session_id}/call/ice")) == (409, "no_call")


async def test_asking_for_a_call_is_heard_by_staff_and_once_a_minute(world: World) -> None:
    staff = await world.standing("owner")
    layla = await begun(world, staff)
    desk = await staff.stream()
    path = f"/sessions/{layla.session_id}/call/request"
    asked = done(await layla.post(path, json={"media": "video"}), 201)
    assert (asked["kind"], asked["sender"]["name"], asked["data"]) == ("call_requested", "Layla", {"media": "video"})
    await desk.frame("message", seq=asked["seq"], session_id=layla.session_id)
    assert done(await layla.post(path, json={"media": "video"}), 200) == asked

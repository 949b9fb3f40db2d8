"""What participants never see: contacts, notes, devices, presence, deliveries; and what links keep from strangers."""

import asyncio
import json
import secrets
import statistics
import time
from typing import Any

import pytest

from tests.server.world import Guest, Staff, World, done, link_token, refused
from tests.serving import PASSWORD

PLANTED = {
    "the person's phone": "+41446681800",
    "the person's email": "layla.planted@example.org",
    "the note": "planted-note-for-staff-alone",
    "the relative's email": "uncle.planted@example.org",
    "somebody else's name": "Somebody-Elsewhere",
}
WITHHELD = {
    *("phone", "email", "note", "devices", "online", "deliveries", "delivery", "url", "via"),
    *("joined_at", "removed_at", "waiting_since", "erase_at", "invite_id"),
}


async def full_session(world: World) -> tuple[Staff, Guest, Guest, list[dict[str, Any]]]:
    """Play a session with everything in it; returns staff, two participants, and every frame that those two got."""
    staff = await world.staff()
    invite = await staff.invite(
        "Layla", phone="+41446681800", email="layla.planted@example.org", via="sms", note=PLANTED["the note"]
    )
    await world.guest(staff, PLANTED["somebody else's name"])
    layla = await world.join(invite)
    session_id = layla.session_id
    phone = await layla.stream()
    desk = await staff.stream()
    body = {"role": "relative", "name": "Uncle", "email": PLANTED["the relative's email"]}
    uncle = await world.join(done(await staff.post(f"/sessions/{session_id}/participants", json=body), 201))
    other = await uncle.stream()
    done(await staff.post(f"/sessions/{session_id}/tell", json={"minutes": 5}), 201)
    await staff.move(session_id, "start")
    await phone.say(session_id, "hello")
    await other.say(session_id, "hello from me")
    await desk.say(session_id, "hello both")
    await desk.send("read", session_id=session_id, seq=2)
    await desk.send("typing", session_id=session_id)
    third = await (await world.join(invite)).stream()
    await third.close()
    pdf = b"%PDF-1.4\nstartxref\n0\n%%EOF"
    done(await layla.put_file(session_id, pdf, "x.pdf"), 201)
    body = {"role": "interpreter", "name": "Brief"}
    brief = done(await staff.post(f"/sessions/{session_id}/participants", json=body | {"via": "link"}), 201)
    await staff.call("DELETE", f"/sessions/{session_id}/participants/{brief['participant_id']}")
    await staff.move(session_id, "keep-open")
    await phone.send("sync", sessions={session_id: 0})
    await other.send("sync", sessions={session_id: 0})
    for link in (phone, other):
        await link.frame("session", state="open")
        await link.frame("synced")
        await link.settled()
    return staff, layla, uncle, phone.frames + other.frames


async def test_participants_see_nobodys_contacts_notes_devices_presence_or_deliveries(world: World) -> None:
    staff, layla, uncle, seen = await full_session(world)
    session_id = layla.session_id
    for guest in (layla, uncle):
        log = done(await guest.get(f"/sessions/{session_id}/messages"), 200)
        seen += [guest.joined, log, done(await guest.get(f"/sessions/{session_id}"), 200)]
        seen.append(done(await guest.get("/sessions"), 200))
        seen.append(done(await guest.post(f"/sessions/{session_id}/messages", json=message("and one more")), 201))
    seen.append((await layla.post(f"/sessions/{session_id}/start")).json())
    await staff.move(session_id, "close")
    seen.append((await layla.post(f"/sessions/{session_id}/messages", json=message("late"))).json())
    seen.append(done(await uncle.post(f"/sessions/{session_id}/leave"), 200))

    assert {f["type"] for f in seen if "type" in f} >= {"hello", "message", "session", "typing", "read", "synced"}
    assert "presence" not in {f.get("type") for f in seen}
    text = json.dumps(seen, ensure_ascii=False)
    assert not [what for what, planted in PLANTED.items() if planted in text]
    assert not WITHHELD & keys(seen)

    # The same walk finds all of it in what staff sees, so it would find it here too.
    whole = [
        await staff.session(session_id),
        done(await staff.get("/invites"), 200),
        done(await staff.get("/queue"), 200),
    ]
    whole_text = json.dumps(whole, ensure_ascii=False)
    assert not [what for what, planted in PLANTED.items() if planted not in whole_text]
    assert keys(whole) >= WITHHELD


def message(text: str) -> dict[str, str]:
    """Make the body of a message."""
    return {"client_id": f"id-{text.replace(' ', '-')}", "text": text}


def keys(value: Any) -> set[str]:
    """Collect the names of all fields, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set()


async def knock(world: World, token: str, **fields: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Try a link; returns status, body and headers without what differs from request to request."""
    answer = await world.nobody().post("/join", json={"token": token, "accept_terms": True} | fields)
    body = {name: value for name, value in answer.json().items() if name != "request_id"}
    return answer.status_code, body, {k: v for k, v in answer.headers.items() if k not in ("date", "x-request-id")}


async def test_to_a_stranger_an_erased_link_and_a_wrong_one_look_the_same(world: World) -> None:
    staff = await world.staff()
    invite = await staff.invite()
    await world.join(invite)
    await staff.move(invite["session_id"], "close")
    await staff.move(invite["session_id"], "erase")
    erased, wrong = link_token(invite), "A" * len(link_token(invite))
    assert await knock(world, erased) == await knock(world, wrong)
    assert (await knock(world, wrong))[0] == 404
    assert await knock(world, erased, accept_terms=False) == await knock(world, wrong, accept_terms=False)

    took: dict[str, list[float]] = {erased: [], wrong: []}
    for _ in range(30):
        for token, times in took.items():
            begun = time.perf_counter()
            await knock(world, token)
            times.append(time.perf_counter() - begun)
    slow, quick = sorted(map(statistics.median, took.values()), reverse=True)
    assert slow < 10 * quick


async def test_a_rotated_link_looks_like_a_wrong_one(world: World) -> None:
    staff = await world.staff()
    invite = await staff.invite()
    layla = await world.join(invite)
    link = await layla.stream()
    rotated = done(await staff.post(f"/invites/{invite['invite_id']}/rotate"), 200)
    assert await link.ended() == 4401
    assert refused(await layla.get("/sessions")) == (401, "not_logged_in")
    assert await knock(world, link_token(invite)) == await knock(world, "A" * len(link_token(invite)))
    again = await world.join(rotated)
    assert again.participant_id == layla.participant_id
    assert (await staff.session(layla.session_id))["people"][0]["devices"] == 1


async def test_opening_a_link_changes_nothing_and_tells_nothing(world: World) -> None:
    staff = await world.staff()
    invite = await staff.invite("Layla")
    before = await staff.session(invite["session_id"])
    page = await world.http.get(invite["url"])
    wrong = await world.http.get(f"{world.server.url}/j/en#{'A' * 24}")
    assert page.status_code == 200
    assert page.text == wrong.text
    assert "Layla" not in page.text
    assert await staff.session(invite["session_id"]) == before


async def test_asking_for_what_is_not_yours_is_like_asking_for_what_never_was(world: World) -> None:
    owner, stranger = await world.standing("owner"), await world.standing("other staff")
    layla = await world.guest(owner)
    gone = await world.guest(owner)
    await owner.move(gone.session_id, "close")
    await owner.move(gone.session_id, "erase")
    answers = []
    for session_id in (layla.session_id, gone.session_id, "01a20537-47a4-7463-8b8f-fa49c6e292d4", "x"):
        answer = await stranger.get(f"/sessions/{session_id}")
        answers.append({name: value for name, value in answer.json().items() if name != "request_id"})
    assert answers == [answers[0]] * 4
    assert answers[0]["code"] == "not_found"


async def test_names_of_accounts_can_not_be_probed_by_login(world: World) -> None:
    # Hashed by the server itself, as costly as it does it.
    body = {"name": f"known-{secrets.token_hex(4)}", "password": PASSWORD}
    known = done(await (await world.focal_person()).post("/users", json=body), 201)["user"]["name"]
    answers, times = [], {known: 60.0, "never-was-here": 60.0}
    for user in [*times] * 3:
        begun = time.perf_counter()
        answer = await world.nobody().post("/auth/login", json={"user": user, "password": "wrong"})
        times[user] = min(times[user], time.perf_counter() - begun)
        answers.append({name: value for name, value in answer.json().items() if name != "request_id"})
        assert refused(answer) == (401, "wrong_password")
    assert answers == [answers[0]] * 6
    assert max(times.values()) < 10 * min(times.values())


@pytest.mark.parametrize("known", [True, False], ids=["a known name", "an unknown name"])
async def test_guessing_passwords_is_slowed_down_by_name_and_not_by_address(world: World, known: bool) -> None:
    staff = await world.staff()
    user = staff.name if known else f"nobody-like-{staff.name}"
    guesses = [world.nobody().post("/auth/login", json={"user": user, "password": f"guess {n}"}) for n in range(5)]
    assert {refused(answer) for answer in await asyncio.gather(*guesses)} == {(401, "wrong_password")}
    answer = await world.nobody().post("/auth/login", json={"user": user, "password": "guess"})
    assert refused(answer) == (429, "slow_down")
    assert 1 <= int(answer.headers["retry-after"]) == answer.json()["retry_after"]
    await world.login((await world.focal_person()).name)

"""The main story over the wire: invite, join, ring, start, chat, files, close, erase."""

from urllib.parse import quote

from tests.server.world import World, done, link_token, refused

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"


async def test_an_invitation_becomes_a_conversation_and_then_nothing_but_a_receipt(world: World) -> None:
    staff = await world.staff()
    desk = await staff.stream()
    invite = await staff.invite("Layla", phone="+41446681800", via="sms", note="limps")
    session_id = invite["session_id"]
    assert invite["state"] == "invited"
    assert invite["url"].startswith(f"{world.server.url}/j/en#")

    layla = await world.join(invite)
    await desk.frame("message", session_id=session_id, kind="joined", seq=1)
    ring = await desk.frame("queue", lambda f: bool(f["entries"]))
    assert [(e["session_id"], e["name"], e["place"], e["online"]) for e in ring["entries"]] == [
        (session_id, "Layla", 1, False)
    ]
    phone = await layla.stream()
    await desk.frame("presence", participant_id=layla.participant_id, online=True, devices=1)

    started = done(await staff.post("/queue/next"), 200)
    assert (started["session_id"], started["state"], started["waiting_since"]) == (session_id, "active", None)
    await phone.frame("message", kind="started", session_id=session_id)
    await phone.frame("session", state="active")
    await desk.frame("queue", entries=[])

    await phone.say(session_id, "It hurts here", "from-phone-1")
    assert (await desk.frame("message", client_id="from-phone-1"))["text"] == "It hurts here"
    await phone.frame("message", client_id="from-phone-1")
    answer = done(
        await staff.post(f"/sessions/{session_id}/messages", json={"client_id": "from-desk-1", "text": "Since when?"}),
        201,
    )
    heard = await phone.frame("message", client_id="from-desk-1")
    assert heard == {"type": "message", **answer}
    assert heard["sender"] == {"id": staff.user_id, "role": "staff", "name": staff.name}

    name = "reçu été.pdf"
    sent = done(await layla.put_file(session_id, PDF, quote(name), "application/pdf"), 201)
    kept = {"file_id": "", "name": name, "type": "application/pdf", "size": len(PDF), "seconds": None}
    assert sent["file"] | {"file_id": ""} == kept
    await desk.frame("message", kind="file", seq=sent["seq"])
    fetched = await staff.get(f"/sessions/{session_id}/files/{sent['file']['file_id']}")
    assert fetched.content == PDF
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(name)}"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in fetched.headers["content-security-policy"]

    assert (await staff.move(session_id, "keep-open"))["state"] == "open"
    await phone.say(session_id, "One more thing")
    waiting = await desk.frame("session", lambda f: f["waiting_since"] is not None, session_id=session_id, state="open")
    assert [e["session_id"] for e in done(await staff.get("/queue"), 200)["items"]] == [session_id]
    await desk.say(session_id, "Yes?")
    await desk.frame("session", lambda f: f["last_seq"] > waiting["last_seq"], waiting_since=None, state="open")
    assert done(await staff.get("/queue"), 200)["items"] == []

    assert (await staff.move(session_id, "close"))["state"] == "closed"
    await phone.frame("session", state="closed")
    assert refused(
        await layla.post(f"/sessions/{session_id}/messages", json={"client_id": "too-late", "text": "?"})
    ) == (
        409,
        "session_ended",
    )
    reopened = await staff.move(session_id, "reopen")
    assert (reopened["state"], reopened["erase_at"]) == ("open", None)
    closed = await staff.move(session_id, "close")
    assert closed["erase_at"] > closed["closed_at"]

    log = done(await staff.get(f"/sessions/{session_id}/messages"), 200)
    assert log["next"] is None
    assert [entry["seq"] for entry in log["items"]] == list(range(1, len(log["items"]) + 1))
    assert [entry["kind"] for entry in log["items"]] == [
        *("joined", "started", "text", "text", "file", "kept_open", "text", "text"),
        *("closed", "reopened", "closed"),
    ]

    erased = await staff.move(session_id, "erase")
    assert erased["counts"] == {
        "messages": 5,
        "files": 1,
        "file_bytes": len(PDF),
        "people": 1,
        "deliveries": 1,
        "calls": 0,
    }
    assert erased["state"] == "erased"
    assert erased["receipt"]
    await desk.frame("erased", session_id=session_id, receipt=erased["receipt"])
    assert await phone.ended() == 4401
    assert await staff.session(session_id) == erased
    assert erased in done(await staff.get("/receipts"), 200)["items"]
    assert await staff.move(session_id, "erase") == erased
    for path in ("/messages", f"/files/{sent['file']['file_id']}"):
        assert refused(await staff.get(f"/sessions/{session_id}{path}")) == (410, "erased")
    assert refused(await layla.get(f"/sessions/{session_id}")) == (401, "not_logged_in")
    again = await world.nobody().post("/join", json={"token": link_token(invite), "accept_terms": True})
    assert refused(again) == (404, "link_unknown")


async def test_a_colleague_is_invited_to_sit_in_where_the_person_already_is(world: World) -> None:
    staff = await world.staff()
    invite = await staff.invite("Dr Haddad", kind="in-person")
    assert (invite["kind"], invite["role"]) == ("in-person", "colleague")
    colleague = await world.join(invite)
    assert colleague.joined["session"]["me"]["role"] == "colleague"


async def test_an_interpreter_is_added_sees_the_log_from_then_on_and_is_taken_out_again(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    session_id = layla.session_id
    await staff.move(session_id, "start")
    desk, phone = await staff.stream(), await layla.stream()
    await phone.say(session_id, "before the interpreter")
    before = await desk.frame("message", text="before the interpreter")

    body = {"role": "interpreter", "name": "Selam", "language": "am", "via": "link"}
    invite = done(await staff.post(f"/sessions/{session_id}/participants", json=body), 201)
    added = await phone.frame("message", kind="person_added")
    assert added["data"] == {"participant_id": invite["participant_id"], "role": "interpreter", "name": "Selam"}
    selam = await world.join(invite)
    ear = await selam.stream()
    hello = ear.frames[0]["sessions"][0]
    assert hello["first_seq"] == before["seq"] + 1
    await ear.send("sync", sessions={session_id: 0})
    await ear.frame("synced", session_id=session_id)
    assert [f["kind"] for f in ear.of("message")][:1] == ["person_added"]
    assert not ear.of("message", text="before the interpreter")
    await ear.say(session_id, "I translate")
    await phone.frame("message", text="I translate")

    path = f"/sessions/{session_id}/participants/{selam.participant_id}"
    removed = done(await staff.call("DELETE", path), 200)
    assert [p["removed_at"] is None for p in removed["people"]] == [True, False]
    assert await ear.ended() == 4401
    await phone.frame("message", kind="person_removed")
    await phone.frame("session", lambda f: [p["name"] for p in f["people"]] == [staff.name])
    again = await world.nobody().post("/join", json={"token": link_token(invite), "accept_terms": True})
    assert refused(again) == (410, "link_revoked")


async def test_who_waits_hears_their_place_in_line_and_how_long_it_will_be(world: World) -> None:
    staff = await world.staff()
    first, second = await world.guest(staff, "First"), await world.guest(staff, "Second")
    phone = await second.stream()
    assert phone.frames[0]["sessions"][0]["place"] == 2
    told = done(await staff.post(f"/sessions/{second.session_id}/tell", json={"minutes": 5}), 201)
    heard = await phone.frame("message", kind="told")
    assert heard["data"] == told["data"]
    assert heard["data"]["minutes"] == 5
    await phone.frame("session", lambda f: bool(f["told_until"]))
    waiting = [e["session_id"] for e in done(await staff.get("/queue"), 200)["items"]]
    assert waiting == [first.session_id, second.session_id]
    await staff.move(first.session_id, "start")
    await phone.frame("place", place=1)


async def test_next_takes_the_longest_wait_among_those_who_are_there(world: World) -> None:
    staff = await world.staff()
    away, there = await world.guest(staff, "Away"), await world.guest(staff, "There")
    await there.stream()
    assert done(await staff.post("/queue/next"), 200)["session_id"] == there.session_id
    assert done(await staff.post("/queue/next"), 200)["session_id"] == away.session_id
    assert refused(await staff.post("/queue/next")) == (409, "nobody_waiting")


async def test_leaving_gives_the_place_up_and_the_link_still_works(world: World) -> None:
    staff = await world.staff()
    invite = await staff.invite()
    layla = await world.join(invite)
    left = done(await layla.post(f"/sessions/{layla.session_id}/leave"), 200)
    assert left["state"] == "invited"
    assert refused(await layla.get(f"/sessions/{layla.session_id}")) == (401, "not_logged_in")
    assert done(await staff.get("/queue"), 200)["items"] == []
    again = await world.join(invite)
    assert again.joined["state"] == "waiting"


async def test_the_same_idempotency_key_makes_one_invite(world: World) -> None:
    staff = await world.staff()
    body = {"name": "Layla", "via": "link"}
    twice = [await staff.post("/invites", json=body, headers={"Idempotency-Key": "press-1"}) for _ in range(2)]
    assert twice[0].json()["invite_id"] == twice[1].json()["invite_id"]
    assert len(done(await staff.get("/invites"), 200)["items"]) == 1
    other = await (await world.staff()).post("/invites", json=body, headers={"Idempotency-Key": "press-1"})
    assert other.json()["invite_id"] != twice[0].json()["invite_id"]


async def test_lists_come_in_pages_newest_first(world: World) -> None:
    staff = await world.staff()
    made = [(await staff.invite(f"N{n}"))["invite_id"] for n in range(5)]
    seen: list[str] = []
    after = ""
    while True:
        page = done(await staff.get(f"/invites?limit=2{after}"), 200)
        seen += [item["invite_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == made[::-1]
    revoked = done(await staff.post(f"/invites/{made[0]}/revoke"), 200)
    assert revoked["state"] == "cancelled"
    found = done(await staff.get("/invites?state=cancelled"), 200)["items"]
    assert [item["invite_id"] for item in found] == [made[0]]

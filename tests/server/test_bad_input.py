"""What people get wrong, each with the status and the code that they hear."""

from typing import Any

import pytest

from tests.server.conftest import NewServer
from tests.server.world import Staff, World, done, link_token, refused

INVITE = {"name": "Layla", "via": "link"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"phone": "12345", "via": "sms"}, (422, "invalid_phone")),
        ({"phone": "0446681800", "via": "sms"}, (422, "invalid_phone")),
        ({"phone": "+999123456789", "via": "sms"}, (422, "invalid_phone")),
        ({"phone": "not a number", "via": "link"}, (422, "invalid_phone")),
        ({"phone": "\x00", "via": "auto"}, (422, "invalid_phone")),
        ({"email": "layla@", "via": "email"}, (422, "invalid_email")),
        ({"email": "a b@example.org", "via": "email"}, (422, "invalid_email")),
        ({"email": "a@example.org\r\nBcc: b@example.org", "via": "email"}, (422, "invalid_email")),
        ({"email": "\x00@example.org", "via": "email"}, (422, "invalid_email")),
        ({"via": "auto"}, (422, "contact_missing")),
        ({"via": "sms"}, (422, "contact_missing")),
        ({"via": "sms", "email": "layla@example.org"}, (422, "contact_missing")),
        ({"via": "whatsapp", "email": "layla@example.org"}, (422, "contact_missing")),
        ({"via": "email", "phone": "+41446681800"}, (422, "contact_missing")),
        ({"language": "tlh"}, (422, "unknown_language")),
        ({"language": "../en"}, (422, "unknown_language")),
        ({"language": ""}, (422, "unknown_language")),
        ({"language": "x" * 13}, (400, "invalid")),
        ({"name": ""}, (400, "invalid")),
        ({"name": "x" * 121}, (400, "invalid")),
        ({"name": None}, (400, "invalid")),
        ({"name": 7}, (400, "invalid")),
        ({"via": "pigeon"}, (400, "invalid")),
        ({"kind": "call"}, (400, "invalid")),
        ({"note": "x" * 2001}, (400, "invalid")),
        ({"phone_number": "+41446681800"}, (400, "invalid")),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/invites", "/invites/preview"])
async def test_an_invite_is_refused(world: World, path: str, fields: dict[str, Any], expected: tuple[int, str]) -> None:
    staff = await world.standing("clumsy")
    before = len(done(await staff.get("/invites?limit=500"), 200)["items"])
    assert refused(await staff.post(path, json=INVITE | fields)) == expected
    assert len(done(await staff.get("/invites?limit=500"), 200)["items"]) == before


async def test_contacts_are_brought_into_one_form_and_names_cleaned(world: World) -> None:
    staff = await world.standing("clumsy")
    made = await staff.invite(
        " Lay\u202ela\x00 \n ", phone=" +41 (0)44 668-18-00", email="Layla.M@Example.ORG", note="😀"
    )
    assert (made["name"], made["phone"], made["email"]) == ("Lay la", "+41446681800", "Layla.M@example.org")
    assert (await staff.invite("\x00\u202e"))["name"] == "?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (422, "text_empty")),
        (" \n\t ", (422, "text_empty")),
        ("\x00", (422, "text_empty")),
        ("x" * 4001, (422, "text_too_long")),
        ("é" * 4001, (422, "text_too_long")),
        ("x" * 20_001, (400, "invalid")),
        (None, (400, "invalid")),
        (7, (400, "invalid")),
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_a_text_is_refused(world: World, text: object, expected: tuple[int, str]) -> None:
    layla = await world.guest(await world.standing("clumsy"))
    path = f"/sessions/{layla.session_id}/messages"
    assert refused(await layla.post(path, json={"client_id": "a-client-id", "text": text})) == expected


async def test_a_text_of_the_full_length_and_of_any_script_comes_out_as_it_went_in(world: World) -> None:
    layla = await world.guest(await world.standing("clumsy"))
    path = f"/sessions/{layla.session_id}/messages"
    for n, text in enumerate(["😀" * 4000, "ليلى: 12 حبة", "ነገ 3 ሰዓት", "line\n\n\tline", "<script>&amp;"]):
        sent = done(await layla.post(path, json={"client_id": f"a-script-{n}", "text": text}), 201)
        assert sent["text"] == text
        assert done(await layla.get(f"{path}?after={sent['seq'] - 1}"), 200)["items"] == [sent]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800", "via": "link"}',
        b'{"name": NaN}',
        b"[" * 100_000,
        b'{"name": "x", "name": "y", "via": 1}',
    ],
    ids=lambda data: repr(data[:30]),
)
async def test_what_is_not_the_documented_json_is_invalid(world: World, data: bytes) -> None:
    staff = await world.standing("clumsy")
    answer = await staff.post("/invites", content=data, headers={"Content-Type": "application/json"})
    assert refused(answer) == (400, "invalid")


async def test_a_body_beyond_measure_is_too_large(world: World) -> None:
    staff = await world.standing("clumsy")
    answer = await staff.post("/invites", json=INVITE | {"note": "x" * 2_000_000})
    assert refused(answer) == (413, "too_large")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/sessions?limit=0", (400, "invalid")),
        ("/sessions?limit=501", (400, "invalid")),
        ("/sessions?limit=x", (400, "invalid")),
        ("/sessions?after=" + "x" * 65, (400, "invalid")),
        ("/sessions/%00", (404, "not_found")),
        ("/sessions/" + "x" * 3000, (404, "not_found")),
        ("/sessions/x/messages?after=-1", (400, "invalid")),
        ("/sessions/x/messages?after=99999999999999999999", (400, "invalid")),
        ("/invites/%ff", (404, "not_found")),
        ("/nothing/here", (404, "not_found")),
        ("/sessions/x/y/z", (404, "not_found")),
    ],
)
async def test_paths_and_queries_out_of_form(world: World, path: str, expected: tuple[int, str]) -> None:
    assert refused(await (await world.standing("clumsy")).get(path)) == expected


async def test_states_and_cursors_that_do_not_exist_find_nothing(world: World) -> None:
    staff = await world.standing("clumsy")
    for query in ("state=none", "state=,,", "state=%00", "after=zzz", "after=%00"):
        done(await staff.get(f"/sessions?{query}"), 200)
    assert done(await staff.get("/sessions?state=none"), 200)["items"] == []


async def test_a_method_that_is_not_there_is_said_so(world: World) -> None:
    answer = await (await world.standing("clumsy")).call("PATCH", "/queue")
    assert refused(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize("token", ["wrong", "\x00", "x" * 200, "é", "#", " "])
async def test_a_wrong_link_leads_nowhere(world: World, token: str) -> None:
    answer = await world.nobody().post("/join", json={"token": token, "accept_terms": True})
    assert refused(answer) == (404, "link_unknown")


async def test_links_that_are_over_say_why(world: World) -> None:
    staff = await world.standing("clumsy")
    revoked = await staff.invite()
    done(await staff.post(f"/invites/{revoked['invite_id']}/revoke"), 200)
    assert refused(await join(world, revoked)) == (410, "link_revoked")
    closed = await staff.invite()
    await world.join(closed)
    await staff.move(closed["session_id"], "close")
    assert refused(await join(world, closed)) == (409, "session_ended")
    unread = await staff.invite()
    assert refused(await join(world, unread, accept_terms=False)) == (422, "terms_required")
    assert (await staff.session(unread["session_id"]))["state"] == "invited"


async def test_an_invite_past_its_time_is_expired(new_server: NewServer) -> None:
    server = new_server(TC_INVITE_LIFETIME="1s", TC_CLOSED_RETENTION="1h")
    async with World(server) as world:
        staff = await world.standing("clumsy")
        desk = await staff.stream()
        invite = await staff.invite()
        await desk.frame("session", session_id=invite["session_id"], state="cancelled")
        assert refused(await join(world, invite)) == (410, "link_expired")


async def join(world: World, invite: dict[str, Any], *, accept_terms: bool = True) -> Any:
    """Press Join."""
    return await world.nobody().post("/join", json={"token": link_token(invite), "accept_terms": accept_terms})


async def in_state(world: World, staff: Staff, state: str) -> str:
    """Make a session of a state."""
    invite = await staff.invite()
    session_id: str = invite["session_id"]
    if state == "cancelled":
        done(await staff.post(f"/invites/{invite['invite_id']}/revoke"), 200)
    elif state != "invited":
        await world.join(invite)
        verbs = {"active": ["start"], "open": ["start", "keep-open"], "closed": ["close"]}
        for verb in verbs.get(state, []):
            await staff.move(session_id, verb)
    assert (await staff.session(session_id))["state"] == state
    return session_id


POSSIBLE = {
    "invited": set(),
    "waiting": {"start", "close"},
    "active": {"keep-open", "close"},
    "open": {"resume", "close"},
    "closed": {"reopen", "erase"},
    "cancelled": {"erase"},
}


@pytest.mark.parametrize("state", POSSIBLE)
async def test_a_state_lets_through_its_own_moves_and_names_them_when_it_refuses(world: World, state: str) -> None:
    staff = await world.standing("clumsy")
    session_id = await in_state(world, staff, state)
    for verb in {"start", "resume", "keep-open", "close", "reopen", "erase"} - POSSIBLE[state]:
        answer = await staff.post(f"/sessions/{session_id}/{verb}")
        if (state, verb) == ("invited", "start"):
            assert refused(answer) == (409, "nobody_waiting")
        else:
            assert refused(answer) == (409, "illegal_move")
            assert answer.json()["state"] == state
            assert set(answer.json()["possible"]) - {"cancel"} == POSSIBLE[state]
    assert (await staff.session(session_id))["state"] == state
    for verb in POSSIBLE[state]:
        done(await staff.post(f"/sessions/{await in_state(world, staff, state)}/{verb}"), 200)


async def test_nobody_writes_into_what_has_ended_or_not_begun(world: World) -> None:
    staff = await world.standing("clumsy")
    body = {"client_id": "too-late-or-early", "text": "hello?"}
    for state, expected in {
        "invited": (409, "illegal_move"),
        "closed": (409, "session_ended"),
        "cancelled": (409, "session_ended"),
    }.items():
        session_id = await in_state(world, staff, state)
        assert refused(await staff.post(f"/sessions/{session_id}/messages", json=body)) == expected
        assert refused(await staff.put_file(session_id, b"%PDF-1.4\nstartxref\n0\n%%EOF")) == expected
        assert refused(await staff.post(f"/sessions/{session_id}/tell", json={"minutes": 5})) == expected


@pytest.mark.parametrize("minutes", [0, -1, 601, "five", None, 1.5, 10**30])
async def test_minutes_out_of_bounds_are_invalid(world: World, minutes: object) -> None:
    layla = await world.guest(staff := await world.standing("clumsy"))
    answer = await staff.post(f"/sessions/{layla.session_id}/tell", json={"minutes": minutes})
    assert refused(answer) == (400, "invalid")


async def test_accounts_are_refused_and_the_last_admin_stays(new_server: NewServer) -> None:
    async with World(new_server()) as world:
        admin = await world.focal_person()
        for body, expected in (
            ({"name": "short", "password": "123456789"}, (422, "weak_password")),
            ({"name": admin.name, "password": "1234567890"}, (409, "name_taken")),
            ({"name": ""}, (400, "invalid")),
            ({"name": "x", "role": "king"}, (400, "invalid")),
        ):
            assert refused(await admin.post("/users", json=body)) == expected
        made = done(await admin.post("/users", json={"name": "made-up"}), 201)
        assert len(made["password"]) >= 12
        await world.login("made-up", made["password"])
        for act in ("disable", "role"):
            answer = await admin.post(f"/users/{admin.user_id}/{act}", json={"role": "staff"})
            assert refused(answer) == (409, "last_admin")
        assert refused(await admin.post("/users/nobody/disable")) == (404, "not_found")
        staff_id = made["user"]["user_id"]
        assert refused(await admin.post(f"/users/{staff_id}/reset", json={"password": "short"})) == (
            422,
            "weak_password",
        )

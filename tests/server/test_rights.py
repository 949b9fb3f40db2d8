"""Who may do what: every route of the server's own OpenAPI and every frame, tried by every kind of viewer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from tc_server.wire import frames
from tests.server.world import Caller, Guest, Staff, World, done, new_client_id
from tests.serving import Server

PDF = b"%PDF-1.4\nstartxref\n0\n%%EOF"
Body = Callable[[], dict[str, Any]]

NOBODY = {"nobody", "garbage", "logged out", "disabled", "rotated", "removed", "earlier call page"}
"""Viewers without a token, or with one that has never been or is no more: 401 wherever a login is needed."""
OTHER_STAFF = {"other staff", "admin"}
STAFF = {"owner"} | OTHER_STAFF
GUESTS = {"participant", "second person", "another's participant"}
CALL_PAGES = {"call page", "another's call page"}
VIEWERS = NOBODY | STAFF | GUESTS | CALL_PAGES


@dataclass(frozen=True)
class Rule:
    """What a route answers to whom: `may` get something else than 401, 403 or 404; `hidden` from whom gets 404."""

    may: set[str]
    hidden: set[str] = field(default_factory=set)
    body: Body = dict
    needs_login: bool = True


def json(**fields: Any) -> Body:
    """Make a JSON body."""
    return lambda: {"json": fields}


INVITE = json(name="X", via="link")
OWNED = Rule({"owner"}, hidden=OTHER_STAFF)
IN_SESSION = Rule({"owner", "participant", "second person"}, hidden=OTHER_STAFF | {"another's participant"})
IN_CALL = Rule(
    {"owner", "participant", "second person", "call page"},
    hidden=OTHER_STAFF | {"another's participant", "another's call page"},
)
PARTIES = Rule({"participant", "second person", "call page"}, hidden={"another's participant", "another's call page"})
CALLED = Rule({"participant", "second person"}, hidden={"another's participant"})
ADMINS = Rule({"admin"})
ANYONE = Rule(VIEWERS, needs_login=False)


def in_an_hour() -> dict[str, Any]:
    """Plan for in an hour."""
    return {"json": {"at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}}


def with_body(rule: Rule, body: Body) -> Rule:
    """Give a rule what the route is to be sent."""
    return Rule(rule.may, rule.hidden, body, rule.needs_login)


RULES: dict[str, Rule] = {
    "POST /auth/login": Rule(VIEWERS, body=json(user="nobody-of-that-name", password="x"), needs_login=False),
    "POST /auth/logout": Rule(STAFF),
    "GET /auth/me": Rule(STAFF),
    "POST /invites": Rule(STAFF, body=INVITE),
    "POST /invites/batch": Rule(STAFF, body=json(rows=[{"key": "rights-batch", "name": "X", "via": "link"}])),
    "POST /invites/preview": Rule(STAFF, body=INVITE),
    "GET /invites": Rule(STAFF),
    "GET /invites/{invite_id}": OWNED,
    "POST /invites/{invite_id}/resend": with_body(OWNED, json(via="link")),
    "POST /invites/{invite_id}/reschedule": with_body(OWNED, in_an_hour),
    "POST /invites/{invite_id}/revoke": OWNED,
    "POST /invites/{invite_id}/rotate": OWNED,
    "GET /agenda": Rule(STAFF),
    "GET /providers": Rule(STAFF),
    "GET /queue": Rule(STAFF),
    "POST /queue/next": Rule(STAFF),
    "GET /sessions": Rule(STAFF | GUESTS),
    "GET /sessions/{session_id}": IN_SESSION,
    "POST /sessions/{session_id}/start": OWNED,
    "POST /sessions/{session_id}/resume": OWNED,
    "POST /sessions/{session_id}/keep-open": OWNED,
    "POST /sessions/{session_id}/close": OWNED,
    "POST /sessions/{session_id}/reopen": OWNED,
    "POST /sessions/{session_id}/erase": OWNED,
    "POST /sessions/{session_id}/tell": with_body(OWNED, json(minutes=5)),
    "POST /sessions/{session_id}/leave": Rule({"participant", "second person"}, hidden={"another's participant"}),
    "POST /sessions/{session_id}/forget-device": Rule(
        {"participant", "second person"}, hidden={"another's participant"}
    ),
    "GET /sessions/{session_id}/messages": IN_SESSION,
    "POST /sessions/{session_id}/messages": with_body(
        IN_SESSION, lambda: {"json": {"client_id": new_client_id(), "text": "hi"}}
    ),
    "POST /sessions/{session_id}/read": with_body(IN_SESSION, json(seq=1)),
    "PUT /sessions/{session_id}/files/{client_id}": with_body(IN_SESSION, lambda: {"content": PDF}),
    "GET /sessions/{session_id}/files/{file_id}": IN_SESSION,
    "POST /sessions/{session_id}/participants": with_body(OWNED, json(role="relative", name="R", via="link")),
    "DELETE /sessions/{session_id}/participants/{participant_id}": OWNED,
    "POST /sessions/{session_id}/call": with_body(OWNED, json(media="audio")),
    "GET /sessions/{session_id}/call": IN_CALL,
    "POST /call/enter": Rule(VIEWERS, body=json(token="leads nowhere"), needs_login=False),
    "POST /sessions/{session_id}/call/accept": with_body(PARTIES, json(media="audio")),
    "POST /sessions/{session_id}/call/decline": CALLED,
    "POST /sessions/{session_id}/call/hangup": IN_CALL,
    "POST /sessions/{session_id}/call/request": with_body(CALLED, json(media="audio")),
    "GET /sessions/{session_id}/call/ice": PARTIES,
    "POST /echo/ice": ANYONE,
    "POST /lost": Rule(VIEWERS, body=json(contact="+44 20 7946 0958"), needs_login=False),
    "POST /echo": Rule(VIEWERS, body=json(sdp="no offer"), needs_login=False),
    "POST /sessions/{session_id}/device-test": with_body(CALLED, json(result="chat", audio=False, video=False)),
    "GET /receipts": Rule(STAFF),
    "GET /users": ADMINS,
    "POST /users": Rule({"admin"}, body=json(name="focal-person")),
    "POST /users/{user_id}/disable": ADMINS,
    "POST /users/{user_id}/enable": ADMINS,
    "POST /users/{user_id}/role": Rule({"admin"}, body=json(role="staff")),
    "POST /users/{user_id}/reset": Rule({"admin"}, body=json(password="long enough it is")),
    "GET /stats": ADMINS,
    "GET /notify-targets": Rule(STAFF),
    "POST /notify-targets": Rule(STAFF, body=json(address="email:lena@example.org")),
    "DELETE /notify-targets/{target_id}": with_body(OWNED, dict),
    "POST /notify-targets/{target_id}/test": OWNED,
    "POST /join/answer": Rule(VIEWERS, body=json(token="leads nowhere", coming=True), needs_login=False),
    "POST /join": Rule(VIEWERS, body=json(token="leads nowhere", accept_terms=True), needs_login=False),
    "GET /languages": ANYONE,
    "GET /languages/{code}/phrases": Rule(STAFF),
}
"""A route that isn't here has had no decision made about it, which fails a test."""


@dataclass(frozen=True)
class Cast:
    """Every kind of viewer of one session, and the ids that fill paths in."""

    viewers: dict[str, Caller]
    ids: dict[str, str]

    @property
    def owner(self) -> Staff:
        """Give the session's owner."""
        owner = self.viewers["owner"]
        assert isinstance(owner, Staff)
        return owner


async def cast(world: World, *, calling: bool = True) -> Cast:
    """Gather one session and all who may or may not see it; unless told otherwise there is a call in it."""
    owner, other = await world.standing("owner"), await world.standing("other staff")
    admin, spare = await world.standing("admin", "admin"), await world.standing("spare")
    disabled, gone = await world.standing("disabled"), await world.standing("logged out")
    done(await (await world.focal_person()).post(f"/users/{disabled.user_id}/disable"), 200)
    await gone.post("/auth/logout")
    invite = await owner.invite("Layla", phone="+41446681800")
    participant = await world.join(invite)
    session_id = participant.session_id
    second = await add(world, owner, session_id, "Second")
    removed = await add(world, owner, session_id, "Removed")
    await owner.call("DELETE", f"/sessions/{session_id}/participants/{removed.participant_id}")
    elsewhere = await world.guest(other, "Elsewhere")
    rotated_invite = await owner.invite("Rotated")
    rotated = await world.join(rotated_invite)
    done(await owner.post(f"/invites/{rotated_invite['invite_id']}/rotate"), 200)
    target = await owner.post("/notify-targets", json={"address": "email:owner@example.org"})
    file = done(await participant.put_file(session_id, PDF), 201)["file"]
    viewers: dict[str, Caller] = {
        "nobody": world.nobody(),
        "garbage": Caller(world, "tcs_nothing-of-the-kind", "garbage"),
        "logged out": gone,
        "disabled": disabled,
        "rotated": rotated,
        "removed": removed,
        "owner": owner,
        "other staff": other,
        "admin": admin,
        "participant": participant,
        "second person": second,
        "another's participant": elsewhere,
    }
    if calling:
        viewers |= await call_pages(world, owner, session_id, other, elsewhere.session_id)
        assert viewers.keys() == VIEWERS
    ids = {
        "session_id": session_id,
        "invite_id": invite["invite_id"],
        "participant_id": second.participant_id,
        "file_id": file["file_id"],
        "target_id": target.json()["target_id"],
        "client_id": "rights-client",
        "code": "fr",
        "user_id": spare.user_id,
    }
    return Cast(viewers, ids)


async def call_pages(world: World, owner: Staff, session_id: str, other: Staff, elsewhere_id: str) -> dict[str, Caller]:
    """Begin calls in a session and elsewhere, and gather the pages in them."""
    await owner.move(session_id, "start")
    await other.move(elsewhere_id, "start")
    return {
        "earlier call page": await world.call_page(owner, session_id),
        "call page": await world.call_page(owner, session_id),
        "another's call page": await world.call_page(other, elsewhere_id),
    }


async def add(world: World, owner: Staff, session_id: str, name: str) -> Guest:
    """Add a person to a session who comes at once."""
    body = {"role": "relative", "name": name, "via": "link"}
    return await world.join(done(await owner.post(f"/sessions/{session_id}/participants", json=body), 201))


def routes(server: Server) -> list[str]:
    """List the routes as the server documents them."""
    document = httpx.get(f"{server.api}/openapi.json").raise_for_status().json()
    prefix = "/api/v1"
    return [
        f"{method.upper()} {path.removeprefix(prefix)}"
        for path, methods in document["paths"].items()
        for method in methods
    ]


def test_every_route_has_a_decision_about_who_may_use_it(server: Server) -> None:
    assert sorted(routes(server)) == sorted(RULES)


@pytest.mark.parametrize("route", sorted(RULES.keys() - {"POST /auth/logout"}))
async def test_a_route_lets_exactly_those_in_who_may(world: World, route: str) -> None:
    """Those who may not come first, so that what those who may do doesn't get in their way."""
    rule, people = RULES[route], await cast(world)
    method, _, path = route.partition(" ")
    for name in sorted(people.viewers, key=lambda name: name in rule.may):
        answer = await people.viewers[name].call(method, path.format(**people.ids), **rule.body())
        if name in rule.may:
            assert verdict(answer) is None, f"{name} should be let in: {answer.text}"
        elif name in NOBODY:
            assert verdict(answer) == 401, f"{name}: {answer.text}"
            assert answer.headers["www-authenticate"] == "Bearer"
        elif name in rule.hidden:
            assert verdict(answer) == 404, f"{name}: {answer.text}"
        else:
            assert verdict(answer) == 403, f"{name}: {answer.text}"


async def test_only_accounts_log_out_and_only_themselves(world: World) -> None:
    leaving, staying = await world.staff(), await world.standing("other staff")
    layla = await world.guest(staying)
    assert verdict(await layla.post("/auth/logout")) == 403
    assert verdict(await world.nobody().post("/auth/logout")) == 401
    link, other_login = await leaving.stream(), await world.login(leaving.name)
    assert (await leaving.post("/auth/logout")).status_code == 204
    assert await link.ended() == 4401
    assert verdict(await leaving.get("/auth/me")) == 401
    assert verdict(await other_login.get("/auth/me")) is None


def verdict(answer: httpx.Response) -> int | None:
    """Take the status that shuts somebody out, None if they were let in."""
    assert answer.status_code < 500, answer.text
    if answer.is_success:
        return None
    code = answer.json()["code"]
    shut_out = {"not_logged_in": 401, "not_allowed": 403, "not_found": 404}
    assert answer.status_code == shut_out.get(code, answer.status_code)
    return shut_out.get(code)


FRAMES: dict[str, Body] = {
    "send": lambda: {"client_id": new_client_id(), "text": "hi"},
    "read": lambda: {"seq": 1},
    "typing": dict,
    "sync": dict,
    "signal": lambda: {"to": "nobody", "data": {}},
    "quality": lambda: {"level": "good", "audio_only": False},
    "ping": dict,
}
"""A frame from clients that isn't here has had no decision made about it, which fails a test."""


def test_every_frame_has_a_decision_about_who_may_send_it() -> None:
    types = msgspec.inspect.type_info(frames.AnyClientFrame)
    assert isinstance(types, msgspec.inspect.UnionType)
    assert {t.tag for t in types.types if isinstance(t, msgspec.inspect.StructType)} == FRAMES.keys()


async def test_the_stream_lets_in_who_is_logged_in_and_closes_to_all_others(world: World) -> None:
    people = await cast(world)
    for name, viewer in people.viewers.items():
        link = await viewer.stream()
        if name in NOBODY:
            assert link.frames[0] == {"type": "error", "code": "not_logged_in", "detail": link.frames[0]["detail"]}
            assert await link.ended() == 4401
        else:
            assert link.frames[0]["type"] == "hello"


# Who talks is heard; to signal, and to tell how it arrives, one must be in the call, which staff's terminal never is.
CHAT_FRAMES = ["send", "read", "typing", "sync"]
LOCKED_OUT = ["not_found"] * (len(FRAMES) - 1)
REFUSALS = {
    "owner": ["not_allowed"] * 2,
    "other staff": [*["not_found"] * len(CHAT_FRAMES), "not_allowed", "not_allowed"],
    "admin": [*["not_found"] * len(CHAT_FRAMES), "not_allowed", "not_allowed"],
    "participant": ["no_call"] * 2,
    "second person": ["no_call"] * 2,
    "call page": [*["not_allowed"] * len(CHAT_FRAMES), "no_call"],
    "another's call page": [*["not_allowed"] * len(CHAT_FRAMES), "not_found", "not_found"],
}


async def test_frames_are_taken_from_exactly_those_who_are_in_the_session(world: World) -> None:
    people = await cast(world)
    session_id = people.ids["session_id"]
    for name in sorted(VIEWERS - NOBODY):
        link = await people.viewers[name].stream()
        for type_, fields in FRAMES.items():
            about = {"sessions": {session_id: 0}} if type_ == "sync" else {"session_id": session_id}
            await link.send(type_, **fields(), **({} if type_ == "ping" else about))
        await link.settled()
        assert [f["code"] for f in link.of("error")] == REFUSALS.get(name, LOCKED_OUT), name
        if name not in IN_SESSION.may:
            assert not [f for f in link.of("message") if f["session_id"] == session_id]


async def test_what_happens_in_a_session_is_heard_by_those_in_it_alone(world: World) -> None:
    people = await cast(world)
    session_id = people.ids["session_id"]
    owner, page = people.owner, people.viewers["call page"]
    done(await people.viewers["participant"].post(f"/sessions/{session_id}/call/accept", json={}), 200)
    links = {name: await people.viewers[name].stream() for name in sorted(VIEWERS - NOBODY)}
    await links["participant"].send("typing", session_id=session_id)
    await links["participant"].say(session_id, "heard by whom?")
    await links["owner"].frame("message", text="heard by whom?")
    await links["owner"].send("read", session_id=session_id, seq=1)
    done(await owner.post(f"/sessions/{session_id}/tell", json={"minutes": 3}), 201)
    signal = {"to": owner.user_id, "data": {"for": "the call page alone"}}
    await links["participant"].send("signal", session_id=session_id, **signal)
    await links["participant"].send("quality", session_id=session_id, level="fair", audio_only=False)
    await links["owner"].frame("quality", level="fair")
    await links["call page"].frame("signal", data=signal["data"])
    done(await page.post(f"/sessions/{session_id}/call/hangup"), 200)
    await links["second person"].frame("call", state="ended")
    assert await links["call page"].ended() == 1000
    assert {f["type"] for f in links["call page"].frames} == {"hello", "call", "signal", "quality"}
    await owner.move(session_id, "keep-open")
    await links["participant"].frame("session", state="open")
    await links["owner"].frame("session", state="open")
    await owner.move(session_id, "close")
    await links["participant"].frame("session", state="closed")
    await owner.move(session_id, "erase")
    await links["owner"].frame("erased", session_id=session_id)
    for name in ("other staff", "admin", "another's participant", "another's call page"):
        assert not [f for f in await links[name].settled() if session_id in str(f)], name
    for name in ("owner", "second person"):
        assert not links[name].of("signal"), name
    assert not links["participant"].of("quality")
    assert not links["second person"].of("quality")


async def test_lists_hold_what_is_ones_own_and_nothing_else(world: World) -> None:
    people = await cast(world, calling=False)
    session_id = people.ids["session_id"]
    for path in ("/sessions", "/invites", "/queue"):
        for name in sorted(STAFF):
            found = done(await people.viewers[name].get(path), 200)["items"]
            assert (session_id in {item["session_id"] for item in found}) == (name == "owner"), (path, name)
    for name in sorted(GUESTS):
        found = done(await people.viewers[name].get("/sessions"), 200)["items"]
        viewer = people.viewers[name]
        assert isinstance(viewer, Guest)
        assert [item["session_id"] for item in found] == [viewer.session_id]


async def test_an_account_that_is_disabled_or_reset_is_out_at_once(world: World) -> None:
    admin = await world.focal_person()
    for act in ("disable", "reset"):
        staff = await world.staff()
        link = await staff.stream()
        done(await admin.post(f"/users/{staff.user_id}/{act}", json={} if act == "reset" else None), 200)
        assert await link.ended() == 4401
        assert (await staff.get("/auth/me")).status_code == 401


async def test_a_staff_member_made_admin_may_manage_and_one_demoted_may_not(world: World) -> None:
    staff, focal = await world.staff(), await world.focal_person()
    assert (await staff.get("/users")).status_code == 403
    done(await focal.post(f"/users/{staff.user_id}/role", json={"role": "admin"}), 200)
    assert (await staff.get("/users")).status_code == 200
    done(await focal.post(f"/users/{staff.user_id}/role", json={"role": "staff"}), 200)
    assert (await staff.get("/users")).status_code == 403

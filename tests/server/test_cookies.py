"""The page's cookie: which flags it has, where it counts, and from where."""

from http.cookies import SimpleCookie

import httpx
import pytest

from tests.server.world import Guest, World, done, link_token, refused


async def cookie_of(world: World) -> tuple[Guest, str]:
    """Join as the page does; returns the participant, and their cookie as a browser sends it back."""
    invite = await (await world.staff()).invite()
    body = {"token": link_token(invite), "accept_terms": True}
    answer = await world.nobody().post("/join", json=body)
    world.http.cookies.clear()
    return Guest(world, done(answer, 200), "Layla"), answer.headers["set-cookie"].partition(";")[0]


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    invite = await (await world.staff()).invite()
    answer = await world.nobody().post("/join", json={"token": link_token(invite), "accept_terms": True})
    world.http.cookies.clear()
    [(name, morsel)] = SimpleCookie(answer.headers["set-cookie"]).items()
    assert name == f"tc_{invite['session_id']}"
    assert morsel.value == answer.json()["participant_token"]
    assert morsel["httponly"]
    assert morsel["samesite"].lower() == "strict"
    assert morsel["path"] == "/api/v1"
    assert not morsel["domain"]
    # On plain http a Secure cookie would never come back; test_tls sees it set on https.
    assert not morsel["secure"]


async def test_a_cookie_opens_the_stream_of_its_session_from_the_same_origin(world: World) -> None:
    layla, cookie = await cookie_of(world)
    link = await world.link(f"?session={layla.session_id}", {"Cookie": cookie, "Origin": world.server.url})
    hello = await link.frame("hello")
    assert hello["viewer"]["id"] == layla.participant_id


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1", "http://{host}.elsewhere.example"]
)
async def test_a_cookie_from_another_origin_is_refused(world: World, origin: str) -> None:
    layla, cookie = await cookie_of(world)
    headers = {"Cookie": cookie, "Origin": origin.format(host=httpx.URL(world.server.url).netloc.decode())}
    link = await world.link(f"?session={layla.session_id}", headers)
    assert (await link.frame("error"))["code"] == "not_allowed"
    assert await link.ended() == 4403
    answer = await world.nobody().get(f"/sessions/{layla.session_id}", headers=headers)
    assert refused(answer) == (403, "not_allowed")


async def test_a_cookie_without_an_origin_does_not_open_the_stream(world: World) -> None:
    """Browsers always name the Origin of a WebSocket; who doesn't isn't the page."""
    layla, cookie = await cookie_of(world)
    link = await world.link(f"?session={layla.session_id}", {"Cookie": cookie})
    assert await link.ended() == 4403


async def test_a_cookie_counts_for_its_own_session_alone(world: World) -> None:
    layla, cookie = await cookie_of(world)
    other, _ = await cookie_of(world)
    headers = {"Cookie": cookie, "Origin": world.server.url}
    own = await world.nobody().get(f"/sessions/{layla.session_id}", headers=headers)
    assert own.json()["me"]["id"] == layla.participant_id
    assert refused(await world.nobody().get(f"/sessions/{other.session_id}", headers=headers))[0] == 401
    for query in (f"?session={other.session_id}", ""):
        link = await world.link(query, headers)
        assert await link.ended() == 4401


async def test_with_an_authorization_header_cookies_are_ignored(world: World) -> None:
    layla, cookie = await cookie_of(world)
    other, _ = await cookie_of(world)
    path = f"/sessions/{layla.session_id}"
    headers = {"Cookie": cookie, "Origin": world.server.url}
    assert refused(await other.get(path, headers=headers)) == (404, "not_found")
    for useless in ("Bearer tcp_nothing", "Bearer", "Basic eDp5", "tcp_nothing"):
        answer = await world.nobody().get(path, headers=headers | {"Authorization": useless})
        assert refused(answer) == (401, "not_logged_in")
    link = await world.link(f"?session={layla.session_id}", headers | other.headers)
    assert (await link.frame("hello"))["viewer"]["id"] == other.participant_id


async def test_a_cookie_from_another_origin_can_not_write_but_a_bearer_token_can(world: World) -> None:
    layla, cookie = await cookie_of(world)
    path = f"/sessions/{layla.session_id}/messages"
    foreign = {"Origin": "https://elsewhere.example"}
    body = {"client_id": "from-elsewhere", "text": "hi"}
    answer = await world.nobody().post(path, json=body, headers=foreign | {"Cookie": cookie})
    assert refused(answer) == (403, "not_allowed")
    done(await layla.post(path, json=body, headers=foreign), 201)


async def test_a_browser_that_forgets_itself_loses_its_cookie_and_nobody_their_place(world: World) -> None:
    staff = await world.standing("owner")
    invite = await staff.invite()
    leaving, staying = await world.join(invite), await world.join(invite)
    link = await leaving.stream()
    answer = await leaving.post(f"/sessions/{leaving.session_id}/forget-device")
    assert answer.status_code == 204
    [morsel] = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (morsel.key, morsel.value, morsel["path"]) == (f"tc_{leaving.session_id}", "", "/api/v1")
    assert morsel["max-age"] == "0"
    assert await link.ended() == 4401
    assert refused(await leaving.get("/sessions")) == (401, "not_logged_in")
    assert done(await staying.get(f"/sessions/{staying.session_id}"), 200)["place"]
    assert (await staff.session(staying.session_id))["people"][0]["devices"] == 1


async def test_the_page_is_the_same_with_and_without_a_cookie(world: World) -> None:
    _, cookie = await cookie_of(world)
    without = await world.http.get(f"{world.server.url}/j/en")
    assert (await world.http.get(f"{world.server.url}/j/en", headers={"Cookie": cookie})).text == without.text
    assert "set-cookie" not in without.headers

"""What an operator relies on: health, metrics, documents, TLS, proxies, and a log that names nobody."""

import logging
import sqlite3
import ssl
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from tc_server.app import CannotStart, add_user, serve
from tc_server.settings import load
from tests.server.conftest import NewServer
from tests.server.world import World, done, link_token
from tests.serving import PASSWORD


async def test_it_says_that_it_lives_and_is_ready(world: World) -> None:
    alive = done(await world.http.get(f"{world.server.url}/healthz"), 200)
    assert alive["status"] == "ok"
    ready = done(await world.http.get(f"{world.server.url}/readyz"), 200)
    assert ready["checks"] == {"database": "ok", "files": "ok"}
    assert abs(datetime.fromisoformat(ready["server_time"]) - datetime.now(UTC)) < timedelta(minutes=1)


async def test_it_is_not_ready_without_a_place_for_files_but_lives_on(new_server: NewServer) -> None:
    server = new_server()
    (server.data / "files").rmdir()
    (server.data / "files").write_text("in the way")
    async with World(server) as world:
        failed = done(await world.http.get(f"{server.url}/readyz"), 503)
        assert (failed["status"], failed["checks"]["database"]) == ("failed", "ok")
        assert failed["checks"]["files"] != "ok"
        done(await world.http.get(f"{server.url}/healthz"), 200)
        layla = await world.guest(await world.standing("owner"))
        answer = await layla.put_file(layla.session_id, b"%PDF-1.4\nstartxref\n0\n%%EOF")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_metrics_are_for_who_has_the_token_and_name_no_session(world: World) -> None:
    layla = await world.guest(await world.standing("owner"))
    done(await layla.get(f"/sessions/{layla.session_id}"), 200)
    address = f"{world.server.url}/metrics"
    answer = await world.http.get(address, headers={"Authorization": "Bearer counting"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "teleconnect_requests_total" in answer.text
    assert layla.session_id not in answer.text
    for token in ("", "Bearer", "Bearer wrong", f"Bearer {layla.token}"):
        headers = {"Authorization": token} if token else {}
        assert (await world.http.get(address, headers=headers)).status_code == 404


async def test_without_a_token_set_there_are_no_metrics(new_server: NewServer) -> None:
    async with World(new_server()) as world:
        for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": ""}):
            assert (await world.http.get(f"{world.server.url}/metrics", headers=headers)).status_code == 404


async def test_the_api_is_documented_where_it_should_be(world: World) -> None:
    document = done(await world.http.get(f"{world.server.api}/openapi.json"), 200)
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "TeleConnect"
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert all(operation["summary"] or operation["description"] for operation in operations)
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert all(
        "application/problem+json" in operation["responses"]["400"]["content"]
        for operation in operations
        if "400" in operation["responses"]
    )


async def test_answers_tell_nothing_about_the_software(world: World) -> None:
    answer = await world.http.get(f"{world.server.url}/")
    assert "server" not in answer.headers
    assert "teleconnect" not in answer.text.lower()


@pytest.mark.parametrize("path", ["../app.py", "%2e%2e/settings.py", "..%2fsettings.py", "/etc/passwd", "%00", "js/"])
async def test_files_of_the_page_are_those_and_no_others(world: World, path: str) -> None:
    answer = await world.http.get(f"{world.server.url}/web/{path}")
    assert (answer.status_code, b"import" in answer.content) == (404, False)


async def test_the_log_names_nobody_and_no_address(new_server: NewServer) -> None:
    server = new_server(TC_TRUSTED_PROXIES="127.0.0.0/8")
    forwarded = {"X-Forwarded-For": "203.0.113.77", "X-Forwarded-Proto": "https"}
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.99")
    async with World(server) as world, httpx.AsyncClient(transport=transport, headers=forwarded) as client:
        staff = await world.standing("owner")
        invite = await staff.invite("Logged-Layla", phone="+41446681800", via="sms", note="logged-note")
        layla = await world.join(invite)
        link = await world.link("", layla.headers | forwarded)
        await link.say(layla.session_id, "logged-words")
        await link.send_raw("not a frame, logged-words")
        await link.settled()
        link.vanish()
        await client.post(f"{server.api}/join", json={"token": link_token(invite), "accept_terms": True})
        await client.get(f"{server.api}/sessions?token={link_token(invite)}")
        await client.post(f"{server.api}/auth/login", json={"user": "logged-user", "password": "logged-password"})
        await staff.move(layla.session_id, "close")
        await staff.move(layla.session_id, "erase")
    server.stop()
    said = server.log.read_text()
    hidden = ["203.0.113.77", "127.0.0.99", "Logged-Layla", "logged-", "41446681800", link_token(invite)]
    hidden += [str(layla.token), str(staff.token), PASSWORD, staff.name]
    assert not [text for text in hidden if text in said]


@pytest.mark.parametrize(("trusted", "believed"), [("127.0.0.1", True), ("10.9.8.7", False)])
async def test_forwarded_headers_are_believed_from_a_named_proxy_alone(
    new_server: NewServer, trusted: str, believed: bool
) -> None:
    server = new_server(TC_TRUSTED_PROXIES=trusted, TC_PUBLIC_URL="https://talk.example.org")
    async with World(server) as world:
        invite = await (await world.standing("owner")).invite()
        assert invite["url"].startswith("https://talk.example.org/j/en#")
        body = {"token": link_token(invite), "accept_terms": True}
        answer = await world.nobody().post("/join", json=body, headers={"X-Forwarded-Proto": "https"})
        [morsel] = SimpleCookie(answer.headers["set-cookie"]).values()
        assert bool(morsel["secure"]) is believed
        page = await world.http.get(f"{server.url}/j/en", headers={"X-Forwarded-Proto": "https"})
        assert ("wss://" in page.headers["content-security-policy"]) is believed


async def test_with_a_certificate_it_serves_https_and_wss_and_the_cookie_is_secure(
    new_server: NewServer, certificate: tuple[Path, Path, ssl.SSLContext]
) -> None:
    cert, key, trusting = certificate
    server = new_server(TC_TLS_CERT=str(cert), TC_TLS_KEY=str(key))
    assert server.url.startswith("https://127.0.0.1:")
    async with World(server, trusting) as world:
        staff = await world.standing("owner")
        invite = await staff.invite()
        assert invite["url"].startswith(f"{server.url}/j/en#")
        answer = await world.nobody().post("/join", json={"token": link_token(invite), "accept_terms": True})
        [morsel] = SimpleCookie(answer.headers["set-cookie"]).values()
        assert morsel["secure"]
        assert morsel["httponly"]
        cookie = f"{morsel.key}={morsel.value}"
        link = await world.link(f"?session={invite['session_id']}", {"Cookie": cookie, "Origin": server.url})
        assert link.frames or await link.frame("hello")
        await link.say(invite["session_id"], "over wss")
        await link.frame("message", text="over wss")
        await staff.move(invite["session_id"], "start")
        opened = done(await staff.post(f"/sessions/{invite['session_id']}/call", json={}), 201)
        entered = await world.nobody().post("/call/enter", json={"token": link_token(opened)})
        assert SimpleCookie(entered.headers["set-cookie"])[f"tc_call_{opened['call']['call_id']}"]["secure"]
        page = await world.http.get(f"{server.url}/j/en")
        host = server.url.removeprefix("https://")
        assert f"wss://{host}" in page.headers["content-security-policy"]


async def test_data_that_can_not_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    settings = load({"data": tmp_path / "data", "port": 0}, {})
    await add_user(settings, "amina", "admin", PASSWORD)
    with closing(sqlite3.connect(settings.data / "vault.sqlite3")) as vault, vault:
        vault.execute("INSERT INTO session_keys VALUES ('some-session', ?)", (bytes(60),))
    with pytest.raises(CannotStart, match="TC_SECRET_KEY_FILE"):
        await in_thread(lambda: serve(settings, print))
    (settings.data / "teleconnect.sqlite3").write_bytes(b"this is no database" * 100)
    with pytest.raises(CannotStart, match=r"file is not a database.*tc server check"):
        await in_thread(lambda: serve(settings, print))


async def test_a_second_server_on_the_same_folder_does_not_start(world: World) -> None:
    settings = load({"data": world.server.data, "port": 0}, {})
    with pytest.raises(CannotStart, match="Another server runs on"):
        await in_thread(lambda: serve(settings, print))


async def in_thread(work: Callable[[], None]) -> None:
    """Run what makes an event loop of its own."""
    import asyncio

    level = logging.getLogger("uvicorn").level
    try:
        await asyncio.to_thread(work)
    finally:
        logging.getLogger("uvicorn").setLevel(level)

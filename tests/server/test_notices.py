"""Staff who is away is told by the real server: by email through a real mail server, and through Apprise."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.mailserver import MailServer, mail_server
from tests.messenger import Messenger, messenger
from tests.server.conftest import NewServer
from tests.server.world import Staff, World, done, refused
from tests.serving import NO_TLS, Server, eventually

SOON = {"TC_NOTIFY_AFTER": "2s", "TC_ORGANISATION": "Example Aid"}


def with_mail(mails: MailServer) -> dict[str, str]:
    return {"TC_SMTP_URL": mails.url(), "TC_MAIL_FROM": "talk@example.org"} | SOON


@pytest.fixture
def service() -> Iterator[Messenger]:
    with messenger() as running:
        yield running


async def add(staff: Staff, address: str, language: str = "en") -> dict[str, Any]:
    return done(await staff.post("/notify-targets", json={"address": address, "language": language}), 201)


def is_noted(server: Server, staff: Staff) -> bool:
    """Tell whether the server has noted that the notice was taken."""
    found = httpx.get(f"{server.api}/notify-targets", headers=staff.headers, verify=NO_TLS).json()["items"]
    return bool(found[0]["last_result"] == "sent")


async def targets(staff: Staff) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(await staff.get("/notify-targets"), 200)["items"]
    return found


async def test_an_email_says_that_somebody_waits_and_nothing_else(new_server: NewServer) -> None:
    async with mail_server() as mails:
        server = await asyncio.to_thread(lambda: new_server(**with_mail(mails)))
        async with World(server) as world:
            staff = await world.staff("lena")
            await add(staff, "email:lena@example.org")
            layla = await world.guest(staff, "Planted-Layla", phone="+41446681800")
            phone = await layla.stream()
            await phone.say(layla.session_id, "planted-words")
            (mail,) = await mails.received(1)
    assert mails.recipients == ["lena@example.org"]
    assert mail["Subject"] == "Example Aid: somebody is waiting"
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().strip().startswith("Example Aid: somebody is waiting for an answer. Waiting: 1.")
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    everything = str(mail) + "".join(parts)
    for secret in ("lanted", "41446681800", layla.session_id, "/j/", "http"):
        assert secret not in everything


async def test_apprise_is_told_once_however_often_the_server_is_started_anew(
    new_server: NewServer, service: Messenger
) -> None:
    server = await asyncio.to_thread(lambda: new_server(**SOON | {"TC_NOTIFY_AFTER": "4s"}))
    async with World(server) as world:
        staff = await world.staff("lena")
        await add(staff, service.url, "fr")
        await world.guest(staff)
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    texts = await asyncio.to_thread(service.received, 1)
    assert texts[0].startswith("Example Aid : une personne attend une réponse.")
    async with World(server) as world:
        staff = await world.login("lena")
        await asyncio.to_thread(eventually, lambda: is_noted(server, staff))
    await asyncio.to_thread(server.restart)
    async with World(server) as world:
        # A second one who waits is told of no sooner than the pause allows; that none came before it shows.
        staff = await world.login("lena")
        await world.guest(staff)
        assert (await asyncio.to_thread(service.received, 2))[1].endswith(" min.")
    assert len(service.texts) == 2
    assert "En attente : 2" in service.texts[1]
    log = server.log.read_text()
    assert "planted-secret" not in log
    assert "planted-topic" not in log


async def test_who_is_connected_is_told_when_they_do_not_react_and_the_call_page_is_no_client(
    new_server: NewServer, service: Messenger
) -> None:
    server = await asyncio.to_thread(lambda: new_server(**SOON | {"TC_NOTIFY_AFTER": "4s"}))
    async with World(server) as world:
        connected, caller = await world.staff("connected"), await world.staff("caller")
        in_call = await world.guest(caller)
        await caller.move(in_call.session_id, "start")
        page = await (await world.call_page(caller, in_call.session_id)).stream()
        desk = await connected.stream()
        for staff, topic in ((connected, "connected"), (caller, "caller")):
            await add(staff, f"json://127.0.0.1:{service.port}/{topic}")
            await world.guest(staff)
        await asyncio.to_thread(service.received, 2)
        await page.close()
        await desk.close()
    assert service.paths == ["/caller", "/connected"]


async def test_who_reacts_is_not_told_and_the_team_is_told_of_others(new_server: NewServer, service: Messenger) -> None:
    team = f"json://127.0.0.1:{service.port}/team"
    server = await asyncio.to_thread(lambda: new_server(**SOON, TC_APPRISE_STAFF=team))
    async with World(server) as world:
        lena, ida = await world.staff("lena"), await world.staff("ida")
        await add(lena, f"json://127.0.0.1:{service.port}/lena")
        layla = await world.guest(lena)
        await lena.move(layla.session_id, "start")
        await world.guest(ida)
        await asyncio.to_thread(service.received, 1)
        assert [await targets(staff) for staff in (ida,)] == [[]]
    assert service.paths == ["/team"]


async def test_a_trial_tells_what_came_of_it(new_server: NewServer, service: Messenger) -> None:
    async with mail_server(refuse=lambda to, _: "550 5.1.1 no such user" if to.startswith("wrong") else None) as mails:
        server = await asyncio.to_thread(lambda: new_server(**with_mail(mails)))
        async with World(server) as world:
            staff = await world.staff("lena")
            right, wrong = await add(staff, "email:lena@example.org"), await add(staff, "email:wrong@example.org")
            tried = done(await staff.post(f"/notify-targets/{right['target_id']}/test"), 200)
            assert (tried["result"], tried["provider"], tried["reason"]) == ("sent", "smtp", None)
            assert "this is a test" in str((await mails.received(1))[0])
            tried = done(await staff.post(f"/notify-targets/{wrong['target_id']}/test"), 200)
            assert (tried["result"], tried["reason"]) == ("failed", "no_such_address")
            assert "no such user" in tried["reply"]
            assert "remove it" in tried["remedy"]
            again = await staff.post(f"/notify-targets/{wrong['target_id']}/test")
            assert refused(again) == (429, "slow_down")
            service.status = 403
            messenger = await add(staff, service.url)
            assert messenger["address"] == "json://…"
            tried = done(await staff.post(f"/notify-targets/{messenger['target_id']}/test"), 200)
            assert (tried["result"], tried["reason"]) == ("failed", "refused")
            assert "403" in tried["reply"]
            assert "planted" not in str(tried)
            assert [target["last_result"] for target in await targets(staff)] == ["sent", "failed", "failed"]


async def test_an_address_is_refused_with_what_to_do(world: World) -> None:
    staff = await world.standing("owner")
    for address, code in (
        ("lena", "invalid_target"),
        ("syslog://", "invalid_target"),
        ("email:lena", "invalid_email"),
        ("sms:12", "invalid_phone"),
    ):
        assert refused(await staff.post("/notify-targets", json={"address": address})) == (422, code)
    body = {"address": "email:lena@example.org", "language": "tlh"}
    assert refused(await staff.post("/notify-targets", json=body)) == (422, "unknown_language")


async def test_a_disabled_account_and_a_removed_address_leave_no_trace_on_disk(new_server: NewServer) -> None:
    # The last traces are looked after as often as the shortest time asks for.
    server = await asyncio.to_thread(lambda: new_server(**SOON, TC_RING="2s"))
    async with World(server) as world:
        staff = await world.staff("lena")
        one = await add(staff, "email:planted-one@example.org")
        await add(staff, "email:planted-two@example.org")
        await world.guest(staff)
        await asyncio.to_thread(eventually, lambda: len(list((server.data / "outbox").glob("*.txt"))) == 2)
        assert (await staff.call("DELETE", f"/notify-targets/{one['target_id']}")).status_code == 204
        done(await (await world.focal_person()).post(f"/users/{staff.user_id}/disable"), 200)
        await asyncio.to_thread(eventually, lambda: not holds(server, one["target_id"]))
    assert list((server.data / "outbox").glob("*")) == []
    assert not holds(server, "planted")


def holds(server: Server, text: str) -> bool:
    """Tell whether a text is anywhere in the data folder."""
    return any(text.encode() in path.read_bytes() for path in server.data.rglob("*") if path.is_file())

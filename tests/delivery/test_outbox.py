"""The outbox of a running server: what is queued is sent, also after faults and kills, and its fate is shown."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mailserver import MailServer, mail_server, silent_port
from tests.server.world import ROOT_NAME, Staff, Stream, World, done
from tests.serving import Server, serving

PHONE = "+41446681800"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run a server of this test's own, without any provider."""
    Server(tmp_path).add(ROOT_NAME, "admin")
    with serving(tmp_path) as server:
        yield server


class Desk:
    """Somebody who invites by email and hears how the mails fare."""

    def __init__(self, server: Server, staff: Staff, stream: Stream) -> None:
        self.server = server
        self.staff = staff
        self.stream = stream

    async def invite(self, email: str = "layla@example.org", **facts: Any) -> str:
        """Invite somebody; returns the invite's id."""
        invite = await self.staff.invite("Layla", email=email, **({"language": "fr", "via": "email"} | facts))
        invite_id: str = invite["invite_id"]
        return invite_id

    async def heard(self, invite_id: str, **facts: Any) -> dict[str, Any]:
        """Wait until a delivery of an invite is told to be like this."""
        return await self.stream.frame("delivery", invite_id=invite_id, **facts)

    async def deliveries(self, invite_id: str) -> list[dict[str, Any]]:
        """Look how an invite's deliveries stand."""
        found: list[dict[str, Any]] = done(await self.staff.get(f"/invites/{invite_id}"), 200)["deliveries"]
        return found


@asynccontextmanager
async def desk(folder: Path, mails: MailServer | str, **settings: str) -> AsyncIterator[Desk]:
    """Run a server that sends by a mail server, and somebody who works with it."""
    url = mails if isinstance(mails, str) else mails.url()
    server = Server(folder, TC_SMTP_URL=url, TC_MAIL_FROM="talk@example.org", **settings)
    server.add(ROOT_NAME, "admin")
    server.start()
    try:
        async with World(server) as world:
            staff = await world.focal_person()
            yield Desk(server, staff, await staff.stream())
    finally:
        server.kill()


def written(server: Server) -> dict[str, str]:
    """Read what was written into the folder, by delivery id."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (server.data / "outbox").iterdir()}


async def settled(staff: Staff, invite_id: str) -> list[dict[str, Any]]:
    """Wait until all of an invite's deliveries have gone one way or the other."""
    stream = await staff.stream()
    while True:
        heard = len(stream.of("delivery"))
        found: list[dict[str, Any]] = done(await staff.get(f"/invites/{invite_id}"), 200)["deliveries"]
        if all(delivery["state"] in ("sent", "failed") for delivery in found):
            await stream.close()
            return found
        await stream.until(lambda heard=heard: len(stream.of("delivery")) > heard, "what came of it")


# --- into the folder ------------------------------------------------------------------------------------------------


async def test_without_a_provider_a_message_is_written_with_the_link_in_it(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        invite = await staff.invite("Layla", phone=PHONE, email="layla@example.org", language="ar", via="email")
        [delivery] = await settled(staff, invite["invite_id"])
        assert (delivery["channel"], delivery["provider"], delivery["state"]) == ("email", "folder", "sent")
        assert delivery["sent_at"] >= delivery["created_at"]
        text = written(server)[delivery["delivery_id"]]
        assert text.startswith("To: layla@example.org\nChannel: email\nSubject: ")
        assert invite["url"] in text

        done(await staff.post(f"/invites/{invite['invite_id']}/resend", json={"via": "sms"}), 200)
        _, by_sms = await settled(staff, invite["invite_id"])
        assert by_sms["channel"] == "sms"
        assert written(server)[by_sms["delivery_id"]].startswith(f"To: {PHONE}\nChannel: sms\n\n")

        by_hand = await staff.invite("Passed on by hand")
        assert by_hand["deliveries"] == []
        layla = await world.join(invite)
        entry = done(await staff.get("/queue"), 200)["items"][0]
        assert (entry["session_id"], entry["delivery"]) == (layla.session_id, "sent")


async def test_what_can_not_be_written_waits_says_why_and_goes_out_once_it_can(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        stream = await staff.stream()
        (server.data / "outbox").write_text("in the way")
        invite = await staff.invite("Layla", phone=PHONE, via="sms")
        waits = await stream.frame("delivery", reason="not_written")
        assert (waits["state"], waits["sent_at"]) == ("queued", None)
        assert "exists" in waits["attempts"][0]["reply"]
        assert waits["remedy"]
        (server.data / "outbox").unlink()
        done(await staff.post(f"/invites/{invite['invite_id']}/resend", json={}), 200)
        first, second = await settled(staff, invite["invite_id"])
        assert (first["state"], first["reason"], second["state"]) == ("failed", "withdrawn", "sent")
        assert written(server).keys() == {second["delivery_id"]}


async def test_what_was_queued_when_the_server_was_killed_goes_out_once_after_it_is_back(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        inviting = [asyncio.create_task(staff.invite(f"N{n}", phone=PHONE, via="sms")) for n in range(20)]
        await asyncio.wait(inviting, return_when=asyncio.FIRST_COMPLETED)
        server.kill()
        await asyncio.wait(inviting)
        promised = [task.result() for task in inviting if task.exception() is None]
        assert promised
        server.start()
        for invite in promised:
            [delivery] = await settled(staff, invite["invite_id"])
            assert (delivery["state"], delivery["maybe_twice"]) == ("sent", False)
            assert invite["url"] in written(server)[delivery["delivery_id"]]
        kept = done(await staff.get("/invites?limit=500"), 200)["items"]
        for invite in kept:
            await settled(staff, invite["invite_id"])
        assert written(server).keys() == {d["delivery_id"] for invite in kept for d in invite["deliveries"]}


async def test_taking_a_session_back_and_erasing_it_takes_its_messages_out_of_the_outbox(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        invite = await staff.invite("Layla", phone=PHONE, via="sms")
        other = await staff.invite("Other", phone="+41446681801", via="sms")
        for one in (invite, other):
            await settled(staff, one["invite_id"])
        done(await staff.post(f"/invites/{invite['invite_id']}/revoke"), 200)
        await staff.move(invite["session_id"], "erase")
        [left] = written(server).values()
        assert other["url"] in left


# --- through a mail server ------------------------------------------------------------------------------------------


async def test_mails_in_everybodys_language_arrive(tmp_path: Path) -> None:
    async with mail_server() as mails, desk(tmp_path, mails, TC_ORGANISATION="Espoir") as work:
        for language in ("fr", "ar", "am"):
            invite_id = await work.invite(f"layla.{language}@example.org", language=language)
            told = await work.heard(invite_id, state="sent")
            assert told["attempts"][0]["reply"] == "2.0.0 queued as 4711"
            assert (told["provider"], told["attempts"][0]["cost"]) == ("smtp", "free")
        found = {mail["To"]: mail for mail in await mails.received(3)}
        assert {mail["Content-Language"] for mail in found.values()} == {"fr", "ar", "am"}
        page = found["layla.ar@example.org"].get_body(("html",))
        assert page is not None
        assert 'dir="rtl"' in page.get_content()
        invite = done(await work.staff.get(f"/invites/{invite_id}"), 200)
        plain = found["layla.am@example.org"].get_body(("plain",))
        assert plain is not None
        assert invite["url"] in plain.get_content()
        assert not (work.server.data / "outbox").exists()


async def test_without_a_way_to_a_phone_an_invite_by_sms_is_refused_and_by_any_way_goes_by_mail(tmp_path: Path) -> None:
    async with mail_server() as mails, desk(tmp_path, mails) as work:
        request = {"kind": "remote", "name": "Layla", "phone": PHONE, "language": "en", "via": "auto"}
        assert done(await work.staff.post("/invites", json=request), 422)["code"] == "no_provider"
        invite_id = await work.invite(phone=PHONE, via="auto")
        assert (await work.heard(invite_id, state="sent"))["channel"] == "email"


async def test_a_refused_address_is_told_at_once_with_what_to_do(tmp_path: Path) -> None:
    async with (
        mail_server(refuse=lambda to, _times: "550 5.1.1 who?" if to.startswith("nobody") else None) as mails,
        desk(tmp_path, mails) as work,
    ):
        told = await work.heard(await work.invite("nobody@example.org"), state="failed")
        assert (told["reason"], told["attempts"][0]["reply"]) == ("no_such_address", "550 5.1.1 who?")
        assert told["detail"] == "There is no such address."
        assert told["remedy"]
        await work.heard(await work.invite(), state="sent")


async def test_a_greylisted_mail_is_put_off_and_others_are_not(tmp_path: Path) -> None:
    async with (
        mail_server(refuse=lambda to, times: "451 later" if to.startswith("grey") and times == 1 else None) as mails,
        desk(tmp_path, mails) as work,
    ):
        grey = await work.invite("grey@example.org")
        told = await work.heard(grey, state="queued", reason="busy")
        assert told["next_at"] > told["attempts"][0]["ended_at"]
        await work.heard(await work.invite(), state="sent")
        # In half a minute it is tried again: nobody waits for that here, but its time is known.
        assert mails.recipients == ["layla@example.org"]


async def test_a_wrong_password_is_logged_once_and_told_on_each_message_and_what_waited_goes_out_when_it_is_right(
    tmp_path: Path,
) -> None:
    async with mail_server() as mails, desk(tmp_path, mails.url(password="wrong")) as work:
        first = await work.invite()
        told = await work.heard(first, state="queued", reason="login_refused")
        assert "tc server check" in told["remedy"]
        second = await work.invite("b@example.org")
        await work.heard(second, state="queued", reason="login_refused")
        log = work.server.log.read_text()
        assert log.count("can't send (login_refused)") == 1
        assert "wrong" not in log
        work.server.restart(TC_SMTP_URL=mails.url())
        await work.stream.close()
        work.stream = await work.staff.stream()
        # One of them tells that it works again, and takes the others along.
        await work.invite("c@example.org")
        for invite_id in (first, second):
            await work.heard(invite_id, state="sent")
        assert len(await mails.received(3)) == 3


async def test_a_server_that_hangs_or_is_not_there_keeps_nobody_from_inviting(tmp_path: Path) -> None:
    with silent_port() as port:
        async with desk(tmp_path, f"smtp://127.0.0.1:{port}") as work:
            invite_ids = [await work.invite(f"n{n}@example.org") for n in range(6)]
            states = [(await work.deliveries(invite_id))[0]["state"] for invite_id in invite_ids]
            assert set(states) <= {"queued", "trying"}
            done(await work.staff.get("/queue"), 200)


async def test_a_mail_server_that_ends_and_comes_back_gets_everything_once(tmp_path: Path) -> None:
    async with mail_server() as mails:
        port = mails.port
    async with desk(tmp_path, mails) as work:
        first = await work.invite()
        await work.heard(first, state="queued", reason="unreachable")
        async with mail_server(port=port) as back:
            second = await work.invite("b@example.org")
            for invite_id in (first, second):
                await work.heard(invite_id, state="sent")
            assert sorted(back.recipients) == ["b@example.org", "layla@example.org"]


async def test_a_kill_between_sending_and_noting_it_says_that_it_may_arrive_twice(tmp_path: Path) -> None:
    async with mail_server(moods=["hang"]) as mails, desk(tmp_path, mails) as work:
        invite_id = await work.invite()
        await mails.hangs.wait()
        work.server.kill()
        mails.let_go()
        work.server.start()
        stream = await work.staff.stream()
        [told] = await settled(work.staff, invite_id)
        assert (told["state"], told["maybe_twice"]) == ("sent", True)
        assert [attempt["result"] for attempt in told["attempts"]] == ["unknown", "accepted"]
        both = await mails.received(2)
        assert len({mail["Message-ID"] for mail in both}) == 1
        await stream.close()


async def test_a_slow_server_is_waited_for_and_others_go_out_meanwhile(tmp_path: Path) -> None:
    async with mail_server(moods=["hang"]) as mails, desk(tmp_path, mails) as work:
        slow = await work.invite()
        await mails.hangs.wait()
        await work.heard(await work.invite("b@example.org"), state="sent")
        mails.let_go()
        told = await work.heard(slow, state="sent")
        assert (len(told["attempts"]), told["maybe_twice"]) == (1, False)
        assert sorted(mails.recipients) == ["b@example.org", "layla@example.org"]


async def test_an_orderly_end_waits_for_what_is_being_sent(tmp_path: Path) -> None:
    async with mail_server(moods=["hang"]) as mails, desk(tmp_path, mails) as work:
        invite_id = await work.invite()
        await mails.hangs.wait()
        stopping = asyncio.create_task(asyncio.to_thread(work.server.stop))
        await asyncio.sleep(0)
        mails.let_go()
        await stopping
        work.server.start()
        [told] = await settled(work.staff, invite_id)
        assert (told["state"], told["maybe_twice"], len(told["attempts"])) == ("sent", False, 1)


async def test_a_session_that_is_taken_back_before_its_message_went_out_sends_none(tmp_path: Path) -> None:
    async with mail_server() as mails:
        pass
    async with desk(tmp_path, mails) as work:
        invite_id = await work.invite()
        await work.heard(invite_id, state="queued", reason="unreachable")
        done(await work.staff.post(f"/invites/{invite_id}/revoke"), 200)
        [told] = await work.deliveries(invite_id)
        assert (told["state"], told["reason"]) == ("failed", "withdrawn")


def test_the_mail_server_of_these_tests_refuses_strangers(tmp_path: Path) -> None:
    async def look() -> None:
        async with mail_server() as mails:

            def knock() -> int:
                with smtplib.SMTP("127.0.0.1", mails.port) as smtp:
                    smtp.ehlo()
                    return smtp.mail("a@example.org")[0]

            assert await asyncio.to_thread(knock) == 530

    asyncio.run(look())

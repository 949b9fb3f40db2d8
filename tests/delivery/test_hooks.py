"""Receipts and what they set going, at a running server, with stand-ins for Twilio, Meta and a gateway of Apprise's."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.gateways import APP_SECRET, PHONE_ID, PUBLIC, TOKEN, VERIFY, Gateways, gateways
from tests.server.world import ROOT_NAME, Staff, Stream, World, done
from tests.serving import Server

SWISS, ARMENIAN, FRENCH = "+41446681800", "+37410123456", "+33123456789"


class Desk:
    """Somebody who invites by phone and hears how the texts fare."""

    def __init__(self, server: Server, staff: Staff, stream: Stream) -> None:
        self.server = server
        self.staff = staff
        self.stream = stream

    async def invite(self, phone: str = SWISS, **facts: Any) -> str:
        """Invite somebody; returns the invite's id."""
        made = await self.staff.invite("Layla", phone=phone, **({"language": "fr", "via": "auto"} | facts))
        invite_id: str = made["invite_id"]
        return invite_id

    async def heard(self, invite_id: str, **facts: Any) -> dict[str, Any]:
        """Wait until a delivery of an invite is told to be like this."""
        return await self.stream.frame("delivery", invite_id=invite_id, **facts)

    async def delivery(self, invite_id: str) -> dict[str, Any]:
        """Look how an invite's only delivery stands."""
        [found] = done(await self.staff.get(f"/invites/{invite_id}"), 200)["deliveries"]
        delivery: dict[str, Any] = found
        return delivery


@asynccontextmanager
async def desk(folder: Path, gates: Gateways, **settings: str) -> AsyncIterator[Desk]:
    """Run a server that sends through the stand-ins, and somebody who works with it."""
    server = Server(folder, **{"TC_PUBLIC_URL": PUBLIC} | settings)
    server.add(ROOT_NAME, "admin")
    server.start()
    gates.server_url = server.url
    try:
        async with World(server) as world:
            staff = await world.focal_person()
            yield Desk(server, staff, await staff.stream())
        log = server.log.read_text()
        for secret in (SWISS, ARMENIAN, FRENCH, TOKEN, APP_SECRET, VERIFY, "#rc", "/j/fr"):
            assert secret not in log
    finally:
        server.kill()


def tried(delivery: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """List how each attempt went: way, result, reason."""
    return [(f"{a['channel']} by {a['provider']}", a["result"], a["reason"]) for a in delivery["attempts"]]


# --- receipts ---------------------------------------------------------------------------------------------------------


async def test_an_sms_is_delivered_once_twilio_says_so_and_nothing_takes_that_back(tmp_path: Path) -> None:
    async with gateways() as gates, desk(tmp_path, gates, **gates.twilio) as work:
        invite_id = await work.invite()
        [sent] = await gates.received(1)
        await work.heard(invite_id, state="sent")
        for status in ("queued", "sent", "delivered", "sent", "undelivered", "delivered"):
            assert (await gates.report(sent, status)).status_code == 200
        told = await work.heard(invite_id, state="delivered")
        assert told["delivered_at"]
        assert tried(await work.delivery(invite_id)) == [("sms by twilio", "delivered", None)]
        session = done(await work.staff.get("/sessions"), 200)["items"][0]
        assert session["state"] == "invited"


async def test_a_receipt_that_is_not_signed_by_who_sends_it_is_refused_and_counted(tmp_path: Path) -> None:
    settings = {"TC_METRICS_TOKEN": "look"}
    async with gateways() as gates, desk(tmp_path, gates, **gates.twilio, **gates.meta, **settings) as work:
        invite_id = await work.invite()
        other_id = await work.invite(via="sms")
        by_twilio = next(s for s in await gates.received(2) if s.provider == "twilio")
        by_meta = next(s for s in gates.sent if s.provider == "meta")
        for sent in (by_twilio, by_meta):
            assert (await gates.report(sent, "delivered", token="somebody else's")).status_code == 403
        async with httpx.AsyncClient(base_url=work.server.url) as web:
            for provider in ("twilio", "meta"):
                assert (await web.post(f"/hooks/{provider}", data={"MessageStatus": "delivered"})).status_code == 403
                assert (await web.post(f"/hooks/{provider}", content=b"\xff")).status_code == 403
            assert (await web.post("/hooks/smtp")).status_code == 404
            assert (await web.get("/hooks/twilio")).status_code == 403
            found = await web.get("/metrics", headers={"Authorization": "Bearer look"})
        counted = [line for line in found.text.splitlines() if line.startswith("teleconnect_receipts_refused_total")]
        assert sorted(counted) == [
            'teleconnect_receipts_refused_total{provider="meta"} 3.0',
            'teleconnect_receipts_refused_total{provider="twilio"} 3.0',
        ]
        for one in (invite_id, other_id):
            await work.heard(one, state="sent")
            assert (await work.delivery(one))["state"] == "sent"


async def test_meta_is_let_in_by_our_own_word_alone(tmp_path: Path) -> None:
    async with gateways() as gates, desk(tmp_path, gates, **gates.meta) as work:
        asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
        async with httpx.AsyncClient(base_url=work.server.url) as web:
            answer = await web.get("/hooks/meta", params=asked)
            assert (answer.status_code, answer.text) == (200, "1158201444")
            for wrong in ({"hub.verify_token": "guess"}, {"hub.mode": "x"}, {"hub.challenge": "<b>"}):
                assert (await web.get("/hooks/meta", params=asked | wrong)).status_code == 403
            assert (await web.get("/hooks/meta")).status_code == 403


async def test_one_webhook_tells_of_many_texts_and_what_else_it_tells_is_left_alone(tmp_path: Path) -> None:
    async with gateways() as gates, desk(tmp_path, gates, **gates.meta) as work:
        ids = [await work.invite() for _ in range(3)]
        sent = await gates.received(3)
        for invite_id in ids:
            await work.heard(invite_id, state="sent")
        assert (await gates.report_all(sent, "read")).status_code == 200
        for invite_id in ids:
            await work.heard(invite_id, state="delivered")
        number = {"phone_number_id": PHONE_ID}
        for value in (
            {"metadata": number, "messages": [{"from": "41446681800", "id": "wamid.x", "text": {"body": "who?"}}]},
            {"metadata": number, "statuses": [{"id": "wamid.unknown", "status": "delivered"}]},
            {"metadata": {"phone_number_id": "1"}, "statuses": [{"id": "wamid.MQ==", "status": "failed"}]},
            {"event": "APPROVED", "message_template_id": 1},
            "nothing of the kind",
        ):
            body = {
                "object": "whatsapp_business_account",
                "entry": [{"changes": [{"field": "messages", "value": value}]}],
            }
            assert (await gates.post_as_meta(json.dumps(body).encode())).status_code == 200
        assert (await gates.post_as_meta(b"not JSON")).status_code == 200
        assert "who?" not in work.server.log.read_text()


async def test_a_receipt_that_is_faster_than_the_answer_is_not_lost(tmp_path: Path) -> None:
    moods = ("early delivered", "early undelivered 30005")
    async with gateways(*moods) as gates, desk(tmp_path, gates, **gates.twilio) as work:
        first = await work.invite()
        await work.heard(first, state="delivered")
        second = await work.invite()
        told = await work.heard(second, state="failed")
        assert (told["reason"], told["attempts"][0]["reply"][:5]) == ("no_such_address", "30005")
        assert [(await work.delivery(one))["attempts"][0]["reference"] for one in (first, second)] == [
            sent.reference for sent in gates.sent
        ]


async def test_a_receipt_tells_that_a_text_was_taken_whose_answer_was_lost(tmp_path: Path) -> None:
    async with gateways("drop") as gates, desk(tmp_path, gates, **gates.twilio) as work:
        invite_id = await work.invite()
        [sent] = await gates.received(1)
        await work.stream.until(lambda: bool(work.stream.of("delivery")), "that the answer was lost")
        unsure = await work.delivery(invite_id)
        assert (unsure["state"], unsure["maybe_twice"]) == ("queued", True)
        assert (await gates.report(sent, "delivered")).status_code == 200
        told = await work.heard(invite_id, state="delivered")
        assert (told["maybe_twice"], len(gates.sent)) == (False, 1)


async def test_receipts_of_an_erased_session_and_of_a_server_that_was_down_are_answered(tmp_path: Path) -> None:
    async with gateways("hang") as gates, desk(tmp_path, gates, **gates.twilio) as work:
        invite_id = await work.invite()
        [sent] = await gates.received(1)
        work.server.kill()
        with pytest.raises(httpx.ConnectError):
            await gates.report(sent, "delivered")
        work.server.start()
        gates.let_go()
        # Twilio repeats; meanwhile the server waits a minute before it would send again.
        assert (await gates.report(sent, "delivered")).status_code == 200
        delivery = await work.delivery(invite_id)
        assert (delivery["state"], len(gates.sent)) == ("delivered", 1)
        session_id = done(await work.staff.get(f"/invites/{invite_id}"), 200)["session_id"]
        done(await work.staff.post(f"/invites/{invite_id}/revoke"), 200)
        done(await work.staff.post(f"/sessions/{session_id}/erase"), 200)
        assert (await gates.report(sent, "delivered")).status_code == 200


# --- chains -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["meta", "twilio"])
async def test_what_whatsapp_does_not_deliver_goes_by_sms(tmp_path: Path, by: str) -> None:
    async with gateways() as gates:
        whatsapp = gates.meta if by == "meta" else gates.twilio_whatsapp
        async with desk(tmp_path, gates, **gates.twilio, **whatsapp) as work:
            invite_id = await work.invite()
            [first] = await gates.received(1)
            assert (first.provider, first.channel) == (by, "whatsapp")
            await work.heard(invite_id, state="sent", channel="whatsapp")
            error = 131026 if by == "meta" else 63003
            assert (await gates.report(first, "failed", error)).status_code == 200
            _, second = await gates.received(2)
            assert (second.provider, second.channel, second.to) == ("twilio", "sms", SWISS)
            await work.heard(invite_id, state="sent", channel="sms")
            await gates.report(second, "delivered")
            told = await work.heard(invite_id, state="delivered")
            assert tried(told) == [
                (f"whatsapp by {by}", "undelivered", "undelivered"),
                ("sms by twilio", "delivered", None),
            ]


async def test_what_nobody_hears_of_goes_by_sms_and_a_late_arrival_counts(tmp_path: Path) -> None:
    async with gateways() as gates:
        settings = gates.twilio | gates.meta | {"TC_DELIVERY_PATIENCE": "1s"}
        async with desk(tmp_path, gates, **settings) as work:
            invite_id = await work.invite()
            first, second = await gates.received(2)
            assert [first.channel, second.channel] == ["whatsapp", "sms"]
            await work.heard(invite_id, state="sent", channel="sms")
            await gates.report(first, "delivered")
            told = await work.heard(invite_id, state="delivered")
            assert [result for _, result, _ in tried(told)] == ["delivered", "accepted"]


async def test_a_template_that_meta_has_paused_moves_the_chain_on_and_says_why(tmp_path: Path) -> None:
    async with gateways("400 132015", "") as gates, desk(tmp_path, gates, **gates.twilio, **gates.meta) as work:
        invite_id = await work.invite()
        [sent] = await gates.received(1)
        told = await work.heard(invite_id, state="sent")
        assert sent.channel == "sms"
        assert tried(told) == [
            ("whatsapp by meta", "permanent", "no_template"),
            ("sms by twilio", "accepted", None),
        ]
        # Others' templates are well: Meta isn't held back.
        await work.invite()
        assert (await gates.received(2))[1].provider == "meta"


async def test_a_language_without_a_template_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    async with gateways() as gates, desk(tmp_path, gates, **gates.twilio, **gates.meta) as work:
        body = {"name": "Layla", "phone": SWISS, "language": "sw"}
        previews = done(await work.staff.post("/invites/preview", json=body), 200)["items"]
        seen = {one["channel"]: (one["turn"], one["reason"]) for one in previews}
        assert seen == {"sms": (1, None), "whatsapp": (None, "no_template"), "link": (None, None)}
        rows = [{"key": "batch-key-1", "name": "Layla", "phone": SWISS, "language": "sw"}]
        checked = done(await work.staff.post("/invites/batch", json={"check": True, "rows": rows}), 200)["rows"]
        assert [(row["result"], row["channel"], row["lacking"]) for row in checked] == [("ok", "sms", "no_template")]
        refused = await work.staff.post("/invites", json=body | {"via": "whatsapp"})
        assert refused.status_code == 422
        assert "tc server templates" in refused.json()["detail"]
        await work.invite(language="sw")
        [sent] = await gates.received(1)
        assert sent.channel == "sms"


async def test_what_is_planned_goes_by_templates_of_its_own_with_date_time_and_link(tmp_path: Path) -> None:
    templates = ", ".join(f"fr{kind}=talk{kind}" for kind in ("_planned", "_moved", "_cancelled", "_reminder"))
    planned = datetime.now(UTC) + timedelta(days=9)
    async with gateways() as gates, desk(tmp_path, gates, **gates.meta | {"TC_META_TEMPLATES": templates}) as work:
        invite_id = await work.invite(at=planned.isoformat(), timezone="Europe/Paris")
        later = (planned + timedelta(days=1)).astimezone(ZoneInfo("Europe/Paris"))
        await gates.received(1)
        done(await work.staff.post(f"/invites/{invite_id}/reschedule", json={"at": later.isoformat()}), 200)
        await gates.received(2)
        done(await work.staff.post(f"/invites/{invite_id}/revoke"), 200)
        told = await gates.received(3)
    assert [sent.template for sent in told] == ["talk_planned/fr", "talk_moved/fr", "talk_cancelled/fr"]
    assert [len(sent.variables) for sent in told] == [3, 3, 2]
    first, moved, cancelled = (sent.variables for sent in told)
    assert first[0] != moved[0]
    assert moved[:2] == cancelled
    assert str(later.day) in moved[0]
    assert moved[1] == f"{later:%H:%M}"
    assert "/test/fr#" in first[2]


async def test_prefixes_decide_which_gateway_a_number_goes_through(tmp_path: Path) -> None:
    async with gateways() as gates:
        settings = gates.twilio | gates.apprise | {"TC_PROVIDERS": "twilio:+41 !+374, apprise"}
        async with desk(tmp_path, gates, **settings) as work:
            for phone, provider in ((SWISS, "twilio"), (ARMENIAN, "apprise"), (FRENCH, "apprise")):
                number = len(gates.sent)
                invite_id = await work.invite(phone)
                sent = (await gates.received(number + 1))[-1]
                assert (sent.provider, sent.to) == (provider, phone)
                await work.heard(invite_id, state="sent", provider=provider)
                ways = [way["provider"] for way in (await work.delivery(invite_id))["ways"]]
                assert ways == (["twilio", "apprise"] if phone == SWISS else ["apprise"])


async def test_a_gateway_that_is_down_holds_its_own_back_and_is_asked_again(tmp_path: Path) -> None:
    async with gateways("503", "") as gates, desk(tmp_path, gates, **gates.twilio) as work:
        invite_id = await work.invite()
        told = await work.heard(invite_id, state="queued", reason="no_answer")
        assert told["attempts"][0]["result"] == "broken"
        work.server.restart()
        await gates.received(1)
        assert work.server.log.read_text().count("provider twilio can't send (no_answer)") == 1


# --- the operator's look ----------------------------------------------------------------------------------------------


async def tc(server: Server, *args: str, **settings: str) -> Any:
    """Run `tc` as an operator does, and read what it says."""
    import os
    import sys

    environment = {name: value for name, value in os.environ.items() if not name.startswith("TC_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tc_cli",
        *args,
        "-o",
        "json",
        "--data",
        str(server.data),
        env=environment | settings,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode, json.loads(said)


async def test_an_operator_sees_that_they_work_and_sends_a_test(tmp_path: Path) -> None:
    async with gateways() as gates:
        settings = gates.twilio | gates.meta | gates.apprise
        async with desk(tmp_path, gates, **settings) as work:
            items = done(await work.staff.get("/providers"), 200)["items"]
            assert [(one["provider"], one["state"]) for one in items] == [
                ("meta", "ok"),
                ("twilio", "ok"),
                ("apprise", "ok"),
            ]
            _, checks = await tc(work.server, "server", "check", **settings)
            found = {check["name"]: check["status"] for check in checks if check["name"].startswith("provider")}
            assert found == {"provider meta": "ok", "provider twilio": "ok", "provider apprise": "ok"}
            code, sent = await tc(work.server, "server", "send-test", "--to", SWISS, "--via", "sms", **settings)
            assert (code, [(one["provider"], one["result"]) for one in sent]) == (
                0,
                [("twilio", "accepted"), ("apprise", "accepted")],
            )
            gates.moods = ["401 190"]
            code, sent = await tc(work.server, "server", "send-test", "--to", SWISS, "--via", "whatsapp", **settings)
            assert (code, sent[0]["reason"]) == (6, "login_refused")

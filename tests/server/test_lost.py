"""Asking for a lost link from outside: one answer for everybody, and a message for whom it belongs to."""

import asyncio
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.world import ROOT_NAME, Staff, Stream, World, done
from tests.serving import Server, serving

PHONE = "+41446681800"
ASKED = [PHONE, "0041 44 668 18 00", "+41446681801", "somebody@example.org", "nonsense", "", "\x00", "x" * 100_000]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run a server of this test's own: others' wishes would count here too."""
    Server(tmp_path).add(ROOT_NAME, "admin")
    with serving(tmp_path) as server:
        yield server


def plain(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """Tell all of an answer but when it was given and its own number."""
    own = {"date", "x-request-id"}
    return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k.lower() not in own}


async def deliveries(staff: Staff, invite_id: str, number: int) -> list[dict[str, Any]]:
    """Wait until so many of an invite's deliveries have been sent."""
    desk = await staff.stream()
    while True:
        heard = len(desk.of("delivery"))
        found: list[dict[str, Any]] = done(await staff.get(f"/invites/{invite_id}"), 200)["deliveries"]
        if len(found) >= number and all(delivery["state"] == "sent" for delivery in found):
            await desk.close()
            return found
        await desk.until(functools.partial(more_than, heard, desk), "what came of it")


def more_than(heard: int, desk: Stream) -> bool:
    """Tell whether a session has changed since."""
    return len(desk.of("delivery")) > heard


async def test_the_answer_is_the_same_for_every_contact_and_the_message_goes_to_the_right_one(server: Server) -> None:
    async with World(server) as world:
        staff = await world.focal_person()
        invite = await staff.invite("Layla", phone=PHONE, language="ar", via="auto")
        nobody = world.nobody()
        answers = [await nobody.post("/lost", json={"contact": contact}) for contact in ASKED * 3]
        assert len({str(plain(answer)) for answer in answers}) == 1
        assert answers[0].status_code == 202
        assert answers[0].json()["detail"].startswith("If there is an open invitation for this contact, ")
        first, again = await deliveries(staff, invite["invite_id"], 2)
        assert (again["channel"], first["channel"]) == ("sms", "sms")
        text = (server.data / "outbox" / f"{again['delivery_id']}.txt").read_text(encoding="utf-8")
        assert text.startswith(f"To: {PHONE}\n")
        assert invite["url"] in text
        assert len(list((server.data / "outbox").iterdir())) == 2
    assert not [line for line in server.log.read_text().splitlines() if "668" in line or "somebody" in line]


async def test_a_form_is_taken_as_well_and_leads_on_to_the_same_page(server: Server) -> None:
    async with World(server) as world, httpx.AsyncClient(base_url=server.url) as browser:
        staff = await world.focal_person()
        invite = await staff.invite("Layla", email="layla@example.org", via="auto")
        answers = [
            await browser.post("/lost/fr", data={"contact": contact}) for contact in ("layla@example.org", *ASKED[2:])
        ]
        assert len({str(plain(answer)) for answer in answers}) == 1
        assert (answers[0].status_code, answers[0].headers["location"]) == (303, "/lost/fr?asked")
        await deliveries(staff, invite["invite_id"], 2)
        page = await browser.get("/lost/fr?asked")
        assert "Cela peut prendre quelques minutes" in page.text
        assert "form-action 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe%ff=%", b"contact", b"contact=%00&" * 50, b"=" * 5000, b"contact=a&contact=b"]
)
async def test_whatever_comes_as_a_form_the_answer_is_the_same(server: Server, body: bytes) -> None:
    async with httpx.AsyncClient(base_url=server.url) as browser:
        for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "application/json"):
            answer = await browser.post(
                "/lost/xx", content=body, headers={"Content-Type": kind, "Accept-Language": "sw"}
            )
            assert (answer.status_code, answer.headers["location"]) == (303, "/lost/sw?asked")


async def test_where_a_wish_comes_from_does_not_matter(server: Server) -> None:
    """A forged address neither helps nor harms: limits are for the contact alone."""
    async with World(server) as world:
        staff = await world.focal_person()
        invite = await staff.invite("Layla", phone=PHONE, via="auto")
        body = {"contact": PHONE}
        forged = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in range(20)]
        answers = await asyncio.gather(
            *(world.nobody().call("POST", "/lost", json=body, headers=headers) for headers in forged)
        )
        assert {answer.status_code for answer in answers} == {202}
        assert len(await deliveries(staff, invite["invite_id"], 2)) == 2

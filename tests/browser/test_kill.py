"""A power cut on the server while both sides write as fast as they can."""

import asyncio

from playwright.async_api import expect

from tc_cli.client import calls
from tc_cli.client.conversation import Arrived, Online
from tc_cli.client.stream import Stream
from tests.browser.conftest import NewPhone, NewServer
from tests.browser.desk import Desk, hears, open_desk
from tests.browser.phone import Phone

ROUNDS = 20
CUT_AFTER = 15

Written = list[tuple[int, str]]


async def test_nothing_acknowledged_is_lost_doubled_or_out_of_order(new_server: NewServer, new_phone: NewPhone) -> None:
    server = new_server()
    desk, layla, omar = await open_desk(server), await new_phone(), await new_phone()
    for phone in (layla, omar):
        phone.expect_complaint("WebSocket")
    session_id = (first := await desk.invite("Layla")).session_id
    await layla.come(first.url)
    await omar.come((await desk.invite("Omar")).url)
    line = await places(desk)

    heard: Written = []
    cut = asyncio.Event()
    async with desk.link() as link:
        await hears(link, Online)
        link.follow(session_id)
        listening = asyncio.create_task(listen(link, heard, cut))
        writing = asyncio.create_task(write(layla, link, session_id))
        await cut.wait()
        await asyncio.to_thread(server.kill)
        acknowledged = {(seq, text) for seq, text in await layla.written() if seq} | set(heard)
        assert not writing.done()
        await layla.is_("reconnecting")
        await asyncio.to_thread(server.start)
        await asyncio.gather(writing, listening)
    await expect(layla.find("[data-testid=message]:not([data-seq])")).to_have_count(0)
    await expect(layla["message"]).to_have_count(3 * ROUNDS)

    kept = await desk.written(session_id)
    assert acknowledged
    assert acknowledged <= set(kept)
    assert [text for _, text in kept if text.startswith("phone")] == [f"phone {n}" for n in range(ROUNDS)]
    assert [text for _, text in kept if text.startswith("desk")] == [f"desk {n}" for n in range(2 * ROUNDS)]
    assert await layla.written() == kept
    assert heard == kept

    await omar.is_("online")
    await expect(omar.find("#place")).to_have_text("You are number 2 in line.")
    assert await places(desk) == line


async def write(phone: Phone, link: Stream, session_id: str) -> None:
    """Write on both sides, waiting for nobody."""
    for n in range(ROUNDS):
        await phone["composer"].fill(f"phone {n}")
        link.say(session_id, f"desk {2 * n}")
        await phone["composer"].press("Enter")
        link.say(session_id, f"desk {2 * n + 1}")


async def listen(link: Stream, heard: Written, cut: asyncio.Event) -> None:
    """Note what arrives at the desk, in order; say when it is time for the power to go."""
    while len(heard) < 3 * ROUNDS:
        message = (await hears(link, Arrived)).message
        if message.text is not None:
            heard.append((message.seq, message.text))
        if len(heard) >= CUT_AFTER:
            cut.set()


async def places(desk: Desk) -> list[tuple[int, str, object]]:
    """List who waits, in line, and since when."""
    return [(one.place, one.name, one.waiting_since) for one in (await desk.do(calls.queue())).items]

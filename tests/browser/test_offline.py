"""Bad networks: what is written is kept, sent later and in order; nobody is sent away for being offline."""

import asyncio
import re

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.conftest import NewPhone, NewServer
from tests.browser.desk import Desk, open_desk
from tests.browser.phone import Phone
from tests.browser.said import said
from tests.server.pictures import photo

STREAM = re.compile("/api/v1/stream")
WORDS = ["one", "two", "three"]
BROKEN = ("WebSocket", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED")


async def write_all(phone: Phone) -> None:
    """Write in a row what can't be sent."""
    for words in WORDS:
        await expect(phone["composer"]).to_be_editable()
        await phone.write(words)
        await phone.sees(words, "pending")


async def texts(desk: Desk, session_id: str) -> list[str]:
    """List what has arrived at the desk."""
    return [text for _, text in await desk.written(session_id)]


async def test_what_is_written_offline_is_sent_later_in_order(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint(*BROKEN)
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.context.set_offline(True)
    await phone.is_("offline")
    await expect(phone["connection"]).to_have_text(
        said("en", "You are offline. What you write is kept and sent later.")
    )
    await write_all(phone)
    await desk.say(invite.session_id, "Are you there?")
    await phone.context.set_offline(False)
    await phone.is_("online")
    for words in (*WORDS, "Are you there?"):
        await phone.sees(words)
    assert await texts(desk, invite.session_id) == ["Are you there?", *WORDS]
    assert await phone.written() == await desk.written(invite.session_id)
    assert (await phone.kept())["unsent"] == []


async def test_unsent_words_and_the_draft_outlive_a_reload(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint(*BROKEN)
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.context.set_offline(True)
    await write_all(phone)
    await phone["composer"].fill("half a sent")
    assert sorted(item["text"] for item in (await phone.kept())["unsent"]) == sorted(WORDS)
    await phone.context.set_offline(False)
    await phone.page.reload()
    await phone.is_("online")
    for words in WORDS:
        await phone.sees(words)
    assert await texts(desk, invite.session_id) == WORDS
    await expect(phone["composer"]).to_have_value("half a sent")


async def test_unsent_words_outlive_a_closed_tab(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint(*BROKEN)
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.context.set_offline(True)
    await write_all(phone)
    await phone.close_tab()
    await phone.context.set_offline(False)
    phone.page = await phone.context.new_page()
    await phone.come(invite.url)
    for words in WORDS:
        await phone.sees(words)
    assert await texts(desk, invite.session_id) == WORDS


async def test_while_the_line_is_not_up_yet_words_are_pending(desk: Desk, phone: Phone) -> None:
    silent = True

    def answer(socket: WebSocketRoute) -> None:
        if not silent:
            socket.connect_to_server()

    await phone.page.route_web_socket(STREAM, answer)
    invite = await desk.invite()
    await phone.open(invite.url)
    await phone.join()
    await phone.is_("connecting")
    await write_all(phone)
    silent = False
    await phone.page.reload()
    await phone.is_("online")
    for words in WORDS:
        await phone.sees(words)
    assert await texts(desk, invite.session_id) == WORDS


async def test_while_the_server_is_down_nobody_is_sent_away(new_server: NewServer, phone: Phone) -> None:
    phone.expect_complaint(*BROKEN)
    server = new_server()
    desk = await open_desk(server)
    invite = await desk.invite()
    await phone.come(invite.url)
    await asyncio.to_thread(server.stop)
    await phone.is_("reconnecting")
    await expect(phone["waiting"]).to_be_visible()
    await write_all(phone)
    await phone.pick(("leg.jpg", "image/jpeg", photo()))
    await expect(phone.find("[data-testid=message] progress")).to_be_visible()
    await asyncio.to_thread(server.start)
    await phone.is_("online")
    for words in WORDS:
        await phone.sees(words)
    await expect(phone.find("[data-testid=message][data-seq] img")).to_be_visible()
    assert await phone.written() == await desk.written(invite.session_id)
    await expect(phone.find("#place")).to_have_text(said("en", "You are next."))


async def test_joining_offline_is_answered_and_can_be_tried_again(desk: Desk, new_phone: NewPhone) -> None:
    phone = await new_phone(viewport={"width": 320, "height": 568})
    phone.expect_complaint(*BROKEN)
    await phone.open((await desk.invite(language="sw")).url)
    await phone.context.set_offline(True)
    await phone.join()
    problem = said("sw", "You are offline. Please check your connection, then try again.")
    await expect(phone.find("#trouble")).to_have_text(problem, use_inner_text=True)
    await expect(phone["join"]).to_have_text(said("sw", "Try again"), use_inner_text=True)
    await expect(phone["join"]).to_be_in_viewport(ratio=1)
    await phone.context.set_offline(False)
    await phone["join"].click()
    await phone.is_("online")


async def test_without_a_database_unsent_words_stay_in_memory_and_the_page_says_so(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint(*BROKEN)
    await phone.page.add_init_script("Object.defineProperty(window, 'indexedDB', {get() { throw new Error('no') }})")
    invite = await desk.invite()
    await phone.come(invite.url)
    await expect(phone.find("#notice")).to_be_visible()
    await phone.context.set_offline(True)
    await write_all(phone)
    await phone.context.set_offline(False)
    for words in WORDS:
        await phone.sees(words)
    assert await texts(desk, invite.session_id) == WORDS


@pytest.mark.parametrize("direction", ["to the server", "from the server"])
async def test_a_message_lost_on_its_way_or_whose_answer_is_lost_is_there_once(
    desk: Desk, phone: Phone, direction: str
) -> None:
    line = BreakingLine(direction)
    await phone.page.route_web_socket(STREAM, line.carry)
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.write("Only once")
    await phone.sees("Only once")
    assert line.broken
    assert await phone.written() == await desk.written(invite.session_id)
    assert await texts(desk, invite.session_id) == ["Only once"]


class BreakingLine:
    """A line that breaks once: at the first text that goes in one direction, which is lost."""

    def __init__(self, direction: str) -> None:
        self.broken = False
        self._fatal = '"type":"send"' if direction == "to the server" else '"kind":"text"'
        self._breaking: asyncio.Task[None] | None = None

    def carry(self, phone: WebSocketRoute) -> None:
        """Carry frames both ways until it breaks."""
        server = phone.connect_to_server()
        phone.on_message(lambda data: self._pass(data, server, phone))
        server.on_message(lambda data: self._pass(data, phone, phone))

    def _pass(self, data: str | bytes, to: WebSocketRoute, phone: WebSocketRoute) -> None:
        if self.broken or self._fatal not in str(data):
            to.send(data)
            return
        self.broken = True
        self._breaking = asyncio.get_running_loop().create_task(phone.close(code=1012))

"""Staff's call page talks with what is no browser, by the protocol alone."""

import asyncio

from tests.browser.conftest import NewTalker
from tests.browser.desk import Desk
from tests.browser.machine import Machine
from tests.browser.talk import call, connected
from tests.serving import DEADLINE


async def test_a_browser_and_aiortc_hear_each_other(desk: Desk, new_talker: NewTalker) -> None:
    invite = await desk.invite("Machine")
    machine = Machine(invite.url)
    await machine.join()
    try:
        await desk.move(invite.session_id, "start")
        staff = await new_talker()
        await staff.phone.open((await call(desk, invite.session_id))["url"])
        await staff.phone.page.wait_for_function(
            "() => document.querySelector('.absent')?.textContent.includes('Machine')"
        )
        await machine.accept()
        await connected(staff)
        await asyncio.wait_for(machine.heard.wait(), DEADLINE)
    finally:
        await machine.close()

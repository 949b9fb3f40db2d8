"""Calling back somebody who looks away: a mark in the title, a sound, a tremble, and no word of what it is about."""

from playwright.async_api import expect

from tc_cli.client.conversation import Online
from tc_server.wire.frames import ReadNow
from tests.browser.desk import Desk, hears
from tests.browser.phone import Phone

# The page is looked at until `look(false)`; what would be heard and felt is noted.
_SENSES = """
let away = false
Object.defineProperty(document, 'hidden', {get: () => away})
window.look = (here) => { away = !here; document.dispatchEvent(new Event('visibilitychange')) }
window.felt = []
navigator.vibrate = (pattern) => { window.felt.push('tremble'); return true }
const start = OscillatorNode.prototype.start
OscillatorNode.prototype.start = function (when) {
  window.felt.push(this.context.state === 'running' ? 'sound' : 'silence')
  start.call(this, when)
}
"""


async def come(phone: Phone, url: str) -> None:
    """Come by a link, with senses."""
    await phone.page.add_init_script(_SENSES)
    await phone.come(url)


async def felt(phone: Phone) -> list[str]:
    """List what was heard and felt."""
    found: list[str] = await phone.page.evaluate("felt")
    return found


async def test_who_looks_away_is_called_when_it_is_their_turn(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await come(phone, invite.url)
    await phone.page.evaluate("look(false)")
    await desk.move(invite.session_id, "start")
    await expect(phone.page).to_have_title("(1) TeleConnect")
    await phone.page.wait_for_function("() => felt.includes('sound')")
    assert sorted(set(await felt(phone))) == ["sound", "tremble"]
    await expect(phone["waiting"]).to_be_hidden()
    await phone.page.evaluate("look(true)")
    await expect(phone.page).to_have_title("TeleConnect")


async def test_a_message_marks_the_title_without_a_word_or_a_sound(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await come(phone, invite.url)
    await phone.page.evaluate("look(false)")
    await desk.say(invite.session_id, "Your result is here")
    await expect(phone.page).to_have_title("(1) TeleConnect")
    await phone.sees("Your result is here")
    assert await felt(phone) == []


async def test_what_nobody_looked_at_is_not_read(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await come(phone, invite.url)
    await phone.page.evaluate("look(false)")
    said = await desk.say(invite.session_id, "Are you there?")
    await phone.sees("Are you there?")
    # What was written after it has been taken, so a mark sent before would have been, too.
    await phone.write("unseen")
    await phone.sees("unseen")
    assert (await desk.session(invite.session_id)).people[0].read_seq < said.seq
    async with desk.link() as link:
        await hears(link, Online)
        await phone.page.evaluate("look(true)")
        await hears(link, ReadNow, lambda event: event.seq >= said.seq)


async def test_a_reload_calls_nobody_again(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await come(phone, invite.url)
    await desk.move(invite.session_id, "start")
    await expect(phone.find("#with")).to_be_visible()
    await phone.page.reload()
    await phone.is_("online")
    await phone.write("Hello")
    await phone.sees("Hello")
    assert await felt(phone) == []
    await expect(phone.page).to_have_title("TeleConnect")

"""What ends from the other side while somebody writes: it is said, and no word is lost in silence."""

from playwright.async_api import expect

from tc_cli.client import calls
from tc_server.wire.bodies import PersonRequest
from tests.browser.conftest import NewPhone
from tests.browser.desk import Desk
from tests.browser.phone import NOTHING_KEPT, Phone
from tests.browser.said import said

BROKEN = ("WebSocket", "ERR_INTERNET_DISCONNECTED")


async def test_closed_while_somebody_writes_their_words_are_shown_to_them(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite(language="ar")
    await phone.come(invite.url)
    await desk.move(invite.session_id, "start")
    await phone.write("أول")
    await phone.sees("أول")
    await phone["composer"].fill("كنت أريد أن أقول")
    await desk.move(invite.session_id, "close")
    await expect(phone["ended"]).to_be_visible()
    await expect(phone.find("#unsent h3")).to_have_text(said("ar", "This was not sent:"))
    await expect(phone.find("#unsent li")).to_have_text(["كنت أريد أن أقول"])
    assert await phone.kept() == NOTHING_KEPT

    await desk.move(invite.session_id, "reopen")
    await expect(phone["composer"]).to_have_value("كنت أريد أن أقول")
    await phone["send"].click()
    await phone.sees("كنت أريد أن أقول")
    assert [text for _, text in await desk.written(invite.session_id)] == ["أول", "كنت أريد أن أقول"]


async def test_closed_while_somebody_is_offline_all_that_was_not_sent_is_shown(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint(*BROKEN)
    invite = await desk.invite()
    await phone.come(invite.url)
    await desk.move(invite.session_id, "start")
    await phone.context.set_offline(True)
    await phone.write("one")
    await phone.write("two")
    await phone["composer"].fill("three")
    await desk.move(invite.session_id, "close")
    await phone.context.set_offline(False)
    await expect(phone["ended"]).to_be_visible()
    await expect(phone.find("#unsent li")).to_have_text(["one", "two", "three"])
    assert await phone.kept() == NOTHING_KEPT
    assert await desk.written(invite.session_id) == []


async def test_erased_while_somebody_is_away_nothing_is_kept_but_what_was_not_sent_is_shown(
    desk: Desk, phone: Phone
) -> None:
    phone.expect_complaint(*BROKEN, "404")
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.write("before")
    await phone.sees("before")
    await phone.context.set_offline(True)
    await phone.write("one")
    await phone["composer"].fill("two")
    await desk.move(invite.session_id, "close")
    await desk.tc("session", "erase", invite.session_id, "--yes")
    await phone.context.set_offline(False)
    await expect(phone.find("[data-problem=again]")).to_be_visible()
    await phone["join"].click()
    await expect(phone.find(".lead[data-stop=link_unknown]")).to_be_visible()
    await expect(phone.find("#unsent li")).to_have_text(["one", "two"])
    await expect(phone["message"]).to_have_count(0)
    assert await phone.kept() == NOTHING_KEPT


async def test_erased_while_the_last_screen_is_open_nothing_changes_on_it(desk: Desk, phone: Phone) -> None:
    invite = await desk.invite()
    await phone.come(invite.url)
    await desk.move(invite.session_id, "close")
    await expect(phone["ended"]).to_be_visible()
    await desk.do(calls.erase(invite.session_id))
    await expect(phone["ended"]).to_be_visible()
    assert await phone.kept() == NOTHING_KEPT


async def test_somebody_removed_is_told_and_keeps_their_words(desk: Desk, new_phone: NewPhone) -> None:
    layla, sami = await new_phone(), await new_phone()
    sami.expect_complaint("410")
    invite = await desk.invite("Layla")
    await layla.come(invite.url)
    await desk.move(invite.session_id, "start")
    person = PersonRequest(role="relative", name="Sami", language="fr", via="link")
    added = await desk.do(calls.add_person(invite.session_id, person))
    await sami.come(added.url)
    await sami.write("bonjour")
    await layla.sees("bonjour")
    await sami["composer"].fill("encore une chose")
    await desk.do(calls.remove_person(invite.session_id, added.participant_id))
    await expect(sami.find("#trouble")).to_have_text(said("fr", "Please press Join once more."), use_inner_text=True)
    await sami["join"].click()
    taken_back = "This invitation was taken back. If you still want to talk, please ask {organisation}."
    shown = said("fr", taken_back, organisation="TeleConnect")
    await expect(sami.find("#stopped .lead:visible")).to_have_text(shown)
    await expect(sami.find("#unsent li")).to_have_text(["encore une chose"])
    await expect(sami["message"]).to_have_count(0)
    assert await sami.kept() == NOTHING_KEPT
    await expect(layla.find("#log .fact").last).to_contain_text("Sami is no longer part of the conversation.")
    await layla.write("goodbye")
    await layla.sees("goodbye")


async def test_words_of_a_closed_tab_are_given_back_when_the_session_has_ended(desk: Desk, phone: Phone) -> None:
    phone.expect_complaint(*BROKEN, "409", "404")
    invite = await desk.invite()
    await phone.come(invite.url)
    await phone.context.set_offline(True)
    await phone.write("one")
    await phone["composer"].fill("two")
    await phone.sees("one", "pending")
    await phone.close_tab()
    await desk.move(invite.session_id, "close")
    await phone.context.set_offline(False)
    phone.page = await phone.context.new_page()
    await phone.open(f"{invite.url[:-4]}zzzz")
    await phone.join()
    await expect(phone.find(".lead[data-stop=link_unknown]")).to_be_visible()
    await phone.page.goto("about:blank")
    await phone.open(invite.url)
    await phone.join()
    await expect(phone.find("#unsent li")).to_have_text(["one", "two"])
    assert await phone.kept() == NOTHING_KEPT

"""A call that staff begins and ends from the command line, with real browsers on both sides."""

from playwright.async_api import expect

from tests.browser.conftest import NewTalker
from tests.browser.desk import Desk
from tests.browser.talk import begin, connected


async def test_staff_comes_by_the_link_that_tc_prints_and_hangs_up_by_tc(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    layla, staff = round_.layla, round_.staff
    opened = await desk.tc("session", "call", round_.session_id, "--no-browser")
    assert (opened["call"]["state"], opened["call"]["media"]) == ("opening", "video")
    await staff.phone.open(opened["url"])
    await expect(layla.phone["incoming-call"]).to_have_attribute("data-state", "ringing")
    await layla.phone["accept-video"].click()
    await connected(layla, staff)
    await layla.gets("video")
    await staff.gets("video")

    over = await desk.tc("session", "hangup", round_.session_id)
    assert (over["state"], over["outcome"]) == ("ended", "ended")
    await expect(staff.phone["ended"]).to_contain_text("The call has ended.")
    await expect(layla.phone["hangup"]).to_have_count(0)


async def test_the_same_command_again_moves_a_call_to_another_browser(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    first = await round_.talk()
    # The page that lets go learns so from a refusal.
    round_.staff.phone.expect_complaint("401", "WebSocket")
    again = await desk.tc("session", "call", round_.session_id, "--audio", "--no-browser")
    assert again["call"]["call_id"] == first["call"]["call_id"]
    other = await new_talker()
    await other.phone.open(again["url"])
    await connected(round_.layla, other)

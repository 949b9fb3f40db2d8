"""Calls between real browsers through the real server: media is proven by what they count, not by what they say."""

import sqlite3
from contextlib import closing

import pytest
from playwright.async_api import Browser, expect

from tc_cli.client import calls
from tc_server.wire.bodies import PersonRequest
from tests.browser.conftest import NewPhone, NewServer, NewTalker, browser_with
from tests.browser.desk import Desk, open_desk
from tests.browser.said import said
from tests.browser.talk import WATCH, Talker, begin, call, connected
from tests.browser.test_call_access import passes_axe


async def test_a_call_is_answered_by_one_tap_and_heard_both_ways(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    layla, staff = round_.layla, round_.staff
    opened = await round_.ring()
    await expect(layla.phone["incoming-call"]).to_contain_text(f"{desk.name} is calling you.")
    await expect(layla.phone["call-request"]).to_be_hidden()
    await expect(staff.phone.find(".absent")).to_have_text("Layla: Ringing…")
    assert "#" not in staff.phone.page.url
    assert opened["url"].partition("#")[2] not in await staff.phone.page.content()
    await layla.phone["accept-audio"].click()
    await connected(layla, staff)
    await expect(layla.phone["incoming-call"]).to_have_count(0)
    await expect(layla.phone["local-video"]).to_be_hidden()
    await expect(staff.phone.find(".tile-name .name")).to_have_text("Layla")
    await expect(layla.phone.find(".clock")).to_have_text("0:02")
    await layla.phone.write("I can hear you")
    await layla.phone.sees("I can hear you")
    await staff.phone["hangup"].click()
    await expect(staff.phone["ended"]).to_contain_text("The call has ended. It lasted")
    await expect(layla.phone["hangup"]).to_have_count(0)
    await expect(layla.phone["chat-log"]).to_contain_text("The call has ended. It lasted")
    (started, _), (ended, told) = await round_.facts()
    assert (started, ended, told["outcome"]) == ("call_started", "call_ended", "ended")
    assert told["seconds"] >= 2


async def test_voice_is_sent_as_thin_as_was_asked_for(desk: Desk, new_talker: NewTalker) -> None:
    """In packets of 60 ms, with lost ones mended, silence left out, and at most 20 kbit/s."""
    round_ = await begin(desk, new_talker)
    await round_.talk()
    for talker in (round_.layla, round_.staff):
        voice = await talker.phone.page.evaluate(VOICE)
        for wish in ("useinbandfec=1", "usedtx=1", "maxaveragebitrate=20000", "stereo=0"):
            assert wish in voice["asked"]
        assert voice["bitrate"] <= 20_000
        assert 10 <= voice["packets_a_second"] <= 18


VOICE = """async () => {
  const [connection] = connections
  const look = async () => {
    const stats = new Map(await connection.getStats())
    const sent = [...stats.values()].find(({type, kind}) => type === 'outbound-rtp' && kind === 'audio')
    return {...sent, asked: stats.get(sent.codecId).sdpFmtpLine}
  }
  const before = await look()
  let after = before
  while (after.timestamp - before.timestamp < 2000) after = await look()
  const seconds = (after.timestamp - before.timestamp) / 1000
  return {
    asked: after.asked,
    bitrate: after.targetBitrate,
    packets_a_second: (after.packetsSent - before.packetsSent) / seconds,
  }
}"""


async def test_pictures_come_and_go_without_negotiating_again(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    layla, staff = round_.layla, round_.staff
    await round_.talk("video")
    await layla.gets("video")
    await staff.gets("video")
    for talker in (layla, staff):
        await expect(talker.phone["remote-video"]).to_be_visible()
        await expect(talker.phone["local-video"]).to_be_visible()
    described = layla.described(), staff.described()
    await layla.phone["camera"].click()
    await expect(layla.phone["local-video"]).to_be_hidden()
    await expect(staff.phone["remote-video"]).to_be_hidden()
    await layla.phone["camera"].click()
    await expect(staff.phone["remote-video"]).to_be_visible()
    await staff.gets("video")
    assert (layla.described(), staff.described()) == described


# The camera whose picture a page sends.
SENT = """() => connections[0].getSenders().map(({track}) => track).find((track) => track?.kind === 'video')
  ?.getSettings().deviceId || ''"""


async def test_the_other_camera_is_shown_without_negotiating_again(desk: Desk, media_browser: Browser) -> None:
    async with browser_with(media_browser, "--use-fake-device-for-media-stream=device-count=2") as new_talker:
        round_ = await begin(desk, new_talker)
        layla, staff = round_.layla, round_.staff
        await round_.talk("video")
        await staff.gets("video")
        described = layla.described(), staff.described()
        first = await layla.phone.page.evaluate(SENT)
        for _ in range(2):
            before = await layla.phone.page.evaluate(SENT)
            await layla.phone["flip"].click()
            await layla.phone.page.wait_for_function(f"(before) => ![before, ''].includes(({SENT})())", arg=before)
            await expect(layla.phone["local-video"]).to_be_visible()
            await staff.gets("video")
        assert await layla.phone.page.evaluate(SENT) == first
        assert (layla.described(), staff.described()) == described
        await layla.phone["camera"].click()
        await expect(layla.phone["flip"]).to_be_hidden()


async def test_with_one_camera_no_other_is_offered(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk("video")
    await round_.staff.gets("video")
    await expect(round_.layla.phone["camera"]).to_have_text("Camera off")
    await expect(round_.layla.phone["flip"]).to_be_hidden()


async def test_who_answers_a_video_call_by_voice_shows_nothing(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.ring("video")
    await round_.layla.phone["accept-audio"].click()
    await round_.layla.gets("video")
    await expect(round_.layla.phone["local-video"]).to_be_hidden()
    await expect(round_.staff.phone["remote-video"]).to_be_hidden()
    await round_.staff.gets("audio")


async def test_who_mutes_is_not_heard_and_that_is_seen(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    await round_.layla.phone["mute"].click()
    await expect(round_.layla.phone["mute"]).to_have_text("Unmute")
    await expect(round_.staff.phone.find(".tile-mute")).to_be_visible()
    await round_.layla.phone["mute"].click()
    await expect(round_.staff.phone.find(".tile-mute")).to_be_hidden()
    await round_.staff.gets("audio")


async def test_staff_shows_their_screen(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    await round_.staff.phone["share"].click()
    await expect(round_.layla.phone.find(".tile")).to_have_attribute("data-shows", "screen")
    await round_.layla.gets("video")
    await round_.staff.phone["share"].click()
    await expect(round_.layla.phone.find(".tile")).to_have_attribute("data-shows", "nothing")


async def test_declining_is_told_and_ends_the_call(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.ring()
    await round_.layla.phone["decline"].click()
    await expect(round_.layla.phone["incoming-call"]).to_have_count(0)
    await expect(round_.staff.phone["ended"]).to_contain_text("The call was declined.")
    assert (await round_.facts())[-1][1]["outcome"] == "declined"
    await expect(round_.layla.phone["call-request"]).to_be_visible()


async def test_who_declines_is_left_alone_until_somebody_talks(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    layla = round_.layla.phone
    person = PersonRequest(name="Sara", role="interpreter", language="en", via="link")
    invite = await desk.do(calls.add_person(round_.session_id, person))
    sara = await new_talker()
    await sara.phone.come(invite.url)
    await round_.ring()
    await layla["decline"].click()
    await expect(layla["incoming-call"]).to_have_count(0)
    await expect(layla["call-request"]).to_be_visible()
    await sara.phone["accept-audio"].click()
    await expect(layla["incoming-call"]).to_contain_text("The call is still running.")
    await expect(layla["call-request"]).to_be_hidden()
    await layla["accept-audio"].click()
    await connected(round_.layla, round_.staff, sara, people=2)


async def test_between_staffs_key_and_their_page_the_phone_says_what_comes(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    opened = await call(desk, round_.session_id)
    card = round_.layla.phone["incoming-call"]
    await expect(card).to_contain_text(f"{desk.name} is preparing a call.")
    await expect(card.locator("button:visible")).to_have_count(0)
    await passes_axe(round_.layla, "preparing")
    await expect(round_.layla.phone["call-request"]).to_be_hidden()
    await round_.staff.phone.open(opened["url"])
    await expect(card).to_contain_text(f"{desk.name} is calling you.")
    await expect(round_.layla.phone["accept-audio"]).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("en", 1280), ("ar", 390), ("ar", 1280)])
@pytest.mark.parametrize("why", ["used", "late", "replaced"])
async def test_a_link_that_opens_no_call_says_why_and_what_to_do(
    new_server: NewServer, new_talker: NewTalker, why: str, language: str, width: int
) -> None:
    server = new_server()
    desk = await open_desk(server)
    round_ = await begin(desk, new_talker)
    opened = await call(desk, round_.session_id)
    if why == "used":
        await round_.staff.phone.open(opened["url"])
        await expect(round_.layla.phone["accept-audio"]).to_be_visible()
    elif why == "late":
        with closing(sqlite3.connect(server.data / "teleconnect.sqlite3")) as database, database:
            assert database.execute("UPDATE call_passes SET expires_at = 0").rowcount == 1
    else:
        await call(desk, round_.session_id)
    late = await new_talker(locale=language, viewport={"width": width, "height": 800})
    late.phone.expect_complaint("404")
    await late.phone.open(opened["url"])
    stopped = late.phone.find("#stopped")
    for text in (
        "This link no longer works.",
        "A link opens a call once, within a minute. This one was used already, or came too late.",
        "For a new one press “c” in the conversation in your terminal, or Ctrl+L while you are writing there.",
    ):
        await expect(stopped).to_contain_text(said(language, text))
    await expect(stopped).to_be_focused()
    await passes_axe(late, "spent")
    await expect(stopped.locator("button:visible")).to_have_count(0)
    assert await late.phone.page.evaluate("document.documentElement.scrollWidth") == width
    assert "#" not in late.phone.page.url


async def test_a_call_that_nobody_answers_stops_ringing(new_server: NewServer, new_talker: NewTalker) -> None:
    round_ = await begin(await open_desk(new_server(TC_RING="2s")), new_talker)
    await round_.ring()
    await expect(round_.staff.phone["ended"]).to_contain_text("Nobody answered the call.")
    await expect(round_.layla.phone["incoming-call"]).to_have_count(0)
    await expect(round_.layla.phone["chat-log"]).to_contain_text("Nobody answered the call.")


async def test_the_person_called_can_hang_up_too(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    await round_.layla.phone["hangup"].click()
    await expect(round_.layla.phone["hangup"]).to_have_count(0)
    await expect(round_.staff.phone["ended"]).to_be_visible()
    await expect(round_.layla.phone["incoming-call"]).to_have_count(0)


async def test_a_quick_exit_ends_the_call_at_once(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    await round_.layla.phone["quick-exit"].click()
    await expect(round_.staff.phone["ended"]).to_be_visible()


async def test_after_a_reload_the_call_is_joined_again(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    await round_.layla.phone.page.reload()
    await expect(round_.layla.phone["incoming-call"]).to_contain_text("The call is still running.")
    await expect(round_.layla.phone["accept-audio"]).to_have_text("Join again")
    await round_.layla.phone["accept-audio"].click()
    await connected(round_.layla, round_.staff)


async def test_staffs_page_comes_back_after_a_reload(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    await round_.staff.phone.page.reload()
    await connected(round_.layla, round_.staff)


async def test_a_link_opens_a_call_only_once(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    opened = await round_.ring()
    thief = await new_talker()
    thief.phone.expect_complaint("404")
    await thief.phone.open(opened["url"])
    await expect(thief.phone.page.get_by_text("This link no longer works.")).to_be_visible()


async def test_a_second_device_takes_the_call_over(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    other = await new_talker()
    await other.phone.come(round_.link)
    await other.phone["accept-audio"].click()
    await connected(other, round_.staff)
    await expect(round_.layla.phone["hangup"]).to_have_count(0)
    await expect(round_.layla.phone["incoming-call"]).to_contain_text("The call continues on your other device.")
    await round_.layla.phone["accept-audio"].click()
    await connected(round_.layla, round_.staff)
    await expect(other.phone["hangup"]).to_have_count(0)


async def test_a_second_link_takes_staffs_page_over(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    round_.staff.phone.expect_complaint("401", "WebSocket")
    await round_.talk()
    again = await call(desk, round_.session_id)
    other = await new_talker()
    await other.phone.open(again["url"])
    await connected(round_.layla, other)
    await expect(round_.staff.phone.page.get_by_text("The call continues elsewhere.")).to_be_visible()


async def test_voices_go_on_while_the_live_link_is_down(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    layla, staff = round_.layla, round_.staff
    layla.phone.expect_complaint("WebSocket", "ERR_INTERNET_DISCONNECTED")
    await round_.talk()
    await layla.phone.context.set_offline(True)
    await layla.phone.is_("offline")
    await staff.gets("audio")
    await layla.phone["camera"].click()
    await layla.phone.context.set_offline(False)
    await layla.phone.is_("online")
    await connected(layla, staff)
    await expect(staff.phone["remote-video"]).to_be_visible()
    await staff.gets("video")


# What a browser calls its own end of the way by; another one is another way.
WAY = "connections[0].localDescription.sdp.match(/ice-ufrag:(.*)/)[1]"


async def test_a_broken_connection_is_mended(desk: Desk, new_talker: NewTalker) -> None:
    """As where the network changes: the old way leads nowhere, a new one is found with a fresh description."""
    round_ = await begin(desk, new_talker)
    await round_.talk()
    described = round_.layla.described() + round_.staff.described()
    page = round_.layla.phone.page
    before = await page.evaluate(f"() => {WAY}")
    await page.evaluate("() => { dispatchEvent(new Event('online')) }")
    await page.wait_for_function(f"(b) => connections[0].signalingState === 'stable' && {WAY} !== b", arg=before)
    await connected(round_.layla, round_.staff)
    assert round_.layla.described() + round_.staff.described() > described


async def test_three_talk_with_each_other(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk("video")
    person = PersonRequest(name="Sara", role="interpreter", language="en", via="link")
    invite = await desk.do(calls.add_person(round_.session_id, person))
    sara = await new_talker()
    await sara.phone.come(invite.url)
    await expect(round_.layla.phone.find(".absent")).to_have_text("Sara: Ringing…")
    await sara.phone["accept-audio"].click()
    await connected(round_.layla, round_.staff, sara, people=2)
    await expect(sara.phone["remote-video"]).to_have_count(2)
    await sara.phone["hangup"].click()
    await connected(round_.layla, round_.staff)
    await expect(sara.phone["incoming-call"]).to_contain_text("The call is still running.")


async def test_a_person_asks_for_a_call(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    ask = round_.layla.phone["call-request"]
    await expect(ask).to_have_text("Ask for a call")
    await ask.click()
    await expect(ask).to_have_attribute("aria-disabled", "true")
    await expect(round_.layla.phone["chat-log"]).to_contain_text("You asked for a call.")
    assert [kind for kind, _ in await round_.facts()] == ["call_requested"]
    await round_.talk()
    await expect(ask).to_be_hidden()


async def test_who_has_no_microphone_listens_and_is_told_what_to_do(
    desk: Desk, new_talker: NewTalker, new_phone: NewPhone
) -> None:
    """Of the ordinary browser, which has none."""
    round_ = await begin(desk, new_talker)
    deaf = Talker(await new_phone())
    await deaf.phone.context.add_init_script(WATCH)
    await deaf.phone.come(round_.link)
    await round_.ring()
    await deaf.phone["accept-audio"].click()
    await expect(deaf.phone.find("[data-about=audio]")).to_contain_text("the others can’t hear you")
    await expect(deaf.phone.find("[data-about=audio] button")).to_have_text("Try again")
    await expect(round_.staff.phone.find(".tile-mute")).to_be_visible()
    await deaf.gets("audio")


async def test_it_rings_until_it_is_answered_and_keeps_the_screen_on_while_one_talks(
    desk: Desk, new_talker: NewTalker
) -> None:
    round_ = await begin(desk, new_talker)
    page = round_.layla.phone.page
    await page.evaluate(SENSES)
    await round_.ring()
    assert await page.evaluate("() => awake") == 0
    await page.wait_for_function("() => felt.filter((one) => one === 'tremble').length >= 2")
    assert "sound" in await page.evaluate("() => felt")
    await round_.layla.phone["accept-audio"].click()
    await connected(round_.layla, round_.staff)
    felt = await page.evaluate("() => felt.length")
    await expect(round_.layla.phone.find(".clock")).to_have_text("0:04")
    assert await page.evaluate("() => felt.length") == felt
    assert await page.evaluate("() => awake") == 1
    await round_.layla.phone["hangup"].click()
    await page.wait_for_function("() => awake === 0")


SENSES = """() => {
  window.felt = []
  window.awake = 0
  navigator.vibrate = () => window.felt.push('tremble')
  navigator.wakeLock.request = async () => {
    window.awake += 1
    return {release: async () => { window.awake -= 1 }}
  }
  const start = OscillatorNode.prototype.start
  OscillatorNode.prototype.start = function (when) {
    window.felt.push('sound')
    start.call(this, when)
  }
}"""


async def test_the_tone_that_is_sent_is_the_tone_that_is_heard(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    await round_.talk()
    sent = await round_.staff.phone.page.evaluate(PITCH, False)
    heard = await round_.layla.phone.page.evaluate(PITCH, True)
    assert heard == pytest.approx(sent, rel=0.1)


# In Hz, of the next beep: the strongest part of what comes from the other side, or of this device's microphone, at
# its loudest: what comes before the tone has settled, a jitter buffer that fills, is no tone yet.
PITCH = """async (theirs) => {
  const audio = new AudioContext()
  await audio.resume()
  const voice = theirs ? connections[0].getReceivers().find(({track}) => track.kind === 'audio').track
    : (await navigator.mediaDevices.getUserMedia({audio: true})).getTracks()[0]
  const ear = audio.createAnalyser()
  ear.fftSize = 8192
  audio.createMediaStreamSource(new MediaStream([voice])).connect(ear)
  const heard = new Float32Array(ear.frequencyBinCount)
  let best = {level: -50, pitch: 0}
  for (let since = 0; !since || audio.currentTime - since < 1.5; ) {
    await new Promise((done) => setTimeout(done, 20))
    ear.getFloatFrequencyData(heard)
    const loudest = heard.indexOf(Math.max(...heard))
    if (heard[loudest] <= best.level) continue
    best = {level: heard[loudest], pitch: loudest * audio.sampleRate / ear.fftSize}
    since ||= audio.currentTime
  }
  return best.pitch
}"""


async def test_on_a_weak_line_voices_go_first_and_that_is_explained(desk: Desk, new_talker: NewTalker) -> None:
    """What the browser counts is said to be bad on one side; both hold their pictures back until it is wanted."""
    round_ = await begin(desk, new_talker)
    layla, staff = round_.layla, round_.staff
    await round_.talk("video")
    await layla.gets("video")
    await layla.phone.page.evaluate(WEAK)
    await expect(layla.phone.find("[data-about=pictures]")).to_contain_text("too weak for video")
    await expect(layla.phone.find(".call-state")).to_have_text("The connection is weak")
    await expect(staff.phone.find("[data-about=held]")).to_contain_text("The other side’s connection")
    await expect(staff.phone.find(".tile-state")).to_have_text("Weak connection")
    await expect(layla.phone["remote-video"]).to_be_hidden()
    [told] = [frame for frame in layla.sent if frame["type"] == "quality" and frame["audio_only"]]
    assert told["level"] == "poor"
    await staff.gets("audio")
    await layla.phone.find("[data-about=pictures] button").click()
    await expect(layla.phone["remote-video"]).to_be_visible()
    await layla.gets("video")
    await expect(staff.phone.find("[data-about=held]")).to_have_count(0)


WEAK = """() => {
  const [connection] = connections
  const real = connection.getStats.bind(connection)
  connection.getStats = async () => new Map([...await real()].map(([id, entry]) =>
    [id, entry.type === 'remote-inbound-rtp' ? {...entry, fractionLost: 0.3} : entry]))
}"""


async def test_an_app_that_blocks_the_microphone_is_named_with_the_way_out(desk: Desk, new_talker: NewTalker) -> None:
    round_ = await begin(desk, new_talker)
    layla = round_.layla.phone
    await layla.page.evaluate("() => Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    await layla.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await round_.ring()
    await layla["accept-audio"].click()
    await expect(layla.find("[data-about=audio]")).to_contain_text("open it in your usual browser")
    await layla.find("[data-about=audio] button").click()
    assert await layla.page.evaluate("() => navigator.clipboard.readText()") == round_.link
    await round_.layla.gets("audio")

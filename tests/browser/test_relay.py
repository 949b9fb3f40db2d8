"""Calls through a relay alone: neither side learns the other's address, and a relay that refuses is explained."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tc_server.domain.ice import Relays, hand_out
from tests.browser.conftest import NewServer, NewTalker, browser_with
from tests.browser.desk import open_desk
from tests.browser.talk import Talker, begin, connected
from tests.certificate import make
from tests.coturn import LOOPBACK, SECRET, Coturn, run
from tests.serving import eventually

# What a page would offer if it were not held back: the addresses of its own machine.
OWN_ADDRESSES = """async () => {
  const connection = new (Object.getPrototypeOf(RTCPeerConnection))()
  connection.createDataChannel('')
  const found = []
  connection.onicecandidate = ({candidate}) => candidate && found.push(candidate.address)
  await connection.setLocalDescription()
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((done) => connection.addEventListener('icegatheringstatechange', done, {once: true}))
  }
  connection.close()
  return found
}"""


@pytest.fixture
def turn(tmp_path: Path) -> Iterator[Coturn]:
    """Run a relay."""
    with run(tmp_path / "turn") as turn:
        yield turn


def candidates(talker: Talker) -> list[str]:
    """List all candidates that a page has told through the server, in descriptions or one by one."""
    found: list[str] = []
    for data in talker.signalled():
        if "candidate" in data:
            found.append(data["candidate"]["candidate"])
        sdp = data.get("description", {}).get("sdp", "")
        found += [line.removeprefix("a=") for line in sdp.splitlines() if line.startswith("a=candidate")]
    return found


async def test_through_a_relay_neither_side_learns_the_others_address(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker
) -> None:
    round_ = await begin(await open_desk(new_server(**turn.settings(TC_ICE_POLICY="relay"))), new_talker)
    await round_.talk("video")
    layla, staff = round_.layla, round_.staff
    await layla.gets("video")
    for talker, other in ((layla, staff), (staff, layla)):
        told = candidates(talker)
        assert told
        assert all(" typ relay " in f"{candidate} " for candidate in told), told
        own = set(await talker.phone.page.evaluate(OWN_ADDRESSES)) - {LOOPBACK}
        assert own
        heard = json.dumps([frame for frame in other.got if frame["type"] == "signal"])
        assert [address for address in own if address in heard] == []
        ((mine, theirs),) = await talker.ways()
        assert (mine["candidateType"], theirs["candidateType"]) == ("relay", "relay")
        assert (mine["address"], theirs["address"]) == (LOOPBACK, LOOPBACK)


async def test_a_call_goes_by_tls_where_nothing_else_is_let_through(
    tmp_path: Path, new_server: NewServer, media_browser: Browser
) -> None:
    certificate = make(tmp_path)
    with run(tmp_path / "turn", certificate=certificate.files) as turn:
        urls = f"turns:{LOOPBACK}:{turn.tls_port}?transport=tcp"
        server = new_server(**turn.settings(TC_TURN_URLS=urls, TC_ICE_POLICY="relay"))
        async with browser_with(media_browser, certificate.chromium_flag) as new_talker:
            round_ = await begin(await open_desk(server), new_talker)
            await round_.talk("video")
            for talker in (round_.layla, round_.staff):
                await talker.gets("video")
                ((mine, _),) = await talker.ways()
                assert mine["relayProtocol"] == "tls"


async def test_each_hand_out_of_credentials_is_another(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker
) -> None:
    """Nobody can be followed by the name that the relay knows them by, and none is a person's."""
    round_ = await begin(await open_desk(new_server(**turn.settings())), new_talker)
    await round_.talk()
    names = {
        server["username"]
        for talker in (round_.layla, round_.staff)
        for server in await talker.phone.page.evaluate("() => connections[0].getConfiguration().iceServers")
    }
    assert len(names) == 2
    assert round_.session_id not in "".join(names)


async def test_a_relay_that_refuses_is_explained_and_the_chat_goes_on(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker
) -> None:
    wrong = turn.settings(TC_TURN_SECRET="not the relay's own secret", TC_ICE_POLICY="relay")
    round_ = await begin(await open_desk(new_server(**wrong)), new_talker)
    await round_.ring()
    await round_.layla.phone["accept-audio"].click()
    for talker in (round_.layla, round_.staff):
        await expect(talker.phone.find("[data-about=stuck]")).to_contain_text("The relay for calls refuses this call.")
    await round_.layla.phone.write("It doesn't work")
    await round_.layla.phone.sees("It doesn't work")


# Whether the page has ever said that something is wrong with the call.
COMPLAINS = """() => {
  window.complained = []
  const look = () => {
    for (const note of document.querySelectorAll('[data-about=stuck], .call-state[data-mood=lost]')) {
      if (!complained.includes(note.textContent)) complained.push(note.textContent)
    }
  }
  const all = {subtree: true, childList: true, characterData: true, attributes: true}
  new MutationObserver(look).observe(document.body, all)
}"""


async def complaints(talker: Talker) -> list[str]:
    """List what a page has said is wrong, since it was told to be listened to by COMPLAINS."""
    said: list[str] = await talker.phone.page.evaluate("() => complained")
    return said


def spent(turn: Coturn, known: bool) -> dict[str, object]:
    """Make what a server would have handed out an hour ago; unless that is known it seems to be good for long."""
    now = datetime.now(UTC)
    relays = Relays(tuple(turn.urls.split(",")), SECRET, timedelta(minutes=1), "relay")
    ice = hand_out(relays, "an-hour-ago", now - timedelta(hours=1))
    assert ice.expires_at
    ends = ice.expires_at if known else now + timedelta(hours=1)
    return {
        "ice_servers": [asdict(server) for server in ice.servers],
        "policy": "relay",
        "expires_at": ends.isoformat().replace("+00:00", "Z"),
    }


async def give(talker: Talker, ice: dict[str, object], *paths: str) -> None:
    """Let a page get something else to connect with than the server hands out."""

    async def replace(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.json()
        await route.fulfill(response=answer, json=ice if route.request.url.endswith("/ice") else body | {"ice": ice})

    for path in paths:
        await talker.phone.page.route(f"**/call/{path}", replace)


def refusals(turn: Coturn) -> int:
    """Count how often the relay didn't know a credential."""
    return turn.log.read_text(errors="replace").count("Cannot find credentials")


async def test_a_credential_that_ended_while_it_rang_is_renewed_before_it_is_used(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker
) -> None:
    server = new_server(**turn.settings(TC_TURN_LIFETIME="2s", TC_ICE_POLICY="relay"))
    round_ = await begin(await open_desk(server), new_talker)
    layla, staff = round_.layla, round_.staff
    await round_.ring()
    await staff.phone.page.evaluate(COMPLAINS)
    await staff.phone.page.wait_for_function("(then) => Date.now() > then", arg=(time.time() + 4) * 1000)
    await layla.phone["accept-audio"].click()
    await layla.phone.page.evaluate(COMPLAINS)
    await connected(layla, staff)
    assert any(request.url.endswith("/call/ice") for request in staff.phone.requests)
    assert (await complaints(staff), await complaints(layla), refusals(turn)) == ([], [], 0)


@pytest.mark.parametrize("who", ["staff", "layla"])
async def test_a_credential_that_the_relay_refuses_is_renewed_without_a_word(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker, who: str
) -> None:
    """As where the page can't know that it has ended: its clock, or its line, is slow."""
    round_ = await begin(await open_desk(new_server(**turn.settings(TC_ICE_POLICY="relay"))), new_talker)
    layla, staff = round_.layla, round_.staff
    await give({"staff": staff, "layla": layla}[who], spent(turn, known=False), "enter", "accept")
    await round_.ring()
    await staff.phone.page.evaluate(COMPLAINS)
    await layla.phone.page.evaluate(COMPLAINS)
    await layla.phone["accept-audio"].click()
    await connected(layla, staff)
    # The relay writes its log when it comes to it.
    await asyncio.to_thread(eventually, lambda: refusals(turn) > 0)
    assert (await complaints(staff), await complaints(layla)) == ([], [])


async def test_where_renewing_does_not_help_it_is_explained(
    turn: Coturn, new_server: NewServer, new_talker: NewTalker
) -> None:
    """As where the clocks of relay and server are apart: whatever is handed out has ended already."""
    round_ = await begin(await open_desk(new_server(**turn.settings(TC_ICE_POLICY="relay"))), new_talker)
    for talker in (round_.layla, round_.staff):
        await give(talker, spent(turn, known=True), "enter", "accept", "ice")
    await round_.ring()
    await round_.layla.phone["accept-audio"].click()
    for talker in (round_.layla, round_.staff):
        await expect(talker.phone.find("[data-about=stuck]")).to_contain_text("The relay for calls refuses this call.")
    assert refusals(turn) > 0
    await round_.layla.phone.write("It doesn't work")
    await round_.layla.phone.sees("It doesn't work")


async def test_a_call_comes_back_when_the_relay_does(
    tmp_path: Path, new_server: NewServer, new_talker: NewTalker
) -> None:
    with run(tmp_path / "turn") as turn:
        server = new_server(**turn.settings(TC_ICE_POLICY="relay"))
        round_ = await begin(await open_desk(server), new_talker)
        await round_.talk()
    for talker in (round_.layla, round_.staff):
        await expect(talker.phone.find(".call-state")).to_have_text("Reconnecting…")
    with run(tmp_path / "turn", again=turn):
        await connected(round_.layla, round_.staff)

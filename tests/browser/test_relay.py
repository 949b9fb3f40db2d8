"""Calls through a relay alone: neither side learns the other's address, and a relay that refuses is explained."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import NewServer, NewTalker
from tests.browser.desk import open_desk
from tests.browser.talk import Talker, begin, connected
from tests.coturn import LOOPBACK, Coturn, run

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

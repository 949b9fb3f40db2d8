"""A call seen from outside: who is in it, what flows between their browsers, and what was told on the way."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.serving import DEADLINE

# Every connection that the page makes can be asked for its counters.
WATCH = """(() => {
  const Real = RTCPeerConnection
  window.connections = []
  window.RTCPeerConnection = class extends Real {
    constructor(...how) { super(...how); connections.push(this) }
  }
})()"""
# Voice: how loud all was together, times a thousand; pictures: how many were decoded. One number a connection.
_COUNT = """async (kind) => {
  const all = []
  for (const connection of connections.filter(({connectionState}) => connectionState === 'connected')) {
    for (const [, entry] of await connection.getStats()) {
      if (entry.type === 'inbound-rtp' && entry.kind === kind) {
        all.push(kind === 'audio' ? entry.totalAudioEnergy * 1000 : entry.framesDecoded)
      }
    }
  }
  return all
}"""
_GROWN = f"""async ([kind, people, before]) => {{
  const now = await ({_COUNT})(kind)
  return now.length === people && now.every((amount, index) => amount > (before[index] || 0) + 0.5)
}}"""
_PAIRS = """async () => {
  const all = []
  for (const connection of connections.filter(({connectionState}) => connectionState === 'connected')) {
    const stats = new Map(await connection.getStats())
    for (const pair of stats.values()) {
      if (pair.type === 'candidate-pair' && pair.nominated && pair.state === 'succeeded') {
        all.push([stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)])
      }
    }
  }
  return all
}"""


class Talker:
    """A phone, or staff's browser, that can be in a call. `sent` and `got` are the frames of its live links."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.sent: list[dict[str, Any]] = []
        self.got: list[dict[str, Any]] = []
        phone.context.on("page", self._listen)
        self._listen(phone.page)

    def _listen(self, page: Any) -> None:
        def note(socket: Any) -> None:
            socket.on("framesent", lambda data: self.sent.append(json.loads(data)))
            socket.on("framereceived", lambda data: self.got.append(json.loads(data)))

        page.on("websocket", note)

    async def received(self, kind: str) -> list[float]:
        """Tell what has come so far over each connection, by a number that grows."""
        found: list[float] = await self.phone.page.evaluate(_COUNT, kind)
        return found

    async def gets(self, kind: str, people: int = 1) -> None:
        """Wait until voices or pictures come from so many people, from now on."""
        before = await self.received(kind)
        # The counters move with what comes, not with any event of the page.
        await self.phone.page.wait_for_function(_GROWN, arg=[kind, people, before], polling=100)

    async def ways(self) -> list[list[dict[str, Any]]]:
        """List the pairs of candidates, own and other's, that media takes."""
        found: list[list[dict[str, Any]]] = await self.phone.page.evaluate(_PAIRS)
        return found

    def signalled(self) -> list[dict[str, Any]]:
        """List what the page has told other parties through the server."""
        return [frame["data"] for frame in self.sent if frame["type"] == "signal"]

    def described(self) -> int:
        """Count the descriptions that it has sent: what negotiating costs."""
        return sum("description" in data for data in self.signalled())


async def call(desk: Desk, session_id: str, media: str = "audio") -> dict[str, Any]:
    """Begin a call, or open the one that is live once more; returns it with the link for staff's browser."""
    return await _post(desk, f"/sessions/{session_id}/call", {"media": media})


async def _post(desk: Desk, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {desk.access.token}"}
    async with httpx.AsyncClient(timeout=DEADLINE) as client:
        answer = await client.post(f"{desk.access.server}/api/v1{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Round:
    """A session that has begun, with one person in it and staff's browser ready to call."""

    def __init__(self, desk: Desk, session_id: str, link: str, layla: Talker, staff: Talker) -> None:
        self.desk, self.session_id, self.link, self.layla, self.staff = desk, session_id, link, layla, staff

    async def ring(self, media: str = "audio") -> dict[str, Any]:
        """Staff opens the call page; the phone rings."""
        opened = await call(self.desk, self.session_id, media)
        await self.staff.phone.open(opened["url"])
        await expect(self.layla.phone["incoming-call"]).to_have_attribute("data-state", "ringing")
        return opened

    async def talk(self, media: str = "audio") -> dict[str, Any]:
        """Staff calls and the person answers in the same way."""
        opened = await self.ring(media)
        await self.layla.phone[f"accept-{media}"].click()
        await connected(self.layla, self.staff)
        return opened

    async def facts(self) -> list[tuple[str, dict[str, Any]]]:
        """List what the log says of calls."""
        log = await self.desk.log(self.session_id)
        return [(entry.kind, entry.data or {}) for entry in log if entry.kind.startswith("call_")]


async def connected(*talkers: Talker, people: int = 1) -> None:
    """Wait until the pages say that the line is good, and voices come."""
    for talker in talkers:
        await expect(talker.phone.find(".call-state")).to_have_attribute("data-mood", "good")
        await talker.gets("audio", people)


async def begin(
    desk: Desk, new_talker: Callable[..., Awaitable[Talker]], language: str = "en", **options: Any
) -> Round:
    """Bring Layla into a session that has begun."""
    invite = await desk.invite(language=language)
    layla = await new_talker(**options)
    await layla.phone.come(invite.url)
    await desk.move(invite.session_id, "start")
    staff = await new_talker(viewport={"width": 1280, "height": 800})
    return Round(desk, invite.session_id, invite.url, layla, staff)

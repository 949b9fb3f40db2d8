"""`tc session call` on a terminal: how the call stands, live, until it ends or is left to itself."""
# ruff: noqa: TID253 - imported by the verbs only when they run

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tc_cli.client import calls as requests
from tc_cli.client.api import Api
from tc_cli.client.conversation import Ended, Event, Offline, Online
from tc_cli.client.errors import TcError
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_cli.commands.watching.keys import END, Keys
from tc_cli.commands.watching.link import LinkTalk, beside, refusal
from tc_cli.output import calls, diagnostics, words
from tc_cli.output.live_line import LiveLine
from tc_server.wire import frames as f
from tc_server.wire.bodies import Call

TICK = 1.0
HINT = "h hangs up; q or Ctrl-C leaves the call going on."
LEFT = "The call goes on. `tc session hangup {session}` ends it for all."


class CallWatch:
    """Watch one call."""

    def __init__(self, access: Access, call: Call) -> None:
        self._access = access
        self._call = call
        self._quality: dict[str, f.QualityNow] = {}
        self._away: set[str] = set()
        self._ahead = timedelta()
        self._over = ""
        self._link = LinkTalk(access.server)
        self._line = LiveLine()
        self._leaving = asyncio.Event()

    async def run(self) -> None:
        """Watch until the end. Raises NotLoggedIn when the login ends, Unreachable if the server never was there."""
        diagnostics.note(HINT)
        self._show()
        try:
            with Keys() as keys:
                async with Stream(self._access) as stream, beside(self._listen(keys), self._tick()):
                    await self._until_left(stream)
        except asyncio.CancelledError:
            # So Ctrl-C comes.
            self._leave()
            raise
        if self._over:
            self._line.show(self._over)
            self._line.leave()
        else:
            self._leave()

    def _leave(self) -> None:
        self._line.leave()
        diagnostics.note(LEFT.format(session=self._call.session_id))

    async def _until_left(self, stream: Stream) -> None:
        watching = asyncio.ensure_future(self._watch(stream))
        leaving = asyncio.ensure_future(self._leaving.wait())
        try:
            await asyncio.wait({watching, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
        finally:
            watching.cancel()
            leaving.cancel()

    async def _watch(self, stream: Stream) -> None:
        async for event in stream.events():
            self._take(event)
            if self._over:
                return
            self._show()

    def _take(self, event: Event) -> None:
        match event:
            case Online(f.Hello() as hello):
                self._link.online(event)
                self._ahead = hello.server_time - datetime.now(UTC)
                self._greeted(hello.calls)
                people = [one for session in hello.sessions for one in session.people]
                self._away = {one.participant_id for one in people if not one.online}
            case Offline():
                self._line.leave()
                self._link.offline(event)
            case Ended():
                self._line.leave()
                raise refusal(event)
            case f.CallFrame() if event.call_id == self._call.call_id:
                self._quality = calls.still_true(self._quality, self._call, event)
                self._call = event
                if event.state == "ended":
                    self._over = calls.status(event, self._quality, self._away)
            case f.Presence() if event.online:
                self._away.discard(event.participant_id)
            case f.Presence():
                self._away.add(event.participant_id)
            case f.QualityNow() if event.session_id == self._call.session_id:
                self._quality[event.sender.id] = event

    def _greeted(self, live: Iterable[Call]) -> None:
        found = next((call for call in live if call.call_id == self._call.call_id), None)
        if found is not None:
            self._call = found
        else:
            self._over = "The call ended while there was no connection"

    def _show(self) -> None:
        talking = self._call.answered_at if self._call.state == "running" else None
        now = datetime.now(UTC) + self._ahead
        clock = words.length((now - talking).total_seconds()) if talking else ""
        self._line.show(calls.status(self._call, self._quality, self._away), clock)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            if self._call.state == "running":
                self._show()

    async def _listen(self, keys: Keys) -> None:
        while (key := await keys.key()) not in {"q", END}:
            if key == "h":
                await asyncio.to_thread(self._hang_up)
        self._leaving.set()

    def _hang_up(self) -> None:
        try:
            with Api(self._access) as api:
                api.do(requests.hang_up(self._call.session_id))
        except TcError as error:
            self._line.leave()
            diagnostics.failed(error)

"""`tc queue watch`: says who comes and goes, rings until they are seen, runs a command for each arrival.

It also says which messages didn't get to the people invited.
"""
# ruff: noqa: TID253 - imported by the verbs only when they run

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from tc_cli.client import ids
from tc_cli.client.conversation import Arrived, Ended, Event, Offline, Online
from tc_cli.client.profile import Access
from tc_cli.client.ring import Ring
from tc_cli.client.stream import Stream
from tc_cli.commands.watching.asking import Asking
from tc_cli.commands.watching.keyboard import Keyboard
from tc_cli.commands.watching.link import LinkTalk, beside, refusal
from tc_cli.output import alarm, diagnostics, emit, timelines, words
from tc_cli.output.manner import Format, asks, manner
from tc_cli.output.sound import Player
from tc_server.wire import frames as f
from tc_server.wire.bodies import QueueEntry, Session


class Watch:
    """Watch one account's queue until interrupted."""

    def __init__(
        self,
        access: Access,
        *,
        command: str | None,
        bell: bool,
        every: float,
        sound: bool = True,
        notify: bool = True,
    ) -> None:
        self._access = access
        self._command = command
        self._bell = bell
        self._sound = sound
        self._notify = notify
        self._player = Player()
        self._ring = Ring(every)
        self._link = LinkTalk(access.server)
        self._queue: Sequence[QueueEntry] = ()
        self._asking = Asking()
        self._ahead = timedelta()
        self._here: dict[str, QueueEntry] = {}
        self._names: dict[str, str] = {}
        self._lost: set[str] = set()
        self._changed = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch; raises NotLoggedIn when the login ends, Unreachable if the server never was there."""
        with self._player:
            async with Stream(self._access) as stream, beside(self._ring_on(), self._listen_for_enter()):
                async for event in stream.events():
                    self._take(event, stream)

    def _take(self, event: Event, stream: Stream) -> None:
        match event:
            case Online():
                self._link.online(event)
                self._warn_of_ends(event)
                self._ahead = event.hello.server_time - now()
                sessions = [one for one in event.hello.sessions if isinstance(one, Session)]
                self._names = {one.session_id: one.name for one in sessions}
                self._asking.know(sessions)
                stream.follow_all(self._asking.may_ask())
                self._queue_is(event.hello.queue)
            case Offline():
                self._link.offline(event)
            case Ended():
                raise refusal(event)
            case f.QueueFrame():
                self._queue_is(event.entries)
            case f.SessionFrame():
                self._names[event.session_id] = event.name
                if self._asking.know([event]):
                    self._queue_is(self._queue)
                self._read_elsewhere(event)
            case f.Erased():
                self._names.pop(event.session_id, None)
            case f.DeliveryFrame():
                self._delivery_is(event)
            case Arrived() if self._asking.hear(event.message, now() + self._ahead):
                self._queue_is(self._queue)

    def _warn_of_ends(self, event: Online) -> None:
        for session in event.hello.sessions:
            if isinstance(session, Session) and session.closes_soon:
                when = words.full_moment(session.closes_at)
                diagnostics.note(f"{ids.short(session.session_id)} closes by itself {when}, unless something happens.")

    def _queue_is(self, queue: Sequence[QueueEntry]) -> None:
        self._queue = queue
        entries = [*queue, *self._asking.entries]
        arrivals = self._ring.update(entries, self._now())
        gone = self._here.keys() - {entry.session_id for entry in entries}
        for session_id in gone:
            self._say(self._here[session_id], "no longer waits")
        self._here = {entry.session_id: entry for entry in entries}
        for entry in arrivals:
            self._arrived(entry)
        unseen = self._ring.unseen
        if self._notify and any(entry.session_id in unseen for entry in arrivals):
            alarm.show(alarm.waiting(len(unseen)))
        self._changed.set()

    def _arrived(self, entry: QueueEntry) -> None:
        if manner.format is Format.TABLE:
            place = f"place {entry.place}, " if entry.place else ""
            self._say(entry, f"{_why(entry)} ({place}{entry.language})")
        else:
            emit.line(entry)
        if self._command is not None:
            task = asyncio.create_task(self._execute(self._command, entry))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _say(self, entry: QueueEntry, what: str) -> None:
        if manner.format is Format.TABLE:
            who = words.plain(f"{words.role(entry.role)} {entry.name}")
            sys.stdout.write(f"{words.clock(now())}  {ids.short(entry.session_id)}  {who} {what}\n")
            sys.stdout.flush()

    def _delivery_is(self, delivery: f.DeliveryFrame) -> None:
        if delivery.state != "failed" or delivery.reason == "withdrawn" or delivery.delivery_id in self._lost:
            return
        self._lost.add(delivery.delivery_id)
        if manner.format is not Format.TABLE:
            emit.line(delivery)
            return
        told = words.plain(timelines.failure(delivery, self._names.get(delivery.session_id, "")))
        more = f"See `tc invite show {ids.short(delivery.invite_id)}`."
        sys.stdout.write(f"{words.clock(now())}  {ids.short(delivery.session_id)}  {told} {more}\n")
        sys.stdout.flush()

    def _read_elsewhere(self, session: Session) -> None:
        # Whoever reads the chat on another machine has seen the person.
        if session.last_seq and session.staff_read_seq >= session.last_seq:
            self._ring.seen(session.session_id)

    async def _ring_on(self) -> None:
        while True:
            if self._ring.due(self._now()):
                self._make_noise()
            self._changed.clear()
            try:
                async with asyncio.timeout(self._ring.wait(self._now())):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _make_noise(self) -> None:
        if self._bell:
            diagnostics.bell()
        if self._sound:
            self._player.ring()

    async def _listen_for_enter(self) -> None:
        if not asks():
            return
        with Keyboard() as keyboard:
            while await keyboard.line() is not None:
                if self._ring.unseen:
                    self._ring.all_seen()
                    diagnostics.note("Seen. `tc queue next` starts with the longest waiting.")

    async def _execute(self, command: str, entry: QueueEntry) -> None:
        """Run the user's command; what it prints goes to stderr, for stdout is data."""
        process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", command, env=os.environ | _facts(entry), stdin=asyncio.subprocess.DEVNULL, stdout=2
        )
        code = await process.wait()
        if code and code != -signal.SIGINT:
            diagnostics.warn(f"--exec ended with {code}: {command}")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def now() -> datetime:
    return datetime.now().astimezone()


def _why(entry: QueueEntry) -> str:
    if entry.state == "active":
        return "asks for a call"
    if entry.state != "waiting":
        return "has written"
    waited = (now() - entry.waiting_since).total_seconds()
    return f"waits since {words.clock(entry.waiting_since)}" if waited > words.MINUTE else "is waiting"


def _facts(entry: QueueEntry) -> dict[str, str]:
    return {
        "TC_SESSION_ID": entry.session_id,
        "TC_STATE": entry.state,
        "TC_PLACE": str(entry.place),
        "TC_ROLE": entry.role,
        "TC_LANGUAGE": entry.language,
        "TC_WAITING_SINCE": entry.waiting_since.isoformat(),
    }

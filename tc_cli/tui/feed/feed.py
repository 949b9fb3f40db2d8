"""The standing connection: what the server says goes onto the board, what staff does goes to the server.

Works offline on what it has; connects again by itself.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from pathlib import Path

from tc_cli.client import calls
from tc_cli.client.conversation import Alive, Arrived, Ended, Event, NotSent, Offline, Online
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_cli.tui.board import LIVE, Board, Change, Link, Tail, Topic
from tc_cli.tui.desk import Trouble, local_now
from tc_cli.tui.feed.batching import Batching
from tc_cli.tui.feed.calling import Calling
from tc_cli.tui.feed.errands import Errands, MakeTranscript
from tc_cli.tui.feed.faring import Faring
from tc_cli.tui.feed.inviting import Inviting
from tc_cli.tui.feed.line import Line
from tc_cli.tui.feed.ringing import Ringing
from tc_cli.tui.words import _
from tc_server.wire import bodies as b
from tc_server.wire import frames as f

TYPING_FADES = 6.0
LAST_WORDS = 4
MOST_LAST_WORDS = 60
# Told once more, and with what to do, by the link's end.
NOT_LOGGED_IN = "not_logged_in"
# In these every invite changes too: it is delivered, opened, taken back. In others it is that of who hasn't come.
UNSETTLED = frozenset({"invited", "waiting", "cancelled"})


class Feed:
    """One account's connection; `run` it in a worker. `on_change` hears of every change, `on_noise` when to ring,
    `on_undelivered` of each invite whose message has turned out not to get there, `on_declined` of each that was
    declined.
    """

    def __init__(
        self,
        access: Access,
        user_id: str,
        make_transcript: MakeTranscript,
        *,
        board: Board | None = None,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self.board = board or Board(server=access.server)
        self.on_change: Callable[[Change], None] = lambda _change: None
        self.on_noise: Callable[[int], None] = lambda _unseen: None
        self.on_trouble: Callable[[Trouble], None] = lambda _trouble: None
        self.on_undelivered: Callable[[b.Invite], None] = lambda _invite: None
        self.on_declined: Callable[[b.Invite], None] = lambda _invite: None
        self._access = access
        self._user_id = user_id
        self._stream = Stream(access)
        self._errands = Errands(access, make_transcript)
        self._now = now
        self._line = Line(self.board, self._stream, self._errands, self._tell, now)
        self._calling = Calling(self.board, self._errands, self._tell)
        self._inviting = Inviting(
            self.board,
            self._errands,
            self._tell,
            self._spawn,
            lambda invite: self.on_undelivered(invite),
            lambda invite: self.on_declined(invite),
        )
        self.batch = Batching(access, self.board, self._errands, self._tell, self._spawn)
        self.faring = Faring(self.board, self._errands, self._inviting)
        self._ringing = Ringing(self.board, self._tell, lambda unseen: self.on_noise(unseen))
        self._tasks: set[asyncio.Task[None]] = set()
        self._fading: dict[str, asyncio.TimerHandle] = {}
        self._languages: list[b.Language] = []
        self._phrases: dict[str, list[b.Phrase]] = {}

    async def run(self) -> None:
        """Stay connected until cancelled or until the server ends this login."""
        try:
            async with self._stream:
                self._spawn(self._line.open(self._access.server, self._user_id))
                self._spawn(self._ringing.run())
                async for event in self._stream.events():
                    self._take(event)
        finally:
            self._inviting.close()
            self.batch.close()
            for task in self._tasks:
                task.cancel()
            self._line.close()
            self._calling.close()
            self._errands.close()

    def reconnect(self) -> None:
        """Try now instead of when the pause is over."""
        self._stream.retry_now()

    # --- words and files -----------------------------------------------------------------------------------------

    def say(self, session_id: str, text: str) -> None:
        """Queue words: pending, kept on disk, sent when they can be."""
        self._line.put(session_id, text)

    def send_file(self, session_id: str, path: Path) -> None:
        """Queue a file."""
        self._line.put(session_id, path=path)

    def drop(self, session_id: str, client_id: str) -> None:
        """Take back something unsent."""
        self._line.drop(session_id, client_id)

    def again(self, session_id: str, client_id: str) -> None:
        """Try once more what was refused."""
        self._line.again(session_id, client_id)

    def draft(self, session_id: str) -> str:
        return self._line.draft(session_id)

    def keep_draft(self, session_id: str, text: str) -> None:
        self._line.keep_draft(session_id, text)

    def typing(self, session_id: str) -> None:
        """Tell that staff is typing, at most every few seconds."""
        self._stream.typing(session_id)

    def read(self, session_id: str, seq: int) -> None:
        """Tell that staff has seen all up to `seq`."""
        session = self.board.sessions.get(session_id)
        if session is not None and seq > session.staff_read_seq:
            self._stream.read(session_id, seq)
            reader = b.Sender(id="", role="staff", name="")
            self.board.read_by(f.ReadNow(session_id=session_id, seq=seq, reader=reader))
            self.on_change(Change(Topic.SESSION, session_id))
        self.seen(session_id)

    # --- logs ----------------------------------------------------------------------------------------------------

    async def open_log(self, session_id: str) -> None:
        """Have the end of a session's log on the board, and follow it."""
        if session_id in self.board.logs:
            return
        tail = self.board.logs[session_id] = Tail()
        session = self.board.sessions.get(session_id)
        try:
            page = await self._errands.page_before(session_id, (session.last_seq if session else 0) + 1)
        except Trouble:
            self.board.logs.pop(session_id, None)
            raise
        tail.prepend(page)
        tail.at_start = not page or page[0].seq == 1
        self._stream.follow(session_id, tail.last_seq)
        self._remember_words(page)
        self.on_change(Change(Topic.LOG, session_id))

    async def earlier(self, session_id: str) -> None:
        """Have one more page from before what is on the board."""
        tail = self.board.logs.get(session_id)
        if tail is None or tail.at_start or tail.first_seq is None:
            return
        page = await self._errands.page_before(session_id, tail.first_seq)
        tail.prepend(page)
        tail.at_start = not page or page[0].seq == 1
        self.on_change(Change(Topic.LOG, session_id))

    # --- the queue and the ring ----------------------------------------------------------------------------------

    def seen(self, session_id: str) -> None:
        """Stop ringing for one session."""
        self._ringing.seen(session_id)

    def all_seen(self) -> None:
        """Stop ringing for everybody who waits now."""
        self._ringing.all_seen()

    async def start_next(self) -> b.Session:
        return self._now_is(await self._errands.do(calls.start_next()))

    async def tell(self, session_id: str, minutes: int) -> None:
        """Tell who waits that staff will be with them soon."""
        await self._errands.do(calls.tell(session_id, minutes))
        self.seen(session_id)

    # --- sessions ------------------------------------------------------------------------------------------------

    async def move(self, session_id: str, verb: str) -> b.Session:
        """Make a move of a session's life: start, resume, keep-open, close or reopen."""
        return self._now_is(await self._errands.do(calls.move(session_id, verb)))

    async def erase(self, session_id: str) -> None:
        await self._errands.do(calls.erase(session_id))
        self._forget(session_id)

    async def transcript(self, session_id: str, folder: Path) -> Path:
        """Write a session's transcript into a folder; return where it is."""
        return await self._errands.transcript(session_id, folder)

    async def file(self, session_id: str, file_id: str) -> bytes:
        return await self._errands.do(calls.get_file(session_id, file_id))

    async def save(self, name: str, content: bytes, folder: Path) -> Path:
        """Save a file that came, never over another; return where."""
        return await self._errands.save(name, content, folder)

    # --- calls ---------------------------------------------------------------------------------------------------

    async def call(self, session_id: str, media: b.CallMedium) -> b.CallOpened:
        """Begin a call, or get a new way into the one that goes on: the earlier one ends."""
        opened = await self._calling.open(session_id, media)
        self.seen(session_id)
        return opened

    async def hang_up(self, session_id: str) -> None:
        """End a call for everybody."""
        await self._calling.hang_up(session_id)

    # --- invites -------------------------------------------------------------------------------------------------

    async def invite(self, request: b.InviteRequest) -> b.Invite:
        """Make an invite. The same request again, while its answer is unknown, makes no second one."""
        return await self._inviting.invite(request)

    async def add_person(self, session_id: str, request: b.PersonRequest) -> b.Invite:
        """Add somebody to a session, in the same way once."""
        return await self._inviting.add_person(session_id, request)

    async def preview(self, request: b.InviteRequest) -> list[b.Preview]:
        return list((await self._errands.do(calls.preview(request))).items)

    async def resend(self, invite_id: str, via: b.Via) -> b.Invite:
        return await self._inviting.change(calls.resend(invite_id, via))

    async def reschedule(self, invite_id: str, request: b.RescheduleRequest) -> b.Invite:
        """Plan for another time; whoever is invited is told."""
        return await self._inviting.change(calls.reschedule(invite_id, request))

    async def revoke(self, invite_id: str) -> b.Invite:
        return await self._inviting.change(calls.revoke(invite_id))

    async def rotate(self, invite_id: str) -> b.Invite:
        return await self._inviting.change(calls.rotate(invite_id))

    async def refresh_invites(self) -> None:
        """Have the newest invites as they are now."""
        await self._inviting.refresh()

    def freshen_overdue(self) -> None:
        """Ask about messages of which should have been heard by now."""
        if self.board.link.online:
            self._inviting.freshen_overdue(self._now() + self.board.ahead)

    async def languages(self) -> list[b.Language]:
        if not self._languages:
            self._languages = list((await self._errands.do(calls.languages())).items)
        return self._languages

    async def phrases(self, language: str) -> list[b.Phrase]:
        if language not in self._phrases:
            self._phrases[language] = list((await self._errands.do(calls.phrases(language))).items)
        return self._phrases[language]

    # --- what comes in -------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        match event:
            case Online():
                self._greeted(event.hello)
            case Offline():
                self._line.online(False)
                phase = "connecting" if event.never_online else "reconnecting"
                self._link_is(Link(phase, None, event.reason, event.retry_in))
            case Ended():
                self._link_is(Link("ended", None, event.detail))
                self.on_trouble(Trouble(event.detail, _("Leave with q and run `tc login`; what you typed is kept")))
            case Alive():
                self._link_is(Link("online", event.latency))
            case Arrived():
                self._arrived(event.message)
            case NotSent():
                self._line.refused(event.session_id, event.client_id, event.detail)
            case f.SessionFrame():
                self._session_is(event)
            case f.DeliveryFrame():
                self._inviting.delivery_is(event)
            case f.InvitesFrame():
                self._inviting.refresh_soon()
            case f.QueueFrame():
                self._queue_is(event.entries)
            case f.Presence():
                self.board.present(event)
                self.on_change(Change(Topic.SESSION, event.session_id))
            case f.ReadNow():
                self.board.read_by(event)
                self.on_change(Change(Topic.SESSION, event.session_id))
            case f.TypingNow():
                self._types(event)
            case f.CallFrame():
                self._calling.call_is(event)
                self._ringing.look_who_asks()
            case f.QualityNow():
                self._calling.quality_is(event)
            case f.Erased():
                self._forget(event.session_id)
            case f.Error() if event.code != NOT_LOGGED_IN:
                self.on_trouble(Trouble(event.detail, "", event.code))

    def _greeted(self, hello: f.Hello | f.ParticipantHello) -> None:
        assert isinstance(hello, f.Hello)
        gone = self.board.greeted(hello)
        self.board.ahead = hello.server_time - self._now()
        self._calling.greeted(hello.calls)
        self._line.online(True)
        self.batch.online()
        self._link_is(Link("online", self.board.link.latency))
        self._follow_last_words(hello)
        self._queue_is(hello.queue)
        self.on_change(Change(Topic.SESSION))
        # What is kept on disk for a session that isn't live any more must not outlive its erasure.
        gone |= self._line.kept_sessions() - {session.session_id for session in hello.sessions}
        self._spawn(self._catch_up(gone))

    def _follow_last_words(self, hello: f.Hello) -> None:
        """Ask for the last few entries of those whose words are shown before their chat is opened."""
        waiting = {entry.session_id for entry in hello.queue}
        # Who has asked for a call in the middle of a consultation is in no queue, and what they asked isn't unread.
        asks = {s.session_id for s in hello.sessions if s.state == "active" and s.last_seq > s.staff_read_seq}
        wanted = [s for s in hello.sessions if s.session_id in waiting | asks or s.unread]
        new = [s for s in wanted if s.session_id not in self.board.logs][:MOST_LAST_WORDS]
        self._stream.follow_all({s.session_id: max(0, s.last_seq - LAST_WORDS) for s in new})

    async def _catch_up(self, gone: set[str]) -> None:
        """Fetch what `hello` doesn't hold: everything the first time, afterwards what can have changed meanwhile."""
        with contextlib.suppress(Trouble):
            sessions = await self._errands.sessions(state="closed" if self.board.loaded else None)
            self.board.sessions |= {s.session_id: s for s in sessions if s.state not in LIVE}
            self.on_change(Change(Topic.SESSION))
            if self.board.loaded:
                await self._inviting.refresh()
                await self._inviting.refresh_agenda()
            else:
                await self._inviting.refresh_all()
            self.board.loaded = True
        for session_id in gone:
            await self._look_again(session_id)

    async def _look_again(self, session_id: str) -> None:
        try:
            session = await self._errands.do(calls.show_session(session_id))
        except Trouble as trouble:
            if trouble.code in {"erased", "not_found"}:
                self._forget(session_id)
            return
        if isinstance(session, b.ErasedSession):
            self._forget(session_id)
        else:
            self._session_is(session)

    def _arrived(self, message: b.Message) -> None:
        session = self.board.sessions.get(message.session_id)
        if self.board.heard(message):
            self.board.calls.heard(message, session, self._now() + self.board.ahead)
            self._ringing.look_who_asks()
        if message.client_id is not None:
            self._line.arrived(message.session_id, message.client_id)
        self.on_change(Change(Topic.LOG, message.session_id))

    def _session_is(self, session: b.Session) -> None:
        self.board.session_is(session)
        self._ringing.look_who_asks()
        if session.last_seq and session.staff_read_seq >= session.last_seq:
            # Whoever reads the chat on another machine has seen the person.
            self.seen(session.session_id)
        unsettled = session.state in UNSETTLED
        if asked := {one.invite_id for one in session.people if unsettled or one.joined_at is None}:
            self._inviting.freshen_soon(asked)
        self.on_change(Change(Topic.SESSION, session.session_id))

    def _now_is(self, session: b.Session) -> b.Session:
        self._session_is(session)
        self.seen(session.session_id)
        return session

    def _queue_is(self, entries: Iterable[b.QueueEntry]) -> None:
        self.board.queue = list(entries)
        self._ringing.look()
        self.on_change(Change(Topic.QUEUE))

    def _types(self, event: f.TypingNow) -> None:
        self.board.typing[event.session_id] = event.sender
        if (fading := self._fading.pop(event.session_id, None)) is not None:
            fading.cancel()
        loop = asyncio.get_running_loop()
        self._fading[event.session_id] = loop.call_later(TYPING_FADES, self._typed, event.session_id)
        self.on_change(Change(Topic.TYPING, event.session_id))

    def _typed(self, session_id: str) -> None:
        self._fading.pop(session_id, None)
        if self.board.typing.pop(session_id, None) is not None:
            self.on_change(Change(Topic.TYPING, session_id))

    def _forget(self, session_id: str) -> None:
        self._line.forget(session_id)
        self.board.forget(session_id)
        self.seen(session_id)
        self._ringing.look_who_asks()
        self.on_change(Change(Topic.SESSION))
        self.on_change(Change(Topic.INVITES))

    def _link_is(self, link: Link) -> None:
        self.board.link = link
        self.on_change(Change(Topic.LINK))

    def _remember_words(self, page: list[b.Message]) -> None:
        for message in page:
            self.board.remember_words(message)

    def _tell(self, change: Change) -> None:
        # What is to be told is set by whoever shows it, later than this is made.
        self.on_change(change)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

"""`tc session watch`: a chat line by line, for screen readers, slow links and pipes."""
# ruff: noqa: TID253 - imported by the verbs only when they run

import asyncio
import sys

import typer

from tc_cli.client.conversation import Arrived, CaughtUp, Ended, Event, NotSent, Offline, Online, Phase
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_cli.commands.watching.keyboard import Keyboard
from tc_cli.commands.watching.link import LinkTalk, beside, refusal
from tc_cli.commands.watching.orders import HELP, Orders
from tc_cli.output import diagnostics, emit, views, words
from tc_cli.output.exits import Exit, for_code
from tc_cli.output.manner import Format, asks, manner
from tc_server.wire import frames as f
from tc_server.wire.bodies import Message, Session

OVER = frozenset({"closed", "cancelled", "erased"})
STATES = {"started": "active", "resumed": "active", "kept_open": "open", "closed": "closed", "reopened": "open"}


class Chat:
    """Watch one session and talk in it, until it is over or stdin says so."""

    def __init__(self, access: Access, session: Session, *, after: int) -> None:
        self._access = access
        self._session_id = session.session_id
        self._orders = Orders(access, session.session_id)
        self._after = after
        self._link = LinkTalk(access.server)
        self._interactive = asks()
        self._online: dict[str, bool] = {}
        self._names: dict[str, str] = {}
        self._state: str = session.state
        self._was_over = session.state in OVER
        self._last_seq = 0
        self._refused: Exit | None = None
        self._caught_up = asyncio.Event()
        self._idle = asyncio.Event()
        self._leaving = asyncio.Event()

    async def run(self) -> None:
        """Chat. Raises NotLoggedIn when the login ends, Unreachable if the server never was there.

        Leaves with an exit code of its own if a piped line was refused, or not sent.
        """
        try:
            async with Stream(self._access) as stream:
                self._stream = stream
                stream.follow(self._session_id, self._after)
                async with beside(self._listen()):
                    await self._watch_until_left()
        finally:
            self._tell_unsent()
        if self._refused is not None and not self._interactive:
            raise typer.Exit(self._refused)

    async def _watch_until_left(self) -> None:
        watching = asyncio.ensure_future(self._watch())
        leaving = asyncio.ensure_future(self._leaving.wait())
        try:
            await asyncio.wait({watching, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
        finally:
            watching.cancel()
            leaving.cancel()

    # --- what comes in ------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        async for event in self._stream.events():
            self._take(event)
            if not self._stream.conversation.pending:
                self._idle.set()
            if self._is_over():
                return

    def _is_over(self) -> bool:
        """Say whether nothing more will come. What is piped into a session that is over gets its refusal first."""
        if self._stream.conversation.pending or not self._caught_up.is_set() or self._state not in OVER:
            return False
        return self._interactive or not self._was_over

    def _take(self, event: Event) -> None:
        match event:
            case Online():
                self._greeted(event)
            case Offline():
                if self._link.offline(event):
                    self._tell_pending()
            case Ended():
                raise refusal(event)
            case Arrived() if event.message.session_id == self._session_id:
                self._show(event.message, mine=event.mine)
            case CaughtUp():
                self._caught_up_now()
            case NotSent():
                self._refused = for_code(event.code)
                diagnostics.error(f"Not sent: {event.text!r}: {event.detail}", diagnostics.REMEDIES.get(event.code, ""))
            case f.SessionFrame() if event.session_id == self._session_id:
                self._session_is(event)
            case f.Erased() if event.session_id == self._session_id:
                self._state = "erased"
                diagnostics.note("The session has been erased.")
            case f.Presence() if event.session_id == self._session_id:
                self._present(event.participant_id, online=event.online)
            case f.Error() if event.session_id == self._session_id and event.code in {"erased", "not_found"}:
                self._state = "erased"
                self._caught_up.set()
                diagnostics.note("The session has been erased.")
            case f.Error():
                diagnostics.error(event.detail, diagnostics.REMEDIES.get(event.code, ""))

    def _greeted(self, event: Online) -> None:
        self._link.online(event)
        for session in event.hello.sessions:
            if session.session_id == self._session_id and isinstance(session, Session):
                self._session_is(session)

    def _caught_up_now(self) -> None:
        if not self._caught_up.is_set() and self._interactive:
            diagnostics.note(HELP)
        self._caught_up.set()
        self._mark_read()

    def _show(self, message: Message, *, mine: bool) -> None:
        self._last_seq = message.seq
        self._state = STATES.get(message.kind, self._state)
        self._orders.know(message)
        if manner.format is not Format.TABLE:
            emit.line(message)
        elif mine and self._interactive and message.kind == "text":
            # The terminal shows the line already, as it was typed.
            _print(f"{words.clock(message.sent_at)} sent")
        else:
            _print(f"{words.clock(message.sent_at)} {_spoken(message)}")
        if self._caught_up.is_set():
            self._mark_read()

    def _session_is(self, session: Session) -> None:
        for person in session.people:
            self._names[person.participant_id] = f"{words.role(person.role)} {person.name}"
            if person.removed_at is None and person.joined_at is not None:
                self._present(person.participant_id, online=person.online)
        self._state = session.state

    def _present(self, participant_id: str, *, online: bool) -> None:
        if self._online.get(participant_id) == online:
            return
        self._online[participant_id] = online
        who = self._names.get(participant_id, "somebody")
        diagnostics.note(f"{who} is {'online' if online else 'away'}.")

    def _mark_read(self) -> None:
        # A program that copies lines has read nothing; a person at a terminal has.
        if self._interactive and self._last_seq:
            self._stream.read(self._session_id, self._last_seq)

    def _tell_pending(self) -> None:
        if count := len(self._stream.conversation.pending):
            diagnostics.note(f"{_messages(count)} kept, to be sent when the connection is back.")

    def _tell_unsent(self) -> None:
        for send in self._stream.conversation.pending:
            self._refused = Exit.UNREACHABLE
            diagnostics.warn(f"not sent: {send.text!r}")

    # --- what goes out ------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        with Keyboard() as keyboard:
            while (line := await keyboard.line()) is not None:
                if line.startswith("/") and not line.startswith("//"):
                    if not await self._orders.obey(line[1:]):
                        break
                elif line.strip():
                    self._say(line.removeprefix("/") if line.startswith("//") else line)
        await self._caught_up.wait()
        if self._stream.conversation.pending:
            await self._idle.wait()
        self._leaving.set()

    def _say(self, text: str) -> None:
        self._idle.clear()
        self._stream.say(self._session_id, text)
        if self._stream.conversation.phase is Phase.RECONNECTING:
            self._tell_pending()


def _spoken(message: Message) -> str:
    """Word an entry so that it reads well aloud."""
    who = words.plain(views.who(message))
    if message.kind == "text":
        return f"{who}: {words.plain(message.text or '')}"
    if message.file is not None:
        size = words.size(message.file.size)
        return f"{who}: file {words.plain(message.file.name)}, {size}; /save {message.seq} keeps it"
    return f"{who} {words.plain(views.fact(message))}".strip()


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

"""The socket under a conversation: connects, reconnects with growing pauses, carries frames both ways."""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from tc_cli import __version__
from tc_cli.client import address, backoff
from tc_cli.client.conversation import Alive, Conversation, Ended, Event, Offline, Online, Phase, ServerFrame
from tc_cli.client.profile import Access
from tc_server.wire import frames as f

PING_AFTER = 20.0
SILENCE = 45.0
TYPING_EVERY = 3.0
OPENING = 15.0
LARGEST_FRAME = 16 * 1024 * 1024
NOT_LOGGED_IN = 4401
WRONG_ORIGIN = 4403
FOR_GOOD = frozenset({NOT_LOGGED_IN, WRONG_ORIGIN})

encode = msgspec.json.Encoder().encode


class Stream:
    """A live link, used as `async with`; iterate `events()` until it ends. What is said while offline is sent later."""

    def __init__(
        self,
        access: Access,
        *,
        decode: Callable[[str | bytes], ServerFrame] = f.decode_staff_frame,
        delays: Callable[[], Iterator[float]] = backoff.delays,
    ) -> None:
        self.conversation = Conversation()
        self._access = access
        self._decode = decode
        self._delays = delays
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._outgoing: asyncio.Queue[f.AnyClientFrame] = asyncio.Queue()
        self._pinged: deque[float] = deque()
        self._typed: dict[str, float] = {}
        self._hurry = asyncio.Event()
        self._been_online = False
        self._last_error: f.Error | None = None

    async def __aenter__(self) -> "Stream":
        self._task = asyncio.create_task(self._keep_up(), name="stream")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def events(self) -> AsyncIterator[Event]:
        """Yield what happens, to the end of the link's life (`Ended` is the last)."""
        while True:
            event = await self.next_event()
            yield event
            if isinstance(event, Ended):
                return

    async def next_event(self) -> Event:
        """Wait for the next event; raise what has broken the link's task, if that is how it went."""
        getter = asyncio.ensure_future(self._events.get())
        await asyncio.wait({getter, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not getter.done() and self._events.empty():
            getter.cancel()
            self._task.result()
            raise asyncio.CancelledError
        return await getter

    def follow(self, session_id: str, after: int = 0) -> None:
        """Want a session's log from the entry after `after` on."""
        self._post(self.conversation.follow(session_id, after))

    def follow_all(self, logs: Mapping[str, int]) -> None:
        """Want several sessions' logs, each from the entry after its number on."""
        self._post(self.conversation.follow_all(logs))

    def say(self, session_id: str, text: str, client_id: str | None = None) -> None:
        """Send a message, now or when the link stands again; `client_id` is given to one that was said before."""
        self._post(self.conversation.say(session_id, text, client_id))

    def typing(self, session_id: str) -> None:
        """Tell that something is being typed: every few seconds at most, and not at all if offline."""
        now = asyncio.get_running_loop().time()
        last = self._typed.get(session_id)
        if self.conversation.phase is Phase.ONLINE and (last is None or now >= last + TYPING_EVERY):
            self._typed[session_id] = now
            self._post([f.Typing(session_id=session_id)])

    def retry_now(self) -> None:
        """Cut short the pause before the next try to connect, if there is one."""
        self._hurry.set()

    def read(self, session_id: str, seq: int) -> None:
        """Tell that all up to `seq` has been read; forgotten if offline."""
        if self.conversation.phase is Phase.ONLINE:
            self._post([f.ReadUpTo(session_id=session_id, seq=seq)])

    def _post(self, frames: Iterable[f.AnyClientFrame]) -> None:
        for frame in frames:
            self._outgoing.put_nowait(frame)

    async def _keep_up(self) -> None:
        pauses = self._delays()
        while True:
            reason = await self._one_link()
            if self.conversation.phase is Phase.ENDED:
                return
            if self.conversation.phase is Phase.ONLINE:
                pauses = self._delays()
            self.conversation.lost()
            pause = next(pauses)
            self._events.put_nowait(Offline(reason, pause, not self._been_online))
            await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._hurry.wait()

    async def _one_link(self) -> str:
        """Live through one link; return why it is over."""
        try:
            async with self._connect() as socket:
                return await self._converse(socket)
        except InvalidStatus as error:
            if error.response.status_code in {401, 403}:
                self._end("not_logged_in", "The server doesn't accept this login")
            return f"the server answered {error.response.status_code}"
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            return str(error) or "no answer"

    def _connect(self) -> connect:
        local = address.is_local(self._access.server)
        secure = self._access.server.startswith("https")
        return connect(
            address.stream(self._access.server),
            additional_headers={"Authorization": f"Bearer {self._access.token}"},
            user_agent_header=f"tc/{__version__}",
            compression=None,
            max_size=LARGEST_FRAME,
            open_timeout=OPENING,
            close_timeout=2,
            ping_interval=None,
            proxy=None if local else True,
            ssl=ssl.create_default_context() if secure else None,
        )

    async def _converse(self, socket: ClientConnection) -> str:
        self._outgoing = asyncio.Queue()
        self._pinged.clear()
        writer = asyncio.create_task(self._write(socket), name="stream writer")
        try:
            while True:
                async with asyncio.timeout(SILENCE):
                    data = await socket.recv(decode=False)
                self._take(data)
        except TimeoutError:
            return "the server has gone silent"
        except ConnectionClosed as error:
            return self._closed(error)
        finally:
            writer.cancel()

    async def _write(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                try:
                    async with asyncio.timeout(PING_AFTER):
                        frame = await self._outgoing.get()
                except TimeoutError:
                    frame = f.Ping()
                if isinstance(frame, f.Ping):
                    self._pinged.append(asyncio.get_running_loop().time())
                if self.conversation.wants(frame):
                    await socket.send(encode(frame), text=True)

    def _take(self, data: bytes) -> None:
        try:
            frame = self._decode(data)
        except msgspec.ValidationError:
            # A newer server may say things that this client doesn't know yet.
            return
        if isinstance(frame, f.Error):
            self._last_error = frame
        if isinstance(frame, f.Pong) and self._pinged:
            self._events.put_nowait(Alive(asyncio.get_running_loop().time() - self._pinged.popleft()))
        outcome = self.conversation.receive(frame)
        if isinstance(frame, f.Hello | f.ParticipantHello):
            # Before what may take the server long to answer, so that the latency is the network's.
            self._post([f.Ping()])
        self._post(outcome.frames)
        for event in outcome.events:
            self._been_online = self._been_online or isinstance(event, Online)
            self._events.put_nowait(event)

    def _closed(self, error: ConnectionClosed) -> str:
        code = error.rcvd.code if error.rcvd else None
        if code in FOR_GOOD:
            told = self._last_error
            self._end(told.code if told else "not_logged_in", told.detail if told else "The server ended this login")
        if code == 1012:
            return "the server restarts"
        return (error.rcvd.reason if error.rcvd else "") or "the connection broke"

    def _end(self, code: str, detail: str) -> None:
        self.conversation.phase = Phase.ENDED
        self._events.put_nowait(Ended(code, detail))

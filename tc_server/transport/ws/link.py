"""One live link: a bounded outbox before one socket. A slow reader hurts only itself."""

import asyncio
from collections import deque
from enum import IntEnum
from typing import Any

import msgspec
from litestar.connection import WebSocket
from litestar.exceptions import WebSocketDisconnect, WebSocketException

from tc_server.domain.people import Anyone, Caller, Guest

_BYTES_MAX = 4_000_000

Socket = WebSocket[Any, Any, Any]


class CloseCode(IntEnum):
    """Why a link ends (RFC 6455, 7.4; from 4000 on our own)."""

    OVER = 1000
    RESTART = 1012
    NOT_LOGGED_IN = 4401
    FORBIDDEN = 4403
    TOO_SLOW = 4408


class Link:
    """Frames wait in order until the socket takes them; nothing is sent before `open` has put `hello` first."""

    __slots__ = ("_bytes", "_closing", "_flushing", "_opened", "_outbox", "_room", "_socket", "first_seq", "viewer")

    def __init__(self, socket: Socket, viewer: Anyone) -> None:
        self.viewer = viewer
        self.first_seq = 1
        self._socket = socket
        self._outbox: deque[str] = deque()
        self._bytes = 0
        self._opened = False
        self._closing: CloseCode | None = None
        self._flushing: asyncio.Task[None] | None = None
        self._room: asyncio.Event | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Name whose link it is, as `CutOff` does."""
        viewer = self.viewer
        if isinstance(viewer, Guest):
            return viewer.participant_id, viewer.device_id
        if isinstance(viewer, Caller):
            return viewer.account_id, viewer.pass_id
        return viewer.account_id, viewer.login_id

    def open(self, hello: msgspec.Struct) -> None:
        """Send `hello`, and then what has come in since the link was registered."""
        self._opened = True
        frame = encode(hello)
        self._outbox.appendleft(frame)
        self._bytes += len(frame)
        self._flush()

    def push(self, frame: str) -> None:
        """Put an encoded frame into the outbox; over the bound the link is closed and catches up later."""
        if self._closing:
            return
        self._outbox.append(frame)
        self._bytes += len(frame)
        if self._bytes > _BYTES_MAX:
            self.close(CloseCode.TOO_SLOW)
        self._flush()

    def send(self, frame: msgspec.Struct) -> None:
        """Encode a frame and put it into the outbox."""
        self.push(encode(frame))

    async def room(self) -> None:
        """Wait until the outbox is half empty, so that a long replay doesn't overrun it."""
        while self._bytes > _BYTES_MAX // 2 and not self._closing:
            self._room = asyncio.Event()
            await self._room.wait()

    def close(self, code: CloseCode, last: msgspec.Struct | None = None) -> None:
        """Drop what waits, say one last thing, and end the link."""
        if self._closing:
            return
        self._closing = code
        self._outbox.clear()
        if last is not None:
            self._outbox.append(encode(last))
        self._opened = True
        self._flush()

    async def flushed(self) -> None:
        """Wait until what waits has been sent, or can't be any more."""
        while self._flushing is not None:
            await asyncio.wait([self._flushing])

    def _flush(self) -> None:
        if self._opened and self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._drain()
            if self._closing:
                await self._socket.close(code=int(self._closing))
        except (WebSocketDisconnect, WebSocketException, OSError, RuntimeError):
            # The other side has gone in the middle of it; whoever listens on the link hears so and removes it.
            self._outbox.clear()
        finally:
            self._flushing = None
            if self._room:
                self._room.set()
        if self._outbox:
            self._flush()

    async def _drain(self) -> None:
        # Needs no deadline of its own: who doesn't answer the keepalive pings is cut off, which ends the waiting.
        while self._outbox:
            frame = self._outbox.popleft()
            await self._socket.send_text(frame)
            self._bytes -= len(frame)
            if self._room:
                self._room.set()


def encode(frame: msgspec.Struct) -> str:
    """Encode a frame."""
    return msgspec.json.encode(frame).decode()

"""The stream's door: who is let in, and what each frame from a client does."""

import asyncio
import logging
from typing import Any

import msgspec
from litestar import websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import SkipValidation

from tc_server.domain.errors import NotAllowed, NotFound, NotLoggedIn, Refused
from tc_server.domain.people import Caller, Guest, Viewer, require_party, require_viewer
from tc_server.services import chat, joining, passes, signalling
from tc_server.services.chat import Voice
from tc_server.services.context import Context
from tc_server.transport.auth import Ctx, authenticate, call_cookie_name, cookie_name
from tc_server.transport.ws import frames
from tc_server.transport.ws.hub import Hub
from tc_server.transport.ws.link import CloseCode, Link, Socket, encode
from tc_server.wire.codes import Code
from tc_server.wire.frames import (
    AnyClientFrame,
    Error,
    Ping,
    Pong,
    Quality,
    ReadUpTo,
    Send,
    Signal,
    Sync,
    Synced,
    Typing,
    decode_client_frame,
)

_log = logging.getLogger(__name__)

_PAGE = 200
_IN_FLIGHT = 200
_FRAME_MAX = 100_000
_SEQ_MAX = 2**53


@websocket("/stream")
async def stream(socket: Socket, ctx: Ctx, hub: NamedDependency[SkipValidation[Hub]]) -> None:
    """Serve one live link."""
    await socket.accept()
    try:
        viewer = await authenticate(socket, ctx, _cookie(socket))
    except Refused as refused:
        code = CloseCode.FORBIDDEN if isinstance(refused, NotAllowed) else CloseCode.NOT_LOGGED_IN
        await socket.send_text(encode(Error(code=refused.code, detail=refused.detail)))
        await socket.close(code=code)
        return
    await Conversation(ctx, hub, Link(socket, viewer), socket).run()


class Conversation:
    """What one client says over its link, and what comes of it."""

    def __init__(self, ctx: Context, hub: Hub, link: Link, socket: Socket) -> None:
        self._ctx = ctx
        self._hub = hub
        self._link = link
        self._socket = socket
        self._stopping = False
        self._voices: dict[str, Voice] = {}
        self._in_flight: set[asyncio.Future[Any]] = set()

    async def run(self) -> None:
        """Greet, listen until the link ends, and settle presence before and after."""
        self._hub.add(self._link)
        try:
            await self._settle_presence()
            await self._hub.greet(self._link)
            await self._listen()
        except (NotLoggedIn, NotFound) as refused:
            self._link.close(CloseCode.NOT_LOGGED_IN, Error(code=refused.code, detail=refused.detail))
        except Refused as refused:
            self._link.close(CloseCode.RESTART, Error(code=refused.code, detail=refused.detail))
        except Exception:  # noqa: BLE001 - the edge of a link: its fault must neither pass unseen nor spread
            _log.exception("a link of %s has failed", self._link.names[0])
            self._link.close(CloseCode.RESTART, Error(code=Code.INTERNAL, detail="The server has failed at this."))
        finally:
            self._hub.remove(self._link)
            await asyncio.shield(self._settle_presence())
            await self._link.flushed()

    async def _settle_presence(self) -> None:
        # When the server stops, all links end at once; its next start finds nobody online anyway.
        if self._stopping:
            return
        match self._link.viewer:
            case Guest() as guest:
                await joining.settle_presence(self._ctx, guest, lambda: self._hub.links_of(guest.participant_id))
            case Caller() as caller:
                await passes.settle_presence(self._ctx, caller, lambda: self._hub.links_of(caller.call_id))

    async def _listen(self) -> None:
        while True:
            try:
                event = await self._socket.receive()
            except WebSocketDisconnect as ended:
                self._stopping = ended.code == CloseCode.RESTART
                return
            if event["type"] == "websocket.disconnect":
                self._stopping = event["code"] == CloseCode.RESTART
                return
            if event["type"] == "websocket.receive":
                await self._hear(event.get("text") or event.get("bytes") or "")

    async def _hear(self, data: str | bytes) -> None:
        try:
            if len(data) > _FRAME_MAX:
                raise msgspec.ValidationError("the frame is too long")
            frame = decode_client_frame(data)
            await self._answer(frame)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            # What a signal holds may nest too deep to be read, or to be written again.
            self._link.send(Error(code=Code.UNKNOWN_FRAME, detail=f"This frame isn't documented: {fault}"))

    async def _answer(self, frame: AnyClientFrame) -> None:
        try:
            await self._do(frame)
        except Refused as refused:
            self._refuse(refused, getattr(frame, "client_id", None), getattr(frame, "session_id", None))

    async def _do(self, frame: AnyClientFrame) -> None:
        match frame:
            case Ping():
                self._link.send(Pong(server_time=self._ctx.now()))
            case Signal(session_id=session_id, to=to, data=data):
                await signalling.pass_on(self._ctx, require_party(self._link.viewer), session_id, to, data)
            case Quality(session_id=session_id, level=level, audio_only=audio_only):
                party = require_party(self._link.viewer)
                await signalling.tell_quality(self._ctx, party, session_id, level, audio_only)
            case _:
                await self._chat(frame, require_viewer(self._link.viewer))

    async def _chat(self, frame: Send | ReadUpTo | Typing | Sync, viewer: Viewer) -> None:
        match frame:
            case Send():
                await self._say(frame, viewer)
            case ReadUpTo(session_id=session_id, seq=seq):
                await chat.mark_read(self._ctx, viewer, session_id, _within(seq))
            case Typing(session_id=session_id):
                chat.typing(self._ctx, await self._voice(session_id, viewer))
            case Sync(sessions=sessions):
                for session_id, seq in sessions.items():
                    await self._replay(session_id, seq, viewer)

    async def _voice(self, session_id: str, viewer: Viewer) -> Voice:
        if session_id not in self._voices:
            self._voices[session_id] = await chat.voice(self._ctx, viewer, session_id)
        return self._voices[session_id]

    async def _say(self, frame: Send, viewer: Viewer) -> None:
        voice = await self._voice(frame.session_id, viewer)
        if len(self._in_flight) >= _IN_FLIGHT:
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
        said = chat.say(self._ctx, voice, frame.client_id, frame.text)
        self._in_flight.add(said)
        said.add_done_callback(lambda done: self._said(frame, done))

    def _said(self, frame: Send, done: "asyncio.Future[Any]") -> None:
        self._in_flight.discard(done)
        if done.cancelled():
            return
        fault = done.exception()
        if isinstance(fault, Refused):
            self._refuse(fault, frame.client_id, frame.session_id)
        elif fault is None and done.result().repeated:
            # It was acknowledged to everyone when it was new; this link has missed that.
            self._link.send(frames.message(done.result().entry))

    async def _replay(self, session_id: str, seq: int, viewer: Viewer) -> None:
        seq = _within(seq)
        try:
            while True:
                entries, last_seq = await chat.log(self._ctx, viewer, session_id, seq, _PAGE)
                for entry in entries:
                    self._link.send(frames.message(entry))
                seq = entries[-1].seq if entries else last_seq
                await self._link.room()
                if seq >= last_seq:
                    break
        except Refused as refused:
            self._refuse(refused, None, session_id)
            return
        self._link.send(Synced(session_id=session_id, seq=seq, last_seq=last_seq))

    def _refuse(self, refused: Refused, client_id: str | None, session_id: str | None) -> None:
        self._link.send(Error(code=refused.code, detail=refused.detail, client_id=client_id, session_id=session_id))


def _cookie(socket: Socket) -> str | None:
    """Name the cookie that a browser, which can't send a header here, wants to be known by."""
    query = socket.query_params
    if call_id := query.get("call"):
        return call_cookie_name(call_id)
    session_id = query.get("session")
    return cookie_name(session_id) if session_id else None


def _within(seq: int) -> int:
    """Bring a number that a client sent to where a `seq` can be."""
    return min(max(seq, 0), _SEQ_MAX)

"""People around a server: staff with accounts, participants who came by link, and what each hears on the stream."""

import asyncio
import json
import secrets
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self
from weakref import WeakKeyDictionary

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tc_server.domain.people import AccountRole
from tests.serving import DEADLINE, PASSWORD, Login, Server

Frame = dict[str, Any]
ROOT_NAME = "focal-person"
_STANDING: WeakKeyDictionary[Server, dict[str, Login]] = WeakKeyDictionary()


class Stream:
    """A live link that keeps every frame which came, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.frames: list[Frame] = []
        self._socket = socket
        self._changed = asyncio.Event()
        self._ended = False
        self._reading = asyncio.create_task(self._read())

    @property
    def close_code(self) -> int | None:
        """Tell why the server has ended the link; None while it lives."""
        return self._socket.close_code

    async def send(self, type_: str, **fields: Any) -> None:
        """Send a frame."""
        await self.send_raw(json.dumps({"type": type_, **fields}))

    async def send_raw(self, data: str | bytes) -> None:
        """Send whatever it is."""
        await self._socket.send(data)

    async def say(self, session_id: str, text: str, client_id: str | None = None) -> str:
        """Send a text; returns its client id."""
        client_id = client_id or new_client_id()
        await self.send("send", client_id=client_id, session_id=session_id, text=text)
        return client_id

    def of(self, type_: str, **fields: Any) -> list[Frame]:
        """List the frames of a type that have these fields."""
        return [f for f in self.frames if f["type"] == type_ and fields.items() <= f.items()]

    async def frame(self, type_: str, is_it: Callable[[Frame], bool] = bool, **fields: Any) -> Frame:
        """Wait for a frame of a type that has these fields and satisfies a condition; it may have come before."""
        found: Frame = await self.until(
            lambda: next(filter(is_it, self.of(type_, **fields)), None), f"{type_} {fields}"
        )
        return found

    async def until(self, look: Callable[[], Any], what: str = "it") -> Any:
        """Look after each frame until there is something to see."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not (seen := look()):
                    assert not self._ended, f"{what}: the link has ended ({self.close_code}): {self.frames[-3:]}"
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{what} didn't come; the last frames: {self.frames[-5:]}") from None
        return seen

    async def settled(self) -> list[Frame]:
        """Wait until the server has answered all that was sent on this link before, and return every frame."""
        pongs = len(self.of("pong"))
        await self.send("ping")
        await self.until(lambda: len(self.of("pong")) > pongs, "pong")
        return self.frames

    async def ended(self) -> int | None:
        """Wait until the server has ended the link; returns the code that it gave."""
        await asyncio.wait([self._reading], timeout=DEADLINE)
        assert self._ended, f"the link lives on: {self.frames[-3:]}"
        return self.close_code

    def pause(self) -> None:
        """Stop reading what comes."""
        self._socket.transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        self._socket.transport.resume_reading()

    def vanish(self) -> None:
        """Be gone without a word, as a phone in a tunnel is."""
        self._socket.transport.abort()

    async def close(self) -> None:
        """Hang up."""
        await self._socket.close()
        await self._reading

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                self.frames.append(json.loads(data))
                self._changed.set()
        except ConnectionClosed:
            pass
        finally:
            self._ended = True
            self._changed.set()


class Caller:
    """Somebody who calls the API with a token (or none): `get("/queue")` and so on."""

    def __init__(self, world: "World", token: str | None = None, who: str = "nobody") -> None:
        self.token = token
        self.who = who
        self._world = world

    def __repr__(self) -> str:
        return self.who

    @property
    def headers(self) -> dict[str, str]:
        """Give the header that names this caller."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def call(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Send a request; `path` is below `/api/v1`."""
        headers = {**self.headers, **what.pop("headers", {})}
        return await self._world.http.request(method, f"{self._world.server.api}{path}", headers=headers, **what)

    async def get(self, path: str, **what: Any) -> httpx.Response:
        """GET."""
        return await self.call("GET", path, **what)

    async def post(self, path: str, **what: Any) -> httpx.Response:
        """POST; fields of a JSON body by `json`."""
        return await self.call("POST", path, **what)

    async def put_file(
        self, session_id: str, data: bytes, name: str = "", type_: str = "", client_id: str | None = None
    ) -> httpx.Response:
        """Send a file into a session's chat; `name` goes as it is, percent-encoded by the caller."""
        headers = {"Content-Type": type_} if type_ else {}
        headers |= {"X-File-Name": name} if name else {}
        path = f"/sessions/{session_id}/files/{client_id or new_client_id()}"
        return await self.call("PUT", path, content=data, headers=headers)

    async def stream(self, query: str = "", **headers: str) -> Stream:
        """Open a live link, and wait for its first frame. `headers` with `_` for `-`."""
        own = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        stream = await self._world.link(query, own)
        await stream.until(lambda: stream.frames, "the first frame")
        return stream


class Staff(Caller):
    """An account that has logged in."""

    def __init__(self, world: "World", login: Login) -> None:
        super().__init__(world, login.token, login.name)
        self.user_id = login.user_id
        self.name = login.name

    async def invite(self, name: str = "Layla", **fields: Any) -> dict[str, Any]:
        """Invite somebody; by link alone unless told otherwise."""
        body = {"kind": "remote", "name": name, "language": "en", "via": "link"} | fields
        return done(await self.post("/invites", json=body), 201)

    async def move(self, session_id: str, verb: str) -> dict[str, Any]:
        """Make a move."""
        return done(await self.post(f"/sessions/{session_id}/{verb}"), 200)

    async def session(self, session_id: str) -> dict[str, Any]:
        """Look at a session."""
        return done(await self.get(f"/sessions/{session_id}"), 200)


class CallPage(Caller):
    """Staff's browser in a call."""

    def __init__(self, world: "World", entered: dict[str, Any], who: str) -> None:
        super().__init__(world, entered["call_token"], who)
        self.session_id: str = entered["session_id"]
        self.call_id: str = entered["call"]["call_id"]
        self.entered = entered


class Guest(Caller):
    """Somebody who came by link."""

    def __init__(self, world: "World", joined: dict[str, Any], who: str) -> None:
        super().__init__(world, joined["participant_token"], who)
        self.session_id: str = joined["session_id"]
        self.participant_id: str = joined["participant_id"]
        self.joined = joined


class World:
    """The people around one server; leaving it hangs up everywhere."""

    def __init__(self, server: Server, tls: ssl.SSLContext | bool = False) -> None:
        self.server = server
        self.tls = tls
        self.http: httpx.AsyncClient
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the connections."""
        self.http = await self._open.enter_async_context(httpx.AsyncClient(timeout=DEADLINE, verify=self.tls))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        await self._open.aclose()

    def nobody(self) -> Caller:
        """Be somebody without a token."""
        return Caller(self)

    async def staff(self, name: str | None = None, role: AccountRole = "staff") -> Staff:
        """Make an account and log it in."""
        name = name or f"{role}-{secrets.token_hex(4)}"
        await asyncio.to_thread(self.server.add, name, role)
        return await self.login(name)

    async def focal_person(self) -> Staff:
        """Be the admin whom the server began with, logged in once for all tests."""
        return await self._standing(ROOT_NAME, lambda: self.login(ROOT_NAME))

    async def standing(self, who: str, role: AccountRole = "staff") -> Staff:
        """Be somebody whose account is made once for all tests."""
        return await self._standing(who, lambda: self.staff(role=role))

    async def login(self, name: str, password: str = PASSWORD) -> Staff:
        """Log in."""
        answer = done(await self.nobody().post("/auth/login", json={"user": name, "password": password}), 200)
        return Staff(self, Login(answer["user"]["user_id"], name, answer["token"]))

    async def join(self, invite: dict[str, Any], **fields: Any) -> Guest:
        """Come by an invite's link."""
        body = {"token": link_token(invite), "accept_terms": True} | fields
        return Guest(self, done(await self.nobody().post("/join", json=body), 200), invite["name"])

    async def guest(self, staff: Staff, name: str = "Layla", **fields: Any) -> Guest:
        """Invite somebody who comes at once."""
        return await self.join(await staff.invite(name, **fields))

    async def call_page(self, staff: Staff, session_id: str, **fields: Any) -> CallPage:
        """Have staff press c, and their browser come."""
        opened = done(await staff.post(f"/sessions/{session_id}/call", json=fields), 201)
        entered = done(await self.nobody().post("/call/enter", json={"token": link_token(opened)}), 200)
        self.http.cookies.clear()
        return CallPage(self, entered, f"{staff}'s call page")

    async def _standing(self, who: str, come: Callable[[], Awaitable[Staff]]) -> Staff:
        logins = _STANDING.setdefault(self.server, {})
        if who not in logins:
            staff = await come()
            logins[who] = Login(staff.user_id, staff.name, str(staff.token))
        return Staff(self, logins[who])

    async def link(self, query: str, headers: dict[str, str]) -> Stream:
        """Open a live link with these headers."""
        address = self.server.stream + query
        tls = self.tls if isinstance(self.tls, ssl.SSLContext) else None
        socket = await connect(address, additional_headers=headers, ssl=tls, max_size=None, proxy=None)
        stream = Stream(socket)
        self._open.push_async_callback(stream.close)
        return stream


def done(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Take what was answered, which must have this status."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    taken: dict[str, Any] = answer.json()
    return taken


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Take the status and the code of a problem, which must have the form of one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"]
    return answer.status_code, problem["code"]


def link_token(invite: dict[str, Any]) -> str:
    """Take the secret out of an invite's link."""
    return str(invite["url"]).partition("#")[2]


def new_client_id() -> str:
    """Make up a client id."""
    return secrets.token_urlsafe(12)

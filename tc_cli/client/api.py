"""The HTTP side: makes calls, tries again what may be tried again, turns problems into errors."""

import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import httpx
import msgspec

from tc_cli import __version__
from tc_cli.client import address, backoff, profile
from tc_cli.client.calls import Call
from tc_cli.client.errors import Refused, Unreachable
from tc_cli.client.profile import Access
from tc_server.wire import bodies

T = TypeVar("T")
Item_co = TypeVar("Item_co", covariant=True)
TRIES = 4
LONGEST_WAIT = 10
PIECE = 16 * 1024
PASSING = frozenset({429, 502, 503, 504})
# Generous, because a file goes over 2G too: each is about silence, not about the whole request.
TIMEOUT = httpx.Timeout(30, connect=10, pool=None)


class Page(Protocol[Item_co]):
    """One page of a listing."""

    @property
    def items(self) -> Sequence[Item_co]: ...

    @property
    def next(self) -> str | None: ...


class Api:
    """A server's HTTP API, used as a context manager. Raises Refused and Unreachable, nothing of httpx."""

    def __init__(self, access: Access, *, tries: int = TRIES, pause: Callable[[float], None] = time.sleep) -> None:
        self.access = access
        self._tries = tries
        self._pause = pause
        headers = {"User-Agent": f"tc/{__version__}", "Accept": "application/json"}
        if access.token:
            headers["Authorization"] = f"Bearer {access.token}"
        self._http = httpx.Client(
            base_url=access.server,
            headers=headers,
            timeout=TIMEOUT,
            trust_env=not address.is_local(access.server),
            verify=ssl.create_default_context() if access.server.startswith("https") else False,
        )

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def do(self, call: Call[T], *, sent: Callable[[int], None] | None = None) -> T:
        """Make a call and return its answer; `sent` is told the size of each piece of the body that has gone out."""
        response = self._try(call, sent)
        if response.is_success:
            return _read(call.read, response)
        raise _refusal(response)

    def every(self, page: Callable[[str | None], Call[Page[T]]]) -> Iterator[T]:
        """Yield all items of a listing, page after page."""
        after: str | None = None
        while True:
            answer = self.do(page(after))
            yield from answer.items
            if answer.next is None:
                return
            after = answer.next

    def _try(self, call: Call[object], sent: Callable[[int], None] | None) -> httpx.Response:
        waits = backoff.delays(first=0.5, longest=4)
        for left in reversed(range(self._tries)):
            try:
                response = self._once(call, sent)
            except httpx.TransportError as error:
                # What never arrived can go again even if doing it twice would do harm.
                may_repeat = call.repeatable or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if left == 0 or not may_repeat:
                    raise self._unreachable(error) from error
                self._pause(next(waits))
                continue
            if response.status_code not in PASSING or not call.repeatable or left == 0:
                return response
            wait = _asked_to_wait(response) or next(waits)
            if wait > LONGEST_WAIT:
                return response
            self._pause(wait)
        raise AssertionError("the last try returns or raises")

    def _once(self, call: Call[object], sent: Callable[[int], None] | None) -> httpx.Response:
        content: bytes | Iterator[bytes] | None = call.body
        headers = dict(call.headers)
        if call.body is not None and sent is not None:
            headers["Content-Length"] = str(len(call.body))
            content = _pieces(call.body, sent)
        try:
            return self._http.request(call.method, call.path, params=dict(call.query), content=content, headers=headers)
        except httpx.InvalidURL as error:
            raise Unreachable(f"{self.access.server} isn't an address") from error

    def _unreachable(self, error: httpx.TransportError) -> Unreachable:
        if isinstance(error, httpx.TimeoutException):
            return Unreachable(f"{self.access.server} doesn't answer")
        reason = re.sub(r"\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
        return Unreachable(f"{self.access.server} can't be reached ({reason})")


def signed_in() -> Api:
    """Open the API of the chosen profile; raise NotLoggedIn without one."""
    return Api(profile.access())


def _pieces(content: bytes, sent: Callable[[int], None]) -> Iterator[bytes]:
    for start in range(0, len(content), PIECE):
        piece = content[start : start + PIECE]
        yield piece
        sent(len(piece))


def _read(read: Callable[[bytes], T], response: httpx.Response) -> T:
    try:
        return read(response.content)
    except msgspec.DecodeError as error:
        raise _stranger(response) from error


def _refusal(response: httpx.Response) -> Refused | Unreachable:
    try:
        return Refused(msgspec.json.decode(response.content, type=bodies.Problem))
    except msgspec.DecodeError:
        return _stranger(response)


def _stranger(response: httpx.Response) -> Unreachable:
    answered = f"{response.url.host} answered {response.status_code}, but not as a TeleConnect server does"
    return Unreachable(answered, "Check the address with `tc doctor`")


def _asked_to_wait(response: httpx.Response) -> float | None:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else None

"""One request to a vendor's HTTP API: its time-outs, and what its silence means."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.services.arrivals import NotGenuine
from tc_server.settings import Settings

if TYPE_CHECKING:
    import httpx

__all__ = ["Answer", "Gateway", "NotGenuine", "callback", "line", "refused"]

_CONNECT = 10.0
_READ = 20.0
"""Seconds to wait for the vendor's answer; after them it may have taken the text all the same."""
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered; `body` is empty where it wasn't a JSON object."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    after: timedelta | None = None


class Gateway:
    """A vendor's API under one address. Connections are kept between texts."""

    def __init__(self, base: str, **access: Any) -> None:
        self._base = base
        self._access = access
        self._client: httpx.AsyncClient | None = None

    async def ask(self, method: str, path: str, **content: Any) -> Answer | Outcome:
        """Make a request; what keeps it from being answered is an Outcome for the text that it hands over."""
        import httpx

        try:
            response = await self._connected().request(method, self._base + path, **content)
        except httpx.ConnectTimeout:
            return Outcome(Result.BROKEN, Reason.NO_ANSWER, "no connection within 10 s")
        except (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol) as fault:
            return Outcome(Result.BROKEN, Reason.UNREACHABLE, line(str(fault) or type(fault).__name__))
        except httpx.TransportError as fault:
            # It may have been taken before the line broke or fell silent.
            return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, type(fault).__name__)
        return Answer(response.status_code, _object(response), _after(response.headers.get("retry-after")))

    async def close(self) -> None:
        """Close the connections that are kept."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _connected(self) -> "httpx.AsyncClient":
        if self._client is None:
            import httpx

            # At INFO it names every address, and with it our account.
            logging.getLogger("httpx").setLevel(logging.WARNING)
            timeout = httpx.Timeout(_READ, connect=_CONNECT)
            self._client = httpx.AsyncClient(timeout=timeout, follow_redirects=False, **self._access)
        return self._client


def refused(answer: Answer, reply: str) -> Outcome:
    """Understand a refusal by its status alone."""
    match answer.status:
        case 401 | 403:
            return Outcome(Result.BROKEN, Reason.LOGIN_REFUSED, reply)
        case 429:
            return Outcome(Result.THROTTLED, Reason.THROTTLED, reply, after=answer.after)
        case 502 | 503:
            return Outcome(Result.BROKEN, Reason.NO_ANSWER, reply, after=answer.after)
        case 504:
            # What stands before it gave up waiting; it may have been taken.
            return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, reply)
        case status if status >= 500:
            return Outcome(Result.TEMPORARY, Reason.BUSY, reply, after=answer.after)
        case 404 | 405 | 415:
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, reply)
        case status if 300 <= status < 400:
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, reply)
        case _:
            return Outcome(Result.PERMANENT, Reason.REFUSED, reply)


def callback(settings: Settings, name: str) -> str:
    """Name the address that a provider reports to; empty where nobody outside could reach it."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    try:
        local = not ip_address(host).is_global
    except ValueError:
        local = host == "localhost"
    return "" if local else f"{settings.public_url}/hooks/{name}"


def line(said: str) -> str:
    """Make one line of what a vendor said, of a length that can be shown."""
    return " ".join(said.split())[:300]


def _object(response: "httpx.Response") -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _after(said: str | None) -> timedelta | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds, or a date."""
    if not said:
        return None
    try:
        pause = timedelta(seconds=int(said)) if said.isascii() and said.isdigit() else _until(said)
    except (ValueError, OverflowError):
        return None
    return min(max(pause, timedelta()), _LONGEST_PAUSE)


def _until(said: str) -> timedelta:
    moment = parsedate_to_datetime(said)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)

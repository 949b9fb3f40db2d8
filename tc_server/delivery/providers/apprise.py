"""The provider `apprise`: SMS through any gateway that Apprise speaks to. It never tells whether they arrive.

Apprise is loaded, with all its plugins, when the first text goes out. What it and its libraries log names numbers and
keys: none of it gets into our log.
"""

import asyncio
import logging
import re
from functools import cache
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote

from tc_server.delivery.gateway import line
from tc_server.delivery.provider import Health
from tc_server.domain.delivery import Channel, Outcome, Reason, Result
from tc_server.services.context import Outgoing
from tc_server.settings import Settings

NAME = "apprise"

_PLACE: Final = "{phone}"
_TIMEOUT: Final = 30.0
"""Seconds for one text; each of its requests has 10."""
_REQUEST: Final = 10.0
_WARNED: Final = ("WARNING", "ERROR", "CRITICAL")
_NEVER_THERE: Final = re.compile(
    "refused|resol|not known|unreachable|connect timeout|ConnectTimeout|SSL", re.IGNORECASE
)
_LOUD: Final = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib", "smpplib")


def provider(settings: Settings) -> "Apprise | None":
    """Set it up, if `TC_APPRISE_SMS` is set."""
    return Apprise(settings.apprise_sms) if settings.apprise_sms else None


class Apprise:
    """Sends SMS by an address with `{phone}` for the number's digits."""

    name = NAME
    channels: tuple[Channel, ...] = ("sms",)
    remembers = False
    receipts = False
    width = 4
    templates: frozenset[str] | None = None

    def __init__(self, url: str) -> None:
        self._url = url
        self._example = url.replace(_PLACE, "41791234567")
        self._service = url.partition(":")[0]

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over one SMS."""
        url = self._url.replace(_PLACE, message.to.removeprefix("+"))
        gateway = await asyncio.to_thread(_gateway, url)
        if gateway is None:
            said = f"{self._service}:// isn't understood by Apprise"
            if await asyncio.to_thread(_gateway, self._example):
                return Outcome(Result.PERMANENT, Reason.UNSUPPORTED, f"{said} with this number")
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, said)
        sender = _apprise().Apprise(asset=_asset())
        sender.add(gateway)
        # What kind of connection error it was is said at the level of DEBUG alone; it stays in here.
        done = await sender.async_notify(body=message.text, timeout=_TIMEOUT, log_level=logging.DEBUG)
        if done:
            return Outcome(Result.ACCEPTED)
        if done.status.name == "TIMEOUT":
            return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, f"no answer within {_TIMEOUT:.0f} s")
        entries = [entry for result in done.results for entry in result.logs()]
        warned = " ".join(str(entry.message) for entry in entries if entry.level in _WARNED)
        return _refused(" ".join(str(entry.message) for entry in entries), hidden(warned, url, message))

    async def check(self) -> Health:
        """Look whether Apprise understands the address; gateways can't be asked without sending."""
        if await asyncio.to_thread(_gateway, self._example) is None:
            remedy = "Write TC_APPRISE_SMS as appriseit.com/services has it, {phone} where the number stands."
            return Health("failed", f"{self._service}:// isn't understood by Apprise", remedy)
        return Health("ok", f"sends by {self._service}://; it hears nothing of arrivals")

    async def close(self) -> None:
        """Have nothing to let go of."""


def hidden(words: str, url: str, message: Outgoing) -> str:
    """Take number, text and whatever stands in the address out of what Apprise said."""
    pieces = {piece for form in (url, unquote(url)) for piece in re.split(r"[/?&=:@#,\s]+", form.partition("://")[2])}
    pieces |= {message.to, message.to.removeprefix("+"), message.text, message.link or ""}
    for piece in sorted((piece for piece in pieces if len(piece) >= 4), key=len, reverse=True):
        words = words.replace(piece, "…")
    return line(words)


def _refused(words: str, reply: str) -> Outcome:
    """Understand what little Apprise tells: its plugins write the status of a refusal into their log."""
    if not (found := re.search(r"error=(\d{3})\b", words)):
        if _NEVER_THERE.search(words):
            return Outcome(Result.BROKEN, Reason.UNREACHABLE, reply)
        if "onnection error" in words:
            # It fell silent or hung up, maybe after it had taken the text.
            return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, reply)
        return Outcome(Result.PERMANENT, Reason.REFUSED, reply)
    match int(found[1]):
        case 401 | 403:
            return Outcome(Result.BROKEN, Reason.LOGIN_REFUSED, reply)
        case 404 | 405:
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, reply)
        case 429:
            return Outcome(Result.THROTTLED, Reason.THROTTLED, reply)
        case code if code >= 500 or code == 408:
            return Outcome(Result.TEMPORARY, Reason.BUSY, reply)
        case _:
            return Outcome(Result.PERMANENT, Reason.REFUSED, reply)


@cache
def _apprise() -> ModuleType:
    import apprise

    for name in _LOUD:
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())
    return apprise


@cache
def _asset() -> Any:
    """Have Apprise keep nothing, follow nowhere else, and look like us."""
    return _apprise().AppriseAsset(
        app_id="TeleConnect",
        app_desc="",
        app_url="",
        http_redirects=False,
        storage_mode="memory",
        allow_templates=False,
    )


def _gateway(url: str) -> Any:
    """Have Apprise understand an address; None if it doesn't."""
    gateway = _apprise().Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
    if gateway is not None:
        gateway.redirects = False
        gateway.socket_connect_timeout = gateway.socket_read_timeout = _REQUEST
    return gateway

"""The provider `apprise`: SMS through any gateway that Apprise speaks to. It never tells whether they arrive.

How Apprise is spoken to, and kept from talking, is `messengers`'s.
"""

import asyncio
import re
from typing import Final

from tc_server.delivery.gateway import line
from tc_server.delivery.messengers import TIMEOUT, hide, service_at, tell
from tc_server.delivery.provider import Health
from tc_server.domain.delivery import Channel, Outcome, Reason, Result
from tc_server.services.context import Outgoing
from tc_server.settings import Settings

NAME = "apprise"

_PLACE: Final = "{phone}"
_NEVER_THERE: Final = re.compile(
    "refused|resol|not known|unreachable|connect timeout|ConnectTimeout|SSL", re.IGNORECASE
)


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
        gateway = await asyncio.to_thread(service_at, url)
        if gateway is None:
            said = f"{self._service}:// isn't understood by Apprise"
            if await asyncio.to_thread(service_at, self._example):
                return Outcome(Result.PERMANENT, Reason.UNSUPPORTED, f"{said} with this number")
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, said)
        told = await tell(gateway, message.text)
        match told.state:
            case "taken":
                return Outcome(Result.ACCEPTED)
            case "silent":
                return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, f"no answer within {TIMEOUT:.0f} s")
            case "refused":
                return _refused(told.said, hidden(told.warned, url, message))

    async def check(self) -> Health:
        """Look whether Apprise understands the address; gateways can't be asked without sending."""
        if await asyncio.to_thread(service_at, self._example) is None:
            remedy = "Write TC_APPRISE_SMS as appriseit.com/services has it, {phone} where the number stands."
            return Health("failed", f"{self._service}:// isn't understood by Apprise", remedy)
        return Health("ok", f"sends by {self._service}://; it hears nothing of arrivals")

    async def close(self) -> None:
        """Have nothing to let go of."""


def hidden(words: str, url: str, message: Outgoing) -> str:
    """Take number, text and whatever stands in the address out of what Apprise said."""
    return line(hide(words, url, message.to, message.to.removeprefix("+"), message.text, message.link or ""))


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

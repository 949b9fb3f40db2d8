"""Every service that Apprise speaks to, for notices to staff and for SMS. Imported when it is first used.

Apprise's own log names addresses, and what it is built on logs them with their secrets: neither gets into ours.
"""

import asyncio
import logging
import re
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Final, Literal
from urllib.parse import unquote

from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.domain.errors import InvalidTarget

NAME: Final = "apprise"

LOCAL: Final = frozenset({"blink1", "dbus", "file", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
"""What would act on the server's own machine."""
_READS_FILES: Final = frozenset({"keyfile", "pgppub", "pgpprv", "pgpkey", "subfile", "template"})
TIMEOUT: Final = 30.0
"""Seconds for one notice; each request in it has a few of its own."""
_PATIENCE: Final = 15.0
_LOUD: Final = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib", "paho", "slixmpp", "smpplib", "gntp")
_WARNED: Final = ("WARNING", "ERROR", "CRITICAL")


async def accept(url: str) -> None:
    """Look whether Apprise can send to an address, and whether it may; nothing is sent. Raises InvalidTarget."""
    refuse_local(url)
    if await asyncio.to_thread(service_at, url) is None:
        service = url.partition("://")[0]
        raise InvalidTarget(
            f"This isn't an address of {service}:// that Apprise understands. See how it is written at "
            "appriseit.com/services."
        )


def refuse_local(url: str) -> None:
    """Raise InvalidTarget for what would act on the server's machine, or read its files."""
    scheme = url.partition(":")[0].lower()
    if scheme in LOCAL:
        raise InvalidTarget(
            f"{scheme}:// would act on the server's own machine. Give an address of a service that reaches you."
        )
    # Apprise finds its parameters also where an address should have none, as after a "#".
    for piece in re.split("[?&;]", url)[1:]:
        name, _, value = piece.partition("=")
        name = unquote(name).strip().lower()
        # WhatsApp and others name a template of theirs; a few mean a file by it.
        if name in _READS_FILES and not (name == "template" and re.fullmatch(r"\w+", value)):
            raise InvalidTarget(f"With '{name}' this address would read a file on the server. Leave it out.")


async def send(url: str, text: str) -> Outcome:
    """Send a text to an address; raises nothing that a service can cause."""
    try:
        refuse_local(url)
    except InvalidTarget as refused:
        return Outcome(Result.PERMANENT, Reason.UNSUPPORTED, refused.detail)
    service = await asyncio.to_thread(service_at, url)
    if service is None:
        return Outcome(Result.PERMANENT, Reason.NO_SUCH_ADDRESS, "Apprise doesn't know such an address")
    told = await tell(service, text)
    match told.state:
        case "taken":
            return Outcome(Result.ACCEPTED)
        case "silent":
            return Outcome(Result.UNKNOWN, Reason.NO_ANSWER)
        case "refused":
            return _refusal(told.warned, url)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a text: taken, refused, or no answer in time; what Apprise warned of, and all that it said."""

    state: Literal["taken", "refused", "silent"]
    warned: str
    said: str


async def tell(service: Any, text: str) -> Told:
    """Hand a text to a service of `service_at`."""
    one = _apprise().Apprise(asset=_asset())
    one.add(service)
    # What kind of connection error it was is said at the level of DEBUG alone; it stays in here.
    done = await one.async_notify(body=text, timeout=TIMEOUT, log_level=logging.DEBUG)
    entries = [entry for result in done.results for entry in result.logs()]
    return Told(
        "taken" if done else "silent" if done.status.name == "TIMEOUT" else "refused",
        " ".join(str(entry.message) for entry in entries if entry.level in _WARNED),
        " ".join(str(entry.message) for entry in entries),
    )


def _refusal(said: str, url: str) -> Outcome:
    reply = hide(said, url)[:300]
    if not (found := re.search(r"error=(\d{3})\b", said)):
        unreachable = "onnection error" in said
        return Outcome(Result.TEMPORARY, Reason.UNREACHABLE if unreachable else Reason.REFUSED, reply)
    match int(found[1]):
        case 429:
            return Outcome(Result.THROTTLED, Reason.THROTTLED, reply)
        case 404 | 410:
            return Outcome(Result.PERMANENT, Reason.NO_SUCH_ADDRESS, reply)
        case code if 400 <= code < 500 and code != 408:
            return Outcome(Result.PERMANENT, Reason.REFUSED, reply)
        case _:
            return Outcome(Result.TEMPORARY, Reason.BUSY, reply)


def hide(said: str, url: str, *private: str) -> str:
    """Take out of what Apprise said whatever stands in the address, and what else is private."""
    pieces = {piece for text in (url, unquote(url)) for piece in re.split(r"[/?&=:@#,\s]+", text.partition("://")[2])}
    pieces.update(private)
    for piece in sorted((piece for piece in pieces if len(piece) >= 4), key=len, reverse=True):
        said = said.replace(piece, "…")
    return said


@cache
def _apprise() -> ModuleType:
    import apprise

    for name in _LOUD:
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())
    return apprise


@cache
def _asset() -> Any:
    """Have Apprise keep nothing, make no keys, follow nowhere else, and look like us."""
    return _apprise().AppriseAsset(
        app_id="TeleConnect",
        app_desc="TeleConnect",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        storage_mode="memory",
        allow_templates=False,
        service_timeout=TIMEOUT,
    )


def service_at(url: str) -> Any:
    """Have Apprise understand an address, None if it doesn't: what it may read and follow is ours to say."""
    service = _apprise().Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
    if service is None:
        return None
    service.redirects = False
    service.socket_connect_timeout = min(float(service.socket_connect_timeout or _PATIENCE), _PATIENCE)
    service.socket_read_timeout = min(float(service.socket_read_timeout or _PATIENCE), _PATIENCE)
    service.optional = False
    return service

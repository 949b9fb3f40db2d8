"""Every service that Apprise speaks to, for notices to staff. Imported, with all its plugins, when it is first used.

Apprise's own log names addresses, and what it is built on logs them with their secrets: neither gets into ours.
"""

import asyncio
import logging
import re
from contextvars import ContextVar
from functools import cache
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote

from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.domain.errors import InvalidTarget

NAME: Final = "apprise"

LOCAL: Final = frozenset({"blink1", "dbus", "file", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
"""What would act on the server's own machine."""
_READS_FILES: Final = frozenset({"keyfile", "pgppub", "pgpprv", "pgpkey", "subfile", "template"})
_TIMEOUT: Final = 30.0
"""Seconds for one notice; each request in it has a few of its own."""
_PATIENCE: Final = 15.0
_LOUD: Final = ("urllib3", "requests", "requests_oauthlib", "oauthlib", "paho", "slixmpp", "smpplib", "gntp")

_said: ContextVar[list[str] | None] = ContextVar("said", default=None)


async def accept(url: str) -> None:
    """Look whether Apprise can send to an address, and whether it may; nothing is sent. Raises InvalidTarget."""
    refuse_local(url)
    if await asyncio.to_thread(_service, url) is None:
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
    said: list[str] = []
    token = _said.set(said)
    try:
        refuse_local(url)
        service = await asyncio.to_thread(_service, url)
        if service is None:
            return Outcome(Result.PERMANENT, Reason.NO_SUCH_ADDRESS, "Apprise doesn't know such an address")
        one = _apprise().Apprise(asset=_asset())
        one.add(service)
        async with asyncio.timeout(_TIMEOUT):
            done = await one.async_notify(body=text)
    except InvalidTarget as refused:
        return Outcome(Result.PERMANENT, Reason.UNSUPPORTED, refused.detail)
    except TimeoutError:
        return Outcome(Result.UNKNOWN, Reason.NO_ANSWER)
    finally:
        _said.reset(token)
    return Outcome(Result.ACCEPTED) if done else _refusal(" ".join(said), url)


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


def hide(said: str, url: str) -> str:
    """Take out of what Apprise said whatever stands in the address."""
    pieces = {piece for text in (url, unquote(url)) for piece in re.split(r"[/?&=:@#,\s]+", text.partition("://")[2])}
    for piece in sorted((piece for piece in pieces if len(piece) >= 4), key=len, reverse=True):
        said = said.replace(piece, "…")
    return said


class _Ear(logging.Handler):
    """Keeps what Apprise says of the sending that is under way, in its thread or task."""

    def emit(self, record: logging.LogRecord) -> None:
        if (said := _said.get()) is not None:
            said.append(record.getMessage())


@cache
def _apprise() -> ModuleType:
    import apprise

    log = logging.getLogger("apprise")
    log.setLevel(logging.WARNING)
    log.propagate = False
    log.addHandler(_Ear())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
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
        service_timeout=_TIMEOUT,
    )


def _service(url: str) -> Any:
    """Have Apprise understand an address: what it may read and follow is ours to say, not the address's."""
    service = _apprise().Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
    if service is None:
        return None
    service.redirects = False
    service.socket_connect_timeout = min(float(service.socket_connect_timeout or _PATIENCE), _PATIENCE)
    service.socket_read_timeout = min(float(service.socket_read_timeout or _PATIENCE), _PATIENCE)
    service.optional = False
    return service

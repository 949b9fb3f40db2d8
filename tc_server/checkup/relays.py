"""Whether calls will find their way: each STUN and TURN server is asked as a browser would ask it."""

import asyncio
import re
import secrets
import ssl
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aioice import stun
from aioice.turn import TurnClientTcpProtocol, TurnClientUdpProtocol, create_turn_endpoint

from tc_server.checkup.found import Check
from tc_server.domain.ice import TURN, IceServer, Relays, hand_out

_PATIENCE = 5.0
_REFUSED = "coturn must run with use-auth-secret and the static-auth-secret that TC_TURN_SECRET has."
_ENDED = "Set the clocks of relay and server right (NTP), and TC_TURN_LIFETIME to an hour or more."
_AGES = timedelta(days=3650)
"""No clock is so far ahead: a credential of this length that is refused has another secret."""
_SILENT = "Start coturn there, and open its port in the firewall, by UDP and TCP."
_UNTRUSTED = "Give coturn a certificate for this name that browsers trust (cert, pkey)."


async def check(relays: Relays, now: datetime) -> list[Check]:
    """Look at the policy, and ask every server at once. Takes a few seconds at most."""
    name = secrets.token_urlsafe(9)
    servers = hand_out(relays, name, now).servers
    lasting = hand_out(replace(relays, lifetime=_AGES), name, now).servers
    asked = [_ask(url, *either) for either in zip(servers, lasting, strict=True) for url in either[0].urls]
    return [_policy(relays), *await asyncio.gather(*asked)]


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a server is, and how it is spoken to (RFC 7064, RFC 7065)."""

    host: str
    port: int
    is_secure: bool
    transport: str


def _address(url: str) -> _Address:
    found = re.fullmatch(r"(turns?|stuns?):(\[[^]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?", url)
    assert found is not None
    is_secure = found[1].endswith("s")
    port = int(found[3] or (5349 if is_secure else 3478))
    return _Address(found[2].strip("[]"), port, is_secure, found[4] or ("tcp" if is_secure else "udp"))


def _policy(relays: Relays) -> Check:
    if not any(url.startswith(TURN) for url in relays.urls):
        return Check(
            "TURN",
            "warning",
            "no relay: calls fail between many networks, and each side learns the other's address",
            "Run coturn, and name it in TC_TURN_URLS and TC_TURN_SECRET.",
        )
    if relays.policy == "all":
        return Check(
            "TURN",
            "warning",
            "calls may also go directly: then each side learns the other's address",
            "Leave TC_ICE_POLICY out, unless everybody who calls may know it.",
        )
    return Check("TURN", "ok", "calls go through a relay, and neither side learns the other's address")


async def _ask(url: str, server: IceServer, lasting: IceServer) -> Check:
    address = _address(url)
    if address.is_secure and address.transport == "udp":
        return Check(url, "warning", "DTLS isn't tried from here", "Try it with the device test in a browser.")
    ask = _allocate(address, server) if url.startswith(TURN) else _bind(address)
    try:
        async with asyncio.timeout(_PATIENCE):
            return Check(url, "ok", await ask)
    except stun.TransactionFailed as refused:
        if url.startswith(TURN) and await _takes(address, lasting):
            return Check(url, "failed", f"says that our credentials have ended: {refused}", _ENDED)
        return Check(url, "failed", f"refuses our credentials: {refused}", _REFUSED)
    except ssl.SSLError as fault:
        return Check(url, "failed", f"isn't trusted: {fault}", _UNTRUSTED)
    except (OSError, TimeoutError, stun.TransactionError) as fault:
        return Check(url, "failed", f"doesn't answer: {str(fault) or 'not a word'}", _SILENT)


async def _takes(address: _Address, server: IceServer) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            await _allocate(address, server)
    except (OSError, TimeoutError, stun.TransactionError):
        return False
    return True


async def _allocate(address: _Address, server: IceServer) -> str:
    transport, gone = await create_turn_endpoint(
        _Gone,
        (address.host, address.port),
        username=server.username,
        password=server.credential,
        ssl=True if address.is_secure else None,
        transport=address.transport,
    )
    transport.close()
    await gone.happened.wait()
    return "relays with our credentials"


async def _bind(address: _Address) -> str:
    loop = asyncio.get_running_loop()
    where, unused = (address.host, address.port), {"lifetime": 0, "channel_refresh_time": 0}
    protocol: TurnClientTcpProtocol | TurnClientUdpProtocol
    transport: asyncio.BaseTransport
    if address.transport == "tcp":
        tls = True if address.is_secure else None
        transport, protocol = await loop.create_connection(
            lambda: TurnClientTcpProtocol(where, None, None, **unused), *where, ssl=tls
        )
    else:
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: TurnClientUdpProtocol(where, None, None, **unused), remote_addr=where
        )
    try:
        await protocol.request(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))
    finally:
        transport.close()
    return "tells browsers their address"


class _Gone(asyncio.DatagramProtocol):
    """Tells when an allocation has been given back."""

    def __init__(self) -> None:
        self.happened = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.happened.set()

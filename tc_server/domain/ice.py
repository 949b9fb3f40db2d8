"""What browsers connect to each other with: STUN and TURN servers, credentials that end, which ways may be tried.

A credential says when it ends and nothing about whom it was given to, so that neither can a relay's log.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Policy = Literal["all", "relay"]

TURN = ("turn:", "turns:")
"""How the addresses of relays begin (RFC 7065)."""


@dataclass(frozen=True, slots=True)
class Relays:
    """The servers of this house, the secret shared with its relays, and how long a credential is good."""

    urls: tuple[str, ...]
    secret: str
    lifetime: timedelta
    policy: Policy


@dataclass(frozen=True, slots=True)
class IceServer:
    """One kind of server: relays with a credential, or others without."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


@dataclass(frozen=True, slots=True)
class Ice:
    """What one browser is given: servers, which ways it may try, when the credentials end (None: there are none)."""

    servers: tuple[IceServer, ...]
    policy: Policy
    expires_at: datetime | None


def hand_out(relays: Relays, name: str, now: datetime) -> Ice:
    """Make what one browser is given; `name` is made up for it and says nothing about a person.

    Source: draft-uberti-behave-turn-rest-00, which coturn calls `use-auth-secret`.
    """
    relay_urls = tuple(url for url in relays.urls if url.startswith(TURN))
    other_urls = tuple(url for url in relays.urls if not url.startswith(TURN))
    servers = (IceServer(other_urls),) if other_urls else ()
    if not relay_urls:
        return Ice(servers, relays.policy, None)
    expiry = int((now + relays.lifetime).timestamp())
    username = f"{expiry}:{name}"
    server = IceServer(relay_urls, username, sign(relays.secret, username))
    return Ice((server, *servers), relays.policy, datetime.fromtimestamp(expiry, UTC))


def sign(secret: str, username: str) -> str:
    """Make the password that belongs to a username: base64 of HMAC-SHA1 under the shared secret."""
    return base64.b64encode(hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()).decode()

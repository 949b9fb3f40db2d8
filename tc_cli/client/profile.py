"""Profiles: which server, as whom. One small JSON file each; the token isn't in it (see tokens.py).

`TC_PROFILE` chooses one, `TC_SERVER` and `TC_TOKEN` stand above it. A kept token goes to the server that gave it and to
no other: with another `TC_SERVER` there is no token.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tc_cli.client import address, paths, tokens
from tc_cli.client.errors import Misuse, NotLoggedIn

DEFAULT = "default"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What `tc login` leaves behind. `keyring` says where the token is kept."""

    server: str
    user: str
    user_id: str | None = None
    expires_at: datetime
    keyring: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """A server, and a token to use it with (None before a login)."""

    server: str
    token: str | None = None

    def __repr__(self) -> str:
        return f"Access({self.server!r})"


def name() -> str:
    """Return the chosen profile's name; raise Misuse if it can't be a file's name."""
    chosen = os.environ.get("TC_PROFILE") or DEFAULT
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", chosen):
        raise Misuse(f"{chosen!r} can't be a profile's name", "Use letters, digits, dots and dashes")
    return chosen


def read(profile: str) -> Profile | None:
    """Return what is kept under this name; None if nothing is, or nothing readable."""
    try:
        return msgspec.json.decode((paths.profiles() / f"{profile}.json").read_bytes(), type=Profile)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def keep(
    profile: str,
    *,
    server: str,
    user: str,
    token: str,
    expires_at: datetime,
    user_id: str | None = None,
    keyring: bool = True,
) -> Profile:
    """Remember a login under this name, the token in the system's keyring if that works, else in a 0600 file."""
    in_keyring = keyring and tokens.keyring_works()
    tokens.keep(profile, token, in_keyring=in_keyring)
    kept = Profile(server=server, user=user, user_id=user_id, expires_at=expires_at, keyring=in_keyring)
    paths.write_private(paths.profiles() / f"{profile}.json", msgspec.json.format(msgspec.json.encode(kept), indent=2))
    return kept


def forget(profile: str) -> None:
    """Drop the token and what was kept under this name."""
    kept = read(profile)
    tokens.drop(profile, in_keyring=kept is not None and kept.keyring)
    (paths.profiles() / f"{profile}.json").unlink(missing_ok=True)


def server() -> str:
    """Return the server to talk to; raise NotLoggedIn if neither a profile nor the environment names one."""
    if given := os.environ.get("TC_SERVER"):
        return address.normal(given)
    kept = read(name())
    if kept is None:
        raise NotLoggedIn("No server is known", "Run `tc login --server URL`, or set TC_SERVER")
    return kept.server


def user_id() -> str | None:
    """Return the account that `access()` is a login of, as far as this machine knows: of a TC_TOKEN it doesn't."""
    kept = read(name())
    known = kept is not None and not os.environ.get("TC_TOKEN") and kept.server == server()
    return kept.user_id if kept is not None and known else None


def _clean(token: str) -> str:
    token = token.strip()
    if not (token.isascii() and token.isprintable()):
        raise NotLoggedIn("TC_TOKEN isn't a token", "Set it to one, or unset it and run `tc login`")
    return token


def access() -> Access:
    """Return the server and a token for it; raise NotLoggedIn if there is none."""
    where = server()
    if given := os.environ.get("TC_TOKEN"):
        return Access(where, _clean(given))
    chosen = name()
    kept = read(chosen)
    token = tokens.read(chosen, in_keyring=kept.keyring) if kept is not None and kept.server == where else None
    if token is None:
        raise NotLoggedIn(f"You aren't logged in to {where}", f"Run `tc login --server {where}`")
    return Access(where, token)

"""Where secrets rest: the system's keyring where it truly works, else a file that only its owner can read.

A profile's login token is kept under the profile's name, a drawer's key under a name that no profile can have.
"""

import os
import secrets
import sys

from tc_cli.client import paths

SERVICE = "teleconnect"


def keyring_works() -> bool:
    """Say whether this desktop's keyring gives back what it got; over ssh, where it would hang, it isn't asked."""
    if not _has_keyring():
        return False
    import keyring
    from keyring.errors import KeyringError

    probe = secrets.token_urlsafe(8)
    try:
        if keyring.get_keyring().priority < 1:
            return False
        keyring.set_password(SERVICE, probe, probe)
        returned = keyring.get_password(SERVICE, probe)
        keyring.delete_password(SERVICE, probe)
    except (KeyringError, RuntimeError, OSError):
        return False
    return returned == probe


def keep(profile: str, token: str, *, in_keyring: bool) -> None:
    drop(profile, in_keyring=False)
    if not in_keyring:
        paths.write_private(paths.tokens() / profile, f"{token}\n".encode())
        return
    import keyring

    keyring.set_password(SERVICE, profile, token)


def read(profile: str, *, in_keyring: bool) -> str | None:
    """Return the token kept for this profile; None if there is none."""
    if in_keyring:
        return _from_keyring(profile)
    try:
        return (paths.tokens() / profile).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def find(name: str) -> str | None:
    """Return what is kept under this name, wherever it is; a keyring that can't be asked has nothing."""
    return read(name, in_keyring=False) or (read(name, in_keyring=True) if _has_keyring() else None)


def clear(name: str) -> None:
    """Drop what is kept under this name, wherever it is."""
    drop(name, in_keyring=_has_keyring())


def drop(profile: str, *, in_keyring: bool) -> None:
    (paths.tokens() / profile).unlink(missing_ok=True)
    if not in_keyring:
        return
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.delete_password(SERVICE, profile)
    except KeyringError:
        return


def _from_keyring(profile: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, profile)
    except KeyringError:
        return None


def _has_keyring() -> bool:
    present = os.environ.get
    return sys.platform != "linux" or bool(
        present("DBUS_SESSION_BUS_ADDRESS") and (present("DISPLAY") or present("WAYLAND_DISPLAY"))
    )

"""The server's address: its one spelling, what it says about safety, and where the stream is."""

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from tc_cli.client.errors import Misuse


def normal(given: str) -> str:
    """Return `scheme://host[:port][/path]`, no slash at the end; a missing scheme is https, on this machine http."""
    text = given.strip()
    if "://" not in text:
        text = ("http://" if is_local(f"http://{text}") else "https://") + text
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misuse(f"{given!r} isn't a server's address", "Give one like https://connect.example.org")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def is_local(server: str) -> bool:
    """Say whether the host is this machine by name or by a loopback address."""
    host = urlsplit(server).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(server: str) -> bool:
    """Say whether nobody on the way can read what is sent there."""
    return server.startswith("https://") or is_local(server)


def stream(server: str) -> str:
    """Return the WebSocket URL of a server's stream."""
    return f"ws{server.removeprefix('http')}/api/v1/stream"

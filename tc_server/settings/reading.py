"""What can stand in a setting, read: each reader raises ValueError with what it should be."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address, ip_network

from tc_server.domain.delivery import PLANNED, Rules

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 36_500 * 86_400


def duration(text: str) -> timedelta:
    """Read `30s`, `15m`, `24h` or `30d`; raises ValueError."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([smhd])", text.strip(), re.ASCII)
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0 < seconds <= _LONGEST:
        raise ValueError("a duration like 30s, 15m, 24h or 30d, of at most 100 years")
    return timedelta(seconds=seconds)


def durations(text: str) -> tuple[timedelta, ...]:
    try:
        return tuple(duration(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("durations by commas, like 1d, 15m") from None


def number(text: str) -> int:
    if not re.fullmatch(r"\d{1,15}", text.strip(), re.ASCII):
        raise ValueError("a whole number")
    return int(text)


def port(text: str) -> int:
    if (port := number(text)) > 65_535:
        raise ValueError("a port from 0 to 65535")
    return port


def proxies(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return tuple(str(ip_network(part)) if "/" in part else str(ip_address(part)) for part in found)
    except ValueError:
        raise ValueError("addresses or networks like 10.0.0.1 or 10.0.0.0/8, by commas") from None


_ICE_URL = re.compile(
    r"(turn|turns|stun|stuns):(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?", re.ASCII
)


def ice_urls(text: str) -> tuple[str, ...]:
    """Read addresses of STUN (RFC 7064) and TURN (RFC 7065) servers."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(_ICE_URL.fullmatch(part) for part in found):
        raise ValueError("addresses like turn:talk.example.org:3478, by commas")
    return found


_RULE = re.compile(r"!?(\+\d{1,15}|\*)", re.ASCII)


def providers(text: str) -> tuple[tuple[str, Rules], ...]:
    """Read `smtp, twilio:+41 !+4179 *`: names in order, each with the numbers that it is for."""
    found = []
    for part in text.split(","):
        name, _, rules = (piece.strip() for piece in part.partition(":"))
        patterns = tuple(rules.split())
        if part.strip() and not (name and all(_RULE.fullmatch(pattern) for pattern in patterns)):
            raise ValueError("names by commas, each with the numbers that it is for, like smtp, twilio:+41 !+374")
        if part.strip():
            found.append((name, Rules(patterns or ("*",))))
    if len({name for name, _ in found}) < len(found):
        raise ValueError("names by commas, each named once")
    return tuple(found)


def services(text: str) -> tuple[str, ...]:
    """Read addresses in Apprise's form, by commas or spaces, which may have commas of their own."""
    found = tuple(re.split(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)", text.strip().rstrip(","))) if text.strip() else ()
    if not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", part) for part in found):
        raise ValueError("addresses in Apprise's form like tgram://TOKEN/CHAT, by commas")
    return found


_TEMPLATE = rf"[A-Za-z]{{2,3}}(-[A-Za-z0-9]+)*(_({'|'.join(('colleague', *PLANNED))}))?"


def templates(kind: str, example: str) -> Callable[[str], tuple[tuple[str, str], ...]]:
    """Make a reader of WhatsApp templates by language, like `en=HX…, en_colleague=HX…`."""

    def read(text: str) -> tuple[tuple[str, str], ...]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        found = [tuple(piece.strip() for piece in part.partition("=")[::2]) for part in parts]
        if not all(re.fullmatch(_TEMPLATE, key) for key, _ in found) or not all(
            re.fullmatch(kind, value, re.ASCII) for _, value in found
        ):
            raise ValueError(f"templates by language and commas, like {example}")
        return tuple((key, value) for key, value in found)

    return read


def like(pattern: str, meaning: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(meaning)
        return text

    return read

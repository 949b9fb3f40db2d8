"""How an SMS is counted: alphabet and segments (3GPP TS 23.038, 23.040)."""

from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")


def encoding(text: str) -> Literal["GSM-7", "UCS-2"]:
    """Tell which alphabet a text needs."""
    return "GSM-7" if all(c in _BASIC or c in _EXTENSION for c in text) else "UCS-2"


def segments(text: str) -> int:
    """Count the SMS that a text is sent as: 160 septets or 70 UTF-16 units alone, 153 or 67 each when joined.

    A character of the extension table takes two septets, and neither it nor a surrogate pair is split.
    """
    if encoding(text) == "GSM-7":
        return _parts([2 if c in _EXTENSION else 1 for c in text], 160, 153)
    return _parts([2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67)


def _parts(sizes: list[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts

"""Lost links: what somebody writes as their contact, read with patience, and how often a message may go out for it."""

import hashlib
import secrets
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from tc_server.domain.delivery import Via
from tc_server.domain.errors import InvalidEmail, InvalidPhone
from tc_server.domain.invite import normal_email, normal_phone

MOST_MESSAGES: Final = 3
"""As many open invites of one contact are answered by one wish."""

_LONGEST: Final = 254


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact in the form that it is looked up by."""

    kind: Literal["phone", "email"]
    value: str


def contact_in(text: str) -> Contact | None:
    """Read a phone number or an email address as people type it; None for what is neither.

    A number may begin with `+`, `00` or its country code, in the digits of any script, with any marks between.
    """
    text = "".join(_readable(c) for c in text[: 2 * _LONGEST]).strip()
    if "@" in text:
        try:
            return Contact("email", normal_email(text.removeprefix("mailto:")))
        except InvalidEmail:
            return None
    number = text.removeprefix("tel:").lstrip()
    if number.startswith("00"):
        number = "+" + number[2:]
    for tried in (number, "+" + number):
        try:
            return Contact("phone", normal_phone(tried))
        except InvalidPhone:
            continue
    return None


def via_to(contact: Contact, via: Via) -> Via | None:
    """Choose how a link goes to a contact again; None where staff chose that nothing is to go there.

    Whoever lives with somebody in danger may hold their phone: what was sent by email alone, or handed over, stays so.
    """
    if contact.kind == "email":
        return "email" if via in ("auto", "email") else None
    return via if via in ("auto", "sms", "whatsapp") else None


class Allowance:
    """Bounds what goes out: per contact, so that nobody is flooded, and in all, so that the server is no cannon.

    Where a wish came from plays no part: a whole clinic may share one address, and a forged one costs nothing. It is
    kept in memory, since a restart forgiving it does little harm; contacts as hashes under a key that ends with the
    process, for an hour, and only those that a message went to.
    """

    _EACH: Final = 3
    _SPAN: Final = timedelta(hours=1)
    _SAME: Final = timedelta(minutes=1)
    _AT_ONCE: Final = 60.0
    _A_SECOND: Final = 0.5
    _KEPT: Final = 10_000

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._sent: OrderedDict[bytes, tuple[datetime, ...]] = OrderedDict()
        self._left = self._AT_ONCE
        self._counted: datetime | None = None

    def take(self, contact: Contact, now: datetime) -> bool:
        """Count a message to a contact, if one may go out. Twice within a minute is one wish."""
        self._refill(now)
        self._forget(now)
        name = hashlib.blake2b(f"{contact.kind}:{contact.value.lower()}".encode(), key=self._key).digest()
        times = tuple(time for time in self._sent.get(name, ()) if now - time < self._SPAN)
        if len(times) >= self._EACH or (times and now - times[-1] < self._SAME) or self._left < 1:
            return False
        self._left -= 1
        self._sent[name] = (*times, now)
        self._sent.move_to_end(name)
        return True

    def _refill(self, now: datetime) -> None:
        passed = (now - self._counted).total_seconds() if self._counted else 0.0
        self._left = min(self._AT_ONCE, self._left + max(0.0, passed) * self._A_SECOND)
        self._counted = now

    def _forget(self, now: datetime) -> None:
        while self._sent:
            oldest = next(iter(self._sent))
            if len(self._sent) < self._KEPT and now - self._sent[oldest][-1] < self._SPAN:
                return
            del self._sent[oldest]


def _readable(sign: str) -> str:
    """Bring digits of all scripts to ours, and drop the unseen marks that copying brings along."""
    digit = unicodedata.digit(sign, None)
    if unicodedata.category(sign) == "Nd" and digit is not None:
        return str(digit)
    return "" if unicodedata.category(sign) in ("Cf", "Cs") else " " if unicodedata.category(sign) == "Cc" else sign

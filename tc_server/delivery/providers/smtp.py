"""The provider `smtp`: email through one mail server, over a few connections that are kept for a moment.

A mail server has no keys by which to know a message again: the Message-ID stays the same, and many mailboxes drop the
second of two. Codes are those of RFC 5321, 4.2 and RFC 3463.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from tc_server.delivery.calendars import calendar
from tc_server.delivery.mail import mail, mailbox, needs_smtputf8
from tc_server.delivery.provider import Health
from tc_server.domain.delivery import Channel, Outcome, Reason, Result
from tc_server.locales import MESSAGES, catalogue
from tc_server.services.context import Outgoing, utc_now
from tc_server.settings import Settings

NAME = "smtp"

_TIMEOUT = 15.0
"""Seconds for each command; connecting takes several."""
_DATA_TIMEOUT = 40.0
"""Seconds for the mail itself: servers look for viruses and spam while one waits."""
_IDLE = 20.0
"""Seconds after which an unused connection is closed."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def provider(settings: Settings) -> "Smtp | None":
    """Set it up, if `TC_SMTP_URL` is set."""
    if not settings.smtp_url:
        return None
    return Smtp(settings.smtp_url, settings.mail_from, settings.organisation)


class Smtp:
    """Sends email. The server must offer TLS, unless it is on this machine or the address says `?tls=never`."""

    name = NAME
    channels: tuple[Channel, ...] = ("email",)
    remembers = False
    receipts = False
    width = 8
    templates: frozenset[str] | None = None

    def __init__(self, url: str, sender: str, organisation: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._direct_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._direct_tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._start_tls = None if self._host in _LOOPBACK else True
        if self._direct_tls or "tls=never" in parts.query:
            self._start_tls = False
        self._sender = mailbox(sender)
        self._organisation = organisation
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over one mail."""
        made = self._mail(message)
        smtputf8 = needs_smtputf8(message.to)
        try:
            async with self._connection() as smtp:
                if smtputf8 and not smtp.supports_extension("smtputf8"):
                    return Outcome(Result.PERMANENT, Reason.UNSUPPORTED, "the mail server doesn't know SMTPUTF8")
                return await self._hand_over(smtp, made, mailbox(message.to), smtputf8=smtputf8)
        except (SMTPException, OSError) as fault:
            return _broken(fault)

    async def check(self) -> Health:
        """Connect, encrypt and log in, and do no more."""
        where = f"{self._host}:{self._port}"
        try:
            async with self._connection() as smtp:
                info = smtp.get_transport_info("cipher")
        except (SMTPException, OSError) as fault:
            outcome = _broken(fault)
            if outcome.reason is Reason.LOGIN_REFUSED:
                return Health(
                    "failed",
                    f"{where} refuses the user name or password: {outcome.reply}",
                    "Check them in TC_SMTP_URL; what is special in them is written like %40.",
                )
            return Health("failed", f"{where}: {outcome.reply}", _remedy(outcome))
        if not info:
            encrypted = "not encrypted"
            if self._host not in _LOOPBACK:
                return Health("warning", f"{where} takes mail, {encrypted}", "Leave ?tls=never out of TC_SMTP_URL.")
        else:
            encrypted = "encrypted"
        logged_in = "logged in" if self._user else "no login"
        return Health("ok", f"{where} takes mail from {self._sender} ({encrypted}, {logged_in})")

    async def close(self) -> None:
        """Close the connections that are kept."""
        idle, self._idle = self._idle, []
        for smtp, _ in idle:
            await _quit(smtp)

    def _mail(self, message: Outgoing) -> EmailMessage:
        words = catalogue(message.language)
        domain = self._sender.rpartition("@")[2]
        now, planned = utc_now(), message.appointment
        return mail(
            subject=message.subject or self._organisation,
            text=message.text,
            link=message.link,
            button=words.text(MESSAGES["email_answer" if message.kind in ("planned", "moved") else "email_button"]),
            language=words.language,
            to=message.to,
            sender_name=self._organisation,
            sender_address=self._sender,
            message_id=f"{message.key}@{domain}",
            sent_at=now,
            calendar=calendar(self._organisation, self._sender, planned, now, cancelled=message.kind == "cancelled")
            if planned
            else None,
        )

    async def _hand_over(self, smtp: aiosmtplib.SMTP, made: EmailMessage, to: str, *, smtputf8: bool) -> Outcome:
        encoding = "utf-8" if smtputf8 else "ascii"
        try:
            await smtp.mail(self._sender, options=["SMTPUTF8", "BODY=8BITMIME"] if smtputf8 else [], encoding=encoding)
        except SMTPResponseException as fault:
            if fault.code >= 500:
                reason = Reason.LOGIN_REFUSED if fault.code == 530 else Reason.MISCONFIGURED
                return Outcome(Result.BROKEN, reason, _said(fault))
            return Outcome(Result.THROTTLED, Reason.BUSY, _said(fault))
        try:
            await smtp.rcpt(to, encoding=encoding)
        except SMTPResponseException as fault:
            return _refused(fault, at_address=True)
        content = made.as_bytes(policy=made.policy if smtputf8 else WIRE.clone(refold_source="none"))
        try:
            answer = await smtp.data(content, timeout=_DATA_TIMEOUT)
        except SMTPResponseException as fault:
            return _refused(fault, at_address=False)
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as fault:
            # Whether it was taken before the line broke can't be known.
            return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, _said(fault))
        return Outcome(Result.ACCEPTED, reply=answer.message[:500])

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Lend a connection that works: one that is kept, else a new one; it is kept again if it is fit for more."""
        smtp = await self._kept() or await self._connected()
        try:
            yield smtp
        except BaseException:
            smtp.close()
            raise
        if smtp.is_connected:
            self._idle.append((smtp, time.monotonic()))
            asyncio.get_running_loop().call_later(_IDLE + 1, self._drop_old)

    async def _kept(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            smtp, since = self._idle.pop()
            if time.monotonic() - since < _IDLE and await _ready(smtp):
                return smtp
            smtp.close()
        return None

    async def _connected(self) -> aiosmtplib.SMTP:
        smtp = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user or None,
            password=self._password if self._user else None,
            use_tls=self._direct_tls,
            start_tls=self._start_tls,
            local_hostname=self._sender.rpartition("@")[2],
            timeout=_TIMEOUT,
        )
        await smtp.connect()
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()
        return smtp

    def _drop_old(self) -> None:
        old = [smtp for smtp, since in self._idle if time.monotonic() - since >= _IDLE]
        self._idle = [(smtp, since) for smtp, since in self._idle if smtp not in old]
        for smtp in old:
            smtp.close()


async def _ready(smtp: aiosmtplib.SMTP) -> bool:
    """Clear what is left of the last mail; tell whether the connection can take another."""
    if not smtp.is_connected:
        return False
    try:
        await smtp.rset()
    except (SMTPException, OSError):
        smtp.close()
        return False
    return True


async def _quit(smtp: aiosmtplib.SMTP) -> None:
    with suppress(SMTPException, OSError):
        await smtp.quit(timeout=2)
    smtp.close()


def _refused(fault: SMTPResponseException, *, at_address: bool) -> Outcome:
    """Understand a refusal of one mail: 4xx to be tried again, 5xx for good."""
    if fault.code < 500:
        return Outcome(Result.TEMPORARY, Reason.BUSY, _said(fault))
    unknown = at_address and fault.code in (550, 551, 553) and not _said(fault).startswith(f"{fault.code} 5.7.")
    return Outcome(Result.PERMANENT, Reason.NO_SUCH_ADDRESS if unknown else Reason.REFUSED, _said(fault))


def _broken(fault: Exception) -> Outcome:
    """Understand what keeps every mail from being sent."""
    match fault:
        case SMTPAuthenticationError(code=code) if code >= 500:
            return Outcome(Result.BROKEN, Reason.LOGIN_REFUSED, _said(fault))
        case SMTPResponseException(code=code) if code < 500:
            return Outcome(Result.THROTTLED, Reason.BUSY, _said(fault))
        case SMTPResponseException() | SMTPNotSupported() | ssl.SSLError():
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, _said(fault))
        case SMTPTimeoutError():
            return Outcome(Result.BROKEN, Reason.NO_ANSWER, _said(fault))
        case SMTPConnectError() if isinstance(fault.__cause__, ssl.SSLError):
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, _said(fault))
        case SMTPServerDisconnected() | SMTPConnectError() | OSError():
            return Outcome(Result.BROKEN, Reason.UNREACHABLE, _said(fault))
        case _:
            # STARTTLS that isn't offered, no way to log in that both know.
            return Outcome(Result.BROKEN, Reason.MISCONFIGURED, _said(fault))


def _remedy(outcome: Outcome) -> str:
    if outcome.reason is Reason.MISCONFIGURED:
        return "Check the port and TLS in TC_SMTP_URL: smtp:// is for STARTTLS (587), smtps:// for TLS at once (465)."
    if outcome.result is Result.THROTTLED:
        return "It takes nothing just now: try again later."
    return "Check host and port in TC_SMTP_URL, and that the firewall lets mail out."


def _said(fault: Exception) -> str:
    if isinstance(fault, SMTPResponseException):
        return " ".join(f"{fault.code} {fault.message}".split())[:500]
    return " ".join(str(getattr(fault, "message", fault)).split())[:500] or type(fault).__name__

"""A real mail server for tests: STARTTLS and a login if asked for, and the moods that mail servers have."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Refusal = str | None
"""What the server answers instead of taking a mail."""


@dataclass(slots=True)
class MailServer:
    """Keeps the mails that it took, in order.

    `refuse` is asked for each recipient with how often they were named, and may answer a refusal; `moods` are done in
    order, one for each mail: `hang` (until let go), `drop` (the line, after all of it has come).
    """

    user: str = "tc"
    password: str = "p@ss"
    refuse: Callable[[str, int], Refusal] = lambda _to, _times: None
    refuse_sender: Refusal = None
    moods: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: int = 0
    connections: int = 0
    port: int = 0
    hangs: asyncio.Event = field(default_factory=asyncio.Event)
    _named: dict[str, int] = field(default_factory=dict)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, *, login: bool = True, password: str | None = None) -> str:
        """Name it as `TC_SMTP_URL` does."""
        who = f"{self.user}:{(password or self.password).replace('@', '%40')}@" if login else ""
        return f"smtp://{who}127.0.0.1:{self.port}"

    async def received(self, number: int) -> list[EmailMessage]:
        """Wait until so many mails have come."""
        async with asyncio.timeout(20), self._came:
            await self._came.wait_for(lambda: len(self.mails) >= number)
        return self.mails

    def let_go(self) -> None:
        """End a hang."""
        self._gate.set()

    # --- what aiosmtpd calls ------------------------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._named[address] = self._named.get(address, 0) + 1
        if refusal := self.refuse(address, self._named[address]):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mood = self.moods.pop(0) if self.moods else ""
        if mood == "hang":
            self.hangs.set()
            await self._gate.wait()
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        async with self._came:
            self.mails.append(mail)
            self.recipients += envelope.rcpt_tos
            self._came.notify_all()
        if mood == "drop":
            server.transport.abort()
        return "250 2.0.0 queued as 4711"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        """Let in who knows the password. (With `handled` it would wait for an answer of ours.)"""
        self.logins += 1
        assert isinstance(data, LoginPassword)
        return AuthResult(
            success=data.login == self.user.encode() and data.password == self.password.encode(), handled=False
        )


@asynccontextmanager
async def mail_server(
    *,
    certificate: tuple[Path, Path] | None = None,
    direct_tls: bool = False,
    login: bool = True,
    port: int = 0,
    **moods: Any,
) -> AsyncIterator[MailServer]:
    """Run one in this loop; with a certificate it wants STARTTLS, or TLS at once."""
    mails = MailServer(**moods)
    tls = None
    if certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(*certificate)

    def made() -> SMTP:
        mails.connections += 1
        return SMTP(
            mails,
            hostname="mail.example.org",
            enable_SMTPUTF8=True,
            tls_context=None if direct_tls else tls,
            require_starttls=bool(tls) and not direct_tls,
            auth_required=login,
            auth_require_tls=bool(tls) and not direct_tls,
            authenticator=mails.authenticate,
            loop=asyncio.get_running_loop(),
        )

    serving = await asyncio.get_running_loop().create_server(
        made, "127.0.0.1", port, ssl=tls if direct_tls else None, reuse_address=True
    )
    mails.port = serving.sockets[0].getsockname()[1]
    try:
        yield mails
    finally:
        mails.let_go()
        serving.close()


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """Give a port where connections are taken and nothing is ever said."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]

"""Email through a real mail server: taken, put off, refused, hanging, broken off, with and without TLS and login."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tc_server.delivery.providers import smtp
from tc_server.delivery.providers.smtp import Smtp
from tc_server.domain.delivery import Outcome, Reason, Result
from tests.certificate import Certificate
from tests.delivery.texts import LINK, outgoing
from tests.mailserver import MailServer, mail_server, silent_port

MAIL = outgoing("delivery-1", channel="email")


def provider(server: MailServer, url: str = "") -> Smtp:
    return Smtp(url or server.url(), "talk@example.org", "Example")


async def send(server: MailServer, count: int = 1) -> list[Outcome]:
    """Send mails one after the other through one provider."""
    mailer = provider(server)
    outcomes = [await mailer.send(outgoing(f"delivery-{n}", channel="email")) for n in range(1, count + 1)]
    await mailer.close()
    return outcomes


@contextmanager
def hurried(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.2) -> Iterator[None]:
    monkeypatch.setattr(smtp, "_TIMEOUT", seconds)
    monkeypatch.setattr(smtp, "_DATA_TIMEOUT", seconds)
    yield


async def test_a_mail_is_taken_and_what_the_server_says_is_kept() -> None:
    async with mail_server() as server:
        [outcome] = await send(server)
    assert outcome == Outcome(Result.ACCEPTED, reply="2.0.0 queued as 4711")
    [mail] = server.mails
    assert server.recipients == ["layla@example.org"]
    assert mail["From"].addresses[0].addr_spec == "talk@example.org"
    assert mail["From"].addresses[0].display_name == "Example"
    assert mail["To"].addresses[0].addr_spec == "layla@example.org"
    assert mail["Message-ID"] == "<delivery-1.0@example.org>"
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert LINK in text.get_content()
    assert page is not None
    assert 'dir="rtl"' in page.get_content()


async def test_a_mail_that_is_sent_twice_can_be_known_by_its_id() -> None:
    async with mail_server() as server:
        await send(server)
        await send(server)
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


async def test_mails_share_a_connection_also_after_a_refusal() -> None:
    async with mail_server(refuse=lambda _to, times: "550 5.1.1 who?" if times == 2 else None) as server:
        outcomes = await send(server, 4)
    assert [outcome.result for outcome in outcomes].count(Result.ACCEPTED) == 3
    assert server.connections == 1
    assert server.logins == 1


async def test_a_connection_that_was_closed_meanwhile_is_made_anew() -> None:
    async with mail_server() as server:
        mailer = provider(server)
        await mailer.send(MAIL)
        for kept, _ in mailer._idle:
            assert kept.transport is not None
            kept.transport.abort()
        assert (await mailer.send(MAIL)).result is Result.ACCEPTED
        await mailer.close()
    assert server.connections == 2


async def test_a_greylisting_server_puts_it_off() -> None:
    async with mail_server(refuse=lambda _to, times: "451 4.7.1 greylisted" if times == 1 else None) as server:
        mailer = provider(server)
        first, second = await mailer.send(MAIL), await mailer.send(MAIL)
        await mailer.close()
    assert (first.result, first.reason) == (Result.TEMPORARY, Reason.BUSY)
    assert first.reply == "451 4.7.1 greylisted"
    assert second.result is Result.ACCEPTED


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1 no such mailbox", Reason.NO_SUCH_ADDRESS),
        ("550 who is that", Reason.NO_SUCH_ADDRESS),
        ("553 5.1.3 bad address", Reason.NO_SUCH_ADDRESS),
        ("550 5.7.1 relaying denied", Reason.REFUSED),
        ("554 5.7.1 spam", Reason.REFUSED),
        ("552 5.2.2 mailbox full", Reason.REFUSED),
    ],
)
async def test_a_refusal_is_for_good_and_says_of_what_kind(answer: str, reason: Reason) -> None:
    async with mail_server(refuse=lambda _to, _times: answer) as server:
        [outcome] = await send(server)
    assert (outcome.result, outcome.reason, outcome.reply) == (Result.PERMANENT, reason, answer)


async def test_a_refused_sender_is_the_servers_fault_and_no_persons() -> None:
    async with mail_server(refuse_sender="553 5.7.1 not your address") as server:
        [outcome] = await send(server)
    assert (outcome.result, outcome.reason) == (Result.BROKEN, Reason.MISCONFIGURED)


async def test_a_line_that_breaks_after_the_mail_leaves_open_whether_it_was_taken() -> None:
    async with mail_server(moods=["drop"]) as server:
        [outcome] = await send(server)
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, Reason.INTERRUPTED)
    assert len(server.mails) == 1


async def test_a_server_that_hangs_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    with hurried(monkeypatch):
        async with mail_server(moods=["hang"]) as server:
            [outcome] = await send(server)
        assert (outcome.result, outcome.reason) == (Result.UNKNOWN, Reason.INTERRUPTED)
        with silent_port() as port:
            silent = await provider(server, f"smtp://127.0.0.1:{port}").send(MAIL)
    assert (silent.result, silent.reason) == (Result.BROKEN, Reason.NO_ANSWER)


async def test_a_server_that_is_not_there_is_told() -> None:
    async with mail_server() as server:
        pass
    outcome = await provider(server).send(MAIL)
    assert (outcome.result, outcome.reason) == (Result.BROKEN, Reason.UNREACHABLE)


async def test_a_wrong_password_is_the_providers_fault() -> None:
    async with mail_server() as server:
        mailer = provider(server, server.url(password="wrong"))
        outcome, health = await mailer.send(MAIL), await mailer.check()
    assert (outcome.result, outcome.reason) == (Result.BROKEN, Reason.LOGIN_REFUSED)
    assert health.state == "failed"
    assert "refuses the user name or password" in health.detail
    assert "wrong" not in health.detail


async def test_an_address_in_another_script_is_written_where_the_server_can() -> None:
    async with mail_server() as server:
        mailer = provider(server)
        outcome = await mailer.send(outgoing(channel="email", to="ليلى@example.org"))
        await mailer.send(outgoing(channel="email", to="layla@bücher.example"))
        await mailer.close()
    assert outcome.result is Result.ACCEPTED
    assert server.recipients == ["ليلى@example.org", "layla@xn--bcher-kva.example"]


@pytest.mark.parametrize("direct", [False, True], ids=["STARTTLS", "TLS at once"])
async def test_mail_goes_encrypted_and_the_check_says_so(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, direct: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
    async with mail_server(certificate=(certificate.cert, certificate.key), direct_tls=direct) as server:
        url = server.url().replace("smtp:", "smtps:") if direct else server.url()
        mailer = provider(server, url)
        assert (await mailer.send(MAIL)).result is Result.ACCEPTED
        health = await mailer.check()
        await mailer.close()
    assert health.state == "ok"
    assert re.search(r"takes mail from talk@example.org \(encrypted, logged in\)", health.detail)


async def test_a_certificate_that_is_not_trusted_is_not_spoken_to(certificate: Certificate) -> None:
    async with mail_server(certificate=(certificate.cert, certificate.key)) as server:
        mailer = provider(server)
        outcome, health = await mailer.send(MAIL), await mailer.check()
    assert (outcome.result, outcome.reason) == (Result.BROKEN, Reason.MISCONFIGURED)
    assert health.state == "failed"
    assert server.logins == 0


async def test_elsewhere_than_on_this_machine_nothing_is_said_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_LOOPBACK", ())
    async with mail_server() as server:
        outcome = await provider(server).send(MAIL)
        assert (outcome.result, outcome.reason) == (Result.BROKEN, Reason.MISCONFIGURED)
        assert server.logins == 0
        never = provider(server, server.url() + "?tls=never")
        assert (await never.send(MAIL)).result is Result.ACCEPTED
        assert (await never.check()).state == "warning"
        await never.close()


async def test_several_at_once_go_over_several_connections() -> None:
    async with mail_server() as server:
        mailer = provider(server)
        outcomes = await asyncio.gather(
            *(mailer.send(outgoing(f"delivery-{n}", channel="email")) for n in range(mailer.width))
        )
        await mailer.close()
    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    assert server.connections == mailer.width

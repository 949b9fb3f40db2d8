"""What Apprise is let do, and what is understood of its answers; what it logs stays out of our log."""

import logging
import socket
from collections.abc import Iterator

import pytest

from tc_server.delivery import messengers
from tc_server.domain.delivery import Reason, Result
from tc_server.domain.errors import InvalidTarget
from tests.messenger import Messenger, messenger

SECRETS = ("planted-secret", "planted-topic", "127.0.0.1")


class Log(logging.Handler):
    """Keeps what reaches the server's own log. (pytest's also hears loggers that don't pass on what they are told.)"""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += record.getMessage()


@pytest.fixture
def log() -> Iterator[Log]:
    root, log = logging.getLogger(), Log()
    before = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    yield log
    root.removeHandler(log)
    root.setLevel(before)


@pytest.fixture
def service() -> Iterator[Messenger]:
    with messenger() as running:
        yield running


async def test_a_text_arrives_as_it_is(service: Messenger) -> None:
    await messengers.accept(service.url)
    assert service.texts == []
    assert (await messengers.send(service.url, "አንድ: somebody *waits*")).result is Result.ACCEPTED
    assert service.texts == ["አንድ: somebody *waits*"]


@pytest.mark.parametrize(
    ("status", "result", "reason"),
    [
        (401, Result.PERMANENT, Reason.REFUSED),
        (403, Result.PERMANENT, Reason.REFUSED),
        (404, Result.PERMANENT, Reason.NO_SUCH_ADDRESS),
        (429, Result.THROTTLED, Reason.THROTTLED),
        (500, Result.TEMPORARY, Reason.BUSY),
        (302, Result.TEMPORARY, Reason.BUSY),
    ],
)
async def test_an_answer_is_understood_and_hides_the_address(
    service: Messenger, log: Log, status: int, result: Result, reason: Reason
) -> None:
    service.status = status
    outcome = await messengers.send(service.url, "x")
    assert (outcome.result, outcome.reason) == (result, reason)
    assert f"error={status}" in outcome.reply
    assert service.paths == ["/planted-topic"]
    for secret in SECRETS:
        assert secret not in outcome.reply
        assert secret not in log.text


async def test_a_service_that_cannot_be_reached_is_tried_again(log: Log) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"json://127.0.0.1:{taken.getsockname()[1]}/planted-topic"
        outcome = await messengers.send(url, "x")
    assert (outcome.result, outcome.reason) == (Result.TEMPORARY, Reason.UNREACHABLE)
    assert not any(secret in outcome.reply + log.text for secret in SECRETS)


@pytest.mark.parametrize(
    "url",
    [
        *("syslog://", "SYSLOG://local0", "dbus://", "gnome://", "windows://", "macosx://", "file:///etc/passwd"),
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general?template=/etc/x",
        "discord://123456789/abcdefghijklmnop?%74emplate=secret.key",
        "fcm://project@key/token?keyfile=secret.json",
        "mailto://u:p@example.org?pgp=yes&pgppub=../x",
    ],
)
async def test_what_acts_on_the_server_or_reads_its_files_is_refused(url: str) -> None:
    with pytest.raises(InvalidTarget, match=r"own machine|read a file"):
        await messengers.accept(url)
    assert (await messengers.send(url, "x")).reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("url", ["nonsense://host", "tgram://", "json://"])
async def test_what_apprise_does_not_understand_is_refused(url: str) -> None:
    with pytest.raises(InvalidTarget, match="Apprise understands"):
        await messengers.accept(url)
    assert (await messengers.send(url, "x")).result is Result.PERMANENT


def test_everything_that_apprise_has_for_its_own_machine_is_known() -> None:
    import apprise

    found = apprise.Apprise().details(show_disabled=True)["schemas"]
    local = {"Blink(1)", "DBus Notification", "GLib Notification", "Gnome Notification", "MacOSX Notification"}
    local |= {"Windows Notification", "Syslog"}
    named = {str(one["service_name"]): {*(one["protocols"] or ()), *(one["secure_protocols"] or ())} for one in found}
    assert local & named.keys() >= {"Syslog", "Gnome Notification", "DBus Notification"}
    for name in local & named.keys():
        assert named[name] <= messengers.LOCAL, name


async def test_an_address_cannot_make_it_wait_or_follow(service: Messenger) -> None:
    made = messengers.service_at(f"{service.url}?cto=900&rto=900&redirect=yes&optional=yes")
    assert (made.socket_connect_timeout, made.socket_read_timeout) == (15, 15)
    assert not made.redirects
    assert not made.optional

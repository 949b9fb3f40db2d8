"""SMS through a gateway that Apprise speaks to, by Apprise's plainest one: JSON to an address."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tc_server.delivery import messengers
from tc_server.delivery.providers.apprise import Apprise
from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.settings import BadSetting, load
from tests.delivery.texts import LINK, outgoing
from tests.gateways import gateways

SMS = outgoing(text=f"Example: {LINK}")


async def one(mood: str) -> Outcome:
    """Send one text to a gateway that is in a mood."""
    async with gateways(mood) as gates:
        return await Apprise(gates.apprise["TC_APPRISE_SMS"]).send(SMS)


async def test_the_number_stands_in_the_address_and_the_text_comes_as_it_is() -> None:
    async with gateways() as gates:
        assert await Apprise(gates.apprise["TC_APPRISE_SMS"]).send(SMS) == Outcome(Result.ACCEPTED)
    [sent] = gates.sent
    assert (sent.to, sent.text) == (SMS.to, SMS.text)


@pytest.mark.parametrize(
    ("mood", "result", "reason"),
    [
        ("400", Result.PERMANENT, Reason.REFUSED),
        ("401", Result.BROKEN, Reason.LOGIN_REFUSED),
        ("404", Result.BROKEN, Reason.MISCONFIGURED),
        ("429", Result.THROTTLED, Reason.THROTTLED),
        ("500", Result.TEMPORARY, Reason.BUSY),
        ("drop", Result.UNKNOWN, Reason.INTERRUPTED),
    ],
)
async def test_each_refusal_means_what_it_means(mood: str, result: Result, reason: Reason) -> None:
    outcome = await one(mood)
    assert (outcome.result, outcome.reason) == (result, reason)


async def test_a_gateway_that_hangs_may_have_taken_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messengers, "_PATIENCE", 0.3)
    outcome = await one("hang")
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, Reason.INTERRUPTED)


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Hear what a server's log would hear, at its loudest."""
    heard: list[str] = []
    ear, root = logging.Handler(), logging.getLogger()
    ear.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield heard
    root.setLevel(level)
    root.removeHandler(ear)


async def test_a_gateway_that_is_not_there_is_told_without_number_text_or_key(log: list[str]) -> None:
    outcome = await Apprise("json://user:s3cretkey@127.0.0.1:9/{phone}").send(SMS)
    assert (outcome.result, outcome.reason) == (Result.BROKEN, Reason.UNREACHABLE)
    for hidden in (SMS.to.removeprefix("+"), LINK, "s3cretkey"):
        assert hidden not in outcome.reply
        assert hidden not in "\n".join(log)


async def test_the_check_asks_apprise_alone() -> None:
    assert (await Apprise("bulksms://user:password@{phone}").check()).state == "ok"
    wrong = await Apprise("nothing://user:password@{phone}").check()
    assert (wrong.state, wrong.detail) == ("failed", "nothing:// isn't understood by Apprise")


def test_an_address_without_a_place_for_the_number_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"with \{phone\} in it") as caught:
        load({"data": tmp_path}, {"TC_APPRISE_SMS": "bulksms://user:hush@41791234567"})
    assert "hush" not in str(caught.value)

"""SMS and WhatsApp through Twilio's API: what is handed over, and what each answer means."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tc_server.delivery import gateway
from tc_server.delivery.providers.twilio import Twilio, provider
from tc_server.domain.delivery import HEARING, Outcome, Reason, Result
from tc_server.settings import BadSetting, load
from tests.delivery.texts import LINK, outgoing
from tests.gateways import PUBLIC, TEMPLATE, Gateways, gateways
from tests.mailserver import silent_port

SMS = outgoing(attempt_id="attempt-1")
WHATSAPP = outgoing(channel="whatsapp", language="fr", template="fr", attempt_id="attempt-1")


def twilio(folder: Path, gates: Gateways, **settings: str) -> Twilio:
    """Set it up by its settings."""
    made = provider(load({"data": folder}, gates.twilio | gates.twilio_whatsapp | settings))
    assert made is not None
    return made


async def one(folder: Path, mood: str, message: Any = SMS, **settings: str) -> Outcome:
    """Send one text to a Twilio that is in a mood."""
    async with gateways(mood) as gates:
        sender = twilio(folder, gates, **settings)
        outcome = await sender.send(message)
        await sender.close()
        assert gates.faults == []
    return outcome


@contextmanager
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(gateway, "_READ", 0.2)
    yield


async def test_an_sms_is_taken_with_the_address_for_its_receipts(tmp_path: Path) -> None:
    async with gateways() as gates:
        sender = twilio(tmp_path, gates)
        outcome = await sender.send(SMS)
        await sender.close()
        [sent] = gates.sent
    assert gates.faults == []
    assert outcome == Outcome(Result.ACCEPTED, reply="queued", reference=sent.reference)
    assert (sent.channel, sent.to, sent.text) == ("sms", SMS.to, SMS.text)
    assert sent.callback == f"{PUBLIC}/hooks/twilio?attempt=attempt-1#rc=5&rp=all"


async def test_a_whatsapp_goes_out_as_its_languages_template_with_the_link_in_it(tmp_path: Path) -> None:
    async with gateways() as gates:
        sender = twilio(tmp_path, gates)
        assert (await sender.send(WHATSAPP)).result is Result.ACCEPTED
        without = await sender.send(outgoing(channel="whatsapp", template="sw"))
        await sender.close()
        [sent] = gates.sent
    assert gates.faults == []
    assert (sent.channel, sent.to, sent.template, sent.text) == ("whatsapp", WHATSAPP.to, TEMPLATE, LINK)
    assert without == Outcome(Result.PERMANENT, Reason.NO_TEMPLATE)


async def test_a_messaging_service_may_send_and_nobody_is_to_report_where_nobody_is_reached(tmp_path: Path) -> None:
    async with gateways() as gates:
        service = f"MG{'b' * 32}"
        sender = twilio(tmp_path, gates, TC_TWILIO_FROM=service, TC_PUBLIC_URL="http://127.0.0.1:8080")
        assert (await sender.send(SMS)).result is Result.ACCEPTED
        assert not sender.receipts
        health = await sender.check()
        await sender.close()
        assert gates.sent[0].callback == ""
    assert (health.state, health.detail) == ("warning", "sends, but hears nothing of arrivals")


@pytest.mark.parametrize(
    ("mood", "result", "reason"),
    [
        ("400 21211", Result.PERMANENT, Reason.NO_SUCH_ADDRESS),
        ("400 21614", Result.PERMANENT, Reason.UNSUPPORTED),
        ("400 21408", Result.PERMANENT, Reason.UNSUPPORTED),
        ("403 21408", Result.PERMANENT, Reason.UNSUPPORTED),
        ("400 21610", Result.PERMANENT, Reason.REFUSED),
        ("400 21655", Result.PERMANENT, Reason.NO_TEMPLATE),
        ("400 99999", Result.PERMANENT, Reason.REFUSED),
        ("400 21606", Result.BROKEN, Reason.MISCONFIGURED),
        ("400 21609", Result.BROKEN, Reason.MISCONFIGURED),
        ("404 20404", Result.BROKEN, Reason.MISCONFIGURED),
        ("403", Result.BROKEN, Reason.LOGIN_REFUSED),
        ("401 20003", Result.BROKEN, Reason.LOGIN_REFUSED),
        ("500 20500", Result.TEMPORARY, Reason.BUSY),
        ("503", Result.BROKEN, Reason.NO_ANSWER),
        ("504", Result.UNKNOWN, Reason.INTERRUPTED),
    ],
)
async def test_each_refusal_means_what_it_means(tmp_path: Path, mood: str, result: Result, reason: Reason) -> None:
    outcome = await one(tmp_path, mood)
    assert (outcome.result, outcome.reason) == (result, reason)


async def test_it_waits_as_long_as_it_is_asked_to(tmp_path: Path) -> None:
    outcome = await one(tmp_path, "429 20429")
    assert (outcome.result, outcome.reason, outcome.after) == (Result.THROTTLED, Reason.THROTTLED, timedelta(seconds=7))


async def test_what_may_have_been_taken_is_waited_for_before_it_goes_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsure = Outcome(Result.UNKNOWN, Reason.INTERRUPTED, after=HEARING)
    with hurried(monkeypatch):
        hung = await one(tmp_path, "hang")
    dropped = await one(tmp_path, "drop")
    assert [(o.result, o.reason, o.after) for o in (hung, dropped)] == 2 * [(unsure.result, unsure.reason, HEARING)]


async def test_a_twilio_that_is_not_there_or_says_nothing_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateways() as gates:
        pass
    gone = await twilio(tmp_path, gates).send(SMS)
    assert (gone.result, gone.reason) == (Result.BROKEN, Reason.UNREACHABLE)
    with hurried(monkeypatch), silent_port() as port:
        silent = await twilio(tmp_path, gates, TC_TWILIO_API=f"http://127.0.0.1:{port}").send(SMS)
    assert (silent.result, silent.reason) == (Result.UNKNOWN, Reason.INTERRUPTED)


async def test_the_check_sends_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    async with gateways() as gates:
        sender = twilio(tmp_path, gates)
        well = await sender.check()
        gates.status = "suspended"
        suspended = await sender.check()
        wrong = twilio(tmp_path, gates, TC_TWILIO_TOKEN="wrong")
        stranger = await wrong.check()
        for one in (sender, wrong):
            await one.close()
        assert gates.sent == []
    assert (well.state, well.detail) == ("ok", f"the account is active; receipts come to {PUBLIC}/hooks/twilio")
    assert (suspended.state, suspended.detail) == ("failed", "the account is suspended")
    assert stranger.state == "failed"
    assert "TC_TWILIO_TOKEN" in stranger.remedy
    assert "wrong" not in stranger.detail


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TC_TWILIO_TOKEN": "hush"}, "go together"),
        ({"TC_TWILIO_ACCOUNT": "AC12"}, "an Account SID: AC and 32 hexadecimal digits"),
        ({"TC_TWILIO_ACCOUNT": f"AC{'0' * 32}", "TC_TWILIO_TOKEN": "hush"}, "and a sender"),
        ({"TC_TWILIO_TEMPLATES": "en=invitation"}, "templates by language and commas, like en=HX…"),
        ({"TC_TWILIO_FROM": "Much too long a name"}, "a number, a name of 11 characters, or MG…"),
        (
            {
                "TC_TWILIO_ACCOUNT": f"AC{'0' * 32}",
                "TC_TWILIO_TOKEN": "hush",
                "TC_TWILIO_WHATSAPP_FROM": "+41445550100",
            },
            "TC_TWILIO_WHATSAPP_FROM and TC_TWILIO_TEMPLATES go together",
        ),
    ],
)
def test_half_of_the_settings_are_said_to_be_half(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting) as caught:
        load({"data": tmp_path}, settings)
    assert said in str(caught.value)
    assert "hush" not in str(caught.value)


def test_templates_may_be_a_table_in_the_file(tmp_path: Path) -> None:
    table = f'[twilio_templates]\nen = "{TEMPLATE}"\nfr_colleague = "{TEMPLATE}"\n'
    (tmp_path / "tc-server.toml").write_text(table)
    environment = {
        "TC_TWILIO_ACCOUNT": f"AC{'0' * 32}",
        "TC_TWILIO_TOKEN": "t",
        "TC_TWILIO_WHATSAPP_FROM": "whatsapp:+41445550100",
    }
    settings = load({"data": tmp_path}, environment)
    assert settings.twilio is not None
    assert dict(settings.twilio.templates) == {"en": TEMPLATE, "fr_colleague": TEMPLATE}
    made = provider(settings)
    assert made is not None
    assert made.channels == ("whatsapp",)


async def test_the_stand_in_holds_requests_to_an_openapi_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"type": "object", "required": ["To", "Colour"], "properties": {"To": {"type": "string"}}}
    content = {"application/x-www-form-urlencoded": {"schema": form}}
    path = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
    document = {"paths": {path: {"post": {"requestBody": {"content": content}}}}}
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    monkeypatch.setenv("TC_TWILIO_OPENAPI", str(tmp_path / "openapi.json"))
    async with gateways() as gates:
        sender = twilio(tmp_path, gates)
        await sender.send(SMS)
        await sender.close()
    assert any("Colour" in fault for fault in gates.faults)
    assert any(fault.startswith("Body isn't in") for fault in gates.faults)

"""WhatsApp through Meta's Cloud API: what is handed over, and what each answer means."""

from pathlib import Path

import pytest

from tc_server.delivery import gateway
from tc_server.delivery.providers.meta import Meta, provider
from tc_server.domain.delivery import HEARING, Outcome, Reason, Result
from tc_server.settings import BadSetting, load
from tests.delivery.texts import LINK, outgoing
from tests.gateways import BUSINESS, Gateways, gateways

WHATSAPP = outgoing(channel="whatsapp", language="fr", template="fr", attempt_id="attempt-1")


def meta(folder: Path, gates: Gateways, **settings: str) -> Meta:
    """Set it up by its settings."""
    made = provider(load({"data": folder}, gates.meta | settings))
    assert made is not None
    return made


async def one(folder: Path, mood: str, **settings: str) -> Outcome:
    """Send one text to a Meta that is in a mood."""
    async with gateways(mood) as gates:
        sender = meta(folder, gates, **settings)
        outcome = await sender.send(WHATSAPP)
        await sender.close()
        assert gates.faults == []
    return outcome


async def test_a_text_goes_out_as_its_languages_template_with_the_link_in_it(tmp_path: Path) -> None:
    async with gateways() as gates:
        sender = meta(tmp_path, gates, TC_META_TEMPLATES="fr=invitation, am=invitation_am/en, pt-BR_colleague=come")
        outcome = await sender.send(WHATSAPP)
        await sender.send(outgoing(channel="whatsapp", language="am", template="am"))
        await sender.send(outgoing(channel="whatsapp", language="pt-BR", template="pt-BR_colleague"))
        without = await sender.send(outgoing(channel="whatsapp", template="en"))
        await sender.close()
        first, second, third = gates.sent
    assert gates.faults == []
    assert outcome == Outcome(Result.ACCEPTED, reply="accepted", reference=first.reference)
    assert (first.to, first.text, first.template, first.attempt) == (WHATSAPP.to, LINK, "invitation/fr", "attempt-1")
    assert (second.template, third.template) == ("invitation_am/en", "come/pt_BR")
    assert without == Outcome(Result.PERMANENT, Reason.NO_TEMPLATE)


@pytest.mark.parametrize(
    ("mood", "result", "reason"),
    [
        ("404 132001", Result.PERMANENT, Reason.NO_TEMPLATE),
        ("400 132015", Result.PERMANENT, Reason.NO_TEMPLATE),
        ("400 132016", Result.PERMANENT, Reason.NO_TEMPLATE),
        ("400 131026", Result.PERMANENT, Reason.UNDELIVERED),
        ("400 131030", Result.PERMANENT, Reason.UNSUPPORTED),
        ("400 131050", Result.PERMANENT, Reason.REFUSED),
        ("400 100", Result.PERMANENT, Reason.REFUSED),
        ("400 131056", Result.TEMPORARY, Reason.BUSY),
        ("500 131000", Result.TEMPORARY, Reason.BUSY),
        ("400 130429", Result.THROTTLED, Reason.THROTTLED),
        ("401 190", Result.BROKEN, Reason.LOGIN_REFUSED),
        ("403 200", Result.BROKEN, Reason.LOGIN_REFUSED),
        ("403 131031", Result.BROKEN, Reason.MISCONFIGURED),
        ("503 131016", Result.BROKEN, Reason.NO_ANSWER),
        ("400 999999", Result.PERMANENT, Reason.REFUSED),
        ("500 999999", Result.TEMPORARY, Reason.BUSY),
    ],
)
async def test_each_refusal_means_what_it_means(tmp_path: Path, mood: str, result: Result, reason: Reason) -> None:
    outcome = await one(tmp_path, mood)
    assert (outcome.result, outcome.reason) == (result, reason)


async def test_what_may_have_been_taken_is_waited_for_before_it_goes_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_READ", 0.2)
    hung = await one(tmp_path, "hang")
    assert (hung.result, hung.reason, hung.after) == (Result.UNKNOWN, Reason.INTERRUPTED, HEARING)
    unheard = await one(tmp_path, "drop", TC_META_APP_SECRET="", TC_META_VERIFY_TOKEN="")
    assert (unheard.result, unheard.reason, unheard.after) == (Result.UNKNOWN, Reason.INTERRUPTED, None)


async def test_the_check_names_templates_that_are_not_approved(tmp_path: Path) -> None:
    async with gateways() as gates:
        plain, seeing = meta(tmp_path, gates), meta(tmp_path, gates, TC_META_ACCOUNT=BUSINESS)
        assert (await plain.check()).state == "ok"
        assert (await seeing.check()).detail == "the number is there; 2 templates (all approved)"
        gates.unapproved = ["fr"]
        paused = await seeing.check()
        wrong = meta(tmp_path, gates, TC_META_TOKEN="wrong")
        unheard = meta(tmp_path, gates, TC_META_APP_SECRET="", TC_META_VERIFY_TOKEN="")
        stranger, deaf = await wrong.check(), await unheard.check()
        for sender in (plain, seeing, wrong, unheard):
            await sender.close()
        assert gates.sent == []
    assert (paused.state, paused.detail) == ("warning", "templates that Meta hasn't approved: invitation (fr)")
    assert (stranger.state, "TC_META_TOKEN" in stranger.remedy) == ("failed", True)
    assert (deaf.state, deaf.detail) == ("warning", "sends, but hears nothing of arrivals")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TC_META_TOKEN": "hush"}, "TC_META_TOKEN, TC_META_PHONE_ID and TC_META_TEMPLATES go together"),
        ({"TC_META_PHONE_ID": "+41"}, "Meta's id of a phone number: digits"),
        ({"TC_META_TEMPLATES": "en=Not A Name"}, "templates by language and commas"),
        (
            {
                "TC_META_TOKEN": "hush",
                "TC_META_PHONE_ID": "123",
                "TC_META_TEMPLATES": "en=invitation",
                "TC_META_APP_SECRET": "hush",
            },
            "TC_META_APP_SECRET and TC_META_VERIFY_TOKEN go together",
        ),
    ],
)
def test_half_of_the_settings_are_said_to_be_half(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting) as caught:
        load({"data": tmp_path}, settings)
    assert said in str(caught.value)
    assert "hush" not in str(caught.value)

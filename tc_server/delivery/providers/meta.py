"""The provider `meta`: WhatsApp by approved templates, through Meta's Cloud API.

The API has no key by which to know a message again, so what was interrupted may go out twice. A receipt within a minute
tells that it was taken: Meta gives back our attempt's id with each (`biz_opaque_callback_data`).
Source: developers.facebook.com/docs/whatsapp/cloud-api: reference/messages, webhooks, support/error-codes.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec

from tc_server.delivery.gateway import Answer, Gateway, line, refused
from tc_server.delivery.provider import Health
from tc_server.domain.delivery import HEARING, Channel, Outcome, Reason, Result
from tc_server.services.arrivals import Arrival, Call, NotGenuine
from tc_server.services.context import Outgoing
from tc_server.settings import Meta as Account
from tc_server.settings import Settings

NAME = "meta"

_LOGIN: Final = (Result.BROKEN, Reason.LOGIN_REFUSED)
_MISCONFIGURED: Final = (Result.BROKEN, Reason.MISCONFIGURED)
_DOWN: Final = (Result.BROKEN, Reason.NO_ANSWER)
_BUSY: Final = (Result.TEMPORARY, Reason.BUSY)
_THROTTLED: Final = (Result.THROTTLED, Reason.THROTTLED)
_REFUSED: Final = (Result.PERMANENT, Reason.REFUSED)
_UNSUPPORTED: Final = (Result.PERMANENT, Reason.UNSUPPORTED)
_UNDELIVERED: Final = (Result.PERMANENT, Reason.UNDELIVERED)
_NO_TEMPLATE: Final = (Result.PERMANENT, Reason.NO_TEMPLATE)
_CODES: Final = {
    0: _LOGIN,
    3: _LOGIN,
    10: _LOGIN,
    190: _LOGIN,
    1: _BUSY,
    131000: _BUSY,
    131056: _BUSY,  # too many to this one number
    2: _DOWN,
    131016: _DOWN,
    131057: _DOWN,
    133004: _DOWN,
    4: _THROTTLED,
    80007: _THROTTLED,
    130429: _THROTTLED,
    131048: _THROTTLED,
    131064: _THROTTLED,
    33: _MISCONFIGURED,
    368: _MISCONFIGURED,
    131005: _LOGIN,
    131031: _MISCONFIGURED,  # account locked
    131037: _MISCONFIGURED,  # display name not approved
    131042: _MISCONFIGURED,  # no way of payment
    131045: _MISCONFIGURED,
    133010: _MISCONFIGURED,  # number not registered
    100: _REFUSED,
    131008: _REFUSED,
    131009: _REFUSED,
    131050: _REFUSED,  # wants nothing of this kind
    131051: _REFUSED,
    131021: _UNSUPPORTED,
    131030: _UNSUPPORTED,  # a test number writes to a list alone
    130497: _UNSUPPORTED,
    130472: _UNDELIVERED,
    131026: _UNDELIVERED,  # not with WhatsApp, or can't take it
    131043: _UNDELIVERED,  # expired
    131047: _UNDELIVERED,
    131049: _UNDELIVERED,
    132000: _NO_TEMPLATE,
    132001: _NO_TEMPLATE,
    132005: _NO_TEMPLATE,
    132007: _NO_TEMPLATE,
    132012: _NO_TEMPLATE,
    132015: _NO_TEMPLATE,
    132016: _NO_TEMPLATE,
}
_RESULTS: Final = {
    "sent": Result.ACCEPTED,
    "delivered": Result.DELIVERED,
    "read": Result.DELIVERED,
    "failed": Result.UNDELIVERED,
}
_REFERENCE: Final = 255
"""Characters that there is room for; Meta's ids have about 60."""


def provider(settings: Settings) -> "Meta | None":
    """Set it up, if `TC_META_TOKEN` is set."""
    return Meta(settings.meta) if settings.meta else None


class Meta:
    """Sends WhatsApp; hears of arrivals where the app's secret is known."""

    name = NAME
    channels: tuple[Channel, ...] = ("whatsapp",)
    remembers = False
    width = 8

    def __init__(self, account: Account) -> None:
        self._account = account
        self._templates = {key: _template(key, value) for key, value in account.templates}
        self._gateway = Gateway(account.api, headers={"Authorization": f"Bearer {account.token}"})
        self.receipts = bool(account.secret)
        self.templates: frozenset[str] | None = frozenset(self._templates)

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over one text, as the template that has its words."""
        if message.template not in self._templates:
            return Outcome(Result.PERMANENT, Reason.NO_TEMPLATE)
        answer = await self._gateway.ask("POST", f"/{self._account.phone_id}/messages", json=self._body(message))
        outcome = answer if isinstance(answer, Outcome) else _understood(answer)
        # A receipt may still tell that it was taken.
        unsure = outcome.result is Result.UNKNOWN and self.receipts
        return replace(outcome, after=HEARING) if unsure else outcome

    async def check(self) -> Health:
        """Ask for the number and, where the account is known, for the templates; nothing is sent."""
        answer = await self._gateway.ask("GET", f"/{self._account.phone_id}", params={"fields": "id,quality_rating"})
        if not isinstance(answer, Answer) or answer.status != 200:
            return _unwell(answer if isinstance(answer, Outcome) else _failed(answer))
        if wanting := await self._unapproved():
            what = f"templates that Meta hasn't approved: {', '.join(wanting)}"
            return Health("warning", what, "Have them approved in WhatsApp Manager: docs/delivery.md has the texts.")
        if not self.receipts:
            remedy = "Set TC_META_APP_SECRET and TC_META_VERIFY_TOKEN, and subscribe to the field messages."
            return Health("warning", "sends, but hears nothing of arrivals", remedy)
        known = "all approved" if self._account.account else "TC_META_ACCOUNT would tell whether they are approved"
        return Health("ok", f"the number is there; {len(self._templates)} templates ({known})")

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._gateway.close()

    def introduce(self, call: Call) -> str:
        """Give back the challenge of who knows our word."""
        asked = {name: values[0] for name, values in parse_qs(call.query).items()}
        knows = hmac.compare_digest(asked.get("hub.verify_token", "").encode(), self._account.verify.encode())
        if asked.get("hub.mode") != "subscribe" or not knows or not asked.get("hub.challenge", "").isalnum():
            raise NotGenuine
        return asked["hub.challenge"]

    def understand(self, call: Call) -> Sequence[Arrival]:
        """Read the statuses of a webhook; what people write back is not looked at."""
        given = call.headers.get("x-hub-signature-256", "").removeprefix("sha256=")
        expected = hmac.digest(self._account.secret.encode(), call.body, "sha256").hex()
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise NotGenuine
        try:
            told = msgspec.json.decode(call.body, type=_Webhook)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return []
        return [arrival for status in told.statuses(self._account.phone_id) for arrival in _reported(status)]

    async def _unapproved(self) -> list[str]:
        """List what of the templates isn't approved, as far as the token may look."""
        if not self._account.account:
            return []
        path = f"/{self._account.account}/message_templates"
        answer = await self._gateway.ask("GET", path, params={"fields": "name,status,language", "limit": "500"})
        listed = answer.body.get("data") if isinstance(answer, Answer) and answer.status == 200 else None
        if not isinstance(listed, list):
            return []
        approved = {
            (one.get("name"), one.get("language"))
            for one in listed
            if isinstance(one, dict) and one.get("status") == "APPROVED"
        }
        return [f"{name} ({code})" for name, code in self._templates.values() if (name, code) not in approved]

    def _body(self, message: Outgoing) -> dict[str, Any]:
        name, code = self._templates[message.template]
        values = [{"type": "text", "text": value} for value in message.variables]
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": message.to,
            "type": "template",
            "template": {
                "name": name,
                "language": {"code": code},
                "components": [{"type": "body", "parameters": values}],
            },
        }
        return body | ({"biz_opaque_callback_data": message.attempt_id} if message.attempt_id else {})


class _Error(msgspec.Struct):
    code: int = 0
    title: str = ""


class _Status(msgspec.Struct):
    id: str
    status: str
    errors: list[_Error] = []
    biz_opaque_callback_data: str | None = None


class _Number(msgspec.Struct):
    phone_number_id: str = ""


class _Value(msgspec.Struct):
    metadata: _Number = msgspec.field(default_factory=_Number)
    statuses: list[_Status] = []


class _Change(msgspec.Struct):
    value: msgspec.Raw
    field: str = ""


class _Entry(msgspec.Struct):
    changes: list[_Change] = []


class _Webhook(msgspec.Struct):
    entry: list[_Entry] = []

    def statuses(self, phone_id: str) -> Iterator[_Status]:
        """List what is told of one number's texts. What else Meta tells has other forms."""
        for change in (change for entry in self.entry for change in entry.changes if change.field == "messages"):
            try:
                value = msgspec.json.decode(change.value, type=_Value)
            except msgspec.DecodeError:
                continue
            if value.metadata.phone_number_id == phone_id:
                yield from value.statuses


def _template(key: str, value: str) -> tuple[str, str]:
    """Split `NAME/CODE`; without a code it is the language's own, written as Meta does."""
    name, _, code = value.partition("/")
    return name, code or key.partition("_")[0].replace("-", "_")


def _understood(answer: Answer) -> Outcome:
    if answer.status != 200:
        return _failed(answer)
    match answer.body:
        case {"messages": [{"id": str(reference), **more}]} if len(reference) <= _REFERENCE:
            return Outcome(Result.ACCEPTED, reply=line(str(more.get("message_status", ""))), reference=reference)
        case _:
            return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, "an answer without the message's id")


def _failed(answer: Answer) -> Outcome:
    match answer.body:
        case {"error": {"code": int(code), **more}}:
            said = line(f"{code} {more.get('message', '')}")
        case _:
            return refused(answer, str(answer.status))
    if code in _CODES:
        result, reason = _CODES[code]
        return Outcome(result, reason, said, after=answer.after)
    if 200 <= code < 300:  # permissions
        return Outcome(Result.BROKEN, Reason.LOGIN_REFUSED, said)
    return refused(answer, said)


def _reported(status: _Status) -> Iterator[Arrival]:
    result = _RESULTS.get(status.status)
    if result is None or len(status.id) > _REFERENCE:
        return
    reason, reply = None, ""
    if result is Result.UNDELIVERED:
        error = status.errors[0] if status.errors else _Error()
        _, reason = _CODES.get(error.code, _UNDELIVERED)
        # It has had its time with the provider: nothing is tried again by itself.
        if reason in (Reason.THROTTLED, Reason.BUSY, Reason.NO_ANSWER, Reason.LOGIN_REFUSED):
            reason = Reason.UNDELIVERED
        reply = line(f"{error.code} {error.title}") if error.code else ""
    outcome = Outcome(result, reason, reply, status.id)
    yield Arrival(NAME, outcome, status.biz_opaque_callback_data)


def _unwell(outcome: Outcome) -> Health:
    if outcome.reason is Reason.LOGIN_REFUSED:
        return Health("failed", f"refuses the token: {outcome.reply}", "Make a new one for TC_META_TOKEN that stays.")
    if outcome.reason is Reason.UNREACHABLE:
        return Health("failed", f"can't be asked: {outcome.reply}", "Check that the firewall lets https out.")
    return Health("failed", f"can't be asked: {outcome.reply}", "Check TC_META_PHONE_ID and TC_META_API.")

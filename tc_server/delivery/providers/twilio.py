"""The provider `twilio`: SMS, and WhatsApp by Content templates, through Twilio's Messages API.

The API has no key by which to know a message again, so what was interrupted may go out twice. A receipt within a minute
tells that it was taken: each message is given its attempt's id along with the address for receipts.
Source: twilio.com/docs/messaging/api/message-resource, docs/usage/security, docs/api/errors.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tc_server.delivery.gateway import Answer, Gateway, callback, line, refused
from tc_server.delivery.provider import Health
from tc_server.domain.delivery import HEARING, Channel, Outcome, Reason, Result
from tc_server.services.arrivals import Arrival, Call, NotGenuine
from tc_server.services.context import Outgoing
from tc_server.settings import Settings
from tc_server.settings import Twilio as Account

NAME = "twilio"

_OVERRIDES: Final = "#rc=5&rp=all"
"""Has Twilio repeat a receipt that isn't taken; by default it does so only where it could not connect."""

_NO_SUCH: Final = (Result.PERMANENT, Reason.NO_SUCH_ADDRESS)
_UNSUPPORTED: Final = (Result.PERMANENT, Reason.UNSUPPORTED)
_REFUSED: Final = (Result.PERMANENT, Reason.REFUSED)
_NO_TEMPLATE: Final = (Result.PERMANENT, Reason.NO_TEMPLATE)
_UNDELIVERED: Final = (Result.PERMANENT, Reason.UNDELIVERED)
_MISCONFIGURED: Final = (Result.BROKEN, Reason.MISCONFIGURED)
_THIS_WAY: Final = (Result.PERMANENT, Reason.MISCONFIGURED)
"""What is wrong with WhatsApp alone doesn't hold back SMS."""
_CODES: Final = {
    20003: (Result.BROKEN, Reason.LOGIN_REFUSED),
    20005: _MISCONFIGURED,  # account not active
    20429: (Result.THROTTLED, Reason.THROTTLED),
    14107: (Result.THROTTLED, Reason.THROTTLED),
    21211: _NO_SUCH,
    21217: _NO_SUCH,
    21214: _UNSUPPORTED,
    21265: _UNSUPPORTED,  # a short code
    21266: _UNSUPPORTED,  # the sender's own number
    21267: _MISCONFIGURED,  # a name for sender on a trial account
    21408: _UNSUPPORTED,  # region not allowed by the account
    21608: _UNSUPPORTED,  # trial account, number not verified
    21612: _UNSUPPORTED,
    21614: _UNSUPPORTED,
    21635: _UNSUPPORTED,  # landline
    21610: _REFUSED,  # unsubscribed
    21617: _REFUSED,
    21602: _REFUSED,
    21603: _MISCONFIGURED,
    21606: _MISCONFIGURED,
    21609: _MISCONFIGURED,  # StatusCallback
    21611: (Result.THROTTLED, Reason.THROTTLED),  # the sender's queue is full
    21659: _MISCONFIGURED,
    21660: _MISCONFIGURED,
    21703: _MISCONFIGURED,
    21705: _MISCONFIGURED,
    21655: _NO_TEMPLATE,  # ContentSid invalid
    21656: _NO_TEMPLATE,  # ContentVariables invalid
    30001: (Result.THROTTLED, Reason.THROTTLED),
    30002: _MISCONFIGURED,  # account suspended
    30003: _UNDELIVERED,
    30004: _REFUSED,  # blocked
    30005: _NO_SUCH,
    30006: _UNSUPPORTED,  # landline, or a carrier that can't be reached
    30007: _REFUSED,  # filtered
    30008: _UNDELIVERED,
    63001: _THIS_WAY,
    63003: _UNDELIVERED,  # no such address with WhatsApp
    63005: _REFUSED,
    63007: _THIS_WAY,
    63010: (Result.TEMPORARY, Reason.BUSY),
    63012: (Result.TEMPORARY, Reason.BUSY),  # WhatsApp's own fault
    63013: _REFUSED,
    63014: _REFUSED,  # blocked by the person
    63016: _NO_TEMPLATE,  # no session, and no template that fits
    63018: (Result.THROTTLED, Reason.THROTTLED),
    63020: _THIS_WAY,
    63021: _NO_TEMPLATE,
    63022: _THIS_WAY,  # the display name's certificate
    63024: _UNDELIVERED,
    63025: _REFUSED,
    63027: _NO_TEMPLATE,
    63028: _NO_TEMPLATE,
    63029: _NO_TEMPLATE,
    63030: _NO_TEMPLATE,
    63032: _UNDELIVERED,
    63036: _UNDELIVERED,
    63040: _NO_TEMPLATE,
    63041: _NO_TEMPLATE,
    63042: _NO_TEMPLATE,
    63049: _UNDELIVERED,
    63050: _UNDELIVERED,
}
_RESULTS: Final = {
    "accepted": Result.ACCEPTED,
    "scheduled": Result.ACCEPTED,
    "queued": Result.ACCEPTED,
    "sending": Result.ACCEPTED,
    "sent": Result.ACCEPTED,
    "delivered": Result.DELIVERED,
    "read": Result.DELIVERED,
    "undelivered": Result.UNDELIVERED,
    "failed": Result.UNDELIVERED,
    "canceled": Result.UNDELIVERED,
}


def provider(settings: Settings) -> "Twilio | None":
    """Set it up, if `TC_TWILIO_ACCOUNT` is set."""
    return Twilio(settings.twilio, callback(settings, NAME)) if settings.twilio else None


class Twilio:
    """Sends SMS and WhatsApp; hears of arrivals where the public address can be reached from outside."""

    name = NAME
    remembers = False
    width = 8

    def __init__(self, account: Account, callback: str) -> None:
        self._account = account
        self._callback = callback
        self._templates = dict(account.templates)
        self._gateway = Gateway(account.api, auth=(account.account, account.token))
        self.receipts = bool(callback)
        self.templates: frozenset[str] | None = frozenset(self._templates)
        offered: tuple[tuple[Channel, str], ...] = (("whatsapp", account.whatsapp), ("sms", account.sender))
        self.channels: tuple[Channel, ...] = tuple(channel for channel, sender in offered if sender)

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over one text."""
        by_whatsapp = message.channel == "whatsapp"
        if by_whatsapp and message.template not in self._templates:
            return Outcome(Result.PERMANENT, Reason.NO_TEMPLATE)
        fields = self._as_template(message) if by_whatsapp else self._as_sms(message)
        if self._callback and message.attempt_id:
            fields["StatusCallback"] = f"{self._callback}?attempt={message.attempt_id}{_OVERRIDES}"
        answer = await self._gateway.ask("POST", f"{self._path}/Messages.json", data=fields)
        outcome = answer if isinstance(answer, Outcome) else _understood(answer)
        # A receipt may still tell that it was taken.
        unsure = outcome.result is Result.UNKNOWN and self._callback
        return replace(outcome, after=HEARING) if unsure else outcome

    async def check(self) -> Health:
        """Ask for the account, which sends nothing."""
        answer = await self._gateway.ask("GET", f"{self._path}.json")
        outcome = answer if isinstance(answer, Outcome) else _failed(answer)
        if not isinstance(answer, Answer) or answer.status != 200:
            return _unwell(outcome)
        status = answer.body.get("status")
        if status != "active":
            return Health("failed", f"the account is {status}", "Look into Twilio's console why.")
        if answer.body.get("type") == "Trial":
            return Health("warning", "a trial account: it writes to verified numbers alone", "Upgrade it with Twilio.")
        if not self._callback:
            remedy = "Set TC_PUBLIC_URL to an address that Twilio reaches: receipts go to /hooks/twilio there."
            return Health("warning", "sends, but hears nothing of arrivals", remedy)
        return Health("ok", f"the account is active; receipts come to {self._callback}")

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._gateway.close()

    def introduce(self, call: Call) -> str:
        """Refuse: Twilio never asks."""
        raise NotGenuine

    def understand(self, call: Call) -> Sequence[Arrival]:
        """Read the form of a status callback."""
        try:
            form = parse_qsl(call.body.decode(), keep_blank_values=True, max_num_fields=200)
        except ValueError as fault:
            raise NotGenuine from fault
        self._verify(call, form)
        said = dict(form)
        result = _RESULTS.get(said.get("MessageStatus") or said.get("SmsStatus", ""))
        reference = said.get("MessageSid") or said.get("SmsSid")
        if result is None or not reference:
            return []
        attempt_id = parse_qs(call.query).get("attempt", [None])[0]
        return [Arrival(NAME, _reported(result, reference, said.get("ErrorCode", "")), attempt_id)]

    @property
    def _path(self) -> str:
        return f"/2010-04-01/Accounts/{self._account.account}"

    def _as_sms(self, message: Outgoing) -> dict[str, str]:
        return {"To": message.to, "Body": message.text} | _sender(self._account.sender)

    def _as_template(self, message: Outgoing) -> dict[str, str]:
        return {
            "To": f"whatsapp:{message.to}",
            "ContentSid": self._templates[message.template],
            "ContentVariables": json.dumps({str(n): value for n, value in enumerate(message.variables, 1)}),
        } | _sender(self._account.whatsapp, "whatsapp:")

    def _verify(self, call: Call, form: Sequence[tuple[str, str]]) -> None:
        """Compare signatures: over the public address, as Twilio knows it, and all fields sorted by name."""
        given = call.headers.get("x-twilio-signature", "").encode()
        url = f"{self._callback}?{call.query}" if call.query else self._callback
        fields = "".join(name + value for name, value in sorted(set(form)))
        expected = (self._signature(one + fields) for one in _spellings(url))
        if not any(hmac.compare_digest(given, one) for one in expected):
            raise NotGenuine

    def _signature(self, text: str) -> bytes:
        return base64.b64encode(hmac.digest(self._account.token.encode(), text.encode(), "sha1"))


def _spellings(url: str) -> list[str]:
    """List the forms in which Twilio may have signed an address: its default port said or not, overrides or not."""
    parts = urlsplit(url)
    hosts = [parts.netloc]
    if parts.port is None:
        hosts.append(f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}")
    else:
        hosts.append(parts.netloc.rpartition(":")[0])
    plain = [parts._replace(netloc=host).geturl() for host in hosts]
    return [*plain, *(one + _OVERRIDES for one in plain)]


def _sender(sender: str, prefix: str = "") -> dict[str, str]:
    if sender.startswith("MG"):
        return {"MessagingServiceSid": sender}
    return {"From": prefix + sender.removeprefix(prefix)}


def _understood(answer: Answer) -> Outcome:
    if answer.status not in (200, 201):
        return _failed(answer)
    reference, status = answer.body.get("sid"), answer.body.get("status", "")
    if not isinstance(reference, str):
        return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, "an answer without the message's SID")
    if _RESULTS.get(status) is Result.UNDELIVERED:
        return _reported(Result.UNDELIVERED, reference, str(answer.body.get("error_code") or ""))
    return Outcome(Result.ACCEPTED, reply=line(str(status)), reference=reference)


def _failed(answer: Answer) -> Outcome:
    code = answer.body.get("code")
    said = f"{code} {answer.body.get('message', '')}" if code else str(answer.status)
    if answer.status < 500 and isinstance(code, int) and code in _CODES:
        result, reason = _CODES[code]
        return Outcome(result, reason, line(said), after=answer.after)
    return refused(answer, line(said))


def _reported(result: Result, reference: str, code: str) -> Outcome:
    if result is not Result.UNDELIVERED:
        return Outcome(result, reference=reference)
    _, reason = _CODES.get(int(code) if code.isascii() and code.isdigit() else 0, _UNDELIVERED)
    if reason in (Reason.THROTTLED, Reason.BUSY, Reason.LOGIN_REFUSED):
        # It has had its time with the provider: nothing is tried again by itself.
        reason = Reason.UNDELIVERED
    reply = f"{code} twilio.com/docs/api/errors/{code}" if code else ""
    return Outcome(result, reason, reply, reference)


def _unwell(outcome: Outcome) -> Health:
    remedies: dict[Any, str] = {
        Reason.LOGIN_REFUSED: "Check TC_TWILIO_ACCOUNT and TC_TWILIO_TOKEN in Twilio's console.",
        Reason.MISCONFIGURED: "Check TC_TWILIO_ACCOUNT and TC_TWILIO_API.",
        Reason.UNREACHABLE: "Check that the firewall lets https out.",
    }
    what = "refuses the account or token" if outcome.reason is Reason.LOGIN_REFUSED else "can't be asked"
    return Health("failed", f"{what}: {outcome.reply}", remedies.get(outcome.reason, "Try again later."))

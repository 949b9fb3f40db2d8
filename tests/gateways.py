"""A stand-in for the HTTP APIs of Twilio and Meta, and for a gateway that Apprise speaks to, on a port of its own.

It holds requests to the vendors' documented fields, and to their whole OpenAPI documents where `TC_TWILIO_OPENAPI` or
`TC_META_OPENAPI` names a file. Receipts are signed as the vendors do it: Twilio's by Twilio's own library.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jsonschema_rs
import yaml
from aiohttp import web
from twilio.request_validator import RequestValidator

PUBLIC = "https://talk.example.org"
ACCOUNT, TOKEN = f"AC{'0' * 31}1", "twilio-auth-token"
PHONE_ID, BEARER, APP_SECRET, VERIFY = "106540352242922", "meta-token", "meta-app-secret", "our own word"
BUSINESS = "102290129340398"
TEMPLATE = f"HX{'a' * 32}"

MESSAGE_FIELDS = frozenset(
    {
        *("To", "StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt"),
        *(
            "ValidityPeriod",
            "ForceDelivery",
            "ContentRetention",
            "AddressRetention",
            "SmartEncoded",
            "PersistentAction",
        ),
        *("TrafficType", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "ContentVariables"),
        *("RiskCheck", "From", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid"),
    }
)
"""What Twilio's Messages API takes: twilio.com/docs/messaging/api/message-resource."""
TEMPLATE_MESSAGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["messaging_product", "to", "type", "template"],
    "properties": {
        "messaging_product": {"const": "whatsapp"},
        "recipient_type": {"const": "individual"},
        "to": {"type": "string", "pattern": r"^\+?\d{5,15}$"},
        "type": {"const": "template"},
        "biz_opaque_callback_data": {"type": "string", "maxLength": 512},
        "template": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "language"],
            "properties": {
                "name": {"type": "string"},
                "language": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["code"],
                    "properties": {"code": {"type": "string"}, "policy": {"const": "deterministic"}},
                },
                "components": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["type"],
                        "properties": {
                            "type": {"enum": ["header", "body", "button"]},
                            "sub_type": {"type": "string"},
                            "index": {"type": ["string", "integer"]},
                            "parameters": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["type", "text"],
                                    "additionalProperties": False,
                                    "properties": {
                                        "type": {"const": "text"},
                                        # Neither line breaks nor tabs nor more than four spaces.
                                        "text": {"type": "string", "pattern": r"^(?!.*     )[^\n\t]+$"},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What Meta's Cloud API takes for a template: developers.facebook.com/docs/whatsapp/cloud-api/reference/messages."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A text that was taken; of a template its variables, the last of them as `text`.

    `callback` is where Twilio is to report, `attempt` what is to be given back.
    """

    provider: str
    channel: str
    to: str
    reference: str
    text: str
    template: str = ""
    callback: str = ""
    attempt: str = ""
    variables: tuple[str, ...] = ()


@dataclass(slots=True)
class Gateways:
    """Takes texts, in order, and reports of them.

    `moods` are done in order, one for each text: `hang`, `drop` (the line, after all of it has come), a number with an
    error code like `400 21211`, or a status like `early delivered` that is reported before the answer.
    """

    moods: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unapproved: list[str] = field(default_factory=list)
    status: str = "active"
    server_url: str = ""
    port: int = 0
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Name its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def twilio(self) -> dict[str, str]:
        """Give the settings of SMS by Twilio."""
        return {
            "TC_TWILIO_ACCOUNT": ACCOUNT,
            "TC_TWILIO_TOKEN": TOKEN,
            "TC_TWILIO_FROM": "+41445550100",
            "TC_TWILIO_API": self.url,
            "TC_PUBLIC_URL": PUBLIC,
        }

    @property
    def twilio_whatsapp(self) -> dict[str, str]:
        """Give the settings of WhatsApp by Twilio, which come on top."""
        return {"TC_TWILIO_WHATSAPP_FROM": "+41445550100", "TC_TWILIO_TEMPLATES": f"en={TEMPLATE}, fr={TEMPLATE}"}

    @property
    def meta(self) -> dict[str, str]:
        """Give the settings of WhatsApp by Meta."""
        return {
            "TC_META_TOKEN": BEARER,
            "TC_META_PHONE_ID": PHONE_ID,
            "TC_META_APP_SECRET": APP_SECRET,
            "TC_META_VERIFY_TOKEN": VERIFY,
            "TC_META_TEMPLATES": "en=invitation, fr=invitation",
            "TC_META_API": f"{self.url}/v24.0",
        }

    @property
    def apprise(self) -> dict[str, str]:
        """Give the settings of SMS by Apprise."""
        return {"TC_APPRISE_SMS": f"json://127.0.0.1:{self.port}/gateway/{{phone}}"}

    async def received(self, number: int) -> list[Sent]:
        """Wait until so many texts were taken."""
        async with asyncio.timeout(30), self._came:
            await self._came.wait_for(lambda: len(self.sent) >= number)
        assert self.faults == []
        return self.sent

    def let_go(self) -> None:
        """End a hang."""
        self._gate.set()

    # --- receipts -----------------------------------------------------------------------------------------------------

    async def report(self, sent: Sent, status: str, error: int = 0, *, token: str = "") -> httpx.Response:
        """Report what became of a text, signed by who has the token (by default the vendor's true one)."""
        if sent.provider == "twilio":
            return await self._report_as_twilio(sent, status, error, token or TOKEN)
        return await self._report_as_meta([sent], status, error, token or APP_SECRET)

    async def report_all(self, sent: list[Sent], status: str) -> httpx.Response:
        """Report of several of Meta's texts in one request."""
        return await self._report_as_meta(sent, status, 0, APP_SECRET)

    async def _report_as_twilio(self, sent: Sent, status: str, error: int, token: str) -> httpx.Response:
        url = sent.callback.partition("#")[0]
        form = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "From": "+41445550100",
            "MessageSid": sent.reference,
            "MessageStatus": status,
            "SmsSid": sent.reference,
            "SmsStatus": status,
            "To": sent.to,
        }
        if error:
            form["ErrorCode"] = str(error)
        signature = RequestValidator(token).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature, "I-Twilio-Idempotency-Token": sent.reference}
        here = self.server_url + url.removeprefix(PUBLIC)
        async with httpx.AsyncClient() as client:
            return await client.post(here, data=form, headers=headers)

    async def _report_as_meta(self, sent: list[Sent], status: str, error: int, secret: str) -> httpx.Response:
        statuses = [
            {
                "id": one.reference,
                "status": status,
                "timestamp": "1700000000",
                "recipient_id": one.to.removeprefix("+"),
                "biz_opaque_callback_data": one.attempt,
            }
            | ({"errors": [{"code": error, "title": "Undeliverable", "message": "no"}]} if error else {})
            for one in sent
        ]
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "41445550100", "phone_number_id": PHONE_ID},
            "statuses": statuses,
        }
        entry = {"id": BUSINESS, "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        return await self.post_as_meta(body, secret)

    async def post_as_meta(self, body: bytes, secret: str = APP_SECRET) -> httpx.Response:
        """Send a webhook."""
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        async with httpx.AsyncClient() as client:
            return await client.post(f"{self.server_url}/hooks/meta", content=body, headers=headers)

    # --- what the vendors answer --------------------------------------------------------------------------------------

    async def take_by_twilio(self, request: web.Request) -> web.StreamResponse:
        """Create a message."""
        if refusal := _twilio_login(request):
            return refusal
        fields = parse_qs((await request.text()), keep_blank_values=True)
        self.faults += _twilio_faults(request, fields)
        one = {name: values[0] for name, values in fields.items()}
        reference = f"SM{len(self.sent) + 1:032x}"
        callback = one.get("StatusCallback", "")
        attempt = parse_qs(urlsplit(callback).query).get("attempt", [""])[0]
        named = json.loads(one.get("ContentVariables", "{}"))
        variables = tuple(named[str(number)] for number in range(1, len(named) + 1))
        by_whatsapp = one["To"].startswith("whatsapp:")
        sent = Sent(
            "twilio",
            "whatsapp" if by_whatsapp else "sms",
            one["To"].removeprefix("whatsapp:"),
            reference,
            variables[-1] if by_whatsapp else one.get("Body", ""),
            one.get("ContentSid", ""),
            callback,
            attempt,
            variables,
        )

        def refuse(status: int, code: int) -> web.Response:
            said = {"code": code, "message": f"no: {sent.to}", "more_info": "https://twilio.com", "status": status}
            return web.json_response(said, status=status, headers={"Retry-After": "7"} if status == 429 else {})

        done = web.json_response(
            {"sid": reference, "status": "queued", "error_code": None, "to": one["To"]}, status=201
        )
        return await self._in_mood(request, sent, done, refuse)

    async def take_by_meta(self, request: web.Request) -> web.StreamResponse:
        """Send a message."""
        if refusal := _meta_login(request):
            return refusal
        body = await request.json()
        self.faults += [fault.message for fault in jsonschema_rs.validator_for(TEMPLATE_MESSAGE).iter_errors(body)]
        self.faults += _described_faults("TC_META_OPENAPI", r"/messages$", body)
        template = body["template"]
        variables = tuple(parameter["text"] for parameter in template["components"][0]["parameters"])
        reference = f"wamid.{base64.b64encode(str(len(self.sent) + 1).encode()).decode()}"
        sent = Sent(
            "meta",
            "whatsapp",
            body["to"],
            reference,
            variables[-1],
            f"{template['name']}/{template['language']['code']}",
            attempt=body.get("biz_opaque_callback_data", ""),
            variables=variables,
        )

        def refuse(status: int, code: int) -> web.Response:
            error = {"message": f"(#{code}) no", "type": "OAuthException", "code": code, "fbtrace_id": "x"}
            return web.json_response({"error": error}, status=status)

        done = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": body["to"], "wa_id": body["to"].removeprefix("+")}],
            "messages": [{"id": reference, "message_status": "accepted"}],
        }
        return await self._in_mood(request, sent, web.json_response(done), refuse)

    async def take_by_apprise(self, request: web.Request) -> web.StreamResponse:
        """Take what Apprise's `json://` posts."""
        body = await request.json()
        sent = Sent("apprise", "sms", f"+{request.match_info['phone']}", "", body["message"])
        return await self._in_mood(request, sent, web.Response(), lambda status, _code: web.Response(status=status))

    async def tell_account(self, request: web.Request) -> web.StreamResponse:
        """Fetch the account at Twilio."""
        return _twilio_login(request) or web.json_response({"sid": ACCOUNT, "status": self.status, "type": "Full"})

    async def tell_number(self, request: web.Request) -> web.StreamResponse:
        """Fetch the number at Meta."""
        return _meta_login(request) or web.json_response({"id": PHONE_ID, "quality_rating": "GREEN"})

    async def tell_templates(self, request: web.Request) -> web.StreamResponse:
        """List the templates at Meta."""
        listed = [
            {"name": "invitation", "language": code, "status": "PAUSED" if code in self.unapproved else "APPROVED"}
            for code in ("en", "fr")
        ]
        return _meta_login(request) or web.json_response({"data": listed})

    async def _in_mood(
        self, request: web.Request, sent: Sent, done: web.StreamResponse, refuse: Any
    ) -> web.StreamResponse:
        mood = self.moods.pop(0) if self.moods else ""
        if found := re.fullmatch(r"(\d{3}) ?(\d*)", mood):
            refused: web.StreamResponse = refuse(int(found[1]), int(found[2] or 0))
            return refused
        async with self._came:
            self.sent.append(sent)
            self._came.notify_all()
        match mood.split():
            case ["hang"]:
                await self._gate.wait()
            case ["drop"]:
                assert request.transport is not None
                request.transport.abort()
            case ["early", status, *error]:
                answer = await self.report(sent, status, int(error[0]) if error else 0)
                assert answer.status_code == 200, answer.text
        return done


@asynccontextmanager
async def gateways(*moods: str) -> AsyncIterator[Gateways]:
    """Run one in this loop."""
    made = Gateways(moods=list(moods))
    app = web.Application()
    app.add_routes(
        [
            web.post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", made.take_by_twilio),
            web.get(f"/2010-04-01/Accounts/{ACCOUNT}.json", made.tell_account),
            web.post(f"/v24.0/{PHONE_ID}/messages", made.take_by_meta),
            web.get(f"/v24.0/{PHONE_ID}", made.tell_number),
            web.get(f"/v24.0/{BUSINESS}/message_templates", made.tell_templates),
            web.post("/gateway/{phone}", made.take_by_apprise),
            web.post("/gateway/{phone}/", made.take_by_apprise),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        made.let_go()
        await runner.cleanup()


def _twilio_login(request: web.Request) -> web.Response | None:
    expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    if request.headers.get("Authorization") == f"Basic {expected}":
        return None
    return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)


def _meta_login(request: web.Request) -> web.Response | None:
    if request.headers.get("Authorization") == f"Bearer {BEARER}":
        return None
    return web.json_response({"error": {"message": "Invalid token", "code": 190}}, status=401)


def _twilio_faults(request: web.Request, fields: dict[str, list[str]]) -> list[str]:
    """Find what Twilio would refuse or drop."""
    faults = [f"unknown field {name}" for name in fields.keys() - MESSAGE_FIELDS]
    if request.content_type != "application/x-www-form-urlencoded":
        faults.append(f"not a form, but {request.content_type}")
    if not {"From", "MessagingServiceSid"} & fields.keys():
        faults.append("no sender")
    if not {"Body", "MediaUrl", "ContentSid"} & fields.keys():
        faults.append("no content")
    if "To" not in fields:
        faults.append("nobody to send it to")
    flat = {name: values[0] for name, values in fields.items()}
    return faults + _described_faults("TC_TWILIO_OPENAPI", r"/Messages\.json$", flat)


def _described_faults(variable: str, path: str, content: Any) -> list[str]:
    """Hold what is posted to a path to the vendor's OpenAPI document, if there is one."""
    if not (name := os.environ.get(variable)):
        return []
    document = _document(name)
    item = next(item for key, item in document["paths"].items() if re.search(path, key) and "post" in item)
    [media] = item["post"]["requestBody"]["content"].values()
    schema = media["schema"] | {"components": document.get("components", {})}
    faults = [fault.message for fault in jsonschema_rs.validator_for(schema).iter_errors(content)]
    known = schema.get("properties", {}).keys()
    return faults + [f"{field} isn't in {name}" for field in content if known and field not in known]


@cache
def _document(name: str) -> dict[str, Any]:
    text = Path(name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    return found

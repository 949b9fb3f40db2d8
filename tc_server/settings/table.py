"""All settings there are, each with its default and its meaning, in the order of the documentation."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tc_server.settings import reading


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in the environment (in the file: lower case, without `TC_`), default, meaning, reader.

    A `secret` one is never shown, not even where it can't be understood.
    """

    name: str
    default: str
    help: str
    read: Callable[[str], Any] = str
    secret: bool = False

    @property
    def field(self) -> str:
        """Name it as the file and `Settings` do."""
        return self.name.removeprefix("TC_").lower()


SETTINGS = (
    Setting("TC_DATA", "data", "The data folder: database, files, outbox, and `tc-server.toml`.", Path),
    Setting("TC_HOST", "127.0.0.1", "The address to listen on."),
    Setting("TC_PORT", "8080", "The port to listen on; 0 picks a free one.", reading.port),
    Setting(
        "TC_PUBLIC_URL",
        "",
        "The address that links begin with. By default the listening address.",
        reading.like(r"https?://[^\s/?#@]+(/[^\s?#]*)?", "an address like https://talk.example.org"),
    ),
    Setting(
        "TC_DATABASE_URL",
        "",
        "The database, like `postgresql+asyncpg://user@host/name`. By default SQLite in the data folder.",
        reading.like(
            r"(postgresql\+asyncpg|sqlite\+aiosqlite)://\S+", "an address like postgresql+asyncpg://user@host/name"
        ),
    ),
    Setting(
        "TC_FILES_URL",
        "",
        "Where files in chat are kept: `s3://…`, `gs://…`, `az://…`. By default a folder in the data folder.",
        reading.like(r"(s3|gs|az|file)://\S+", "an address like s3://bucket/folder"),
    ),
    Setting("TC_SECRET_KEY", "", "The server's secret key, 64 hexadecimal digits. Better: `TC_SECRET_KEY_FILE`."),
    Setting(
        "TC_SECRET_KEY_FILE",
        "",
        "The file with the server's secret key, made on the first run. By default `secret.key` in the data folder; "
        "best kept outside of it.",
    ),
    Setting("TC_TLS_CERT", "", "The certificate chain (PEM) to serve https with."),
    Setting("TC_TLS_KEY", "", "The certificate's private key (PEM)."),
    Setting(
        "TC_TRUSTED_PROXIES",
        "",
        "Addresses of reverse proxies whose X-Forwarded headers are believed, by commas.",
        reading.proxies,
    ),
    Setting("TC_CLOSED_RETENTION", "24h", "How long a closed session stays before it is erased.", reading.duration),
    Setting(
        "TC_OPEN_RETENTION",
        "30d",
        "How long a session without activity stays open before it closes by itself.",
        reading.duration,
    ),
    Setting("TC_INVITE_LIFETIME", "7d", "How long an invite is valid.", reading.duration),
    Setting(
        "TC_REMINDERS",
        "1d, 15m",
        "How long before a planned conversation people are reminded of it, by commas; the link comes with each.",
        reading.durations,
    ),
    Setting(
        "TC_PLACE_GRACE",
        "30m",
        "How long a place in line is kept for somebody who went away without a word.",
        reading.duration,
    ),
    Setting("TC_LOGIN_LIFETIME", "30d", "How long staff stays logged in.", reading.duration),
    Setting(
        "TC_TURN_URLS",
        "",
        "The relays (coturn) that calls go through, by commas, like `turn:talk.example.org:3478` or "
        "`turns:talk.example.org:443?transport=tcp`; also `stun:` servers. Nobody else's is ever used.",
        reading.ice_urls,
    ),
    Setting("TC_TURN_SECRET", "", "The secret shared with the relays: coturn's `static-auth-secret`."),
    Setting("TC_TURN_LIFETIME", "1h", "How long a credential for the relays is good.", reading.duration),
    Setting(
        "TC_ICE_POLICY",
        "",
        "`relay`: calls go through a relay, and neither side learns the other's address. `all`: also directly. "
        "By default `relay` where `TC_TURN_URLS` names one, else `all`.",
        reading.like("all|relay", "all or relay"),
    ),
    Setting(
        "TC_VIDEO",
        "smooth",
        "What a camera's picture keeps on a weak line: `smooth` its motion, `sharp` its detail (wounds, documents).",
        reading.like("smooth|sharp", "smooth or sharp"),
    ),
    Setting("TC_RING", "45s", "How long a phone rings before the call is missed.", reading.duration),
    Setting(
        "TC_CALL_GRACE",
        "2m",
        "How long a call waits for somebody whose connection broke before they have left.",
        reading.duration,
    ),
    Setting(
        "TC_ECHO_LIMIT",
        "3",
        "How many device tests may hear their echo at a time; each takes up to half a core. 0: none.",
        reading.number,
    ),
    Setting("TC_MAX_FILE", "10000000", "The biggest file in chat, in bytes.", reading.number),
    Setting(
        "TC_ORGANISATION", "TeleConnect", "The name that people see in messages and on the page. Keep it discreet."
    ),
    Setting("TC_EXIT_URL", "/", "Where the page's quick exit leads: a harmless page. By default the server's own."),
    Setting(
        "TC_PROVIDERS",
        "",
        "What messages go through, by commas, the first to be tried first: `meta`, `twilio`, `apprise`, `smtp`, "
        "`folder`. Each may be kept to phone numbers, like `twilio:+41 !+374`. By default all that are configured, "
        "else the folder `outbox` in the data.",
        reading.providers,
    ),
    Setting(
        "TC_SMTP_URL",
        "",
        "The mail server, like `smtp://user:password@mail.example.org:587` (STARTTLS) or `smtps://…:465`. Encrypted "
        "always, but for one on this machine or with `?tls=never`.",
        reading.like(
            r"smtps?://([^\s/@]+@)?(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?/?(\?tls=never)?",
            "an address like "
            "smtp://user:password@mail.example.org:587, what is special in user or password written like %40",
        ),
    ),
    Setting(
        "TC_MAIL_FROM",
        "",
        "The sender's address of mail. Keep it discreet, and let its domain allow the mail server (SPF, DKIM).",
        reading.like(r"[^\s<>@,;:\"]+@[^\s<>@,;:\"]+", "an address like talk@example.org"),
    ),
    Setting(
        "TC_TWILIO_ACCOUNT",
        "",
        "The Twilio account's SID; with it go `TC_TWILIO_TOKEN` and a sender.",
        reading.like(r"AC[0-9a-fA-F]{32}", "an Account SID: AC and 32 hexadecimal digits"),
    ),
    Setting("TC_TWILIO_TOKEN", "", "The Twilio account's Auth Token. It also proves that receipts are Twilio's."),
    Setting(
        "TC_TWILIO_FROM",
        "",
        "What SMS come from: a number like `+41791234567`, a sender's name of up to 11 characters, or the SID of a "
        "messaging service (`MG…`).",
        reading.like(
            r"\+\d{3,15}|\d{3,8}|MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{1,11}", "a number, a name of 11 characters, or MG…"
        ),
    ),
    Setting(
        "TC_TWILIO_WHATSAPP_FROM",
        "",
        "The number that Twilio sends WhatsApp from, or a messaging service; with it goes `TC_TWILIO_TEMPLATES`.",
        reading.like(r"(whatsapp:)?\+\d{3,15}|MG[0-9a-fA-F]{32}", "a number like +41791234567, or MG…"),
    ),
    Setting(
        "TC_TWILIO_TEMPLATES",
        "",
        "Twilio's Content templates by language, like `en=HX…, en_colleague=HX…, en_reminder=HX…`, or a table in the "
        "file. `tc server templates` names them all.",
        reading.templates("HX[0-9a-fA-F]{32}", "en=HX… (32 hexadecimal digits), en_colleague=HX…"),
    ),
    Setting(
        "TC_TWILIO_API",
        "https://api.twilio.com",
        "Where Twilio's API is.",
        reading.like(r"https?://[^\s?#@]+", "an address like https://api.twilio.com"),
    ),
    Setting("TC_META_TOKEN", "", "The system user's token for Meta's WhatsApp Cloud API."),
    Setting(
        "TC_META_PHONE_ID",
        "",
        "The id (not the number) of the phone number that WhatsApp messages come from.",
        reading.like(r"\d{3,32}", "Meta's id of a phone number: digits"),
    ),
    Setting("TC_META_APP_SECRET", "", "The Meta app's secret, which proves that receipts are Meta's."),
    Setting("TC_META_VERIFY_TOKEN", "", "A word of your own, to be given to Meta along with the receipts' address."),
    Setting(
        "TC_META_TEMPLATES",
        "",
        "Meta's templates by language, like `en=invitation, en_colleague=invitation_colleague, en_reminder=reminder`, "
        "or a table in the file. Where Meta's code for the language is another, `am=invitation_am/en`. `tc server "
        "templates` names them all.",
        reading.templates(r"[a-z0-9_]{1,512}(/[A-Za-z]{2,3}(_[A-Za-z]{2,4})?)?", "en=invitation, am=invitation_am/en"),
    ),
    Setting(
        "TC_META_ACCOUNT",
        "",
        "The WhatsApp Business Account's id: with it `tc server check` sees whether the templates are approved.",
        reading.like(r"\d{3,32}", "Meta's id of a WhatsApp Business Account: digits"),
    ),
    Setting(
        "TC_META_API",
        "https://graph.facebook.com/v24.0",
        "Where Meta's Graph API is, with its version.",
        reading.like(r"https?://[^\s?#@]+", "an address like https://graph.facebook.com/v24.0"),
    ),
    Setting(
        "TC_APPRISE_SMS",
        "",
        "An SMS gateway as an address of Apprise, with `{phone}` for the number's digits, like "
        "`bulksms://user:password@{phone}`.",
    ),
    Setting(
        "TC_DELIVERY_PATIENCE",
        "10m",
        "How long one way is tried, or word of arrival waited for, before a message goes the next way.",
        reading.duration,
    ),
    Setting(
        "TC_NOTIFY_AFTER",
        "5m",
        "How long somebody may wait without a reaction before staff who is connected is told elsewhere; with nobody "
        "connected staff is told after 20s.",
        reading.duration,
    ),
    Setting(
        "TC_APPRISE_STAFF",
        "",
        "Where the whole team is told that somebody waits for one of them: addresses in Apprise's form, by commas.",
        reading.services,
        secret=True,
    ),
    Setting("TC_METRICS_TOKEN", "", "The bearer token for `/metrics`; without one there are no metrics."),
)

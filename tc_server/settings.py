"""Settings: flags beat the environment, the environment beats `tc-server.toml`. Read here and nowhere else."""

import os
import re
import ssl
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from tc_server.domain.call import Patience
from tc_server.domain.delivery import Policy as DeliveryPolicy
from tc_server.domain.delivery import Rules
from tc_server.domain.ice import TURN, Policy, Relays
from tc_server.domain.notice import Attention
from tc_server.domain.retention import Retention
from tc_server.store.engine import sqlite_url
from tc_server.store.vault import load_secret, parse_secret


class BadSetting(Exception):
    """A setting that can't be understood; the message names it and says what it should be."""


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


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 36_500 * 86_400


def duration(text: str) -> timedelta:
    """Read `30s`, `15m`, `24h` or `30d`; raises ValueError."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([smhd])", text.strip(), re.ASCII)
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0 < seconds <= _LONGEST:
        raise ValueError("a duration like 30s, 15m, 24h or 30d, of at most 100 years")
    return timedelta(seconds=seconds)


def _durations(text: str) -> tuple[timedelta, ...]:
    try:
        return tuple(duration(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("durations by commas, like 1d, 15m") from None


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,15}", text.strip(), re.ASCII):
        raise ValueError("a whole number")
    return int(text)


def _port(text: str) -> int:
    if (port := _number(text)) > 65_535:
        raise ValueError("a port from 0 to 65535")
    return port


def _proxies(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return tuple(str(ip_network(part)) if "/" in part else str(ip_address(part)) for part in found)
    except ValueError:
        raise ValueError("addresses or networks like 10.0.0.1 or 10.0.0.0/8, by commas") from None


_ICE_URL = re.compile(
    r"(turn|turns|stun|stuns):(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?", re.ASCII
)


def _ice_urls(text: str) -> tuple[str, ...]:
    """Read addresses of STUN (RFC 7064) and TURN (RFC 7065) servers."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(_ICE_URL.fullmatch(part) for part in found):
        raise ValueError("addresses like turn:talk.example.org:3478, by commas")
    return found


_RULE = re.compile(r"!?(\+\d{1,15}|\*)", re.ASCII)


def _providers(text: str) -> tuple[tuple[str, Rules], ...]:
    """Read `smtp, twilio:+41 !+4179 *`: names in order, each with the numbers that it is for."""
    found = []
    for part in text.split(","):
        name, _, rules = (piece.strip() for piece in part.partition(":"))
        patterns = tuple(rules.split())
        if part.strip() and not (name and all(_RULE.fullmatch(pattern) for pattern in patterns)):
            raise ValueError("names by commas, each with the numbers that it is for, like smtp, twilio:+41 !+374")
        if part.strip():
            found.append((name, Rules(patterns or ("*",))))
    if len({name for name, _ in found}) < len(found):
        raise ValueError("names by commas, each named once")
    return tuple(found)


def _services(text: str) -> tuple[str, ...]:
    """Read addresses in Apprise's form, by commas or spaces, which may have commas of their own."""
    found = tuple(re.split(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)", text.strip().rstrip(","))) if text.strip() else ()
    if not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", part) for part in found):
        raise ValueError("addresses in Apprise's form like tgram://TOKEN/CHAT, by commas")
    return found


_TEMPLATE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*(_(colleague|planned|reminder|moved|cancelled))?"


def _templates(kind: str, example: str) -> Callable[[str], tuple[tuple[str, str], ...]]:
    """Make a reader of WhatsApp templates by language, like `en=HX…, en_colleague=HX…`."""

    def read(text: str) -> tuple[tuple[str, str], ...]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        found = [tuple(piece.strip() for piece in part.partition("=")[::2]) for part in parts]
        if not all(re.fullmatch(_TEMPLATE, key) for key, _ in found) or not all(
            re.fullmatch(kind, value, re.ASCII) for _, value in found
        ):
            raise ValueError(f"templates by language and commas, like {example}")
        return tuple((key, value) for key, value in found)

    return read


def _like(pattern: str, meaning: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(meaning)
        return text

    return read


SETTINGS = (
    Setting("TC_DATA", "data", "The data folder: database, files, outbox, and `tc-server.toml`.", Path),
    Setting("TC_HOST", "127.0.0.1", "The address to listen on."),
    Setting("TC_PORT", "8080", "The port to listen on; 0 picks a free one.", _port),
    Setting(
        "TC_PUBLIC_URL",
        "",
        "The address that links begin with. By default the listening address.",
        _like(r"https?://[^\s/?#@]+(/[^\s?#]*)?", "an address like https://talk.example.org"),
    ),
    Setting(
        "TC_DATABASE_URL",
        "",
        "The database, like `postgresql+asyncpg://user@host/name`. By default SQLite in the data folder.",
        _like(r"(postgresql\+asyncpg|sqlite\+aiosqlite)://\S+", "an address like postgresql+asyncpg://user@host/name"),
    ),
    Setting(
        "TC_FILES_URL",
        "",
        "Where files in chat are kept: `s3://…`, `gs://…`, `az://…`. By default a folder in the data folder.",
        _like(r"(s3|gs|az|file)://\S+", "an address like s3://bucket/folder"),
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
        _proxies,
    ),
    Setting("TC_CLOSED_RETENTION", "24h", "How long a closed session stays before it is erased.", duration),
    Setting(
        "TC_OPEN_RETENTION",
        "30d",
        "How long a session without activity stays open before it closes by itself.",
        duration,
    ),
    Setting("TC_INVITE_LIFETIME", "7d", "How long an invite is valid.", duration),
    Setting(
        "TC_REMINDERS",
        "1d, 15m",
        "How long before a planned conversation people are reminded of it, by commas; the link comes with each.",
        _durations,
    ),
    Setting(
        "TC_PLACE_GRACE", "30m", "How long a place in line is kept for somebody who went away without a word.", duration
    ),
    Setting("TC_LOGIN_LIFETIME", "30d", "How long staff stays logged in.", duration),
    Setting(
        "TC_TURN_URLS",
        "",
        "The relays (coturn) that calls go through, by commas, like `turn:talk.example.org:3478` or "
        "`turns:talk.example.org:443?transport=tcp`; also `stun:` servers. Nobody else's is ever used.",
        _ice_urls,
    ),
    Setting("TC_TURN_SECRET", "", "The secret shared with the relays: coturn's `static-auth-secret`."),
    Setting("TC_TURN_LIFETIME", "1h", "How long a credential for the relays is good.", duration),
    Setting(
        "TC_ICE_POLICY",
        "",
        "`relay`: calls go through a relay, and neither side learns the other's address. `all`: also directly. "
        "By default `relay` where `TC_TURN_URLS` names one, else `all`.",
        _like("all|relay", "all or relay"),
    ),
    Setting(
        "TC_VIDEO",
        "smooth",
        "What a camera's picture keeps on a weak line: `smooth` its motion, `sharp` its detail (wounds, documents).",
        _like("smooth|sharp", "smooth or sharp"),
    ),
    Setting("TC_RING", "45s", "How long a phone rings before the call is missed.", duration),
    Setting(
        "TC_CALL_GRACE",
        "2m",
        "How long a call waits for somebody whose connection broke before they have left.",
        duration,
    ),
    Setting(
        "TC_ECHO_LIMIT",
        "3",
        "How many device tests may hear their echo at a time; each takes up to half a core. 0: none.",
        _number,
    ),
    Setting("TC_MAX_FILE", "10000000", "The biggest file in chat, in bytes.", _number),
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
        _providers,
    ),
    Setting(
        "TC_SMTP_URL",
        "",
        "The mail server, like `smtp://user:password@mail.example.org:587` (STARTTLS) or `smtps://…:465`. Encrypted "
        "always, but for one on this machine or with `?tls=never`.",
        _like(
            r"smtps?://([^\s/@]+@)?(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?/?(\?tls=never)?",
            "an address like "
            "smtp://user:password@mail.example.org:587, what is special in user or password written like %40",
        ),
    ),
    Setting(
        "TC_MAIL_FROM",
        "",
        "The sender's address of mail. Keep it discreet, and let its domain allow the mail server (SPF, DKIM).",
        _like(r"[^\s<>@,;:\"]+@[^\s<>@,;:\"]+", "an address like talk@example.org"),
    ),
    Setting(
        "TC_TWILIO_ACCOUNT",
        "",
        "The Twilio account's SID; with it go `TC_TWILIO_TOKEN` and a sender.",
        _like(r"AC[0-9a-fA-F]{32}", "an Account SID: AC and 32 hexadecimal digits"),
    ),
    Setting("TC_TWILIO_TOKEN", "", "The Twilio account's Auth Token. It also proves that receipts are Twilio's."),
    Setting(
        "TC_TWILIO_FROM",
        "",
        "What SMS come from: a number like `+41791234567`, a sender's name of up to 11 characters, or the SID of a "
        "messaging service (`MG…`).",
        _like(r"\+\d{3,15}|\d{3,8}|MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{1,11}", "a number, a name of 11 characters, or MG…"),
    ),
    Setting(
        "TC_TWILIO_WHATSAPP_FROM",
        "",
        "The number that Twilio sends WhatsApp from, or a messaging service; with it goes `TC_TWILIO_TEMPLATES`.",
        _like(r"(whatsapp:)?\+\d{3,15}|MG[0-9a-fA-F]{32}", "a number like +41791234567, or MG…"),
    ),
    Setting(
        "TC_TWILIO_TEMPLATES",
        "",
        "Twilio's Content templates by language, like `en=HX…, en_colleague=HX…, en_reminder=HX…`, or a table in the "
        "file. `tc server templates` names them all.",
        _templates("HX[0-9a-fA-F]{32}", "en=HX… (32 hexadecimal digits), en_colleague=HX…"),
    ),
    Setting(
        "TC_TWILIO_API",
        "https://api.twilio.com",
        "Where Twilio's API is.",
        _like(r"https?://[^\s?#@]+", "an address like https://api.twilio.com"),
    ),
    Setting("TC_META_TOKEN", "", "The system user's token for Meta's WhatsApp Cloud API."),
    Setting(
        "TC_META_PHONE_ID",
        "",
        "The id (not the number) of the phone number that WhatsApp messages come from.",
        _like(r"\d{3,32}", "Meta's id of a phone number: digits"),
    ),
    Setting("TC_META_APP_SECRET", "", "The Meta app's secret, which proves that receipts are Meta's."),
    Setting("TC_META_VERIFY_TOKEN", "", "A word of your own, to be given to Meta along with the receipts' address."),
    Setting(
        "TC_META_TEMPLATES",
        "",
        "Meta's templates by language, like `en=invitation, en_colleague=invitation_colleague, en_reminder=reminder`, "
        "or a table in the file. Where Meta's code for the language is another, `am=invitation_am/en`. `tc server "
        "templates` names them all.",
        _templates(r"[a-z0-9_]{1,512}(/[A-Za-z]{2,3}(_[A-Za-z]{2,4})?)?", "en=invitation, am=invitation_am/en"),
    ),
    Setting(
        "TC_META_ACCOUNT",
        "",
        "The WhatsApp Business Account's id: with it `tc server check` sees whether the templates are approved.",
        _like(r"\d{3,32}", "Meta's id of a WhatsApp Business Account: digits"),
    ),
    Setting(
        "TC_META_API",
        "https://graph.facebook.com/v24.0",
        "Where Meta's Graph API is, with its version.",
        _like(r"https?://[^\s?#@]+", "an address like https://graph.facebook.com/v24.0"),
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
        duration,
    ),
    Setting(
        "TC_NOTIFY_AFTER",
        "5m",
        "How long somebody may wait without a reaction before staff who is connected is told elsewhere; with nobody "
        "connected staff is told after 20s.",
        duration,
    ),
    Setting(
        "TC_APPRISE_STAFF",
        "",
        "Where the whole team is told that somebody waits for one of them: addresses in Apprise's form, by commas.",
        _services,
        secret=True,
    ),
    Setting("TC_METRICS_TOKEN", "", "The bearer token for `/metrics`; without one there are no metrics."),
)


@dataclass(frozen=True, slots=True)
class Twilio:
    """An account with Twilio. `sender` is for SMS, `whatsapp` for WhatsApp; either may be empty."""

    account: str
    token: str
    sender: str
    whatsapp: str
    templates: tuple[tuple[str, str], ...]
    api: str


@dataclass(frozen=True, slots=True)
class Meta:
    """A number with Meta's WhatsApp Cloud API. `secret` and `verify` are empty where no receipts come."""

    token: str
    phone_id: str
    secret: str
    verify: str
    templates: tuple[tuple[str, str], ...]
    account: str
    api: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, read and checked. `public_url` is empty until the server knows its port."""

    data: Path
    host: str
    port: int
    public_url: str
    database_url: str
    files_url: str
    secret: bytes
    tls_cert: str
    tls_key: str
    trusted_proxies: tuple[str, ...]
    retention: Retention
    reminders: tuple[timedelta, ...]
    relays: Relays
    patience: Patience
    login_lifetime: timedelta
    echo_limit: int
    max_file: int
    organisation: str
    exit_url: str
    providers: tuple[tuple[str, Rules], ...]
    smtp_url: str
    mail_from: str
    twilio: Twilio | None
    meta: Meta | None
    apprise_sms: str
    delivery: DeliveryPolicy
    attention: Attention
    team: tuple[str, ...]
    metrics_token: str
    video: str


def load(overrides: Mapping[str, Any] | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; `overrides` by field name are a command's flags (None: not given).

    Makes the data folder (mode 0700) and the secret key on the first run. Raises BadSetting.
    """
    given = {name: str(value) for name, value in (overrides or {}).items() if value is not None}
    data = Path(given.get("data") or environment.get("TC_DATA") or "data")
    file = _read_file(data / "tc-server.toml")
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = given.get(setting.field) or environment.get(setting.name) or file.get(setting.field) or setting.default
        try:
            values[setting.field] = setting.read(text)
        except ValueError as fault:
            shown = "…" if setting.secret else re.sub(r"//[^/@]*@", "//…@", text)
            raise BadSetting(f"{setting.name} is '{shown}', but should be {fault}.") from fault
    return _checked(values)


def _checked(values: dict[str, Any]) -> Settings:
    data: Path = values["data"]
    if bool(values["tls_cert"]) != bool(values["tls_key"]):
        raise BadSetting("TC_TLS_CERT and TC_TLS_KEY go together: give both or neither.")
    if bool(values["smtp_url"]) != bool(values["mail_from"]):
        raise BadSetting("TC_SMTP_URL and TC_MAIL_FROM go together: give both or neither.")
    if values["apprise_sms"] and not re.match(r"[a-z][a-z0-9]*://.*\{phone\}", values["apprise_sms"]):
        raise BadSetting(
            "TC_APPRISE_SMS should be an address of Apprise with {phone} in it, like bulksms://user:password@{phone}."
        )
    if values["tls_cert"]:
        _check_tls(values["tls_cert"], values["tls_key"])
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = _secret(values, data)
    except OSError as fault:
        raise BadSetting(
            f"The data folder or secret key can't be used: {fault}. Choose another with --data."
        ) from fault
    except ValueError as fault:
        raise BadSetting(f"The secret key can't be used: {fault}. It should be 64 hexadecimal digits.") from fault
    return Settings(
        data=data,
        host=values["host"],
        port=values["port"],
        public_url=values["public_url"].rstrip("/"),
        database_url=values["database_url"] or sqlite_url(data),
        files_url=values["files_url"] or f"file://{(data / 'files').resolve()}",
        secret=secret,
        tls_cert=values["tls_cert"],
        tls_key=values["tls_key"],
        trusted_proxies=values["trusted_proxies"],
        retention=Retention(
            closed=values["closed_retention"],
            open=values["open_retention"],
            invite=values["invite_lifetime"],
            place_grace=values["place_grace"],
        ),
        reminders=values["reminders"],
        relays=_relays(values),
        patience=Patience(ring=values["ring"], grace=values["call_grace"]),
        login_lifetime=values["login_lifetime"],
        echo_limit=values["echo_limit"],
        max_file=values["max_file"],
        organisation=values["organisation"],
        exit_url=values["exit_url"],
        providers=values["providers"],
        smtp_url=values["smtp_url"],
        mail_from=values["mail_from"],
        twilio=_twilio(values),
        meta=_meta(values),
        apprise_sms=values["apprise_sms"],
        delivery=DeliveryPolicy(patience=values["delivery_patience"]),
        attention=Attention(values["notify_after"]),
        team=values["apprise_staff"],
        metrics_token=values["metrics_token"],
        video=values["video"],
    )


def _twilio(values: dict[str, Any]) -> Twilio | None:
    account, token, sender, whatsapp, templates = (
        values[f"twilio_{name}"] for name in ("account", "token", "from", "whatsapp_from", "templates")
    )
    if not (account or token or sender or whatsapp or templates):
        return None
    if not (account and token and (sender or whatsapp)):
        raise BadSetting(
            "TC_TWILIO_ACCOUNT, TC_TWILIO_TOKEN and a sender (TC_TWILIO_FROM, TC_TWILIO_WHATSAPP_FROM) go together."
        )
    if bool(whatsapp) != bool(templates):
        raise BadSetting("TC_TWILIO_WHATSAPP_FROM and TC_TWILIO_TEMPLATES go together: give both or neither.")
    return Twilio(account, token, sender, whatsapp, templates, values["twilio_api"].rstrip("/"))


def _meta(values: dict[str, Any]) -> Meta | None:
    token, phone_id, secret, verify, templates = (
        values[f"meta_{name}"] for name in ("token", "phone_id", "app_secret", "verify_token", "templates")
    )
    if not (token or phone_id or secret or verify or templates):
        return None
    if not (token and phone_id and templates):
        raise BadSetting("TC_META_TOKEN, TC_META_PHONE_ID and TC_META_TEMPLATES go together.")
    if bool(secret) != bool(verify):
        raise BadSetting("TC_META_APP_SECRET and TC_META_VERIFY_TOKEN go together: give both or neither.")
    return Meta(token, phone_id, secret, verify, templates, values["meta_account"], values["meta_api"].rstrip("/"))


def _relays(values: dict[str, Any]) -> Relays:
    urls: tuple[str, ...] = values["turn_urls"]
    has_relay = any(url.startswith(TURN) for url in urls)
    if has_relay != bool(values["turn_secret"]):
        raise BadSetting(
            "A turn: address in TC_TURN_URLS and TC_TURN_SECRET go together: give both, or neither. "
            "The secret is coturn's static-auth-secret."
        )
    policy: Policy = values["ice_policy"] or ("relay" if has_relay else "all")
    if policy == "relay" and not has_relay:
        raise BadSetting(
            "TC_ICE_POLICY is 'relay', but there is no relay: name one in TC_TURN_URLS, like "
            "turn:talk.example.org:3478, or leave the policy out."
        )
    return Relays(urls, values["turn_secret"], values["turn_lifetime"], policy)


def _check_tls(cert: str, key: str) -> None:
    try:
        # A key under a password would have the server ask for it.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password="")
    except OSError as fault:
        raise BadSetting(
            f"TC_TLS_CERT and TC_TLS_KEY can't be used: {fault.strerror or fault}. "
            "Give the PEM files of a certificate chain and of its key, which has no password."
        ) from fault


def _secret(values: dict[str, Any], data: Path) -> bytes:
    if values["secret_key"]:
        return parse_secret(values["secret_key"])
    return load_secret(Path(values["secret_key_file"] or data / "secret.key"))


def _read_file(path: Path) -> dict[str, str]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise BadSetting(f"{path} can't be read: {fault.strerror}. Choose another folder with --data.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSetting(f"{path} isn't valid TOML: {fault}.") from fault
    known = {setting.field for setting in SETTINGS}
    if unknown := content.keys() - known:
        raise BadSetting(f"{path} has settings that don't exist: {', '.join(sorted(unknown))}.")
    return {name: _flat(value) for name, value in content.items()}


def _flat(value: Any) -> str:
    """Write a value of the file as it would stand in the environment."""
    if isinstance(value, dict):
        return ",".join(f"{key}={one}" for key, one in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)

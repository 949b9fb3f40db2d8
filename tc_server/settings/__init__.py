"""Settings: flags beat the environment, the environment beats `tc-server.toml`. Read here and nowhere else."""

import os
import re
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tc_server.domain.call import Patience
from tc_server.domain.delivery import Policy as DeliveryPolicy
from tc_server.domain.delivery import Rules
from tc_server.domain.ice import TURN, Policy, Relays
from tc_server.domain.notice import Attention
from tc_server.domain.retention import Retention
from tc_server.settings.table import SETTINGS
from tc_server.store.engine import sqlite_url
from tc_server.store.vault import load_secret, parse_secret


class BadSetting(Exception):
    """A setting that can't be understood; the message names it and says what it should be."""


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

"""What `tc server check` looks at before a server is let onto the world."""

import shutil
import stat
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from sqlalchemy.exc import SQLAlchemyError

from tc_server.app import build_context
from tc_server.checkup import relays
from tc_server.checkup.found import Check
from tc_server.delivery import messengers, providers
from tc_server.delivery.costs import over_long
from tc_server.delivery.provider import look
from tc_server.domain.delivery import PLANNED
from tc_server.domain.errors import InvalidTarget, Unavailable
from tc_server.services.context import Context
from tc_server.settings import Settings
from tc_server.store import accounts, heartbeat
from tc_server.store.migrations import UnknownRevision

__all__ = ["Check", "check"]

_DISK_LOW = 1_000_000_000
_WRITTEN = "Write it as appriseit.com/services says."


async def check(settings: Settings) -> list[Check]:
    """Look at settings, secret key, database, schema, files, messages, relays, clock and disk."""
    ctx = build_context(settings)
    try:
        return [
            _public_url(settings),
            _data_folder(settings),
            _secret_key(settings),
            *[found async for found in _database(ctx)],
            await _files(ctx),
            *await _providers(settings),
            _sms(settings),
            *_templates(settings),
            *await _team(settings),
            *await relays.check(settings.relays, ctx.now()),
            _disk(settings),
        ]
    finally:
        await ctx.store.close()


async def _providers(settings: Settings) -> list[Check]:
    chosen = providers.chosen(settings)
    try:
        return [Check(f"provider {one.provider}", one.state, one.detail, one.remedy) for one in await look(chosen)]
    finally:
        for provider in chosen:
            await provider.close()


def _sms(settings: Settings) -> Check:
    long = over_long(settings.organisation, settings.public_url or "http://127.0.0.1:8080")
    if not long:
        return Check("SMS", "ok", "one segment where GSM has the letters, two elsewhere")
    return Check(
        "SMS",
        "warning",
        f"with this name and address some take a segment more: {', '.join(long)}",
        "Shorten TC_ORGANISATION or the host in TC_PUBLIC_URL, or expect to pay for it. `tc invite preview` counts.",
    )


def _templates(settings: Settings) -> list[Check]:
    """Find languages that some texts of what is planned have a WhatsApp template in, and others not."""
    accounts = {"TC_META_TEMPLATES": settings.meta, "TC_TWILIO_TEMPLATES": settings.twilio}
    found = []
    for name, account in accounts.items():
        there = {key for key, _ in account.templates} if account else set()
        languages = {key.partition("_")[0] for key in there if key.partition("_")[2] in PLANNED}
        if missing := sorted({f"{code}_{kind}" for code in languages for kind in PLANNED} - there):
            detail = f"what is planned goes other ways, or not at all, for want of {', '.join(missing)} in {name}"
            found.append(Check("WhatsApp templates", "warning", detail, "tc server templates shows their texts."))
    return found


def _public_url(settings: Settings) -> Check:
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        return Check(
            "public URL",
            "warning",
            "not set: links lead to the listening address",
            "Set TC_PUBLIC_URL to the https address that people reach.",
        )
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        return Check(
            "public URL",
            "failed",
            f"{settings.public_url} isn't encrypted: everything said could be read on the way",
            "Serve https: set TC_TLS_CERT and TC_TLS_KEY, or put a proxy before it and name it in TC_TRUSTED_PROXIES.",
        )
    return Check("public URL", "ok", settings.public_url)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _data_folder(settings: Settings) -> Check:
    if settings.data.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Check(
            "data folder", "failed", f"{settings.data} can be read by others", f"Run: chmod 700 {settings.data}"
        )
    return Check("data folder", "ok", str(settings.data))


def _secret_key(settings: Settings) -> Check:
    path = settings.data / "secret.key"
    if not path.exists():
        return Check("secret key", "ok", "kept outside the data folder")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Check("secret key", "failed", f"{path} can be read by others", f"Run: chmod 600 {path}")
    return Check(
        "secret key",
        "warning",
        "lies in the data folder: who takes the folder can read everything in it",
        "Move it elsewhere and name it in TC_SECRET_KEY_FILE.",
    )


async def _database(ctx: Context) -> AsyncIterator[Check]:
    try:
        await ctx.store.migrate()
        async with ctx.store.read() as tx:
            names = await accounts.everyone(tx)
            opens = await tx.vault.opens_any(tx.conn)
            last = await heartbeat.last(tx)
    except (Unavailable, OSError, SQLAlchemyError, UnknownRevision) as fault:
        yield Check(
            "database", "failed", f"can't be reached: {fault}", "Check TC_DATABASE_URL and the folder's rights."
        )
        return
    yield Check("database", "ok", "SQLite" if ctx.store.is_sqlite else "PostgreSQL")
    yield Check("schema", "ok", "newest")
    if not opens:
        yield Check("vault", "failed", "the secret key doesn't open it", "Give the right key in TC_SECRET_KEY_FILE.")
    if last and last > ctx.now():
        yield Check("clock", "failed", "the server was last alive in the future", "Set the machine's clock (NTP).")
    else:
        yield Check("clock", "ok", "runs forward")
    if not any(account.role == "admin" and not account.disabled_at for account in names):
        yield Check("accounts", "warning", "nobody can manage accounts", "Run: tc server add-user NAME --role admin")
    else:
        yield Check("accounts", "ok", f"{len(names)}")


async def _files(ctx: Context) -> Check:
    try:
        await ctx.blobs.check()
    except (BaseError, OSError) as fault:
        return Check("files", "failed", f"can't be written: {fault}", "Check TC_FILES_URL and its rights.")
    return Check("files", "ok", "can be written")


async def _team(settings: Settings) -> list[Check]:
    """Look whether the team can be told of who waits; nothing is sent."""
    for number, url in enumerate(settings.team, start=1):
        try:
            await messengers.accept(url)
        except InvalidTarget as refused:
            return [
                Check("team notices", "failed", f"address {number} of TC_APPRISE_STAFF: {refused.detail}", _WRITTEN)
            ]
    return [Check("team notices", "ok", f"{len(settings.team)} addresses")] if settings.team else []


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(Path(settings.data)).free
    detail = f"{free / 1e9:.1f} GB free"
    if free < _DISK_LOW:
        return Check("disk", "warning", detail, "Make room: a full disk refuses every message.")
    return Check("disk", "ok", detail)

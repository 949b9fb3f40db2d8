"""The composition root: settings, then store, services, routes, and what runs as long as the server does."""

import asyncio
import fcntl
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO

import uvicorn
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.prometheus import PrometheusConfig
from sqlalchemy.exc import SQLAlchemyError

from tc_server.delivery import providers
from tc_server.delivery.costs import SENT
from tc_server.delivery.notifier import Couriers, Notifier
from tc_server.delivery.outbox import Outbox
from tc_server.delivery.providers import folder
from tc_server.delivery.texts import compose, template_text, test_text
from tc_server.domain.batch import no_way
from tc_server.domain.delivery import Outcome, Step, Via, chain, left_out
from tc_server.domain.errors import Unavailable
from tc_server.domain.invite import Invitation, checked, template
from tc_server.domain.people import Account, AccountRole
from tc_server.locales import catalogue, languages
from tc_server.services import accounts, chat, housekeeping
from tc_server.services.context import Context, Outgoing, new_id
from tc_server.services.echoes import Echoes
from tc_server.services.lost import Lost
from tc_server.settings import Settings
from tc_server.store.engine import Store
from tc_server.store.files import Blobs
from tc_server.store.journal import Journal
from tc_server.store.migrations import UnknownRevision
from tc_server.store.vault import Vault
from tc_server.transport.auth import DEPENDENCIES, Tries
from tc_server.transport.http import api, outside
from tc_server.transport.problems import HANDLERS
from tc_server.transport.request_ids import name_response
from tc_server.transport.requests import JsonRequest
from tc_server.transport.ws.hub import Hub
from tc_server.transport.ws.stream import stream
from tc_server.version import VERSION

_log = logging.getLogger(__name__)


# By path templates: with the ids in it every session would stay as a row of numbers, erased or not.
_METRICS = PrometheusConfig(app_name="teleconnect", prefix="teleconnect", group_path=True, scopes={ScopeType.HTTP})


def build_context(settings: Settings) -> Context:
    """Build what use cases work with; its links and loops are not running yet."""
    store = Store(settings.database_url, Vault(settings.secret))
    outbox_folder = folder.provider(settings)
    carriers = providers.chosen(settings)
    offers = providers.offers(settings, carriers)
    ctx: Context
    journal = Journal(store, lambda said: chat.announce_said(ctx, said))
    ctx = Context(
        store=store,
        blobs=Blobs(settings.files_url),
        journal=journal,
        retention=settings.retention,
        reminders=settings.reminders,
        patience=settings.patience,
        relays=settings.relays,
        login_lifetime=settings.login_lifetime,
        max_file=settings.max_file,
        public_url=settings.public_url,
        organisation=settings.organisation,
        languages=tuple(language.code for language in languages()),
        compose=partial(compose, settings.organisation, settings.public_url),
        offers=offers,
        policy=settings.delivery,
        forget_delivered=outbox_folder.forget,
        delivered_ids=outbox_folder.ids,
        attention=settings.attention,
        notifier=Couriers(settings.organisation, carriers, offers),
        echoes=Echoes(settings.echo_limit),
    )
    return ctx


def build_app(settings: Settings) -> Litestar:
    """Build the application; its lifespan opens the store and runs what works as long as the server does."""
    ctx = build_context(settings)
    hub = Hub(ctx)
    chosen = providers.chosen(settings)
    outbox = Outbox(ctx, chosen)
    listeners = providers.listeners(chosen)
    tries = Tries()
    lost = Lost(ctx)
    ctx.announcer = hub
    ctx.wake_outbox = outbox.wake
    ctx.staff_here = hub.staff_here

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        await ctx.store.migrate()
        await housekeeping.begin(ctx)
        loops = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("journal", ctx.journal.run()),
                ("hub", hub.run()),
                ("outbox", outbox.run()),
                ("lost", lost.run()),
                ("notifier", Notifier(ctx, settings.team).run()),
                ("housekeeping", housekeeping.run(ctx, _pace(settings))),
            )
        ]
        for loop in loops:
            loop.add_done_callback(_report)
        yield
        hub.close_all()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await ctx.echoes.close()
        await ctx.store.close()

    return Litestar(
        route_handlers=[Router("/api/v1", route_handlers=[*api, stream], dependencies=dict(DEPENDENCIES)), *outside],
        dependencies={
            "ctx": Provide(lambda: ctx, sync_to_thread=False),
            "hub": Provide(lambda: hub, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "lost": Provide(lambda: lost, sync_to_thread=False),
            "tries": Provide(lambda: tries, sync_to_thread=False),
            "look_at_providers": Provide(lambda: outbox.look, sync_to_thread=False),
            "listeners": Provide(lambda: listeners, sync_to_thread=False),
        },
        exception_handlers=HANDLERS,
        request_class=JsonRequest,
        before_send=[name_response],
        middleware=[_METRICS.middleware],
        lifespan=[lifespan],
        openapi_config=OpenAPIConfig(
            title="TeleConnect",
            version=VERSION,
            path="/api/v1",
            render_plugins=[JsonRenderPlugin()],
            use_handler_docstrings=True,
            components=Components(
                security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")},
            ),
            security=[{"bearer": []}, {}],
        ),
        request_max_body_size=1_000_000,
        logging_config=None,
    )


def serve(settings: Settings, on_listening: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. `on_listening` gets the address once requests are answered.

    Raises OSError when the address can't be listened on, CannotStart when the data can't be used.
    """
    # At INFO uvicorn names every client's address.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    with _claim(settings.data):
        asyncio.run(_try_out(settings))
        listener = _listen(settings)
        scheme = "https" if settings.tls_cert else "http"
        host = settings.host if settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1"
        url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        app = build_app(replace(settings, public_url=settings.public_url or url))
        with suppress(KeyboardInterrupt):
            _Server(_uvicorn(app, settings), lambda: on_listening(url)).run(sockets=[listener])


def _uvicorn(app: Litestar, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=1_000_000,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        access_log=False,
        log_config=None,
        server_header=False,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=3,
    )


async def add_user(
    settings: Settings, name: str, role: AccountRole, password: str | None
) -> tuple[Account, str | None]:
    """Make an account without a running server. Raises NameTaken, WeakPassword."""
    ctx = build_context(settings)
    try:
        await ctx.store.migrate()
        return await accounts.add(ctx, name, role, password)
    finally:
        await ctx.store.close()


async def has_admin(settings: Settings) -> bool:
    """Tell, without a running server, whether there is somebody who looks after accounts."""
    ctx = build_context(settings)
    try:
        await ctx.store.migrate()
        return any(one.role == "admin" and not one.disabled_at for one in await accounts.everyone(ctx))
    finally:
        await ctx.store.close()


def check_providers(settings: Settings) -> None:
    """Raise BadSetting where `TC_PROVIDERS` names what there isn't."""
    providers.chosen(settings)


async def send_test(settings: Settings, to: str, via: Via, language: str) -> list[tuple[Step, Outgoing, Outcome]]:
    """Send one test along every way to an address or number, without a running server; tell how each went.

    Raises InvalidPhone, InvalidEmail, UnknownLanguage, NoProvider, BadSetting.
    """
    by_mail = "@" in to
    person = Invitation("", "service-user", language, None if by_mail else to, to if by_mail else None, via)
    person = checked(person, [found.code for found in languages()])
    chosen = providers.chosen(settings)
    offers = providers.offers(settings, chosen)
    ways = chain(via, person.phone, person.email, offers, template=person.template())
    if not ways:
        raise no_way(left_out(via, person.phone, offers, template=person.template()))
    by_name = {provider.name: provider for provider in chosen}
    sent = []
    try:
        for number, way in enumerate(ways):
            text = test_text(settings, way.channel, person, f"{new_id()}.{number}")
            sent.append((way, text, await by_name[way.provider].send(text)))
    finally:
        for provider in chosen:
            await provider.close()
    return sent


def template_texts(settings: Settings) -> list[tuple[str, str]]:
    """Word every WhatsApp template that there may be, each by its name in `TC_META_TEMPLATES`, as it is submitted."""
    return [
        (template(language.code, role, kind), template_text(settings.organisation, language.code, role, kind))
        for language in languages()
        for _, role, kind in SENT
    ]


def translations(language: str) -> list[tuple[str, str, str]]:
    """List every text of a language: what it belongs to, its English source, itself. Raises UnknownLanguage."""
    return [(place, *said) for place, texts in catalogue(language).texts.items() for said in texts.items()]


class CannotStart(Exception):
    """The data can't be used; the message says why, and what to do."""


def _claim(data: Path) -> IO[bytes]:
    """Claim a data folder for as long as the file is open: two servers on one would each take the other's people away.

    The system lets go of it when the process ends, however it ends. Raises CannotStart.
    """
    file = (data / "server.lock").open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        file.close()
        raise CannotStart(f"Another server runs on {data}. Stop it first, or choose another with --data") from fault
    return file


async def _try_out(settings: Settings) -> None:
    """Find out what would keep the server from starting, while it can still be said in one line."""
    ctx = build_context(settings)
    try:
        await ctx.store.migrate()
        async with ctx.store.read() as tx:
            opens = await tx.vault.opens_any(tx.conn)
    except (Unavailable, OSError, SQLAlchemyError, UnknownRevision) as fault:
        said = getattr(fault, "orig", None) or fault.__cause__ or fault
        raise CannotStart(f"The database can't be used ({said}). Look closer with: tc server check") from fault
    finally:
        await ctx.store.close()
    if not opens:
        raise CannotStart(str(housekeeping.WrongSecret.__doc__))


class _Server(uvicorn.Server):
    """Tells when it serves."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is loaded by now stays: sweeping it again and again for garbage took a quarter of the time of a message.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        if self.started:
            self._on_started()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def _pace(settings: Settings) -> float:
    """Choose how often housekeeping looks, in seconds: short retentions are tried out with a short breath."""
    keep, patience = settings.retention, settings.patience
    shortest = min(keep.closed, keep.invite, keep.place_grace, patience.ring, patience.grace)
    return max(0.5, min(5.0, shortest.total_seconds() / 4))


def _report(loop: "asyncio.Task[None]") -> None:
    if not loop.cancelled() and (fault := loop.exception()):
        _log.critical("%s has failed; the server stops", loop.get_name(), exc_info=fault)
        raise SystemExit(1)

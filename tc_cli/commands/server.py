"""`tc server`: run the server itself, and prepare it; for whoever operates it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tc_cli.commands import verbs
from tc_cli.commands.languages import complete
from tc_cli.output import diagnostics
from tc_cli.output.exits import Exit
from tc_cli.output.manner import manner

if TYPE_CHECKING:
    from tc_server.settings import Settings

app = verbs.noun("Run the server, and look after it.")

Data = Annotated[Path | None, typer.Option(metavar="DIR", help="The data folder (or TC_DATA).")]
Database = Annotated[str | None, typer.Option(metavar="URL", help="A PostgreSQL instead of SQLite in the data folder.")]


@verbs.verb(
    app,
    "run",
    "tc server run --data /var/lib/teleconnect --public-url https://connect.example.org",
    "tc server run --data ./data --port 0",
)
def run(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks one.")] = None,
    data: Data = None,
    database: Database = None,
    public_url: Annotated[str | None, typer.Option(metavar="URL", help="What links begin with.")] = None,
) -> None:
    """Serve until stopped. Prints `listening on URL` once it does."""
    import gc
    import logging

    # What is loaded now stays: looking for garbage among it took a sixth of the start.
    gc.disable()
    from tc_cli.client.errors import Misuse, PortTaken
    from tc_server.app import CannotStart, serve

    gc.freeze()
    gc.enable()
    level = logging.INFO if manner.verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = _settings(host=host, port=port, data=data, database_url=database, public_url=public_url)
    try:
        serve(settings, on_listening=_tell)
    except CannotStart as error:
        raise Misuse(str(error)) from error
    except OSError as error:
        where = f"{settings.host} port {settings.port}"
        raise PortTaken(
            f"{where} can't be listened on ({(error.strerror or 'unknown reason').lower()})",
            "Choose another with --port",
        ) from error


@verbs.verb(
    app,
    "add-user",
    "tc server add-user amina --role admin --data /var/lib/teleconnect",
    "pwgen 20 1 | tc server add-user yusuf --password-stdin",
)
def add_user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name to log in with.")],
    role: Annotated[
        Literal["staff", "admin"] | None,
        typer.Option(help="What it may do: staff, if there is an admin already.", show_default=False),
    ] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Make an account straight in the database; the first one is made so. Without a password one is made up."""
    import asyncio

    from tc_cli.client.errors import Misuse
    from tc_cli.output import emit, views
    from tc_server.app import add_user as add
    from tc_server.app import has_admin
    from tc_server.wire.bodies import User, UserWithPassword

    settings = _settings(data=data, database_url=database)
    # Who looks after the accounts is never chosen unsaid.
    if role is None and not asyncio.run(has_admin(settings)):
        raise Misuse("There is no admin yet", "Say --role admin for who looks after the accounts, else --role staff")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with _refusals():
        made, made_up = asyncio.run(add(settings, name, role or "staff", password))
    user = User(
        user_id=made.account_id,
        name=made.name,
        role=made.role,
        created_at=made.created_at,
        disabled_at=made.disabled_at,
    )
    emit.thing(UserWithPassword(user=user, password=made_up), views.USER_WITH_PASSWORD)


@verbs.verb(app, "check", "tc server check --data /var/lib/teleconnect")
def check(data: Data = None, database: Database = None) -> None:
    """See whether it is ready for the world.

    Looks at settings, database, schema, providers, clock and disk: each is ok, warning or failed, with what to do.
    """
    import asyncio

    from tc_cli.output import emit, views
    from tc_server.checkup import check as look

    looked = asyncio.run(look(_settings(data=data, database_url=database)))
    found = [views.Check(one.name, one.status, one.detail, one.remedy) for one in looked]
    emit.listing(found, views.CHECKS, kind=views.Check)
    if any(one.status == "failed" for one in found):
        raise typer.Exit(Exit.REFUSED)


@verbs.verb(
    app,
    "send-test",
    "tc server send-test --to me@example.org --data /var/lib/teleconnect",
    "tc server send-test --to +41791234567 --via sms",
)
def send_test(
    to: Annotated[str, typer.Option(metavar="CONTACT", help="An email address, or a phone number with its country.")],
    via: Annotated[
        Literal["auto", "whatsapp", "sms", "email"], typer.Option(help="The way to try; auto tries every one.")
    ] = "auto",
    language: Annotated[str, typer.Option(metavar="L", help="Language of what is around the text.")] = "en",
    data: Data = None,
) -> None:
    """Send one message along every way that leads there, and show what each provider said."""
    import asyncio

    from tc_cli.output import emit, views
    from tc_server.app import send_test as send

    settings = _settings(data=data)
    with _refusals():
        sent = asyncio.run(send(settings, to, via, language))
    tried = [
        views.Tried(way.channel, way.provider, text.to, outcome.result, outcome.reason or "", outcome.reply)
        for way, text, outcome in sent
    ]
    emit.listing(tried, views.TRIED, kind=views.Tried)
    if any(one.result != "accepted" for one in tried):
        raise typer.Exit(Exit.REFUSED)


@verbs.verb(app, "templates", "tc server templates", "tc server templates -o json")
def templates(data: Data = None) -> None:
    """Show the WhatsApp templates to have approved: the text of each in every language, its variables as {{1}}."""
    from tc_cli.output import previews, views
    from tc_server.app import template_texts

    previews.show_templates([views.Template(name, text) for name, text in template_texts(_settings(data=data))])


@verbs.verb(app, "texts", "tc server texts ar -o csv > ar.csv", "tc server texts sw")
def texts(
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="A code such as ar.", autocompletion=complete)],
) -> None:
    """Show every text of a language beside its English source, for a speaker who reviews them."""
    from tc_cli.client.errors import Misuse
    from tc_cli.output import emit, views
    from tc_server.app import translations

    try:
        rows = [views.Translation(*row) for row in translations(language)]
    except LookupError as fault:
        raise Misuse(f"There are no texts in '{language}'", "See `tc languages`") from fault
    emit.listing(rows, views.TRANSLATIONS, kind=views.Translation)


def _settings(**flags: Any) -> "Settings":
    """Read the server's settings; raise Misuse for one that can't be understood."""
    from tc_cli.client.errors import Misuse
    from tc_server.app import check_providers
    from tc_server.settings import BadSetting, load

    try:
        settings = load(flags)
        check_providers(settings)
    except BadSetting as error:
        raise Misuse(str(error)) from error
    return settings


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the server's rules refuse into an error of this program, by its code."""
    from tc_cli.client.errors import TcError

    try:
        yield
    except Exception as error:
        if not (code := getattr(error, "code", "")):
            raise
        refused = TcError(str(error))
        refused.code = code
        raise refused from error


def _tell(url: str) -> None:
    typer.echo(f"listening on {url}")
    diagnostics.note("Stop with Ctrl-C.")

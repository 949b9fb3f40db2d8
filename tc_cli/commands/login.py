"""`tc login`, `logout`, `whoami`: who you are to a server."""

import os
from typing import Annotated

import typer

from tc_cli.commands import verbs
from tc_cli.output import diagnostics
from tc_cli.output.manner import asks


def add_to(app: typer.Typer) -> None:
    verbs.verb(
        app,
        "login",
        "tc login --server https://connect.example.org --user amina",
        "echo $PASSWORD | tc login --user amina --password-stdin   # with TC_SERVER set",
    )(login)
    verbs.verb(app, "logout")(logout)
    verbs.verb(app, "whoami", "tc whoami -o json")(whoami)


def login(
    server: Annotated[str | None, typer.Option(metavar="URL", help="The server (or TC_SERVER).")] = None,
    user: Annotated[str | None, typer.Option(metavar="NAME", help="Your account's name.")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Send the password over plain http, readable on the way.")
    ] = False,
    keyring: Annotated[bool, typer.Option(help="Keep the token in the system's keyring, if it works.")] = True,
) -> None:
    """Log in, and remember the login under the chosen profile."""
    from tc_cli.client import calls, profile
    from tc_cli.client.api import Api
    from tc_cli.client.errors import Misuse
    from tc_cli.output import emit, views

    name = profile.name()
    where = _server(server)
    _refuse_to_shout(where, insecure)
    who = user or _remembered_user(name) or _ask("User")
    if not who:
        raise Misuse("Whose login?", "Give --user NAME")
    secret = verbs.password(from_stdin=password_stdin, question=f"Password of {who}")
    if not secret:
        raise Misuse("There is no password", "Give it with --password-stdin")
    with Api(profile.Access(where)) as api:
        made = api.do(calls.login(who, secret))
    profile.keep(
        name,
        server=where,
        user=made.user.name,
        user_id=made.user.user_id,
        token=made.token,
        expires_at=made.expires_at,
        keyring=keyring,
    )
    diagnostics.note(f"Logged in to {where} as {made.user.name}.")
    emit.thing(made.user, views.USER)


def logout(yes: verbs.Yes = False) -> None:
    """End the login, here and on the server. What was typed here and not sent goes with it."""
    from tc_cli.client import calls, profile
    from tc_cli.client.api import signed_in
    from tc_cli.client.errors import Refused, Unreachable

    name = profile.name()
    if (user_id := profile.user_id()) is not None:
        _empty_drawer(profile.server(), user_id, yes=yes)
    try:
        with signed_in() as api:
            if user_id is None:
                _empty_drawer(profile.server(), api.do(calls.whoami()).user_id, yes=yes)
            api.do(calls.logout())
    except Refused:
        diagnostics.note("The server had ended this login already.")
    except Unreachable as error:
        diagnostics.warn(f"{error.what}: the login is forgotten here, and ends on the server with its time.")
    profile.forget(name)
    diagnostics.note("Logged out.")


def _empty_drawer(server: str, user_id: str, *, yes: bool) -> None:
    from tc_cli.client.drawer import Drawer

    drawer = Drawer.open(server, user_id)
    kept = drawer.sessions()
    unsent = sum(len(drawer.unsent(session_id)) for session_id in kept)
    drafts = sum(1 for session_id in kept if drawer.draft(session_id))
    goes = [_count(unsent, "unsent message")] if unsent else []
    goes += [_count(drafts, "draft")] if drafts else []
    if goes and asks():
        verbs.sure(f"Log out, and drop {' and '.join(goes)}?", yes=yes)
    elif goes:
        diagnostics.warn(f"{' and '.join(goes)} dropped.")
    drawer.remove()


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def whoami() -> None:
    """Show whose login this is."""
    from tc_cli.client import calls
    from tc_cli.output import emit, views

    with verbs.api() as api:
        emit.thing(api.do(calls.whoami()), views.USER)


def _server(given: str | None) -> str:
    from tc_cli.client import address, profile
    from tc_cli.client.errors import Misuse, NotLoggedIn

    if given:
        return address.normal(given)
    try:
        return profile.server()
    except NotLoggedIn:
        if answer := _ask("Server"):
            return address.normal(answer)
        raise Misuse("Which server?", "Give --server URL, or set TC_SERVER") from None


def _refuse_to_shout(server: str, insecure: bool) -> None:
    from tc_cli.client import address
    from tc_cli.client.errors import Misuse

    if not address.is_safe(server) and not insecure:
        raise Misuse(f"{server} isn't encrypted: your password could be read on the way", "Use https, or --insecure")


def _remembered_user(name: str) -> str | None:
    from tc_cli.client import profile

    kept = profile.read(name)
    return kept.user if kept is not None and not os.environ.get("TC_SERVER") else None


def _ask(question: str) -> str:
    from tc_cli.output.manner import asks

    return diagnostics.ask(question) if asks() else ""

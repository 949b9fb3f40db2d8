"""`tc user`: accounts, for admins."""

import sys
from typing import Annotated, Literal

import typer

from tc_cli.commands import several, verbs

app = verbs.noun("Look after accounts (admins).")

RoleName = Literal["staff", "admin"]
Users = Annotated[
    list[str],
    typer.Argument(metavar="NAME|ID...", help="Names, or unique starts or ends of ids; - reads them from stdin."),
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin; else the server makes one up.")
]


@verbs.verb(app, "list")
def list_() -> None:
    """List accounts."""
    from tc_cli.client import calls
    from tc_cli.output import emit, views
    from tc_server.wire.bodies import User

    with verbs.api() as api:
        emit.listing(api.every(calls.users), views.USERS, kind=User)


@verbs.verb(app, "add", "tc user add amina --role staff")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name to log in with.")],
    role: Annotated[
        RoleName, typer.Option(help="Staff works with people; an admin looks after accounts too.")
    ] = "staff",
    password_stdin: PasswordStdin = False,
) -> None:
    """Make an account; the password made up for it is shown this once."""
    from tc_cli.client import calls
    from tc_cli.output import emit, views
    from tc_server.wire.bodies import UserRequest

    request = UserRequest(name=name, role=role, password=_password(password_stdin))
    with verbs.api() as api:
        emit.thing(api.do(calls.add_user(request)), views.USER_WITH_PASSWORD)


@verbs.verb(app, "disable", "tc user disable amina")
def disable(users: Users) -> None:
    """Shut accounts out at once; their sessions live on and are erased in their time."""
    from tc_cli.client import calls, find
    from tc_cli.output import views

    with verbs.api() as api:
        done = several.each(users, lambda one: api.do(calls.disable_user(find.user(api, one))))
        done.show(views.USERS, views.USER)


@verbs.verb(app, "enable", "tc user enable amina")
def enable(users: Users) -> None:
    """Let disabled accounts in again."""
    from tc_cli.client import calls, find
    from tc_cli.output import views

    with verbs.api() as api:
        done = several.each(users, lambda one: api.do(calls.enable_user(find.user(api, one))))
        done.show(views.USERS, views.USER)


@verbs.verb(app, "role", "tc user role amina admin")
def role(
    user: Annotated[str, typer.Argument(metavar="NAME|ID", help="The account.")],
    role: Annotated[RoleName, typer.Argument(metavar="staff|admin", help="What it shall be.")],
) -> None:
    """Change an account's role."""
    from tc_cli.client import calls, find
    from tc_cli.output import emit, views

    with verbs.api() as api:
        emit.thing(api.do(calls.change_role(find.user(api, user), role)), views.USER)


@verbs.verb(app, "reset", "tc user reset amina")
def reset(
    user: Annotated[str, typer.Argument(metavar="NAME|ID", help="The account.")],
    password_stdin: PasswordStdin = False,
) -> None:
    """Give an account a new password, and log it out everywhere."""
    from tc_cli.client import calls, find
    from tc_cli.output import emit, views

    password = _password(password_stdin)
    with verbs.api() as api:
        emit.thing(api.do(calls.reset_password(find.user(api, user), password)), views.USER_WITH_PASSWORD)


def _password(from_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None

"""Logging in and out, accounts, counts."""

from time import monotonic

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from tc_server.domain.errors import WrongPassword
from tc_server.services import accounts, stats
from tc_server.transport import present
from tc_server.transport.auth import Admin, AnyStaff, Ctx, Tries
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_STAFF = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED)
_ONE = (*_STAFF, Code.NOT_FOUND)


@post("/auth/login", status_code=200, responses=documented(Code.WRONG_PASSWORD, Code.SLOW_DOWN))
async def login(
    ctx: Ctx, data: JSONBody[bodies.LoginRequest], tries: NamedDependency[SkipValidation[Tries]]
) -> bodies.Login:
    """Log in with user and password."""
    tries.check(data.user, monotonic())
    try:
        _, account, token = await accounts.login(ctx, data.user, data.password)
    except WrongPassword:
        tries.failed(data.user, monotonic())
        raise
    tries.succeeded(data.user)
    return bodies.Login(token=token, expires_at=ctx.now() + ctx.login_lifetime, user=present.user(account))


@post("/auth/logout", status_code=204, responses=documented(*_STAFF))
async def logout(ctx: Ctx, staff: AnyStaff) -> None:
    """End the login that the request came with."""
    await accounts.logout(ctx, staff)


@get("/auth/me", responses=documented(*_STAFF))
async def whoami(ctx: Ctx, staff: AnyStaff) -> bodies.User:
    """Show the account that the request came with."""
    return present.user(await accounts.whoami(ctx, staff))


@get("/users", responses=documented(*_STAFF))
async def list_users(ctx: Ctx, admin: Admin) -> bodies.Users:
    """List all accounts."""
    return bodies.Users(items=[present.user(a) for a in await accounts.everyone(ctx)], next=None)


@post("/users", responses=documented(*_STAFF, Code.WEAK_PASSWORD, Code.NAME_TAKEN))
async def add_user(ctx: Ctx, admin: Admin, data: JSONBody[bodies.UserRequest]) -> bodies.UserWithPassword:
    """Make an account."""
    account, password = await accounts.add(ctx, data.name, data.role, data.password)
    return bodies.UserWithPassword(user=present.user(account), password=password)


@post("/users/{user_id:str}/disable", status_code=200, responses=documented(*_ONE, Code.LAST_ADMIN))
async def disable_user(ctx: Ctx, admin: Admin, user_id: FromPath[str]) -> bodies.User:
    """Shut an account out at once."""
    return present.user(await accounts.set_disabled(ctx, user_id, True))


@post("/users/{user_id:str}/enable", status_code=200, responses=documented(*_ONE))
async def enable_user(ctx: Ctx, admin: Admin, user_id: FromPath[str]) -> bodies.User:
    """Let an account in again."""
    return present.user(await accounts.set_disabled(ctx, user_id, False))


@post("/users/{user_id:str}/role", status_code=200, responses=documented(*_ONE, Code.LAST_ADMIN))
async def change_role(
    ctx: Ctx, admin: Admin, user_id: FromPath[str], data: JSONBody[bodies.RoleRequest]
) -> bodies.User:
    """Give an account another role."""
    return present.user(await accounts.set_role(ctx, user_id, data.role))


@post("/users/{user_id:str}/reset", status_code=200, responses=documented(*_ONE, Code.WEAK_PASSWORD))
async def reset_password(
    ctx: Ctx, admin: Admin, user_id: FromPath[str], data: JSONBody[bodies.PasswordRequest]
) -> bodies.UserWithPassword:
    """Set an account's password and end its logins."""
    account, password = await accounts.reset_password(ctx, user_id, data.password)
    return bodies.UserWithPassword(user=present.user(account), password=password)


@get("/stats", responses=documented(*_STAFF))
async def show_stats(ctx: Ctx, admin: Admin) -> bodies.Stats:
    """Count what is on the server."""
    return present.stats(await stats.gather(ctx))


routes = [
    login,
    logout,
    whoami,
    list_users,
    add_user,
    disable_user,
    enable_user,
    change_role,
    reset_password,
    show_stats,
]

"""Finds what a short id stands for, by asking the server for its lists."""

from tc_cli.client import calls, ids
from tc_cli.client.api import Api
from tc_cli.client.errors import NoSuchId


def session(api: Api, given: str) -> str:
    """Return the session's whole id, also of an erased one."""
    if ids.is_full(given):
        return given
    living = [item.session_id for item in api.every(calls.sessions)]
    erased = [item.session_id for item in api.every(calls.receipts)]
    return ids.match(given, [*living, *erased], noun="session")


def invite(api: Api, given: str) -> str:
    """Return the invite's whole id."""
    if ids.is_full(given):
        return given
    return ids.match(given, [item.invite_id for item in api.every(calls.invites)], noun="invite")


def notify_target(api: Api, given: str) -> str:
    """Return the whole id of where you are told that somebody waits."""
    if ids.is_full(given):
        return given
    targets = [item.target_id for item in api.every(calls.notify_targets)]
    try:
        return ids.match(given, targets, noun="target")
    except NoSuchId as error:
        raise NoSuchId(error.what, "See `tc notify list`") from None


def user(api: Api, given: str) -> str:
    """Return the whole id of the account of this name or short id."""
    if ids.is_full(given):
        return given
    accounts = list(api.every(calls.users))
    named = [account.user_id for account in accounts if account.name.casefold() == given.casefold()]
    if len(named) == 1:
        return named[0]
    try:
        return ids.match(given, [account.user_id for account in accounts], noun="user")
    except NoSuchId:
        raise NoSuchId(f"There is no account {given!r}", "See `tc user list`") from None

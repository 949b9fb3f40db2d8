"""Finds what a short id stands for, by asking the server for its lists, once for all ids of one run."""

from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

from tc_cli.client import calls, ids
from tc_cli.client.api import Api
from tc_cli.client.errors import NoSuchId

_KNOWN: WeakKeyDictionary[Api, dict[str, ids.Ids]] = WeakKeyDictionary()


def session(api: Api, given: str) -> str:
    """Return the session's whole id, also of an erased one."""
    if ids.is_full(given):
        return given
    return _known(api, "session", lambda: [*_living(api), *_erased(api)]).match(given)


def invite(api: Api, given: str) -> str:
    """Return the invite's whole id."""
    if ids.is_full(given):
        return given
    return _known(api, "invite", lambda: (item.invite_id for item in api.every(calls.invites))).match(given)


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


def _known(api: Api, noun: str, listed: Callable[[], Iterable[str]]) -> ids.Ids:
    known = _KNOWN.setdefault(api, {})
    if noun not in known:
        known[noun] = ids.Ids(listed(), noun=noun)
    return known[noun]


def _living(api: Api) -> Iterable[str]:
    return (item.session_id for item in api.every(calls.sessions))


def _erased(api: Api) -> Iterable[str]:
    return (item.session_id for item in api.every(calls.receipts))

"""`tc notify`: where you are told that somebody waits while you are away."""

from typing import TYPE_CHECKING, Annotated

import typer

from tc_cli.commands import several, verbs

if TYPE_CHECKING:
    from tc_cli.client.api import Api
    from tc_server.wire.bodies import NotifyTarget, NotifyTrial

app = verbs.noun("Be told by email, SMS or a messenger that somebody waits while you are away.")

_HERE = "folder"


@verbs.verb(app, "list", "tc notify list", "tc notify list -o json")
def list_() -> None:
    """List where you are told, and how the last notice went."""
    from tc_cli.client import calls
    from tc_cli.output import diagnostics, emit, manner, views
    from tc_server.wire.bodies import NotifyTarget

    with verbs.api() as api:
        targets = api.do(calls.notify_targets()).items
    emit.listing(targets, views.NOTIFY_TARGETS, kind=NotifyTarget)
    if not targets and manner.draws():
        diagnostics.note("You are told nowhere yet. Begin with `tc notify add email:you@example.org`.")


@verbs.verb(
    app,
    "add",
    "tc notify add email:me@example.org",
    "tc notify add sms:+41791234567 --language fr",
    "tc notify add 'tgram://TOKEN/CHAT'",
    "pass show my-ntfy | tc notify add -",
)
def add(
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS",
            help="email:…, sms:…, or any address in Apprise's form; - reads it from stdin.",
        ),
    ],
    language: Annotated[str, typer.Option(metavar="CODE", help="The language that notices come in.")] = "en",
) -> None:
    """Be told at an address that somebody waits.

    A notice says how many wait and for how long: never who, nor what they wrote. It comes when nobody of you is
    connected, or when nobody reacts for some minutes. The address is kept sealed and never shown in full again: an
    address with a secret in it is best read from stdin, which no shell's history keeps.

    Apprise speaks to more than a hundred services: ntfy://, tgram://, signal://, matrix://, slack://, msteams:// …;
    appriseit.com/services says how each address is written.
    """
    from tc_cli.client import calls
    from tc_cli.client.ids import short
    from tc_cli.output import diagnostics, emit, manner, views

    wanted = _given(address)
    with verbs.api() as api:
        target = api.do(calls.add_notify_target(wanted, language))
    emit.thing(target, views.NOTIFY_TARGET)
    if target.provider == _HERE:
        diagnostics.warn("This server sends none by itself: notices are written to its folder `outbox` as files.")
    elif manner.draws():
        diagnostics.note(f"See whether it arrives: `tc notify test {short(target.target_id)}`.")


@verbs.verb(app, "test", "tc notify test", "tc notify test 3f9c1a2b")
def try_out(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID...]", help="Any unique start or end of each id; all without one."),
    ] = None,
) -> None:
    """Send a trial now, and say what came of it."""
    from tc_cli.client import calls, find
    from tc_cli.client.errors import NoSuchId
    from tc_cli.output import views

    with verbs.api() as api:
        wanted = ids or [target.target_id for target in api.do(calls.notify_targets()).items]
        if not wanted:
            raise NoSuchId("You are told nowhere yet", "Begin with `tc notify add email:you@example.org`")
        tried = several.each(wanted, lambda one: _tried(api, find.notify_target(api, one)))
        tried.single = tried.single and bool(ids)
        tried.show(views.TRIALS, views.TRIALS)


@verbs.verb(app, "remove", "tc notify remove 3f9c1a2b")
def remove(ids: verbs.Ids) -> None:
    """Be told at an address no more; nothing of it is kept."""
    from tc_cli.client import calls, find
    from tc_cli.output import views

    with verbs.api() as api:
        targets = {target.target_id: target for target in api.do(calls.notify_targets()).items}

        def removed(one: str) -> "NotifyTarget":
            target_id = find.notify_target(api, one)
            api.do(calls.remove_notify_target(target_id))
            return targets[target_id]

        several.each(ids, removed).show(views.NOTIFY_TARGETS, views.NOTIFY_TARGET)


def _given(address: str) -> str:
    """Return the address as typed, or the first line of stdin."""
    import sys

    from tc_cli.client.errors import Misuse

    if address != "-":
        return address
    if not (line := sys.stdin.readline().strip()):
        raise Misuse("No address came on stdin", "Give one on a line")
    return line


def _tried(api: "Api", target_id: str) -> "NotifyTrial":
    """Send a trial; raise NoticeFailed with the reason, the provider's own words and what to do."""
    from tc_cli.client import calls
    from tc_cli.client.errors import NoticeFailed

    trial = api.do(calls.try_notify_target(target_id))
    if trial.result == "sent":
        return trial
    said = f" ({trial.reply})" if trial.reply else ""
    what = (trial.detail or "It didn't get through.").rstrip(".")
    raise NoticeFailed(f"{trial.address}: {what}{said}", trial.remedy or "")

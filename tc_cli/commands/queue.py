"""`tc queue`: who waits, longest first, and starting with the next."""

from typing import TYPE_CHECKING, Annotated

import typer

from tc_cli.commands import several, verbs

if TYPE_CHECKING:
    from tc_server.wire.bodies import Message

app = verbs.noun("See who waits, and start with the next.")


@verbs.verb(app, "list", "tc queue list", "tc queue list -o json")
def list_() -> None:
    """List who waits, the longest wait first."""
    from tc_cli.client import calls
    from tc_cli.output import diagnostics, emit, manner, views
    from tc_server.wire.bodies import QueueEntry

    with verbs.api() as api:
        entries = api.do(calls.queue()).items
    emit.listing(entries, views.QUEUE, kind=QueueEntry)
    if not entries and manner.draws():
        diagnostics.note("Nobody is waiting.")


@verbs.verb(app, "next", "tc queue next", "tc session watch $(tc queue next -o json | jq -r .session_id)")
def next_() -> None:
    """Start with whoever has waited longest, those who are online first."""
    from tc_cli.client import calls
    from tc_cli.client.ids import short
    from tc_cli.output import diagnostics, emit, manner, views

    with verbs.api() as api:
        session = api.do(calls.start_next())
    emit.thing(session, views.SESSION)
    if manner.draws():
        diagnostics.note(f"Talk with `tc session watch {short(session.session_id)}`.")


@verbs.verb(app, "tell", "tc queue tell 3f9c1a2b --minutes 10")
def tell(
    ids: verbs.Ids,
    minutes: Annotated[int, typer.Option("--minutes", "-m", min=1, max=600, help="In how many minutes.")],
) -> None:
    """Tell who waits that you will be with them soon."""
    from tc_cli.client import calls, find
    from tc_cli.output import views

    with verbs.api() as api:

        def told(one: str) -> "Message":
            return api.do(calls.tell(find.session(api, one), minutes))

        several.each(ids, told).show(views.MESSAGES, views.MESSAGES)


@verbs.verb(
    app,
    "watch",
    "tc queue watch",
    "tc queue watch --exec 'notify-send \"Somebody is waiting\"'",
    "tc queue watch -o jsonl --no-bell | while read -r entry; do …; done",
)
def watch(
    command: Annotated[
        str | None,
        typer.Option(
            "--exec", metavar="CMD", help="Run by the shell for each arrival; TC_SESSION_ID and more are set."
        ),
    ] = None,
    bell: Annotated[bool, typer.Option(help="Ring the terminal's bell until the arrival is seen.")] = True,
    sound: Annotated[bool, typer.Option(help="Ring aloud too, where there is a device.")] = True,
    notify: Annotated[bool, typer.Option(help="Have the terminal show a desktop notification.")] = True,
    every: Annotated[float, typer.Option(min=0.5, metavar="SECONDS", help="Pause between two rings.")] = 4.0,
) -> None:
    """Stay, and ring when somebody comes.

    It rings again and again until they are seen or gone. Press Enter to say that you have seen them. A lost
    connection is taken up again by itself. Notifications say how many wait, never who; `tc doctor` tries them.

    CMD finds TC_SESSION_ID, TC_STATE, TC_PLACE, TC_ROLE, TC_LANGUAGE and TC_WAITING_SINCE in its environment, and
    nothing that names the person.
    """
    import asyncio

    from tc_cli.client import profile
    from tc_cli.commands.watching import queue

    watch = queue.Watch(profile.access(), command=command, bell=bell, sound=sound, notify=notify, every=every)
    asyncio.run(watch.run())

"""`tc tui`: the full screen, where staff spends the day."""

from typing import TYPE_CHECKING

import typer

from tc_cli.commands import verbs

if TYPE_CHECKING:
    from tc_cli.client.profile import Access


def add_to(app: typer.Typer) -> None:
    verbs.verb(app, "tui", "tc tui", "TC_IMAGES=blocks TC_NOTIFY=off tc tui")(tui)


def tui() -> None:
    """Work on the full screen: the waiting room with its ring, chats, invites.

    Press ? for the keys of a screen and ctrl+p for everything that can be done there. It works on through a broken
    connection: what is typed is kept, sealed on disk, and sent when the server answers again.
    """
    from tc_cli.client import profile
    from tc_cli.client.errors import Misuse
    from tc_cli.output.manner import draws

    access = profile.access()
    if not draws():
        raise Misuse("The full screen needs a terminal", "Use `tc queue watch` and `tc session watch` in pipes")
    # A token that came by the environment is all there is to tell one account's drawer from another's.
    show(access, profile.user_id() or access.token or "")


def show(access: "Access", user_id: str, *, hand_over: str | None = None) -> None:
    """Run the full screen until staff leaves it; it begins with the link of the invite `hand_over`."""
    from tc_cli.client import paths
    from tc_cli.commands import transcripts
    from tc_cli.output.manner import manner
    from tc_cli.tui.app import TeleConnect
    from tc_cli.tui.feed import Feed
    from tc_cli.tui.preferences import Preferences
    from tc_cli.tui.text.terminal import ordered_here

    app = TeleConnect(Feed(access, user_id, transcripts.write), Preferences(paths.preferences()), hand_over=hand_over)
    # A progress bar would be drawn across the screen.
    quiet, manner.quiet = manner.quiet, True
    with ordered_here():
        app.run()
    manner.quiet = quiet
    if app.fault is not None:
        raise app.fault

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
    kept = profile.read(profile.name())
    show(access, kept.user if kept is not None and kept.server == access.server else "")


def show(access: "Access", user: str) -> None:
    """Run the full screen until staff leaves it."""
    from tc_cli.client import paths
    from tc_cli.commands import transcripts
    from tc_cli.output.manner import manner
    from tc_cli.tui.app import TeleConnect
    from tc_cli.tui.feed import Feed
    from tc_cli.tui.preferences import Preferences

    # A progress bar would be drawn across the screen.
    manner.quiet = True
    app = TeleConnect(Feed(access, user, transcripts.write), Preferences(paths.preferences()))
    app.run()
    if app.fault is not None:
        raise app.fault

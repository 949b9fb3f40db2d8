"""`tc demo`: the main job on this machine, with nothing configured and nothing left behind."""

import sys
from typing import Annotated

import typer

from tc_cli.commands import verbs


def add_to(app: typer.Typer) -> None:
    verbs.verb(app, "demo", "tc demo", "tc demo --script")(demo)


def demo(
    script: Annotated[
        bool, typer.Option("--script", help="Play the whole story by itself, a line a step (as without a terminal).")
    ] = False,
) -> None:
    """Try it on this machine, with nothing configured.

    Starts a server in a temporary folder and invites somebody. On a terminal, open the link in a browser and be that
    person; with --script a made-up one comes, chats, sends files and is forgotten, through the real server.
    """
    if script or not sys.stdout.isatty():
        from tc_cli.commands.demonstration import story

        story.play()
    else:
        from tc_cli.commands.demonstration import trial

        trial.begin()

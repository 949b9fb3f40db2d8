"""The demo on a terminal: somebody is invited, their link shown, and staff's full screen around it."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.commands import tui
from tc_cli.commands.demonstration.stage import STAFF, Stage
from tc_cli.output import diagnostics
from tc_server.wire.bodies import InviteRequest

PERSON = "Amal"


def begin() -> None:
    """Set the stage, invite somebody, and be staff on the full screen until it is left."""
    diagnostics.note("Starting a server in a temporary folder…")
    stage = Stage()
    with stage as access, _kept_in(stage.path / "home"):
        with Api(access) as api:
            invite = api.do(calls.invite(InviteRequest(name=PERSON, via="link")))
        tui.show(access, STAFF, hand_over=invite.invite_id)
    diagnostics.note("The server is gone, and everything that was said.")


@contextlib.contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    """Have what the full screen keeps for itself go into a folder, and with it."""
    before = dict(os.environ)
    os.environ.update({name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

"""The demo on a terminal: somebody is invited, their link shown, and staff's full screen around it."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import os

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
    # What the full screen keeps for itself goes into the same folder, and with it.
    os.environ.update({name: str(stage.path / "home") for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")})
    with stage as access:
        with Api(access) as api:
            invite = api.do(calls.invite(InviteRequest(name=PERSON, via="link")))
        tui.show(access, STAFF, hand_over=invite.invite_id)
    diagnostics.note("The server is gone, and everything that was said.")

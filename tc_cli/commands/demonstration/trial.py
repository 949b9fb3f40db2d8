"""The demo on a terminal: a link to open as the invited person, and the queue that rings when they come."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import asyncio

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.commands.demonstration.stage import Stage
from tc_cli.commands.watching.queue import Watch
from tc_cli.output import diagnostics, qr
from tc_server.wire.bodies import InviteRequest

PERSON = "Amal"


def begin() -> None:
    """Set the stage, show what to do, and watch the queue until Ctrl-C."""
    diagnostics.note("Starting a server in a temporary folder…")
    with Stage() as access:
        with Api(access) as api:
            invite = api.do(calls.invite(InviteRequest(name=PERSON, via="link")))
        qr.draw(invite.url)
        diagnostics.note(
            f"\n1. Be {PERSON}: open this link in a browser on this machine, and press Join.\n"
            f"   {invite.url}\n"
            "2. Be staff in another terminal:\n"
            f"   export TC_SERVER={access.server} TC_TOKEN={access.token}\n"
            "   tc session watch $(tc queue next -o json | grep -m1 session_id | cut -d'\"' -f4)\n"
            "3. Ctrl-C here ends it all and leaves nothing behind.\n\n"
            f"Now watching the queue: it rings when {PERSON} comes; Enter makes it quiet."
        )
        asyncio.run(Watch(access, command=None, bell=True, every=4).run())

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
WHAT_TO_DO = """\
1. Be {person}: open this link in a browser on this machine, and press Join.
   {link}
2. When it rings (Enter makes it quiet), be staff in another terminal:
   export TC_SERVER={server} TC_TOKEN={token}
   tc queue next
   tc session watch ID
3. Ctrl-C here ends it all and leaves nothing behind."""


def begin() -> None:
    """Set the stage, show what to do, and watch the queue until Ctrl-C."""
    diagnostics.note("Starting a server in a temporary folder…")
    with Stage() as access:
        with Api(access) as api:
            invite = api.do(calls.invite(InviteRequest(name=PERSON, via="link")))
        qr.draw(invite.url)
        for line in WHAT_TO_DO.format(person=PERSON, link=invite.url, server=access.server, token=access.token).split(
            "\n"
        ):
            diagnostics.note(line)
        asyncio.run(Watch(access, command=None, bell=True, every=4).run())

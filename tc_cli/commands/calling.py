"""Beginning a call: the way into it, opened or shown, and on a terminal how it goes on."""
# ruff: noqa: TID253 - imported by the verb only when it runs

import asyncio
from typing import Literal

from tc_cli.client import calls as requests
from tc_cli.client import find
from tc_cli.commands import verbs
from tc_cli.output import browser, calls
from tc_cli.output.manner import asks, draws


def begin(session: str, media: Literal["audio", "video"], *, may_open: bool) -> None:
    """Call the people of a session, and where somebody looks at it, stay until the call ends or is left."""
    with verbs.api() as api:
        opened = api.do(requests.open_call(find.session(api, session), media))
    in_browser = may_open and browser.is_here() and browser.open_page(opened.url)
    calls.show_opened(opened, in_browser=in_browser)
    if draws() and asks():
        # What it reads keys with isn't there on every system.
        from tc_cli.commands.watching.call import CallWatch

        asyncio.run(CallWatch(api.access, opened.call).run())

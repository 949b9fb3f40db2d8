"""The full screen in a browser on this machine: `python docs/browser.py [PORT]`, then open what it prints.

Whoever reaches the port is logged in as you. So it listens on loopback alone, answers its own page alone,
and loads nothing from elsewhere.
"""

import re
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.server import Server

from tc_cli.client import profile
from tc_cli.commands import tui

HOST = "127.0.0.1"
FONT = re.compile(r'<link[^>]*href="https:[^>]*>')


class OwnPage(Server):
    """Serves the full screen, to nobody but the page that it serves itself."""

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._refuse_strangers)
        return app

    @web.middleware
    async def _refuse_strangers(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let no other site's page in: a browser would let it talk to a port of this machine."""
        own = f"{self.host}:{self.port}"
        if request.host != own or request.headers.get("Origin", f"http://{own}") != f"http://{own}":
            raise web.HTTPForbidden
        return await handler(request)


def show() -> None:
    """Be one full screen, drawn into a page."""
    access = profile.access()
    tui.show(access, profile.user_id() or access.token or "")


def serve(port: int = 8000) -> None:
    """Serve until Ctrl-C; each page gets a full screen of its own."""
    command = shlex.join([sys.executable, str(Path(__file__).resolve()), "show"])
    with TemporaryDirectory() as folder:
        server = OwnPage(command, host=HOST, port=port, title="TeleConnect", templates_path=folder)
        page = (Path(sys.modules[Server.__module__].__file__ or "").parent / "templates" / "app_index.html").read_text()
        (Path(folder) / "app_index.html").write_text(FONT.sub("", page))
        server.serve()


if __name__ == "__main__":
    if sys.argv[1:] == ["show"]:
        show()
    else:
        serve(*map(int, sys.argv[1:2]))

"""The one way between the screens and the server; nothing else here knows the client."""

from tc_cli.tui.feed.feed import Feed

__all__ = ["Feed"]

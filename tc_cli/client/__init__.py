"""The client: profile, HTTP and stream. It draws nothing and asks nothing; commands and the TUI stand on it."""

import sys

# httpx has a command line of its own, and imports it for nothing: click, rich and pygments, as slow as all its rest.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

"""The client: profile, HTTP and stream. It draws nothing and asks nothing; commands and the TUI stand on it."""

import sys

# httpx has a command line of its own, which it imports for nothing: click, rich and pygments, as slow as the rest of it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

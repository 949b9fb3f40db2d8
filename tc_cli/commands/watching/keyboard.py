"""Lines from stdin, beside everything else that goes on."""
# ruff: noqa: TID253 - imported by the verbs only when they run

import asyncio
import sys
import threading


class Keyboard:
    """Read stdin in a thread of its own: whatever it is (a terminal, a pipe, a file), waiting for it blocks nobody."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="keyboard", daemon=True).start()

    async def line(self) -> str | None:
        """Wait for the next line, without its end; None once there are no more."""
        return await self._lines.get()

    def _read(self) -> None:
        try:
            for line in sys.stdin:
                self._put(line.rstrip("\r\n"))
        except (OSError, ValueError, UnicodeDecodeError):
            # A closed or unreadable stdin has nothing more to say.
            pass
        self._put(None)

    def _put(self, line: str | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)

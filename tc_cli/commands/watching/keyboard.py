"""Lines from stdin, beside everything else that goes on."""

# ruff: noqa: TID253 - imported by the verbs only when they run
import asyncio
import io
import os
import sys

PIECE = 65_536


class Keyboard:
    """Read stdin while entered, and not a line longer: what is typed afterwards is for the shell."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._rest = b""
        self._descriptor = -1

    def __enter__(self) -> "Keyboard":
        try:
            self._descriptor = sys.stdin.fileno()
        except (io.UnsupportedOperation, ValueError):
            self._take_all(sys.stdin.read().encode())
            return self
        try:
            asyncio.get_running_loop().add_reader(self._descriptor, self._read)
        except PermissionError:
            # A file or /dev/null never makes anybody wait.
            self._take_all(sys.stdin.buffer.read())
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            asyncio.get_running_loop().remove_reader(self._descriptor)

    async def line(self) -> str | None:
        """Wait for the next line, without its end; None once there are no more."""
        return await self._lines.get()

    def _read(self) -> None:
        try:
            piece = os.read(self._descriptor, PIECE)
        except OSError:
            # The terminal is gone.
            piece = b""
        if not piece:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            self._take_all(b"")
            return
        *whole, self._rest = (self._rest + piece).split(b"\n")
        self._put(whole)

    def _take_all(self, content: bytes) -> None:
        *whole, last = (self._rest + content).split(b"\n")
        self._put([*whole, last] if last else whole)
        self._lines.put_nowait(None)

    def _put(self, lines: list[bytes]) -> None:
        for line in lines:
            self._lines.put_nowait(line.decode(errors="replace").rstrip("\r"))

"""Single keys from a terminal, beside everything else that goes on."""

# ruff: noqa: TID253 - imported by the verbs only when they run
import asyncio
import os
import sys
import termios
import tty

END = "\x04"


class Keys:
    """Read keys from stdin while entered, each as it is pressed and unseen; the terminal is left as it was."""

    def __init__(self) -> None:
        self._pressed: asyncio.Queue[str] = asyncio.Queue()

    def __enter__(self) -> "Keys":
        self._descriptor = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._descriptor)
        # Ctrl-C still interrupts.
        tty.setcbreak(self._descriptor)
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    async def key(self) -> str:
        """Wait for a key; `END` once the terminal is gone, or for Ctrl-D."""
        return await self._pressed.get()

    def _read(self) -> None:
        try:
            pressed = os.read(self._descriptor, 64).decode(errors="replace")
        except OSError:
            pressed = ""
        if not pressed:
            asyncio.get_running_loop().remove_reader(self._descriptor)
        for key in pressed or END:
            self._pressed.put_nowait(key)

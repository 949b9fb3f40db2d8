"""The ring that can be heard: bell and tones until it is seen, one desktop notification for each who comes."""

import os
from collections.abc import Callable

from tc_cli.output import alarm
from tc_cli.output.sound import Player

BELL = "\a"


class Noise:
    """Makes the noises of a ring through `write`, which takes what the terminal is to be sent."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._player = Player()
        self._announced: frozenset[str] = frozenset()

    def ring(self) -> None:
        """Sound once."""
        self._write(BELL)
        self._player.ring()

    def announce(self, unseen: frozenset[str]) -> None:
        """Have the desktop told of those who weren't announced yet; it never says who they are."""
        new = unseen - self._announced
        self._announced = unseen
        if new:
            self._write(alarm.sequence(alarm.waiting(len(unseen)), os.environ))

    def close(self) -> None:
        """End a tone that still sounds."""
        self._player.close()

"""The ring as a sound: two soft tones, made here, played by a child process where there is something to play on.

The child is this module (`python -m tc_cli.output.sound`): audio libraries write to stderr, which would spoil a screen.
It needs the extra `sound`; without that, or without a device, the terminal's bell is all there is.
"""

import array
import functools
import importlib
import importlib.util
import io
import math
import os
import subprocess
import sys
import threading
import wave
from collections.abc import Mapping, Sequence
from typing import Any

RATE = 22_050
LOUDNESS = 0.35
ATTACK = 0.008
DECAY = 5.0
# Frequency in Hz (E5, C5), when it begins and how long it lasts, in seconds.
TONES = ((659.26, 0.0, 0.9), (523.25, 0.32, 1.1))
# Silence at the end, so that the device's buffer is played out before it is closed.
LENGTH = 1.75
LONGEST = 10.0
COMMAND = (sys.executable, "-m", "tc_cli.output.sound")
NO_DEVICE = 3
OFF = frozenset({"off", "no", "0", "false"})


def obstacle(environment: Mapping[str, str]) -> str:
    """Say why no sound is tried; empty if one is. Whether there is a device only trying tells."""
    if environment.get("TC_SOUND", "").strip().lower() in OFF:
        return "switched off by TC_SOUND"
    if environment.get("SSH_CONNECTION"):
        return "over ssh it would sound on the other machine"
    if importlib.util.find_spec("miniaudio") is None:
        return "tones want `pip install 'teleconnect[sound]'`"
    return ""


class Player:
    """Rings without waiting for it, one ring at a time; used as a context manager. Gives up where nothing can sound."""

    def __init__(self, environment: Mapping[str, str] = os.environ, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._able = not obstacle(environment)
        self._playing: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Player":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ring(self) -> bool:
        """Begin a ring, and say whether one began: not while the last one sounds, nor after one that failed."""
        if self._playing is not None and (ended := self._playing.poll()) is None:
            return False
        if self._playing is not None and ended:
            self._able = False
        self._playing = _start(self._command) if self._able else None
        return self._playing is not None

    def close(self) -> None:
        """End a ring that still sounds."""
        if self._playing is not None:
            self._playing.kill()
            self._playing.wait()
            self._playing = None


def trial(environment: Mapping[str, str], command: Sequence[str] = COMMAND) -> str:
    """Ring once, wait for its end, and say why it failed; empty if it sounded."""
    if reason := obstacle(environment):
        return reason
    failed = "the sound couldn't be played"
    if (child := _start(command)) is None:
        return failed
    try:
        return {0: "", NO_DEVICE: "no device to play on"}.get(child.wait(LONGEST), failed)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return failed


@functools.cache
def chime() -> bytes:
    """Return the ring as a WAV file: one channel of 16 bits."""
    samples = array.array("h", (round(_at(number / RATE) * 32_767) for number in range(int(LENGTH * RATE))))
    if sys.byteorder == "big":
        samples.byteswap()
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return made.getvalue()


def play(miniaudio: Any, backends: Sequence[Any] | None = None) -> str:
    """Play the ring to its end on the default device, and return by whom (`ALSA`); raise MiniaudioError without one."""
    over = threading.Event()
    stream = miniaudio.stream_memory(chime(), nchannels=1, sample_rate=RATE)
    heard = miniaudio.stream_with_callbacks(stream, end_callback=over.set)
    next(heard)
    with miniaudio.PlaybackDevice(nchannels=1, sample_rate=RATE, backends=backends, app_name="TeleConnect") as device:
        device.start(heard)
        over.wait(LONGEST)
        return str(device.backend)


def _at(second: float) -> float:
    return LOUDNESS * sum(_tone(pitch, second - begin, length) for pitch, begin, length in TONES)


def _tone(pitch: float, second: float, length: float) -> float:
    """Return a struck tone's height at a moment: it swells at once, fades, and has a little of the octave above."""
    if not 0 <= second < length:
        return 0.0
    swell = min(1.0, second / ATTACK) * min(1.0, (length - second) / ATTACK)
    turn = 2 * math.pi * pitch * second
    return swell * math.exp(-DECAY * second) * (math.sin(turn) + 0.25 * math.sin(2 * turn)) / 1.25


def _start(command: Sequence[str]) -> "subprocess.Popen[bytes] | None":
    silent = subprocess.DEVNULL
    try:
        return subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)
    except OSError:
        return None


def _main() -> int:
    miniaudio = importlib.import_module("miniaudio")
    try:
        # `Null` is its own stand-in for a machine on which nothing plays.
        return NO_DEVICE if play(miniaudio) == "Null" else 0
    except miniaudio.MiniaudioError:
        return NO_DEVICE


if __name__ == "__main__":
    sys.exit(_main())

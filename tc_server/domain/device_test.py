"""The result of a device test, as its person lets staff see it."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["video", "voice", "chat"]
Transport = Literal["udp", "tcp", "tls"]


@dataclass(frozen=True, slots=True)
class DeviceTest:
    """What a device and its network are good for.

    `audio` and `video` tell whether microphone and camera work; `loss` is a share from 0 to 1; `relay` is how the relay
    was reached, None without one; what couldn't be measured is None.
    """

    result: Verdict
    audio: bool
    video: bool
    rtt_ms: int | None
    loss: float | None
    kbps: int | None
    relay: Transport | None

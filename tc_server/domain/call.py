"""A call: who rings, who is in it, and how it ends."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call waits: for a phone to be picked up, and for somebody whose connection broke."""

    ring: timedelta
    grace: timedelta

"""Keeping at it while the server can't be reached: a batch outlives a restart and a lost network."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tc_cli.client import backoff
from tc_cli.client.api import Api
from tc_cli.client.calls import Call
from tc_cli.client.errors import Refused, TcError, Unreachable

T = TypeVar("T")
PATIENCE = 300.0
_FIRST_PATIENCE = 5.0
_PASSING = frozenset({"unavailable", "slow_down"})


@dataclass(slots=True)
class Persistence:
    """Makes calls that may be repeated until they get through, at most `patience` seconds each.

    A server that has never been reached may have a wrong address, and is given up on sooner.
    `lost` is told once when the server has gone, with why; `found` when it is back. The API should try each call once,
    so that they hear of it at once.
    """

    api: Api
    patience: float = PATIENCE
    lost: Callable[[TcError], None] = lambda _why: None
    found: Callable[[], None] = lambda: None
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _reached: bool = False

    def do(self, call: Call[T]) -> T:
        """Make a call. Raises Unreachable once patience ends, and at once what trying again can't help."""
        waits = backoff.delays(first=0.5, longest=15)
        ends: float | None = None
        while True:
            try:
                answer = self.api.do(call)
            except (Unreachable, Refused) as error:
                if isinstance(error, Refused) and error.code not in _PASSING:
                    raise
                if ends is None:
                    ends = self.clock() + (self.patience if self._reached else min(self.patience, _FIRST_PATIENCE))
                    self.lost(error)
                left = ends - self.clock()
                if left <= 0:
                    raise Unreachable(error.what, error.remedy) from error
                self.pause(min(next(waits), left))
                continue
            self._reached = True
            if ends is not None:
                self.found()
            return answer

"""How often an account is told of invites that nobody has come by yet: a batch must not fill a slow link."""

import asyncio
from collections.abc import Callable

_BURST = 10.0
"""Invites that are told of one by one before they are told of together."""
_A_SECOND = 1.0
_GATHERING = 2.0
"""Seconds in which changes are gathered into one word that there were some."""


class Pace:
    """Spaces out news of invites. `tell` hears an account's id when its invites, whichever, aren't as they were."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._left: dict[str, tuple[float, float]] = {}
        self._gathering: dict[str, asyncio.TimerHandle] = {}

    def allows(self, owner_id: str) -> bool:
        """Tell whether one more can be told of by itself; if not, it is gathered."""
        now = asyncio.get_running_loop().time()
        left, since = self._left.get(owner_id, (_BURST, now))
        left = min(_BURST, left + (now - since) * _A_SECOND)
        if owner_id in self._gathering or left < 1:
            self.gather(owner_id)
            return False
        self._left[owner_id] = (left - 1, now)
        return True

    def gather(self, owner_id: str) -> None:
        """Have an account told in a moment, together with what else happens until then."""
        if owner_id not in self._gathering:
            loop = asyncio.get_running_loop()
            self._gathering[owner_id] = loop.call_later(_GATHERING, self._gathered, owner_id)

    def forget(self, owner_id: str) -> None:
        """Forget an account that nobody listens for any more."""
        self._left.pop(owner_id, None)
        if timer := self._gathering.pop(owner_id, None):
            timer.cancel()

    def _gathered(self, owner_id: str) -> None:
        del self._gathering[owner_id]
        self._tell(owner_id)

"""How long to wait before trying again."""

import random
from collections.abc import Callable, Iterator

FIRST = 1.0
LONGEST = 30.0


def delays(
    first: float = FIRST, longest: float = LONGEST, chance: Callable[[], float] = random.random
) -> Iterator[float]:
    """Yield seconds without end: doubling from `first` to `longest`, each between half and the whole of its step.

    The jitter keeps a clinic's machines from coming back all at once when a server returns.
    """
    step = first
    while True:
        yield step * (0.5 + chance() / 2)
        step = min(step * 2, longest)

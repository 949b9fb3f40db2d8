"""Short ids: any unique start or end of an id stands for it."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from tc_cli.client.errors import AmbiguousId, NoSuchId

FULL = 36
SHOWN = 8


def short(full: str) -> str:
    """Return the end that tables show: UUIDv7s of one minute begin alike."""
    return full[-SHOWN:]


def is_full(given: str) -> bool:
    return len(given) == FULL and given.count("-") == 4


class Ids:
    """Known ids in which short ones are looked up: thousands among thousands, so in order both ways."""

    def __init__(self, ids: Iterable[str], *, noun: str) -> None:
        known = set(ids)
        self._noun = noun
        self._forward = sorted(known)
        self._backward = sorted(one[::-1] for one in known)

    def match(self, given: str) -> str:
        """Return the one id that begins or ends with `given`, case aside; raise NoSuchId or AmbiguousId."""
        wanted = given.strip().lower()
        hits = {*_beginning(self._forward, wanted), *(one[::-1] for one in _beginning(self._backward, wanted[::-1]))}
        if not hits:
            raise NoSuchId(
                f"No {self._noun} has an id that begins or ends with {given!r}", f"See `tc {self._noun} list`"
            )
        if len(hits) > 1:
            raise AmbiguousId(f"{len(hits)} {self._noun}s have ids that begin or end with {given!r}")
        return hits.pop()


def match(given: str, ids: Iterable[str], *, noun: str) -> str:
    """Look one short id up; see `Ids.match`."""
    return Ids(ids, noun=noun).match(given)


def _beginning(ordered: Sequence[str], wanted: str) -> Sequence[str]:
    if not wanted:
        return ()
    return ordered[bisect_left(ordered, wanted) : bisect_left(ordered, wanted + "\U0010ffff")]

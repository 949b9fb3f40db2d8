"""Short ids: any unique start or end of an id stands for it."""

from collections.abc import Iterable

from tc_cli.client.errors import AmbiguousId, NoSuchId

FULL = 36
SHOWN = 8


def short(full: str) -> str:
    """Return the end that tables show: UUIDv7s of one minute begin alike."""
    return full[-SHOWN:]


def is_full(given: str) -> bool:
    return len(given) == FULL and given.count("-") == 4


def match(given: str, ids: Iterable[str], *, noun: str) -> str:
    """Return the one id that begins or ends with `given`, case aside; raise NoSuchId or AmbiguousId."""
    wanted = given.strip().lower()
    hits = {candidate for candidate in ids if wanted and (candidate.startswith(wanted) or candidate.endswith(wanted))}
    if not hits:
        raise NoSuchId(f"No {noun} has an id that begins or ends with {given!r}", f"See `tc {noun} list`")
    if len(hits) > 1:
        raise AmbiguousId(f"{len(hits)} {noun}s have ids that begin or end with {given!r}")
    return hits.pop()

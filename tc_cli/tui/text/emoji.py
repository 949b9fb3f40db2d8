"""Emoji by name: `:smile:` becomes its picture while it is typed, and the beginning of a name offers those that fit."""

import re
from collections.abc import Mapping
from functools import cache

NAMED = re.compile(r"(?<![\w:]):([a-z0-9_+\-]{2,40}):", re.IGNORECASE)
BEGUN = re.compile(r"(?:^|(?<=[\s(]))(:([a-z0-9_+\-]{2,40}))$", re.IGNORECASE)


def replaced(text: str) -> str:
    """Return text with each known `:name:` as its emoji; what isn't known stays as it is."""
    if ":" not in text:
        return text
    return NAMED.sub(lambda found: _table().get(found[1].lower(), found[0]), text)


def begun(before: str) -> tuple[str, str] | None:
    """Return `:smi` and `smi` if text (up to the cursor) ends in the beginning of a name."""
    found = BEGUN.search(before)
    return (found[1], found[2].lower()) if found else None


def fitting(beginning: str, limit: int = 8) -> list[tuple[str, str]]:
    """Return emoji whose name begins so, shortest name first, as (name, emoji); each emoji once."""
    table = _table()
    names = sorted((name for name in table if name.startswith(beginning)), key=lambda name: (len(name), name))
    first = {table[name]: name for name in reversed(names)}
    return [(name, table[name]) for name in names if first[table[name]] == name][:limit]


@cache
def _table() -> Mapping[str, str]:
    # Private to Rich, but the one table that is installed anyway, and Rich's own documents list its names.
    from rich._emoji_codes import EMOJI

    return EMOJI

"""How this run speaks: the form of its data, and how much it says beside it; set by the options that all verbs have."""

import sys
from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The forms that data takes on stdout."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(slots=True)
class Manner:
    format: Format = Format.TABLE
    quiet: bool = False
    verbose: bool = False


manner = Manner()


def reset() -> None:
    """Begin anew, for a second run in the same process."""
    manner.format, manner.quiet, manner.verbose = Format.TABLE, False, False


def draws() -> bool:
    """Say whether a person looks at stdout: a table on a terminal."""
    return manner.format is Format.TABLE and sys.stdout.isatty()


def asks() -> bool:
    """Say whether somebody is there to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()

"""One entry of a conversation as it is shown: plain, frozen, free of anything that could steer a terminal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from textual.strip import Strip

from tc_server.wire.bodies import File

Kind = Literal["text", "file", "fact"]
Mark = Literal["", "pending", "sent", "delivered", "read", "refused"]

PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`key` stays its own while it is shown; `seq` is None while unsent; `at` is local; `note` stands below it."""

    key: str
    at: datetime
    kind: Kind = "text"
    seq: int | None = None
    who: str = ""
    role: str = ""
    mine: bool = False
    text: str = ""
    file: File | None = None
    mark: Mark = ""
    note: str = ""
    preview: tuple[Strip, ...] = ()

    @property
    def words(self) -> str:
        """Return what can be searched and copied."""
        return self.file.name if self.file else self.text


def new_day(entry: Entry, previous: Entry | None) -> bool:
    """Tell whether an entry is the first of its day."""
    return previous is None or entry.at.date() != previous.at.date()


def new_group(entry: Entry, previous: Entry | None) -> bool:
    """Tell whether the sender is to be named again: somebody else, or the same after a pause."""
    return (
        previous is None
        or previous.kind == "fact"
        or (entry.mine, entry.who, entry.role) != (previous.mine, previous.who, previous.role)
        or entry.at - previous.at > PAUSE
    )

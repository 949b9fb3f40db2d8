"""What may be said and sent: texts, log entries and files in chat."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tc_server.domain.errors import IllegalMove, SessionEnded, TextEmpty, TextTooLong
from tc_server.domain.session import LIVE, Session, State

TEXT_MAX = 4000
"""Longest message, in characters."""

SenderRole = Literal["staff", "service-user", "colleague", "relative", "interpreter"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote or did something."""

    id: str
    role: SenderRole
    name: str


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file in chat: `type` is what its content says, `seconds` how long a voice note lasts (else None)."""

    file_id: str
    name: str
    type: str
    size: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a session's log: a text, a file or a fact; `sender` is None for what time did."""

    session_id: str
    seq: int
    kind: str
    sender: Sender | None
    sent_at: datetime
    client_id: str | None = None
    text: str | None = None
    file: FileInfo | None = None
    data: dict[str, Any] = field(default_factory=dict)


def clean_text(text: str) -> str:
    """Strip what can't be shown and surrounding space; raise TextEmpty or TextTooLong (over TEXT_MAX characters)."""
    cleaned = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = cleaned.encode("utf-8", "ignore").decode().strip()
    if not cleaned:
        raise TextEmpty
    if len(cleaned) > TEXT_MAX:
        raise TextTooLong(f"The message has {len(cleaned)} characters, {TEXT_MAX} are possible. Send it in parts.")
    return cleaned


def require_writable(session: Session) -> None:
    """Refuse writing where nobody is there (IllegalMove), or all is over (SessionEnded)."""
    if session.state in LIVE:
        return
    if session.state is State.INVITED:
        raise IllegalMove("write", session.state, session.possible())
    raise SessionEnded

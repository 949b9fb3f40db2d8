"""Who asks for a call in the midst of a session: they are in no queue, and wait all the same."""
# ruff: noqa: TID253 - imported by the verbs only when they run

from collections.abc import Iterable
from datetime import datetime

from tc_cli.output.calls import ASKING_LASTS
from tc_server.wire.bodies import Message, QueueEntry, Session

ACTIVE = "active"
# What answers a wish for a call; staff's own words do, too.
ANSWERS = frozenset({"call_started", "call_ended", "kept_open", "closed"})
# So far back a wish is looked for that came before the watch did.
MOST_UNREAD = 50


class Asking:
    """Knows who asks, as entries of a queue: at place 0, in an active session."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._asking: dict[str, QueueEntry] = {}

    @property
    def entries(self) -> list[QueueEntry]:
        return list(self._asking.values())

    def know(self, sessions: Iterable[Session]) -> bool:
        """Take how sessions are now; return whether somebody who has asked can't have a call any more."""
        before = len(self._asking)
        for session in sessions:
            self._sessions[session.session_id] = session
            if session.state != ACTIVE:
                self._asking.pop(session.session_id, None)
        return len(self._asking) < before

    def may_ask(self) -> dict[str, int]:
        """Return the sessions in which a wish may stand that nobody has seen, each with the last entry before it.

        They are in no queue, so that all that tells of it is their log.
        """
        return {
            session.session_id: max(session.staff_read_seq, session.last_seq - MOST_UNREAD)
            for session in self._sessions.values()
            if session.state == ACTIVE and session.last_seq > session.staff_read_seq
        }

    def hear(self, message: Message, now: datetime) -> bool:
        """Take what is new in a log; return whether somebody else asks at `now`, by the server's clock."""
        session, sender = self._sessions.get(message.session_id), message.sender
        if sender is None or sender.role == "staff" or message.kind in ANSWERS:
            return self._asking.pop(message.session_id, None) is not None
        asks = message.kind == "call_requested" and message.sent_at + ASKING_LASTS > now
        if asks and session is not None and session.state == ACTIVE:
            self._asking[message.session_id] = QueueEntry(
                session_id=message.session_id,
                state=session.state,
                place=0,
                name=sender.name,
                role=sender.role,
                language=session.language,
                waiting_since=message.sent_at,
                told_until=None,
                online=True,
                delivery=None,
            )
            return True
        return False

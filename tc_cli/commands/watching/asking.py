"""Who asks for a call in the midst of a session: they are in no queue, and wait all the same."""
# ruff: noqa: TID253 - imported by the verbs only when they run

from collections.abc import Iterable

from tc_server.wire.bodies import Message, QueueEntry, Session

ACTIVE = "active"
# What answers a wish for a call; staff's own words do, too.
ANSWERS = frozenset({"call_started", "call_ended", "kept_open", "closed"})


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

    def hear(self, message: Message) -> bool:
        """Take what is new in a log; return whether somebody else asks now."""
        session, sender = self._sessions.get(message.session_id), message.sender
        if sender is None or sender.role == "staff" or message.kind in ANSWERS:
            return self._asking.pop(message.session_id, None) is not None
        if message.kind == "call_requested" and session is not None and session.state == ACTIVE:
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

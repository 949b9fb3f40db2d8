"""What is known now: sessions, queue, invites, logs, what is unsent, how the link stands.

Pure: it takes what the feed brings and answers with what has changed. Screens read it and never write.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from msgspec import structs

from tc_cli.output import timelines
from tc_cli.tui.batch import Batch
from tc_cli.tui.calls import Calls
from tc_server.wire import frames as f
from tc_server.wire.bodies import Delivery, Invite, Message, QueueEntry, Sender, Session

LIVE = frozenset({"waiting", "active", "open"})
OVER = frozenset({"closed", "cancelled", "erased"})


class Topic(StrEnum):
    """What a change is about. `line`: what is unsent. `minute`: a minute has passed, so spans of time read anew."""

    LINK = "link"
    QUEUE = "queue"
    SESSION = "session"
    LOG = "log"
    LINE = "line"
    TYPING = "typing"
    CALL = "call"
    RING = "ring"
    INVITES = "invites"
    BATCH = "batch"
    MINUTE = "minute"


@dataclass(frozen=True, slots=True)
class Change:
    """Something on the board is different; without a session it may be any of them."""

    topic: Topic
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """How the link stands: `phase` is connecting, online, reconnecting or ended; `latency` in seconds.

    `retry_in` is the pause in seconds that the reconnecting began with.
    """

    phase: str = "connecting"
    latency: float | None = None
    reason: str = ""
    retry_in: float = 0.0

    @property
    def online(self) -> bool:
        return self.phase == "online"


@dataclass(frozen=True, slots=True)
class Unsent:
    """Something typed or chosen here that the server doesn't have yet; `refused` says why it never will."""

    client_id: str
    session_id: str
    text: str
    path: Path | None
    at: datetime
    refused: str | None = None


@dataclass(slots=True)
class Tail:
    """The end of a session's log, without gaps; `at_start` once there is nothing before it."""

    messages: list[Message] = field(default_factory=list)
    at_start: bool = False

    @property
    def first_seq(self) -> int | None:
        return self.messages[0].seq if self.messages else None

    @property
    def last_seq(self) -> int:
        return self.messages[-1].seq if self.messages else 0

    def add(self, message: Message) -> bool:
        """Take the next entry; False if it is known."""
        if self.messages and message.seq <= self.last_seq:
            return False
        self.messages.append(message)
        return True

    def prepend(self, earlier: Iterable[Message]) -> None:
        """Take a page from before the first."""
        first = self.first_seq
        self.messages[:0] = [message for message in earlier if first is None or message.seq < first]


@dataclass(slots=True)
class Board:
    """All that staff sees, in one place."""

    link: Link = field(default_factory=Link)
    viewer: f.Viewer | None = None
    server: str = ""
    sessions: dict[str, Session] = field(default_factory=dict)
    queue: list[QueueEntry] = field(default_factory=list)
    unseen: frozenset[str] = frozenset()
    invites: dict[str, Invite] = field(default_factory=dict)
    logs: dict[str, Tail] = field(default_factory=dict)
    words: dict[str, Message] = field(default_factory=dict)
    line: dict[str, list[Unsent]] = field(default_factory=dict)
    typing: dict[str, Sender] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)
    batch: Batch | None = None
    # How far the server's clock is ahead of this machine's.
    ahead: timedelta = timedelta()
    loaded: bool = False

    # --- what comes in -------------------------------------------------------------------------------------------

    def greeted(self, hello: f.Hello) -> set[str]:
        """Take how things are; return the sessions that lived when last heard of and aren't named any more."""
        self.viewer = hello.viewer
        self.queue = list(hello.queue)
        live = {session.session_id: session for session in hello.sessions}
        gone = {key for key, session in self.sessions.items() if session.state in LIVE and key not in live}
        self.sessions.update(live)
        return gone

    def session_is(self, session: Session) -> None:
        self.sessions[session.session_id] = session
        self.calls.session_is(session)

    def heard(self, message: Message) -> bool:
        """Take a log entry; False if it was known."""
        tail = self.logs.get(message.session_id)
        if tail is not None and not tail.add(message):
            return False
        self.remember_words(message)
        self.typing.pop(message.session_id, None)
        session = self.sessions.get(message.session_id)
        if session is not None and message.seq > session.last_seq:
            unread = session.unread + is_theirs(message)
            self.sessions[message.session_id] = structs.replace(session, last_seq=message.seq, unread=unread)
        return True

    def present(self, presence: f.Presence) -> None:
        """Take that a participant came online or went."""
        session = self.sessions.get(presence.session_id)
        if session is None:
            return
        people = [
            structs.replace(person, online=presence.online, devices=presence.devices)
            if person.participant_id == presence.participant_id
            else person
            for person in session.people
        ]
        online = any(person.online for person in people)
        self.sessions[presence.session_id] = structs.replace(session, people=people, online=online)
        self.queue = [
            structs.replace(entry, online=online) if entry.session_id == presence.session_id else entry
            for entry in self.queue
        ]

    def read_by(self, read: f.ReadNow) -> None:
        """Take how far somebody has read: a participant, or staff on another machine."""
        session = self.sessions.get(read.session_id)
        if session is None:
            return
        if read.reader.role == "staff":
            seq = max(session.staff_read_seq, read.seq)
            unread = session.unread if seq < session.last_seq else 0
            self.sessions[read.session_id] = structs.replace(session, staff_read_seq=seq, unread=unread)
            return
        people = [
            structs.replace(person, read_seq=max(person.read_seq, read.seq))
            if person.participant_id == read.reader.id
            else person
            for person in session.people
        ]
        self.sessions[read.session_id] = structs.replace(session, people=people)

    def delivered(self, delivery: Delivery) -> Invite | None:
        """Take how a delivery stands now, and return its invite as it is by that; None if the invite isn't known."""
        invite = self.invites.get(delivery.invite_id)
        if invite is None:
            return None
        known = {one.delivery_id: one for one in invite.deliveries} | {delivery.delivery_id: delivery}
        self.invites[invite.invite_id] = structs.replace(invite, deliveries=list(known.values()))
        return self.invites[invite.invite_id]

    def forget(self, session_id: str) -> None:
        """Drop all that is known of a session."""
        for shelf in (self.sessions, self.logs, self.words, self.line, self.typing):
            shelf.pop(session_id, None)
        self.calls.forget(session_id)
        self.queue = [entry for entry in self.queue if entry.session_id != session_id]
        self.invites = {key: one for key, one in self.invites.items() if one.session_id != session_id}

    def queued(self, unsent: Unsent) -> None:
        self.line.setdefault(unsent.session_id, []).append(unsent)

    def unqueued(self, session_id: str, client_id: str) -> Unsent | None:
        """Take something out of the line, for it is sent or taken back; None if it isn't in it."""
        waiting = self.line.get(session_id, [])
        for unsent in waiting:
            if unsent.client_id == client_id:
                waiting.remove(unsent)
                return unsent
        return None

    def refused(self, session_id: str, client_id: str, why: str | None) -> None:
        """Mark something in the line as refused, or (None) as waiting again."""
        waiting = self.line.get(session_id, [])
        waiting[:] = [replace(one, refused=why) if one.client_id == client_id else one for one in waiting]

    # --- what is asked -------------------------------------------------------------------------------------------

    def in_states(self, *states: str) -> list[Session]:
        """Return the sessions in these states, the most recently active first."""
        found = [session for session in self.sessions.values() if session.state in states]
        return sorted(found, key=lambda session: session.last_activity_at, reverse=True)

    def invite_state(self, invite: Invite) -> str:
        """Return an invite's state: its session's, which is heard of first, unless it alone was taken back."""
        session = self.sessions.get(invite.session_id)
        return invite.state if session is None or invite.state == "cancelled" else session.state

    def expected(self, invite: Invite) -> bool:
        """Tell whether somebody may still come by an invite, and hasn't yet."""
        return self.invite_state(invite) not in OVER and invite.joined_at is None

    def undelivered(self, invite: Invite) -> bool:
        """Tell whether an invite's message won't get there, and nothing has come of the invite another way."""
        return self.expected(invite) and not_delivered(invite)

    def entry(self, session_id: str) -> QueueEntry | None:
        return next((entry for entry in self.queue if entry.session_id == session_id), None)

    def unsent(self) -> int:
        """Return how many things wait to be sent."""
        return sum(not one.refused for waiting in self.line.values() for one in waiting)

    def remember_words(self, message: Message) -> None:
        """Keep the last words that came from the other side."""
        if not is_theirs(message):
            return
        known = self.words.get(message.session_id)
        if known is None or known.seq < message.seq:
            self.words[message.session_id] = message


def not_delivered(invite: Invite) -> bool:
    """Tell whether the last message of an invite has failed; what was taken back was meant to."""
    latest = timelines.latest(invite)
    return latest is not None and latest.state == "failed" and latest.reason != "withdrawn"


def not_read_yet(session: Session, log: Iterable[Message]) -> int | None:
    """Count what staff wrote and not everybody on the other side has read; None where staff wrote nothing."""
    own = [m.seq for m in log if m.sender and m.sender.role == "staff" and m.kind in {"text", "file"}]
    read_to = read_by_all(session)
    return sum(seq > read_to for seq in own) if own else None


def read_by_all(session: Session) -> int:
    """Return up to where everybody has read who has come and is still part of it."""
    return min((one.read_seq for one in session.people if one.joined_at and not one.removed_at), default=0)


def is_theirs(message: Message) -> bool:
    """Tell whether a participant wrote or sent this."""
    return message.kind in {"text", "file"} and message.sender is not None and message.sender.role != "staff"

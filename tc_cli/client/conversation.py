"""What a client knows while it talks over the stream: which logs it follows, what it has said without an answer yet.

Pure: frames go in, events and frames to send come out. The socket is stream.py's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tc_cli.client import calls
from tc_cli.client.log import Log
from tc_server.wire import frames as f
from tc_server.wire.bodies import Message

# Logs asked for in one frame, each about 50 bytes: far below the longest frame that a server takes (100 kB).
ONE_SYNC = 1000


class Phase(StrEnum):
    """Where the link stands. `ended`: the server will not have this login any more."""

    CONNECTING = "connecting"
    ONLINE = "online"
    RECONNECTING = "reconnecting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Online:
    """The link stands (again); `hello` says how things are now."""

    hello: f.Hello | f.ParticipantHello


@dataclass(frozen=True, slots=True)
class Offline:
    """The link is gone, or (`never_online`) never stood; the next try is in `retry_in` seconds."""

    reason: str
    retry_in: float
    never_online: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The server has refused for good."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Alive:
    """The server has answered a ping, `latency` seconds after it was sent."""

    latency: float


@dataclass(frozen=True, slots=True)
class Arrived:
    """A log entry: of a followed session once and in order. `mine`: it acknowledges what was said here."""

    message: Message
    mine: bool = False


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """All that the log held when asked for has arrived."""

    session_id: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The server has refused what was said here; it isn't tried again."""

    session_id: str
    client_id: str
    text: str
    code: str
    detail: str


Other = (
    f.SessionFrame
    | f.InvitesFrame
    | f.ParticipantSessionFrame
    | f.Erased
    | f.DeliveryFrame
    | f.QueueFrame
    | f.Presence
    | f.TypingNow
    | f.ReadNow
    | f.CallFrame
    | f.SignalNow
    | f.QualityNow
    | f.Place
    | f.Error
)
Event = Online | Offline | Ended | Alive | Arrived | CaughtUp | NotSent | Other
ServerFrame = f.StaffFrame | f.ParticipantFrame


@dataclass(slots=True)
class Outcome:
    """What follows from a frame: events for those who watch, frames for the server."""

    events: list[Event] = field(default_factory=list)
    frames: list[f.AnyClientFrame] = field(default_factory=list)


class Conversation:
    """Follow logs and keep what is unsent, across any number of links."""

    def __init__(self, new_id: Callable[[], str] = calls.new_client_id) -> None:
        self.phase = Phase.CONNECTING
        self._new_id = new_id
        self._logs: dict[str, Log] = {}
        self._pending: dict[str, f.Send] = {}
        self._said: set[str] = set()

    @property
    def pending(self) -> tuple[f.Send, ...]:
        """What was said here and isn't acknowledged, oldest first."""
        return tuple(self._pending.values())

    def follow(self, session_id: str, after: int = 0) -> list[f.AnyClientFrame]:
        """Want this session's log, from the entry after `after`; return what to send for it now."""
        return self.follow_all({session_id: after})

    def follow_all(self, logs: Mapping[str, int]) -> list[f.AnyClientFrame]:
        """Want these sessions' logs, each from the entry after its number; return what to send for them now."""
        for session_id, after in logs.items():
            self._logs.setdefault(session_id, Log(after))
        return self._sync(logs) if self.phase is Phase.ONLINE else []

    def say(self, session_id: str, text: str, client_id: str | None = None) -> list[f.AnyClientFrame]:
        """Keep a message until it is acknowledged; return what to send for it now.

        With its own `client_id` one that was said before, and kept somewhere else meanwhile, is put back.
        """
        if client_id in self._pending:
            return []
        send = f.Send(client_id=client_id or self._new_id(), session_id=session_id, text=text)
        self._pending[send.client_id] = send
        return [send] if self.phase is Phase.ONLINE else []

    def unsay(self, client_id: str) -> f.Send | None:
        """Don't send a message (again), and return it; None if it isn't pending. What has gone out already stays."""
        return self._pending.pop(client_id, None)

    def wants(self, frame: f.AnyClientFrame) -> bool:
        """Say whether a frame is still to go out: not a message that was taken back, or acknowledged meanwhile."""
        return not isinstance(frame, f.Send) or frame.client_id in self._pending

    def lost(self) -> None:
        """The link is gone: everything said stays, everything followed is asked for again on the next one."""
        if self.phase is not Phase.ENDED:
            self.phase = Phase.RECONNECTING

    def receive(self, frame: ServerFrame) -> Outcome:
        """Take one frame from the server."""
        match frame:
            case f.Hello() | f.ParticipantHello():
                return self._greeted(frame)
            case f.MessageFrame():
                return self._heard(frame)
            case f.Synced():
                return self._synced(frame)
            case f.Error() if frame.client_id in self._pending:
                return self._refused(frame)
            case f.Pong():
                return Outcome()
            case f.Erased():
                self._forget(frame.session_id)
        return Outcome([frame])

    def _greeted(self, hello: f.Hello | f.ParticipantHello) -> Outcome:
        self.phase = Phase.ONLINE
        outcome = Outcome([Online(hello)])
        outcome.frames.extend(self._sync(self._logs))
        outcome.frames.extend(self._pending.values())
        return outcome

    def _heard(self, frame: f.MessageFrame) -> Outcome:
        if frame.client_id is not None and self._pending.pop(frame.client_id, None) is not None:
            self._said.add(frame.client_id)
        log = self._logs.get(frame.session_id)
        return Outcome(self._arrived(log.take(frame))) if log is not None else Outcome(self._arrived([frame]))

    def _synced(self, frame: f.Synced) -> Outcome:
        log = self._logs.get(frame.session_id)
        if log is None:
            return Outcome()
        events = self._arrived(log.settle(frame.seq))
        if frame.seq < frame.last_seq:
            return Outcome(events, [f.Sync(sessions={frame.session_id: frame.seq})])
        return Outcome([*events, CaughtUp(frame.session_id)])

    def _arrived(self, entries: list[Message]) -> list[Event]:
        return [Arrived(entry, entry.client_id in self._said) for entry in entries]

    def _refused(self, frame: f.Error) -> Outcome:
        send = self._pending.pop(frame.client_id or "")
        return Outcome([NotSent(send.session_id, send.client_id, send.text, frame.code, frame.detail)])

    def _forget(self, session_id: str) -> None:
        self._logs.pop(session_id, None)
        self._pending = {key: send for key, send in self._pending.items() if send.session_id != session_id}

    def _sync(self, session_ids: Iterable[str]) -> list[f.AnyClientFrame]:
        """Ask for what these logs have gained, in as few frames as the server takes."""
        last = [(session_id, self._logs[session_id].last) for session_id in session_ids]
        return [f.Sync(sessions=dict(last[at : at + ONE_SYNC])) for at in range(0, len(last), ONE_SYNC)]

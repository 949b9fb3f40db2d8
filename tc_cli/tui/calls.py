"""What is known of calls: those that go on, how they arrive at whom, who asks for one. Pure, as the board is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tc_cli.output.calls import ASKING_LASTS, still_true
from tc_server.wire.bodies import Call, CallMedium, Message, Session
from tc_server.wire.frames import QualityNow

ALLOWED = frozenset({"active", "open"})
# Asked for can one be in the waiting room, too.
ASKABLE = ALLOWED | {"waiting"}
NOTHING: dict[str, QualityNow] = {}


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody asks for a call; for the ring it is an arrival as any other."""

    session_id: str
    name: str
    media: CallMedium
    waiting_since: datetime
    told_until: None = None


@dataclass(slots=True)
class Calls:
    """One call a session at most; `ended` are those that ended a moment ago."""

    live: dict[str, Call] = field(default_factory=dict)
    ended: dict[str, Call] = field(default_factory=dict)
    quality: dict[str, dict[str, QualityNow]] = field(default_factory=dict)
    asking: dict[str, Asking] = field(default_factory=dict)

    def greeted(self, live: Iterable[Call]) -> None:
        """Take all that go on."""
        self.live = {call.session_id: call for call in live}
        self.quality = {key: told for key, told in self.quality.items() if key in self.live}

    def call_is(self, call: Call) -> None:
        """Take how a call is now."""
        self.ended.pop(call.session_id, None)
        if call.state != "ended":
            if (told := self.quality.get(call.session_id)) is not None:
                self.quality[call.session_id] = still_true(told, self.live[call.session_id], call)
            self.live[call.session_id] = call
            self.asking.pop(call.session_id, None)
            return
        known = self.live.get(call.session_id)
        if known is None or known.call_id == call.call_id:
            self.live.pop(call.session_id, None)
            self.quality.pop(call.session_id, None)
            self.ended[call.session_id] = call

    def quality_is(self, told: QualityNow) -> None:
        """Take how a call arrives at somebody."""
        if told.session_id in self.live:
            self.quality.setdefault(told.session_id, {})[told.sender.id] = told

    def heard(self, message: Message, session: Session | None, now: datetime) -> None:
        """Take from the log who asks for a call, and that one came; what staff has read rings no more."""
        if message.kind in {"call_started", "call_ended"}:
            self.asking.pop(message.session_id, None)
        if message.kind != "call_requested" or message.sender is None or session is None:
            return
        if message.sent_at + ASKING_LASTS > now and message.seq > session.staff_read_seq:
            media: CallMedium = "video" if (message.data or {}).get("media") == "video" else "audio"
            asking = Asking(message.session_id, message.sender.name, media, message.sent_at)
            self.asking[message.session_id] = asking

    def session_is(self, session: Session) -> None:
        """Forget who asks where no call can be."""
        if session.state not in ASKABLE:
            self.asking.pop(session.session_id, None)

    def asks(self, session_id: str, now: datetime) -> Asking | None:
        """Return who asks for a call in a session, as long as they may still wait for it."""
        asking = self.asking.get(session_id)
        return asking if asking is not None and asking.waiting_since + ASKING_LASTS > now else None

    def first_asking(self, now: datetime) -> Asking | None:
        """Return whoever has asked for a call first, and may still wait for it."""
        return next(filter(None, (self.asks(session_id, now) for session_id in self.asking)), None)

    def told(self, session_id: str) -> dict[str, QualityNow]:
        """Return how a session's call arrives, by party."""
        return self.quality.get(session_id, NOTHING)

    def forget(self, session_id: str) -> None:
        for shelf in (self.live, self.ended, self.quality, self.asking):
            shelf.pop(session_id, None)

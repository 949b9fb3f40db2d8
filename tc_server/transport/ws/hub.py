"""The hub: knows every live link of this server, and gives each what its viewer may see."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable

from tc_server.domain.calling import ALLOWED
from tc_server.domain.errors import Unavailable
from tc_server.domain.people import Anyone, Caller, Guest, Staff
from tc_server.domain.session import State
from tc_server.services import calls, views
from tc_server.services.context import Context
from tc_server.services.events import (
    Appended,
    CallChanged,
    CallView,
    CutOff,
    DeliveryChanged,
    Event,
    InvitesChanged,
    PresenceChanged,
    QualityHeard,
    QueueChanged,
    ReadMoved,
    SessionChanged,
    SessionErased,
    Signalled,
    TypingSeen,
)
from tc_server.transport.ws import frames
from tc_server.transport.ws.link import CloseCode, Link, encode
from tc_server.transport.ws.pace import Pace
from tc_server.wire.codes import Code
from tc_server.wire.frames import Error, InvitesFrame

_log = logging.getLogger(__name__)

_ENTRY_PAUSE = 0.001
"""Seconds to pause for each entry of a queue that was sent: a rush to a long queue costs its staff little bandwidth."""


class Hub:
    """Messages go out at once; views of sessions and queues are gathered by `run`, each at most once per change."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._of_staff: defaultdict[str, set[Link]] = defaultdict(set)
        self._of_guests: defaultdict[str, set[Link]] = defaultdict(set)
        self._of_callers: defaultdict[str, set[Link]] = defaultdict(set)
        self._online: Counter[str] = Counter()
        self._places: dict[str, int | None] = {}
        self._entries_sent = 0
        self._changed_sessions: dict[str, None] = {}
        self._changed_queues: dict[str, None] = {}
        self._woken = asyncio.Event()
        self._pace = Pace(self._send_invites)

    def add(self, link: Link) -> None:
        """Register a link: from now on it gets live frames."""
        viewer = link.viewer
        match viewer:
            case Guest(session_id=session_id):
                self._of_guests[session_id].add(link)
            case Caller(session_id=session_id):
                self._of_callers[session_id].add(link)
            case Staff(account_id=account_id):
                self._of_staff[account_id].add(link)
        if name := _presence(viewer):
            self._online[name] += 1

    def remove(self, link: Link) -> None:
        """Forget a link."""
        viewer = link.viewer
        match viewer:
            case Guest(session_id=session_id):
                _discard(self._of_guests, session_id, link)
                if session_id not in self._of_guests:
                    self._places.pop(session_id, None)
            case Caller(session_id=session_id):
                _discard(self._of_callers, session_id, link)
            case Staff(account_id=account_id):
                _discard(self._of_staff, account_id, link)
                if account_id not in self._of_staff:
                    self._pace.forget(account_id)
        if name := _presence(viewer):
            self._online[name] -= 1
            if not self._online[name]:
                del self._online[name]

    async def greet(self, link: Link) -> None:
        """Send `hello`: what there is at this moment; live frames that came meanwhile follow it."""
        match link.viewer:
            case Staff() as staff:
                await self._greet_staff(link, staff)
            case Caller() as caller:
                await self._greet_caller(link, caller)
            case Guest() as guest:
                await self._greet_guest(link, guest)

    async def _greet_staff(self, link: Link, staff: Staff) -> None:
        found, live = await views.live_of(self._ctx, staff), await calls.live_of(self._ctx, staff)
        entries = await views.queue_of(self._ctx, staff.account_id)
        link.open(frames.hello_to_staff(staff, self._ctx.now(), entries, found, live))

    async def _greet_caller(self, link: Link, caller: Caller) -> None:
        live = await calls.live_of(self._ctx, caller)
        hello = frames.hello_to_caller(caller, self._ctx.now(), live)
        if live:
            link.open(hello)
        else:
            link.close(CloseCode.OVER, hello)

    async def _greet_guest(self, link: Link, guest: Guest) -> None:
        view = (await views.live_of(self._ctx, guest))[0]
        # A rush to the waiting room, where nobody calls, needn't look for calls.
        live = await calls.live_of(self._ctx, guest) if view.session.state in ALLOWED else []
        link.first_seq = next(p.first_seq for p in view.people if p.participant_id == guest.participant_id)
        self._places[guest.session_id] = view.place
        link.open(frames.hello_to_guest(guest, self._ctx.now(), view, live))

    def links_of(self, name: str) -> int:
        """Count the live links of a participant, or of staff's browsers in a call, by the id of either."""
        return self._online[name]

    def staff_here(self) -> frozenset[str]:
        """Name the accounts that have a live link: a browser in a call, which shows no queue, is none."""
        return frozenset(self._of_staff)

    def announce(self, *events: Event) -> None:
        """Take what services announce."""
        for event in events:
            self._take(event)

    def close_all(self) -> None:
        """End every link, to be made anew in a moment."""
        for link in self._every():
            link.close(CloseCode.RESTART)

    async def run(self) -> None:
        """Gather and send what has changed, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            queues, self._changed_queues = self._changed_queues, {}
            sessions, self._changed_sessions = self._changed_sessions, {}
            await _each(queues, self._send_queue)
            await _each(sessions, self._send_session)
            await asyncio.sleep(self._entries_sent * _ENTRY_PAUSE)
            self._entries_sent = 0

    def _take(self, event: Event) -> None:
        match event:
            case Appended(owner_id, entry):
                self._push(encode(frames.message(entry)), self._in_session(entry.session_id, owner_id, entry.seq))
            case TypingSeen(session_id, owner_id, sender):
                others = (x for x in self._in_session(session_id, owner_id) if sender.id not in x.names)
                self._push(encode(frames.typing(event)), others)
            case ReadMoved(session_id, owner_id):
                self._push(encode(frames.read(event)), self._in_session(session_id, owner_id))
            case PresenceChanged(owner_id=owner_id):
                self._push(encode(frames.presence(event)), self._of_staff.get(owner_id, ()))
            case CallChanged(owner_id, view):
                self._send_call(owner_id, view)
            case Signalled():
                self._push(encode(frames.signal(event)), self._in_call(event))
            case QualityHeard(session_id, owner_id, sender):
                callers = [x for x in self._of_callers.get(session_id, ()) if sender.id not in x.names]
                self._push(encode(frames.quality(event)), [*self._of_staff.get(owner_id, ()), *callers])
            case DeliveryChanged(owner_id, fare):
                self._push(encode(frames.delivery(fare)), self._of_staff.get(owner_id, ()))
            case SessionChanged(session_id, owner_id):
                if owner_id in self._of_staff or session_id in self._of_guests:
                    self._changed_sessions[session_id] = None
                    self._woken.set()
            case InvitesChanged(owner_id):
                if owner_id in self._of_staff:
                    self._pace.gather(owner_id)
            case QueueChanged(owner_id):
                self._changed_queues[owner_id] = None
                self._woken.set()
            case SessionErased(receipt):
                self._push(encode(frames.erased(receipt)), self._of_staff.get(receipt.owner_id, ()))
                groups = (self._of_guests, self._of_callers)
                links = [link for group in groups for link in group.get(receipt.session_id, ())]
                self._cut(links, Code.ERASED, "The session has been erased.")
            case CutOff(name):
                links = [link for link in self._every() if name in link.names]
                self._cut(links, Code.NOT_LOGGED_IN, "This login has ended.")

    def _in_session(self, session_id: str, owner_id: str, seq: int | None = None) -> list[Link]:
        guests = self._of_guests.get(session_id, ())
        may_see = [link for link in guests if seq is None or link.first_seq <= seq]
        return [*self._of_staff.get(owner_id, ()), *may_see]

    def _send_call(self, owner_id: str, view: CallView) -> None:
        call, whole = view.call, frames.call(view)
        frame = encode(whole)
        self._push(frame, self._in_session(call.session_id, owner_id))
        for link in list(self._of_callers.get(call.session_id, ())):
            if isinstance(link.viewer, Caller) and link.viewer.call_id == call.call_id:
                if call.is_live:
                    link.push(frame)
                else:
                    link.close(CloseCode.OVER, whole)

    def _in_call(self, event: Signalled) -> list[Link]:
        """List the links that are in a call as one of its parties: never those of staff's terminals."""
        session_id, call_id = event.call.session_id, event.call.call_id
        guests = [link for link in self._of_guests.get(session_id, ()) if event.to in link.names]
        callers = [link for link in self._of_callers.get(session_id, ()) if event.to in link.names]
        return [*guests, *(x for x in callers if isinstance(x.viewer, Caller) and x.viewer.call_id == call_id)]

    def _every(self) -> list[Link]:
        groups = [*self._of_staff.values(), *self._of_guests.values(), *self._of_callers.values()]
        return [link for group in groups for link in group]

    @staticmethod
    def _push(frame: str, links: Iterable[Link]) -> None:
        for link in links:
            link.push(frame)

    @staticmethod
    def _cut(links: Iterable[Link], code: Code, detail: str) -> None:
        for link in list(links):
            link.close(CloseCode.NOT_LOGGED_IN, Error(code=code, detail=detail))

    async def _send_session(self, session_id: str) -> None:
        view = await views.for_announcement(self._ctx, session_id)
        if view is None:
            return
        owner_id = view.session.owner_id
        if view.session.state is not State.INVITED or self._pace.allows(owner_id):
            self._push(encode(frames.session(view)), self._of_staff.get(owner_id, ()))
        self._places[session_id] = view.place
        for link in list(self._of_guests.get(session_id, ())):
            assert isinstance(link.viewer, Guest)
            link.send(frames.participant_session(view, link.viewer.participant_id))

    def _send_invites(self, owner_id: str) -> None:
        self._push(encode(InvitesFrame()), self._of_staff.get(owner_id, ()))

    async def _send_queue(self, owner_id: str) -> None:
        entries = await views.queue_of(self._ctx, owner_id)
        self._push(encode(frames.queue(entries)), self._of_staff.get(owner_id, ()))
        self._entries_sent += len(entries)
        for entry in entries:
            session_id = entry.session.session_id
            if session_id in self._of_guests and self._places.get(session_id) != entry.place:
                self._places[session_id] = entry.place
                self._push(encode(frames.place(entry)), self._of_guests[session_id])


def _presence(viewer: Anyone) -> str | None:
    """Name what a link counts for as being there."""
    match viewer:
        case Guest(participant_id=participant_id):
            return participant_id
        case Caller(call_id=call_id):
            return call_id
        case _:
            return None


def _discard(groups: defaultdict[str, set[Link]], name: str, link: Link) -> None:
    groups[name].discard(link)
    if not groups[name]:
        del groups[name]


async def _each(names: Iterable[str], send: Callable[[str], Awaitable[None]]) -> None:
    for name in names:
        try:
            await send(name)
        except Unavailable:
            _log.warning("what changed in %s could not be read; links catch up when it is", name)

"""Anything in any order: what the server does is what the contract says, and time brings everything to its end.

The model below is written from the contract's words alone; the server's own tables of moves aren't asked.
"""

import asyncio
import shutil
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tc_server.domain.errors import (
    Erased,
    IllegalMove,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    NobodyWaiting,
    NotFound,
    Refused,
    SessionEnded,
)
from tc_server.domain.people import Guest, Staff
from tc_server.domain.session import Verb
from tc_server.services import erasing, housekeeping, invites, joining, sessions, views
from tc_server.services.views import InviteView
from tc_server.store.engine import sqlite_url
from tc_server.store.tables import messages, metadata, receipts
from tc_server.store.tables import sessions as session_rows
from tests.databases import Database
from tests.services.clinic import Clinic, Clock, open_clinic

T = TypeVar("T")
DAY = timedelta(days=1)
GRACE, INVITE_LIFE, OPEN_LIFE, CLOSED_LIFE = timedelta(minutes=30), 7 * DAY, 30 * DAY, DAY

LIVE = ("waiting", "active", "open")
STAFF_MOVES = {
    ("waiting", "start"): "active",
    ("active", "keep-open"): "open",
    ("open", "resume"): "active",
    ("waiting", "close"): "closed",
    ("active", "close"): "closed",
    ("open", "close"): "closed",
    ("closed", "reopen"): "open",
}
SPANS = [timedelta(minutes=m) for m in (5, 20, 29, 31, 45)] + [timedelta(hours=5), DAY, 6 * DAY, 8 * DAY, 27 * DAY]


@dataclass(eq=False, slots=True)
class Case:
    """What the contract says of one session: of the person in it, and of the times that count."""

    invite: InviteView
    owner: Staff
    made_at: datetime
    active_at: datetime
    state: str = "invited"
    guest: Guest | None = None
    online: bool = False
    away_since: datetime | None = None
    place: datetime | None = None
    wrote: bool = False
    unanswered: datetime | None = None
    ended_at: datetime | None = None
    revoked: bool = False

    @property
    def id(self) -> str:
        return self.invite.session.session_id

    @property
    def queued_since(self) -> datetime | None:
        """`waiting`: since they came; `open`: since a message that no staff message follows."""
        return {"waiting": self.place, "open": self.unanswered}.get(self.state)

    def become(self, state: str, now: datetime) -> None:
        """Move, which is activity."""
        self.state, self.active_at = state, now
        self.ended_at = now if state in ("closed", "cancelled") else None
        if state not in ("waiting", "invited"):
            self.place, self.wrote = None, False
        if state == "erased":
            self.guest = None

    def come(self, now: datetime) -> None:
        """Enter the waiting room, into the old place if it was given up by being away."""
        if self.state == "invited":
            self.become("waiting", now)
            self.place = self.place or now

    def let_time_do(self, now: datetime) -> None:
        """Do all that is due."""
        while (due := min(self._due(), default=None)) and due[0] <= now:
            self.become(due[1], now)

    def _due(self) -> list[tuple[datetime, str]]:
        if self.state == "invited":
            return [(self.made_at + INVITE_LIFE, "cancelled")]
        if self.ended_at:
            return [(self.ended_at + CLOSED_LIFE, "erased")]
        if self.state not in LIVE:
            return []
        due = [(self.active_at + OPEN_LIFE, "closed")]
        if self.state == "waiting" and self.away_since and not self.wrote:
            due.append((self.away_since + GRACE, "invited"))
        return due


class Sessions(RuleBasedStateMachine):
    """Two of staff, two servers, some sessions, and whatever comes to anybody's mind."""

    cases = Bundle("cases")

    def __init__(self, migrated: Path, folder: Path) -> None:
        super().__init__()
        shutil.copytree(migrated, folder)
        self.folder = folder
        self.runner = asyncio.Runner()
        self.clock = Clock()
        self.all: list[Case] = []
        self.open = AsyncExitStack()
        self.begin()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def begin(self) -> None:
        async def start() -> None:
            database = Database("sqlite", sqlite_url(self.folder), self.folder)
            self.here, self.there = [
                await self.open.enter_async_context(open_clinic(database, self.clock)) for _ in range(2)
            ]
            self.staff = [await self.here.hire(name) for name in ("Lena", "Ida")]
            await housekeeping.begin(self.here.ctx)

        self.run(start())
        self.last_beat = self.clock()

    @initialize(target=cases, online=st.lists(st.booleans(), min_size=4, max_size=4))
    def some_wait_already(self, online: list[bool]) -> Any:
        waiting = [self.invited(whose) for whose in (0, 0, 0, 1)]
        for case, is_online in zip(waiting, online, strict=True):
            self.join(case, is_online)
        return multiple(*waiting)

    # --- what people do -----------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.all) < 9)
    @rule(target=cases, whose=st.integers(0, 1))
    def invite(self, whose: int) -> Case:
        return self.invited(whose)

    def invited(self, whose: int) -> Case:
        now, owner = self.tick_tock(), self.staff[whose]
        case = Case(self.run(self.here.invite(owner)), owner, made_at=now, active_at=now)
        self.all.append(case)
        return case

    @rule(case=cases, online=st.booleans())
    def join(self, case: Case, online: bool) -> None:
        now, expired = self.tick_tock(), case.state == "invited" and self.clock() >= case.made_at + INVITE_LIFE
        refusal: type[Refused] | None = {
            "cancelled": LinkRevoked if case.revoked else LinkExpired,
            "closed": SessionEnded,
            "erased": LinkUnknown,
        }.get(case.state, LinkExpired if expired else None)
        guest = self.expect(refusal, self.here.join(case.invite))
        if guest:
            case.come(now)
            if case.guest is None or case.away_since:
                case.away_since = now
            case.guest = guest
        if guest and online:
            self.come_and_go(case, True)

    @rule(case=cases)
    def leave(self, case: Case) -> None:
        now = self.tick_tock()
        if case.guest:
            self.run(joining.leave(self.here.ctx, case.guest))
            if case.state == "waiting":
                case.become("invited", now)
            case.guest, case.place, case.wrote, case.away_since, case.online = None, None, False, None, False

    @rule(case=cases, online=st.booleans())
    def come_and_go(self, case: Case, online: bool) -> None:
        now = self.tick_tock()
        if case.guest:
            self.run((self.here.online if online else self.here.away)(case.guest))
            case.online, case.away_since = online, None if online else case.away_since or now
            if online and case.place and now < case.made_at + INVITE_LIFE:
                case.come(now)

    @rule(case=cases, by_staff=st.booleans(), twice=st.booleans())
    def say(self, case: Case, by_staff: bool, twice: bool) -> None:
        now, viewer = self.tick_tock(), case.owner if by_staff else case.guest
        if viewer is None:
            return
        client_id = f"client-{now.timestamp()}"
        said = self.expect(self.unless_live(case), self.here.say(viewer, case.id, "hello", client_id))
        if said:
            case.active_at = now
            case.wrote |= not by_staff and case.state == "waiting"
            case.unanswered = None if by_staff else case.unanswered or now
        if said and twice:
            assert self.run(self.there.say(viewer, case.id, "hello", client_id)).entry == said.entry

    # --- what staff does ----------------------------------------------------------------------------------------

    @rule(case=cases, verb=st.sampled_from(["start", "keep-open", "resume", "close", "reopen"]))
    def move(self, case: Case, verb: str) -> None:
        now, target = self.tick_tock(), STAFF_MOVES.get((case.state, verb))
        refusal: type[Refused] | None = None if target else IllegalMove
        if case.state == "erased":
            refusal = Erased
        elif (case.state, verb) == ("invited", "start"):
            refusal = NobodyWaiting
        self.expect(refusal, self.here.move(case.owner, case.id, Verb(verb)))
        if target:
            case.become(target, now)

    @rule(whose=st.integers(0, 1))
    def next(self, whose: int) -> None:
        now, expected = self.tick_tock(), self.by_turn(self.staff[whose])
        started = self.expect(None if expected else NobodyWaiting, self.here.next(self.staff[whose]))
        if started:
            assert started.session.session_id == expected[0].id
            expected[0].become("active", now)

    @rule(whose=st.integers(0, 1))
    def next_from_two_places_at_once(self, whose: int) -> None:
        now, expected = self.tick_tock(), self.by_turn(self.staff[whose])[:2]

        async def press() -> list[Any]:
            both = [clinic.next(self.staff[whose]) for clinic in (self.here, self.there)]
            return list(await asyncio.gather(*both, return_exceptions=True))

        outcomes = self.run(press())
        started = [o.session.session_id for o in outcomes if not isinstance(o, BaseException)]
        assert sorted(started) == sorted(case.id for case in expected)
        assert [type(o) for o in outcomes if isinstance(o, BaseException)] == [NobodyWaiting] * (2 - len(expected))
        for case in expected:
            case.become("active", now)

    @rule(case=cases)
    def tell(self, case: Case) -> None:
        now = self.tick_tock()
        if self.expect(self.unless_live(case), sessions.tell(self.here.ctx, case.owner, case.id, 5)):
            case.active_at = now

    @rule(case=cases)
    def revoke(self, case: Case) -> None:
        now = self.tick_tock()
        refusal = {"erased": NotFound}.get(case.state, None if case.revoked else IllegalMove)
        may = case.state in ("invited", "waiting")
        self.expect(None if may else refusal, invites.revoke(self.here.ctx, case.owner, case.invite.invite.invite_id))
        if may:
            case.become("cancelled", now)
            case.revoked = True

    @rule(case=cases)
    def erase(self, case: Case) -> None:
        now, may = self.tick_tock(), case.state in ("closed", "cancelled", "erased")
        receipt = self.expect(None if may else IllegalMove, erasing.erase(self.here.ctx, case.owner, case.id))
        if receipt and case.state != "erased":
            assert receipt.erased_at == now
            case.become("erased", now)

    @rule(case=cases, other=st.integers(0, 1))
    def meddle(self, case: Case, other: int) -> None:
        """Nobody but its owner sees a session."""
        staff = self.staff[other]
        if staff is not case.owner:
            for verb in Verb.START, Verb.CLOSE:
                self.expect(NotFound, self.here.move(staff, case.id, verb))
            self.expect(NotFound, self.here.log(staff, case.id))

    # --- what time does -----------------------------------------------------------------------------------------

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span: timedelta) -> None:
        self.clock.time += span
        self.run(housekeeping.tick(self.here.ctx))
        self.last_beat = self.clock()
        for case in self.all:
            case.let_time_do(self.clock())

    @rule(span=st.sampled_from(SPANS))
    def be_down(self, span: timedelta) -> None:
        """Start the server after a while: the time since its last beat counts for nobody; nobody is online."""
        self.clock.time += span
        self.run(housekeeping.begin(self.here.ctx))
        for case in self.all:
            if case.away_since:
                case.away_since += self.clock() - self.last_beat
            elif case.guest:
                case.away_since = self.clock()
            case.online = False
            case.let_time_do(self.clock())
        self.last_beat = self.clock()

    # --- what is always so --------------------------------------------------------------------------------------

    @invariant()
    def every_state_is_what_the_contract_says_and_no_log_has_a_gap(self) -> None:
        states = self.run(_states(self.here))
        assert states == {case.id: case.state for case in self.all}

    @invariant()
    def the_queue_is_first_come_first_served(self) -> None:
        for staff in self.staff:
            entries = self.run(views.queue_of(self.here.ctx, staff.account_id))
            queue = [(entry.session.session_id, entry.session.waiting_since, entry.online) for entry in entries]
            assert queue == [(case.id, case.queued_since, case.online) for case in self.queue(staff)]

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.time_alone_brings_everything_to_erased()
        finally:
            self.run(self.open.aclose())
            self.runner.close()
            shutil.rmtree(self.folder)

    def time_alone_brings_everything_to_erased(self) -> None:
        for span in (40 * DAY, 2 * DAY):
            self.wait(span)
        self.every_state_is_what_the_contract_says_and_no_log_has_a_gap()
        assert {case.state for case in self.all} <= {"erased"}
        assert self.run(_rows(self.here)) == ({"receipts": len(self.all)} if self.all else {})

    # --- ways of saying it --------------------------------------------------------------------------------------

    def tick_tock(self) -> datetime:
        """Let a second pass, so that no two things happen at once."""
        return self.clock.forward(seconds=1)

    def expect(self, refusal: type[Refused] | None, work: Coroutine[Any, Any, T]) -> T | None:
        """Do something that succeeds, or is refused exactly so."""
        if refusal is None:
            return self.run(work)
        with pytest.raises(refusal):
            self.run(work)
        return None

    def unless_live(self, case: Case) -> type[Refused] | None:
        """Say how writing is refused where nobody is there."""
        if case.state in LIVE:
            return None
        return {"invited": IllegalMove, "erased": Erased}.get(case.state, SessionEnded)

    def queue(self, staff: Staff) -> list[Case]:
        waits = [(case.queued_since, case) for case in self.all if case.owner is staff and case.queued_since]
        return [case for _, case in sorted(waits, key=lambda wait: wait[0])]

    def by_turn(self, staff: Staff) -> list[Case]:
        """List the queue as `next` takes it: who is online first."""
        return sorted(self.queue(staff), key=lambda case: not case.online)


async def _states(clinic: Clinic) -> dict[str, str]:
    """Tell every session's state, after a look at its log: `seq` goes from 1 to the last one."""
    numbers = sa.func.count(messages.c.seq), sa.func.min(messages.c.seq), sa.func.max(messages.c.seq)
    query = (
        sa.select(session_rows.c.session_id, session_rows.c.state, session_rows.c.last_seq, *numbers)
        .outerjoin(messages, messages.c.session_id == session_rows.c.session_id)
        .group_by(session_rows.c.session_id)
    )
    async with clinic.ctx.store.read() as tx:
        rows = list(await tx.conn.execute(query))
        gone = list((await tx.conn.execute(sa.select(receipts.c.session_id))).scalars())
    for _, _, last, count, least, most in rows:
        assert (count, least, most) == (last, 1, last) if last else count == 0
    return {session_id: state for session_id, state, *_ in rows} | dict.fromkeys(gone, "erased")


async def _rows(clinic: Clinic) -> dict[str, int]:
    """Count the rows that are left, table by table."""
    found = {}
    async with clinic.ctx.store.read() as tx:
        for table in metadata.sorted_tables:
            if "session_id" in table.c:
                found[table.name] = (await tx.conn.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
    return {name: count for name, count in found.items() if count}


@pytest.mark.timeout(600)
def test_sessions_do_what_the_contract_says_whatever_happens(migrated_folder: Path, tmp_path: Path) -> None:
    class Tried(Sessions):
        def __init__(self) -> None:
            super().__init__(migrated_folder, tmp_path / "data")

    many = settings(max_examples=20, stateful_step_count=40, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Tried, settings=many)

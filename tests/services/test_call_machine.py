"""Calls in any order of acts, links, restarts and time: at most one lives, and what it waits for is always due.

What a call's rules make of each act is tried with the rules; here it is that rows, due times and the log keep up.
"""

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tc_server.domain import calling
from tc_server.domain.call import PartyState
from tc_server.domain.errors import Refused
from tc_server.domain.people import Guest
from tc_server.domain.session import State, Verb
from tc_server.services import calls, housekeeping, invites, joining, passes
from tc_server.services.events import Appended, CallChanged
from tc_server.services.passes import Entered, Opened
from tc_server.store import calls as call_rows
from tc_server.store.engine import sqlite_url
from tc_server.store.tables import messages
from tc_server.store.tables import sessions as session_rows
from tests.databases import Database
from tests.services.clinic import Clock, invitation, open_clinic

T = TypeVar("T")
SPANS = [timedelta(seconds=s) for s in (1, 10, 44, 46, 59, 61, 119, 121)]
WHO = st.integers(0, 2)


class Calls(RuleBasedStateMachine):
    """One session with three people in it, staff who calls, and whatever happens to them."""

    def __init__(self, migrated: Path, folder: Path) -> None:
        super().__init__()
        shutil.copytree(migrated, folder)
        self.folder = folder
        self.runner = asyncio.Runner()
        self.clock = Clock()
        self.open = AsyncExitStack()
        self.opened: Opened | None = None
        self.entered: Entered | None = None
        self.run(self.begin())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def attempt(self, work: Coroutine[Any, Any, T]) -> T | None:
        self.clock.forward(seconds=1)
        with suppress(Refused):
            return self.run(work)
        return None

    async def begin(self) -> None:
        database = Database("sqlite", sqlite_url(self.folder), self.folder)
        self.clinic = await self.open.enter_async_context(open_clinic(database, self.clock))
        await housekeeping.begin(self.clinic.ctx)
        self.lena = await self.clinic.hire()
        self.invites = [await self.clinic.invite(self.lena)]
        self.guests = [await self.clinic.join(self.invites[0])]
        self.id = self.guests[0].session_id
        await self.clinic.move(self.lena, self.id, Verb.START)
        for name in ("Ida", "Omar"):
            asked = invitation(name, role="interpreter")
            self.invites.append(await invites.add_person(self.clinic.ctx, self.lena, self.id, asked, None))
            self.guests.append(await self.clinic.join(self.invites[-1]))

    def guest(self, who: int) -> Guest:
        return self.guests[who]

    @initialize(online=st.booleans())
    def some_are_online(self, online: bool) -> None:
        for guest in self.guests:
            self.run((self.clinic.online if online else self.clinic.away)(guest))

    @rule(who=st.sets(WHO, min_size=1), verb=st.sampled_from([Verb.REOPEN, Verb.RESUME]))
    def get_talking(self, who: set[int], verb: Verb) -> None:
        """Do all that leads into a call, since chance alone seldom does."""
        self.attempt(self.clinic.move(self.lena, self.id, verb))
        self.press_c()
        self.the_browser_comes()
        self.the_browsers_link_comes_or_goes(True)
        for one in who:
            self.come_and_go(one, True)
            self.accept(one)

    @rule()
    def press_c(self) -> None:
        self.opened = self.attempt(self.clinic.open_call(self.lena, self.id)) or self.opened

    @rule()
    def the_browser_comes(self) -> None:
        if self.opened:
            token = self.opened.url.partition("#")[2]
            self.entered = self.attempt(passes.enter(self.clinic.ctx, token)) or self.entered

    @rule(online=st.booleans())
    def the_browsers_link_comes_or_goes(self, online: bool) -> None:
        if self.entered:
            self.attempt(self.clinic.caller_online(self.entered.caller, online))

    @rule(who=WHO)
    def accept(self, who: int) -> None:
        self.attempt(calls.accept(self.clinic.ctx, self.guest(who), self.id, "audio"))

    @rule(who=WHO)
    def decline(self, who: int) -> None:
        self.attempt(calls.decline(self.clinic.ctx, self.guest(who), self.id))

    @rule(who=WHO)
    def hang_up(self, who: int) -> None:
        self.attempt(calls.hang_up(self.clinic.ctx, self.guest(who), self.id))

    @rule()
    def staff_hangs_up(self) -> None:
        self.attempt(calls.hang_up(self.clinic.ctx, self.lena, self.id))

    @rule(who=WHO, online=st.booleans())
    def come_and_go(self, who: int, online: bool) -> None:
        self.attempt((self.clinic.online if online else self.clinic.away)(self.guest(who)))

    @rule(who=WHO)
    def leave_and_come_back(self, who: int) -> None:
        if self.attempt(joining.leave(self.clinic.ctx, self.guest(who))):
            live = self.run(calls.live_call(self.clinic.ctx, self.lena, self.id))
            assert not (live and live.call.has_in(self.guest(who).participant_id))
        self.guests[who] = self.attempt(self.clinic.join(self.invites[who])) or self.guests[who]

    @rule(verb=st.sampled_from([Verb.KEEP_OPEN, Verb.RESUME, Verb.CLOSE, Verb.REOPEN]))
    def move(self, verb: Verb) -> None:
        self.attempt(self.clinic.move(self.lena, self.id, verb))

    @rule(span=st.sampled_from(SPANS), is_down=st.booleans())
    def time_passes(self, span: timedelta, is_down: bool) -> None:
        self.clock.time += span
        self.run((housekeeping.begin if is_down else housekeeping.tick)(self.clinic.ctx))
        due = self.run(self.call_due())
        assert due is None or due > self.clock()

    @invariant()
    def there_is_one_live_call_at_most_and_only_where_people_talk(self) -> None:
        session = self.run(self.clinic.session(self.id))
        if self.run(self.call_due()) or self.run(calls.live_call(self.clinic.ctx, self.lena, self.id)):
            assert session.state in (State.ACTIVE, State.OPEN)

    @invariant()
    def what_a_call_waits_for_is_noted_where_time_looks(self) -> None:
        due = self.run(self.call_due())
        assert due is None or self.run(self.session_due()) <= due

    @invariant()
    def the_log_has_no_gap_and_every_call_in_it_ends_once(self) -> None:
        kinds = self.run(self.log())
        live = self.run(calls.live_call(self.clinic.ctx, self.lena, self.id))
        goes_on = live is not None and live.call.has_rung
        assert kinds.count("call_started") == kinds.count("call_ended") + goes_on

    @invariant()
    def whoever_listens_knows_how_it_stands(self) -> None:
        told = [event.view.call for event in self.clinic.ear.all_of(CallChanged)]
        live = self.run(calls.live_call(self.clinic.ctx, self.lena, self.id))
        if told:
            assert [(p.party_id, p.state, p.leg) for p in told[-1].parties] == [
                (p.party_id, p.state, p.leg) for p in (live.call if live else told[-1]).parties
            ]
            assert told[-1].is_live == (live is not None)
        seqs = [event.entry.seq for event in self.clinic.ear.all_of(Appended)]
        assert seqs == sorted(set(seqs))

    def teardown(self) -> None:
        try:
            for guest in self.guests:
                self.attempt(self.clinic.away(guest))
            if self.entered:
                self.attempt(self.clinic.caller_online(self.entered.caller, False))
            for _ in range(3):
                self.run(self.clinic.later(minutes=2))
            assert self.run(calls.live_call(self.clinic.ctx, self.lena, self.id)) is None
            assert PartyState.RINGING not in self.run(self.party_states())
        finally:
            self.run(self.open.aclose())
            self.runner.close()
            shutil.rmtree(self.folder)

    async def call_due(self) -> Any:
        async with self.clinic.ctx.store.read() as tx:
            call = await call_rows.live(tx, self.id)
        return calling.next_due(call, self.clinic.ctx.patience) if call else None

    async def session_due(self) -> Any:
        async with self.clinic.ctx.store.read() as tx:
            query = sa.select(session_rows.c.due_at).where(session_rows.c.session_id == self.id)
            return (await tx.conn.execute(query)).scalar_one()

    async def log(self) -> list[str]:
        async with self.clinic.ctx.store.read() as tx:
            rows = await tx.conn.execute(sa.select(messages.c.seq, messages.c.kind).order_by(messages.c.seq))
            found = list(rows)
        assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
        return [kind for _, kind in found]

    async def party_states(self) -> list[PartyState]:
        async with self.clinic.ctx.store.read() as tx:
            call = await call_rows.latest(tx, self.id)
        return [party.state for party in call.parties] if call else []


@pytest.mark.timeout(600)
def test_calls_end_and_are_told_of_whatever_happens(migrated_folder: Path, tmp_path: Path) -> None:
    class Tried(Calls):
        def __init__(self) -> None:
            super().__init__(migrated_folder, tmp_path / "data")

    many = settings(max_examples=20, stateful_step_count=40, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Tried, settings=many)

"""The outbox with everything that can happen to it in any order: what stands there is true, and ends.

Two servers share the database. Results come late, twice, or never, and so do receipts; either server is killed amid an
attempt; providers break and recover; invites are sent again and taken back. What was really handed over is kept beside,
and compared.
"""

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tc_server.domain.delivery import Offer, Outcome, Reason, Result
from tc_server.domain.errors import IllegalMove
from tc_server.domain.people import Staff
from tc_server.services import arrivals, invites, sending
from tc_server.services.arrivals import Arrival
from tc_server.services.events import DeliveryView
from tc_server.services.sending import Ended, Errand
from tc_server.store.engine import sqlite_url
from tests.databases import Database
from tests.services.clinic import PHONE, Clinic, Clock, open_clinic

T = TypeVar("T")
OFFERS = (Offer("gateway", ("whatsapp", "sms"), receipts=True, remembers=True), Offer("smtp", ("email",)))
PROVIDERS = st.sampled_from(["gateway", "smtp"])
TAKEN = Outcome(Result.ACCEPTED)
OUTCOMES = st.sampled_from(
    [
        TAKEN,
        TAKEN,
        Outcome(Result.TEMPORARY, Reason.BUSY),
        Outcome(Result.THROTTLED, Reason.THROTTLED, after=timedelta(minutes=5)),
        Outcome(Result.BROKEN, Reason.LOGIN_REFUSED),
        Outcome(Result.PERMANENT, Reason.REFUSED),
        Outcome(Result.UNKNOWN, Reason.INTERRUPTED),
    ]
)
RECEIPTS = st.sampled_from([TAKEN, Outcome(Result.DELIVERED), Outcome(Result.UNDELIVERED, Reason.UNDELIVERED)])
MINUTES = st.sampled_from([0.1, 0.5, 2, 11, 60, 60 * 25])


class Sending(RuleBasedStateMachine):
    """One account's invites and what becomes of their texts."""

    def __init__(self, migrated: Path, folder: Path) -> None:
        super().__init__()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(migrated, folder)
        self.folder = folder
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.clock = Clock()
        self.clinics: list[Clinic] = []
        self.invited: list[str] = []
        self.under_way: list[Errand] = []
        self.handed_over: set[str] = set()
        self.arrived: set[str] = set()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        async def opened() -> Staff:
            database = Database("sqlite", sqlite_url(self.folder), self.folder)
            for _ in range(2):
                clinic = await self.stack.enter_async_context(open_clinic(database, self.clock))
                clinic.ctx.offers = OFFERS
                self.clinics.append(clinic)
            return await self.clinics[0].hire()

        self.lena = self.do(opened())

    def teardown(self) -> None:
        if self.clinics:
            self.rest()
        self.do(self.stack.aclose())
        self.runner.close()

    @rule(phone=st.booleans())
    def invite(self, phone: bool) -> None:
        contacts = {"phone": PHONE, "email": "a@example.org"} if phone else {"email": "a@example.org"}
        view = self.do(self.clinics[0].invite(self.lena, via="auto", **contacts))
        self.invited.append(view.invite.invite_id)

    @rule(which=st.integers(0, 99), again=st.booleans())
    def change(self, which: int, again: bool) -> None:
        if self.invited:
            invite_id = self.invited[which % len(self.invited)]
            ctx = self.clinics[0].ctx
            try:
                if again:
                    self.do(invites.resend(ctx, self.lena, invite_id, "auto"))
                else:
                    self.do(invites.revoke(ctx, self.lena, invite_id))
            except IllegalMove:
                assert again

    @rule(server=st.integers(0, 1), provider=PROVIDERS, room=st.integers(1, 3))
    def begin(self, server: int, provider: str, room: int) -> None:
        errands, _ = self.do(sending.turn(self.clinics[server].ctx, provider, [], room))
        self.under_way += errands

    @rule(which=st.integers(0, 99), outcome=OUTCOMES, noted=st.booleans(), again=st.booleans())
    def end(self, which: int, outcome: Outcome, noted: bool, again: bool) -> None:
        """Have a provider answer; unless it is noted the server was killed before. It may be noted once more, later."""
        if not self.under_way:
            return
        errand = self.under_way[which % len(self.under_way)]
        if outcome.result is Result.ACCEPTED or (outcome.result is Result.UNKNOWN and which % 2):
            self.handed_over.add(errand.attempt.attempt_id)
        if not noted or not again:
            self.under_way.pop(which % len(self.under_way))
        if noted:
            ended = [Ended(errand.attempt, outcome)]
            self.do(sending.turn(self.clinics[which % 2].ctx, errand.attempt.provider, ended, 0))

    @rule(provider=PROVIDERS, handed_over=st.booleans())
    def kill(self, provider: str, handed_over: bool) -> None:
        """Kill the servers amid attempts, before or after the providers had the texts; later they are back."""
        self.begin(0, provider, 3)
        if handed_over:
            self.handed_over |= {errand.attempt.attempt_id for errand in self.under_way}
        self.under_way.clear()
        self.clock.forward(minutes=2)
        self.recover(0)

    @rule(provider=PROVIDERS, outcome=OUTCOMES)
    def go_round(self, provider: str, outcome: Outcome) -> None:
        """Let one server send all that is due, with the same outcome."""
        ctx = self.clinics[0].ctx
        errands, _ = self.do(sending.turn(ctx, provider, [], 10))
        if outcome.result is Result.ACCEPTED:
            self.handed_over |= {errand.attempt.attempt_id for errand in errands}
        self.do(sending.turn(ctx, provider, [Ended(errand.attempt, outcome) for errand in errands], 0))

    @rule(which=st.integers(0, 99), outcome=RECEIPTS)
    def report(self, which: int, outcome: Outcome) -> None:
        """Have the provider that reports arrivals tell of a text that it has, answered or not, again or not."""
        told = [a for view in self.views() for a in view.attempts if a.provider == "gateway"]
        told = [attempt for attempt in told if attempt.attempt_id in self.handed_over]
        if told:
            attempt = told[which % len(told)]
            if outcome.result is Result.DELIVERED:
                self.arrived.add(attempt.attempt_id)
            named = replace(outcome, reference=f"of {attempt.attempt_id}")
            self.do(arrivals.report(self.clinics[which % 2].ctx, [Arrival("gateway", named, attempt.attempt_id)]))

    @rule(server=st.integers(0, 1))
    def recover(self, server: int) -> None:
        self.do(sending.recover(self.clinics[server].ctx))

    @rule(provider=PROVIDERS, held=st.booleans())
    def hold(self, provider: str, held: bool) -> None:
        ctx = self.clinics[0].ctx
        until = self.clock() + timedelta(minutes=3)
        self.do(sending.hold(ctx, provider, until, Reason.UNREACHABLE) if held else sending.release(ctx, provider))

    @rule(minutes=MINUTES)
    def wait(self, minutes: float) -> None:
        self.clock.forward(minutes=minutes)

    @invariant()
    def what_stands_there_is_true(self) -> None:
        for view in self.views():
            self.holds(view)

    def views(self) -> list[DeliveryView]:
        if not self.clinics:
            return []
        found = self.do(invites.listed(self.clinics[0].ctx, self.lena, [], None, 1000))
        return [view for invite in found for view in invite.deliveries]

    def holds(self, view: DeliveryView) -> None:
        told, results = view.delivery, [attempt.result for attempt in view.attempts]
        assert results.count(Result.TRYING) <= 1
        assert [attempt.number for attempt in view.attempts] == list(range(1, len(results) + 1))
        if told.state == "sent":
            assert Result.ACCEPTED in results
            assert any(a.attempt_id in self.handed_over for a in view.attempts)
        arrived = [a for a in view.attempts if a.attempt_id in self.arrived]
        assert all(attempt.result is Result.DELIVERED for attempt in arrived)
        assert (told.state == "delivered") == bool(arrived)
        if told.state == "trying":
            assert Result.TRYING in results
        if told.state in ("queued", "trying"):
            assert told.due_at is not None
        if told.state == "failed":
            assert Result.ACCEPTED not in results
            assert told.reason is not None
        reached = [a for a in view.attempts if a.attempt_id in self.handed_over and a.provider == "smtp"]
        if len(reached) > 1:
            assert told.maybe_twice, "it was handed over twice, and doesn't say so"

    def rest(self) -> None:
        """Leave it alone, every provider taking what it gets: it comes to rest, and no attempt is left open."""
        for _ in range(60):
            for clinic in self.clinics:
                for offer in OFFERS:
                    errands, _ = self.do(sending.turn(clinic.ctx, offer.provider, [], 100))
                    self.handed_over |= {errand.attempt.attempt_id for errand in errands}
                    ended = [Ended(errand.attempt, TAKEN) for errand in errands]
                    self.do(sending.turn(clinic.ctx, offer.provider, ended, 0))
                self.do(sending.recover(clinic.ctx))
            views = self.views()
            if all(view.delivery.due_at is None for view in views):
                break
            self.clock.forward(minutes=30)
        for view in views:
            assert view.delivery.state in ("sent", "delivered", "failed")
            self.holds(view)


@pytest.mark.timeout(600)
def test_whatever_happens_what_stands_in_the_outbox_is_true_and_ends(migrated_folder: Path, tmp_path: Path) -> None:
    class Tried(Sending):
        def __init__(self) -> None:
            super().__init__(migrated_folder, tmp_path / "data")

    many = settings(max_examples=30, stateful_step_count=30, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Tried, settings=many)

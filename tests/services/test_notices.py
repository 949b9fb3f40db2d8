"""Staff who is away is told that somebody waits: once, in time, and of nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.domain.errors import (
    InvalidTarget,
    NoProvider,
    NotFound,
    SlowDown,
    TooManyTargets,
    Unavailable,
    UnknownLanguage,
)
from tc_server.domain.notice import Wait
from tc_server.domain.people import Guest, Staff
from tc_server.domain.session import Verb
from tc_server.services import accounts, chat, erasing, invites, joining, notices, sessions
from tc_server.services.context import Notice
from tests.databases import Database
from tests.services.clinic import Clinic, Clock, open_clinic

MAIL = "email:lena@example.org"
BUSY = Outcome(Result.TEMPORARY, Reason.BUSY)


async def add(clinic: Clinic, staff: Staff, address: str = MAIL, language: str = "en") -> str:
    """Have staff told at an address."""
    view, _ = await notices.add(clinic.ctx, staff, address, language)
    return view.target.target_id


def here(clinic: Clinic, *staff: Staff) -> None:
    """Let these be connected from now on, and nobody else."""
    clinic.ctx.staff_here = lambda: [one.account_id for one in staff]


def outbox(clinic: Clinic) -> list[Path]:
    return sorted((clinic.folder / "outbox").glob("*"))


@pytest.fixture
async def target_id(clinic: Clinic, lena: Staff) -> str:
    """Have Lena told by email."""
    return await add(clinic, lena)


@pytest.fixture
async def layla(clinic: Clinic, lena: Staff, target_id: str) -> Guest:
    """Have somebody wait for Lena, who is told."""
    return await clinic.wait(lena, "Layla-the-Planted", online=True)


@pytest.mark.usefixtures("layla")
class TestWhen:
    async def test_nobody_connected_is_one_notice_after_the_grace(self, clinic: Clinic) -> None:
        assert await clinic.notified(seconds=19) == []
        (notice,) = await clinic.notified(seconds=1)
        assert (notice.address.to, notice.wait) == ("lena@example.org", Wait(1, 0))
        for _ in range(20):
            assert await clinic.notified(minutes=1) == []

    async def test_who_reconnects_within_the_grace_is_not_told(self, clinic: Clinic, lena: Staff) -> None:
        here(clinic, lena)
        assert await clinic.notified(minutes=2) == []
        here(clinic)
        assert await clinic.notified(seconds=15) == []
        here(clinic, lena)
        assert await clinic.notified(seconds=5) == []
        here(clinic)
        assert len(await clinic.notified(seconds=20)) == 1

    async def test_who_is_connected_and_does_not_react_is_told_after_a_while(self, clinic: Clinic, lena: Staff) -> None:
        here(clinic, lena)
        assert await clinic.notified(minutes=4, seconds=59) == []
        assert [notice.wait for notice in await clinic.notified(seconds=1)] == [Wait(1, 5)]
        assert await clinic.notified(minutes=10) == []

    async def test_after_half_an_hour_without_a_reaction_staff_is_told_once_more(self, clinic: Clinic) -> None:
        await clinic.notified(seconds=20)
        assert await clinic.notified(minutes=29, seconds=39) == []
        assert [notice.wait for notice in await clinic.notified(seconds=1)] == [Wait(1, 30)]
        assert await clinic.notified(hours=5) == []

    async def test_the_owner_of_another_session_is_not_told(self, clinic: Clinic) -> None:
        ida = await clinic.hire("Ida")
        await add(clinic, ida, "email:ida@example.org")
        assert [notice.address.to for notice in await clinic.notified(seconds=20)] == ["lena@example.org"]

    @pytest.mark.parametrize("reaction", ["read", "answer", "tell", "start", "close", "leave"])
    async def test_a_reaction_keeps_the_notice_back(
        self, clinic: Clinic, lena: Staff, layla: Guest, reaction: str
    ) -> None:
        await clinic.say(layla, layla.session_id)
        await react(clinic, lena, layla, reaction)
        assert await clinic.notified(hours=1) == []

    @pytest.mark.parametrize("reaction", ["read", "answer", "tell", "start", "close", "leave"])
    async def test_a_reaction_takes_back_what_was_not_sent_yet(
        self, clinic: Clinic, lena: Staff, layla: Guest, target_id: str, reaction: str
    ) -> None:
        assert len(await clinic.notified(BUSY, seconds=20)) == 1
        await react(clinic, lena, layla, reaction)
        assert await clinic.notified(hours=1) == []
        (view,) = await notices.listed(clinic.ctx, lena)
        assert view.target.due_at is None

    async def test_what_is_written_after_an_answer_calls_anew(self, clinic: Clinic, lena: Staff, layla: Guest) -> None:
        await clinic.notified(seconds=20)
        await clinic.say(lena, layla.session_id, "with you in a moment")
        await clinic.notified(minutes=10)
        await clinic.say(layla, layla.session_id, "are you there?")
        assert [notice.wait for notice in await clinic.notified(seconds=20)] == [Wait(1, 0)]

    async def test_who_said_when_they_come_is_not_told_before(self, clinic: Clinic, lena: Staff, layla: Guest) -> None:
        await sessions.tell(clinic.ctx, lena, layla.session_id, 10)
        await clinic.say(layla, layla.session_id, "all right")
        assert await clinic.notified(minutes=9) == []
        assert len(await clinic.notified(minutes=1)) == 1

    async def test_an_open_session_calls_with_an_unanswered_message(
        self, clinic: Clinic, lena: Staff, layla: Guest
    ) -> None:
        await clinic.move(lena, layla.session_id, Verb.START, Verb.KEEP_OPEN)
        assert await clinic.notified(hours=1) == []
        await clinic.say(layla, layla.session_id)
        assert len(await clinic.notified(seconds=20)) == 1

    async def test_what_was_never_read_long_ago_makes_no_wait_of_today_longer(
        self, clinic: Clinic, lena: Staff, layla: Guest
    ) -> None:
        await clinic.move(lena, layla.session_id, Verb.START, Verb.KEEP_OPEN)
        await joining.leave(clinic.ctx, layla)
        (stored,) = await invites.listed(clinic.ctx, lena, [], None, 1)
        again = await clinic.join(stored)
        clinic.clock.forward(hours=20)
        here(clinic, lena)
        await clinic.notify()
        await clinic.say(again, again.session_id)
        assert await clinic.notified(minutes=4) == []
        assert [notice.wait for notice in await clinic.notified(minutes=1)] == [Wait(1, 5)]

    async def test_two_servers_tell_once(self, clinic: Clinic, elsewhere: Clinic) -> None:
        clinic.clock.forward(seconds=20)
        await notices.tick(clinic.ctx)
        await notices.tick(elsewhere.ctx)
        claimed = [*await notices.claim(clinic.ctx, 9), *await notices.claim(elsewhere.ctx, 9)]
        assert len(claimed) == 1

    async def test_many_who_come_in_a_row_are_one_notice_and_then_one_for_the_rest(
        self, clinic: Clinic, lena: Staff
    ) -> None:
        assert len(await clinic.notified(seconds=20)) == 1
        for _ in range(3):
            await clinic.wait(lena)
            assert await clinic.notify() == []
        assert [notice.wait for notice in await clinic.notified(minutes=3)] == [Wait(4, 6)]


async def react(clinic: Clinic, lena: Staff, layla: Guest, reaction: str) -> None:
    """Do what takes a notice away."""
    session_id = layla.session_id
    match reaction:
        case "read":
            await chat.mark_read(clinic.ctx, lena, session_id, 100)
        case "answer":
            await clinic.say(lena, session_id)
        case "tell":
            await sessions.tell(clinic.ctx, lena, session_id, 10)
        case "leave":
            await joining.leave(clinic.ctx, layla)
        case verb:
            await clinic.move(lena, session_id, Verb(verb))


@pytest.mark.usefixtures("layla")
class TestHow:
    async def test_by_the_folder_it_is_a_file_that_says_nothing_of_the_person(
        self, clinic: Clinic, layla: Guest, target_id: str
    ) -> None:
        await clinic.say(layla, layla.session_id, "planted-words")
        await clinic.notified(seconds=20)
        (file,) = outbox(clinic)
        text = file.read_text()
        assert file.stem == target_id
        assert "TeleConnect: somebody is waiting for an answer. Waiting: 1. Longest wait: 0 min." in text
        for secret in ("Planted", "planted", layla.session_id, layla.participant_id, "http", "/j/"):
            assert secret not in text

    async def test_it_speaks_the_language_that_was_asked_for(self, clinic: Clinic, lena: Staff) -> None:
        await add(clinic, lena, "sms:+41446681800", "fr")
        await clinic.notified(seconds=20)
        texts = [path.read_text() for path in outbox(clinic)]
        assert any("TeleConnect : une personne attend une réponse." in text for text in texts)

    async def test_what_fails_is_tried_again_with_the_same_key_until_it_is_taken(self, clinic: Clinic) -> None:
        (first,) = await clinic.notified(BUSY, seconds=20)
        assert await clinic.notified(seconds=10) == []
        (second,) = await clinic.notified(seconds=14)
        assert second.key == first.key
        assert await clinic.notified(minutes=5) == []

    async def test_after_an_hour_it_is_given_up(self, clinic: Clinic, lena: Staff) -> None:
        await clinic.notified(BUSY, seconds=20)
        tries = [len(await clinic.notified(BUSY, minutes=1)) for _ in range(180)]
        # The second notice, after half an hour, is tried for an hour too.
        assert 4 <= sum(tries) < 30
        assert sum(tries[100:]) == 0
        (view,) = await notices.listed(clinic.ctx, lena)
        assert (view.target.last_result, view.target.last_reason) == (Result.TEMPORARY, Reason.BUSY)

    async def test_what_a_kill_interrupted_is_taken_up_when_its_lease_has_run_out(self, clinic: Clinic) -> None:
        clinic.clock.forward(seconds=20)
        await notices.tick(clinic.ctx)
        assert len(await notices.claim(clinic.ctx, 9)) == 1
        assert await clinic.notified(seconds=80) == []
        assert len(await clinic.notified(seconds=10)) == 1

    async def test_the_number_and_the_wait_are_those_of_the_moment_it_is_sent(
        self, clinic: Clinic, lena: Staff
    ) -> None:
        await clinic.notified(BUSY, seconds=20)
        assert [notice.wait for notice in await clinic.notified(minutes=2)] == [Wait(1, 2)]

    async def test_one_account_that_fails_stops_no_other(
        self, clinic: Clinic, lena: Staff, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ida = await clinic.hire("Ida")
        await add(clinic, ida, "email:ida@example.org")
        await clinic.wait(ida)
        tell = notices._tell

        async def fail_for_lena(ctx: object, account_id: str) -> None:
            if account_id == lena.account_id:
                raise Unavailable
            await tell(clinic.ctx, account_id)

        monkeypatch.setattr(notices, "_tell", fail_for_lena)
        assert [notice.address.to for notice in await clinic.notified(minutes=1)] == ["ida@example.org"]
        monkeypatch.setattr(notices, "_tell", tell)
        assert [notice.address.to for notice in await clinic.notify()] == ["lena@example.org"]

    async def test_with_another_secret_key_it_fails_and_says_so(
        self, clinic: Clinic, lena: Staff, database: Database, clock: Clock
    ) -> None:
        async with open_clinic(database, clock, secret_key="ab" * 32) as other:
            clock.forward(seconds=20)
            await notices.tick(other.ctx)
            assert await notices.claim(other.ctx, 9) == []
            (view,) = await notices.listed(other.ctx, lena)
        assert view.target.last_reason is Reason.NO_SUCH_ADDRESS


@pytest.fixture
async def team(database: Database, clock: Clock, clinic: Clinic) -> AsyncIterator[Clinic]:
    """Run a server whose whole team is told."""
    async with open_clinic(database, clock, apprise_staff="json://127.0.0.1:9/a, json://127.0.0.1:9/b") as team:
        await notices.settle_team(team.ctx, ["json://127.0.0.1:9/a", "json://127.0.0.1:9/b"])
        yield team


class TestTheTeam:
    async def test_it_is_told_of_everybody_s_sessions_and_nobody_lists_it(self, team: Clinic) -> None:
        lena, ida = await team.hire("Lena"), await team.hire("Ida")
        await team.wait(lena)
        await team.wait(ida)
        told = await team.notified(BUSY, minutes=1)
        assert sorted(notice.address.to for notice in told) == ["json://127.0.0.1:9/a", "json://127.0.0.1:9/b"]
        assert {notice.wait for notice in told} == {Wait(2, 2)}
        assert await notices.listed(team.ctx, lena) == []

    async def test_it_changes_with_the_settings(self, team: Clinic) -> None:
        lena = await team.hire("Lena")
        await notices.settle_team(team.ctx, ["json://127.0.0.1:9/b", "json://127.0.0.1:9/c"])
        await notices.settle_team(team.ctx, ["json://127.0.0.1:9/b", "json://127.0.0.1:9/c"])
        await team.wait(lena)
        told = await team.notified(BUSY, minutes=1)
        assert sorted(notice.address.to for notice in told) == ["json://127.0.0.1:9/b", "json://127.0.0.1:9/c"]


class TestWhere:
    async def test_an_address_is_kept_sealed_and_shown_in_part(
        self, clinic: Clinic, lena: Staff, target_id: str
    ) -> None:
        (view,) = await notices.listed(clinic.ctx, lena)
        assert (view.target.target_id, view.target.shown, view.provider) == (target_id, "l…@example.org", "folder")
        if clinic.ctx.store.is_sqlite:
            await clinic.ctx.store.wipe_traces()
            assert not [path for path in clinic.folder.rglob("*.sqlite3*") if b"lena@" in path.read_bytes()]

    async def test_the_same_address_again_changes_its_language_alone(self, clinic: Clinic, lena: Staff) -> None:
        first, _ = await notices.add(clinic.ctx, lena, MAIL, "en")
        second, is_new = await notices.add(clinic.ctx, lena, "email:lena@EXAMPLE.org", "ar")
        assert (second.target.target_id, second.target.language, is_new) == (first.target.target_id, "ar", False)
        assert len(await notices.listed(clinic.ctx, lena)) == 1

    async def test_two_may_be_told_at_one_address(self, clinic: Clinic, lena: Staff) -> None:
        ida = await clinic.hire("Ida")
        await add(clinic, lena)
        await add(clinic, ida)
        assert [len(await notices.listed(clinic.ctx, one)) for one in (lena, ida)] == [1, 1]

    async def test_what_cannot_be_told_is_refused(self, clinic: Clinic, lena: Staff) -> None:
        for address, error in (
            ("nonsense", InvalidTarget),
            ("nonsense://host", InvalidTarget),
            ("syslog://", InvalidTarget),
            ("syslog://local0", InvalidTarget),
            ("slack://a/b/c?template=../secret.key", InvalidTarget),
        ):
            with pytest.raises(error):
                await notices.add(clinic.ctx, lena, address, "en")
        with pytest.raises(UnknownLanguage):
            await notices.add(clinic.ctx, lena, MAIL, "tlh")

    async def test_without_a_provider_for_it_that_is_said(self, database: Database, clock: Clock) -> None:
        mail = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "talk@example.org"}
        async with open_clinic(database, clock, **mail) as clinic:
            lena = await clinic.hire("Lena")
            with pytest.raises(NoProvider, match="no SMS"):
                await notices.add(clinic.ctx, lena, "sms:+41446681800", "en")
            view, _ = await notices.add(clinic.ctx, lena, MAIL, "en")
            assert view.provider == "smtp"

    async def test_a_file_is_never_instead_of_an_email(self, database: Database, clock: Clock) -> None:
        mail = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "talk@example.org", "providers": "folder, smtp"}
        async with open_clinic(database, clock, **mail) as clinic:
            lena = await clinic.hire("Lena")
            _, outcome = await notices.test(clinic.ctx, lena, await add(clinic, lena))
            assert (outcome.reason, outbox(clinic)) == (Reason.UNREACHABLE, [])
            assert [view.provider for view in await notices.listed(clinic.ctx, lena)] == ["smtp"]

    async def test_an_account_has_ten_at_most(self, clinic: Clinic, lena: Staff) -> None:
        for number in range(10):
            await add(clinic, lena, f"email:lena{number}@example.org")
        with pytest.raises(TooManyTargets):
            await add(clinic, lena)
        await add(clinic, lena, "email:lena3@example.org", "fr")

    async def test_what_is_another_s_is_not_there(self, clinic: Clinic, lena: Staff, target_id: str) -> None:
        ida = await clinic.hire("Ida")
        for use in (notices.remove, notices.test):
            with pytest.raises(NotFound):
                await use(clinic.ctx, ida, target_id)

    async def test_a_trial_is_sent_at_once_and_not_again_at_once(
        self, clinic: Clinic, lena: Staff, target_id: str
    ) -> None:
        view, outcome = await notices.test(clinic.ctx, lena, target_id)
        assert outcome.result is Result.ACCEPTED
        assert view.target.last_result is Result.ACCEPTED
        assert "this is a test" in outbox(clinic)[0].read_text()
        with pytest.raises(SlowDown):
            await notices.test(clinic.ctx, lena, target_id)
        clinic.clock.forward(seconds=10)
        await notices.test(clinic.ctx, lena, target_id)


class TestForgetting:
    async def test_a_removed_address_leaves_nothing(
        self, clinic: Clinic, lena: Staff, layla: Guest, target_id: str
    ) -> None:
        await clinic.notified(seconds=20)
        assert outbox(clinic)
        await notices.remove(clinic.ctx, lena, target_id)
        assert outbox(clinic) == []
        assert clinic.ctx.store.traces_left
        assert await clinic.notified(hours=1) == []

    async def test_an_address_removed_while_it_is_sent_to_leaves_nothing(
        self, clinic: Clinic, lena: Staff, layla: Guest, target_id: str
    ) -> None:
        clinic.clock.forward(seconds=20)
        await notices.tick(clinic.ctx)
        (errand,) = await notices.claim(clinic.ctx, 9)
        await notices.remove(clinic.ctx, lena, target_id)
        await notices.note(clinic.ctx, errand, await clinic.ctx.notifier.send(errand.notice))
        assert outbox(clinic) == []

    async def test_a_disabled_account_leaves_nothing(self, clinic: Clinic, lena: Staff, layla: Guest) -> None:
        await clinic.notified(BUSY, seconds=20)
        await clinic.notified(seconds=30)
        await accounts.set_disabled(clinic.ctx, lena.account_id, True)
        assert await notices.listed(clinic.ctx, lena) == []
        assert outbox(clinic) == []
        assert await clinic.notified(hours=1) == []

    async def test_what_waits_for_an_erased_session_is_not_sent(
        self, clinic: Clinic, lena: Staff, layla: Guest
    ) -> None:
        await clinic.notified(BUSY, seconds=20)
        await clinic.move(lena, layla.session_id, Verb.CLOSE)
        await erasing.erase(clinic.ctx, lena, layla.session_id)
        assert await clinic.notified(hours=1) == []

    async def test_a_server_that_was_down_tells_once(
        self, clinic: Clinic, layla: Guest, database: Database, clock: Clock
    ) -> None:
        told: list[Notice] = []
        clock.forward(seconds=20)
        await notices.tick(clinic.ctx)
        clock.forward(minutes=7)
        async with open_clinic(database, clock) as again:
            told += await again.notify()
            told += await again.notified(minutes=1)
        assert [notice.wait for notice in told] == [Wait(1, 7)]

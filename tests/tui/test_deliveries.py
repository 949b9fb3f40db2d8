"""How messages fare on the screen, with a real mail server that refuses, and what is made of what the server tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import structs
from textual.pilot import Pilot

from docs import scene
from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_cli.commands import transcripts
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.board import Board, Change
from tc_cli.tui.feed import Feed
from tc_cli.tui.feed.errands import Errands
from tc_cli.tui.feed.inviting import Inviting
from tc_cli.tui.preferences import Preferences
from tc_cli.tui.widgets.timeline import Timeline
from tc_server.wire.bodies import Delivery, Invite, InviteRequest
from tc_server.wire.frames import DeliveryFrame
from tests.fates import at, attempt, delivery, invite
from tests.mailserver import MailServer, mail_server
from tests.serving import Server
from tests.tui.conftest import ADMIN, new_account, sees, shown, until

ADDRESS_REFUSED = "550 5.1.1 who?"


class Clinic:
    """A server of a test's own that sends by a mail server, and somebody at the screen."""

    def __init__(self, server: Server, access: Access, pilot: Pilot[None]) -> None:
        self.server = server
        self.pilot = pilot
        self._access = access

    async def invite(self, name: str, email: str) -> Invite:
        request = InviteRequest(name=name, email=email, via="email")

        def ask() -> Invite:
            with Api(self._access) as api:
                return api.do(calls.invite(request))

        return await asyncio.to_thread(ask)

    async def sees(self, text: str) -> None:
        await sees(self.pilot, text)

    async def misses(self, text: str) -> None:
        await until(self.pilot, lambda: text not in shown(self.pilot), f"the end of {text!r}")


@asynccontextmanager
async def clinic(folder: Path, mails: MailServer, **settings: Any) -> AsyncIterator[Clinic]:
    server = Server(folder, **{"TC_SMTP_URL": mails.url(), "TC_MAIL_FROM": "talk@example.org"} | settings)
    server.add(ADMIN, "admin")
    server.start()
    try:
        access = await asyncio.to_thread(new_account, server)
        app = TeleConnect(Feed(access, "tester", transcripts.write), Preferences(folder / "tui.json"))
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await until(pilot, lambda: app.desk.board.loaded, "online")
            yield Clinic(server, access, pilot)
    finally:
        server.kill()


def refuse(to: str, _times: int) -> str | None:
    return ADDRESS_REFUSED if to.startswith("nobody") else "451 4.7.1 later" if to.startswith("grey") else None


async def test_a_refused_address_is_announced_and_stays_until_it_is_dealt_with(tmp_path: Path) -> None:
    async with mail_server(refuse=refuse) as mails, clinic(tmp_path, mails) as work:
        await work.invite("Layla", "nobody@example.org")
        await work.sees("Not delivered to Layla: there is no such address")
        await work.sees("✗1")
        await work.sees("1 not delivered")
        await work.pilot.press("4")
        await work.sees("✗ no such address")
        await work.sees(f"refused: there is no such address  “{ADDRESS_REFUSED}”")
        await work.sees("Check it with the person")
        await work.pilot.press("x")
        await work.sees("Take back the invite of Layla?")
        await work.pilot.press("y")
        await work.misses("✗1")


async def test_what_the_mail_server_takes_later_waits_and_says_why(tmp_path: Path) -> None:
    async with mail_server(refuse=refuse) as mails, clinic(tmp_path, mails) as work:
        await work.invite("Rosa", "grey@example.org")
        await work.sees("… waits: busy")
        await work.pilot.press("4", "enter")
        await work.sees("next try")
        await work.pilot.press("d")
        await work.sees("What was sent to Rosa")
        await work.sees("“451 4.7.1 later”")


async def test_a_refused_login_is_told_once_until_it_works_again(tmp_path: Path) -> None:
    async with mail_server() as mails, clinic(tmp_path, mails, TC_SMTP_URL=mails.url(password="wrong")) as work:
        await work.invite("Amal", "amal@example.org")
        await work.sees("Messages wait: the mail server refuses our login. Ask whoever runs the server.")
        await asyncio.to_thread(work.server.restart, TC_SMTP_URL=mails.url())
        await work.sees("✓ sent")
        await work.misses("Messages wait")


async def test_where_an_address_was_refused_sending_again_offers_what_else_helps(tmp_path: Path) -> None:
    async with mail_server(refuse=refuse) as mails, clinic(tmp_path, mails) as work:
        made = await work.invite("Layla", "nobody@example.org")
        await work.sees("✗1")
        await work.pilot.press("4", "r")
        await work.sees("email   ✗ no such address")
        await work.pilot.press("down", "enter")
        await until(work.pilot, lambda: work.pilot.app.clipboard == made.url, "the clipboard")
        await work.pilot.press("r")
        await work.sees("to another number or address…")
        await work.pilot.press("down", "down", "enter")
        await work.sees("nobody@example.org")
        await work.sees("New invite")


async def test_many_failures_are_told_together() -> None:
    app = scene.app(scene.quiet())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for number in range(6):
            app.desk.feed.on_undelivered(
                invite(delivery("failed", reason="refused"), invite_id=f"i{number}", name=f"Person {number}")
            )
        await sees(pilot, "6 messages are not delivered")
        assert "Person 0, Person 1, Person 2, Person 3 …" in shown(pilot)
        assert len(app._notifications) == 1


async def test_a_long_story_keeps_its_end_where_there_is_little_room() -> None:
    board = scene.quiet()
    reply = "the mail server's very long explanation of why it would rather not take this now, nor soon"
    kinds = [("temporary", "busy"), ("broken", "unreachable")] * 5
    tries = [attempt(number, *kind, reply) for number, kind in enumerate(kinds, 1)]  # type: ignore[arg-type]
    board.invites["i1"] = invite(delivery("queued", *tries, reason="unreachable", next_at=at(60)))
    app = scene.app(board)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await sees(pilot, "…  d tells all")
        text = str(app.screen.query_one(Timeline).render())
        assert text.splitlines()[-1] == "→ It is tried again by itself."
        assert "next try" in text


# --- what the feed makes of what it is told -------------------------------------------------------------------------


class Answers:
    """A server whose answer to every request is held back until it is given."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.given: asyncio.Future[Invite] = asyncio.get_running_loop().create_future()

    async def do(self, _call: object) -> Invite:
        self.asked.set()
        return await self.given


class Told:
    """The part of a feed that keeps invites, on a board that has one."""

    def __init__(self, *deliveries: Delivery) -> None:
        self.board = Board(loaded=True, invites={"i1": invite(*deliveries)})
        self.lost: list[Invite] = []
        self.declined: list[Invite] = []
        self.spawned: list[Any] = []
        self.answers = Answers()
        changes: list[Change] = []
        errands = cast("Errands", self.answers)
        self.inviting = Inviting(
            self.board, errands, changes.append, self.spawned.append, self.lost.append, self.declined.append
        )

    def hears(self, one: Delivery) -> None:
        self.inviting.delivery_is(DeliveryFrame(**structs.asdict(one)))

    @property
    def states(self) -> list[str]:
        return [one.state for one in self.board.invites["i1"].deliveries]


async def test_a_frame_is_taken_as_it_is_and_nothing_is_asked() -> None:
    told = Told(delivery("queued"))
    told.hears(delivery("sent", attempt(1, "accepted")))
    assert told.states == ["sent"]
    assert not told.answers.asked.is_set()


async def test_what_is_heard_while_an_answer_is_under_way_is_newer() -> None:
    told = Told(delivery("queued"))
    asking = asyncio.create_task(told.inviting.change(calls.show_invite("i1")))
    await told.answers.asked.wait()
    told.hears(delivery("sent"))
    told.answers.given.set_result(invite(delivery("queued")))
    await asking
    assert told.states == ["sent"]


async def test_a_failure_is_told_once() -> None:
    told = Told(delivery("queued"))
    failed = delivery("failed", reason="refused")
    told.hears(failed)
    told.hears(failed)
    assert [one.name for one in told.lost] == ["Layla"]


async def test_a_failure_that_happened_while_the_line_was_down_is_told_after_it() -> None:
    told = Told(delivery("queued"))
    told.answers.given.set_result(invite(delivery("failed", reason="refused")))
    await told.inviting.change(calls.show_invite("i1"))
    assert len(told.lost) == 1


async def test_who_cant_come_is_told_once() -> None:
    told = Told()
    told.answers.given.set_result(invite(planned_at=at(600), coming=False))
    await told.inviting.change(calls.show_invite("i1"))
    await told.inviting.change(calls.show_invite("i1"))
    assert len(told.declined) == 1


@pytest.mark.parametrize("fields", [{"state": "cancelled"}, {"joined_at": at(1)}])
async def test_of_who_is_not_expected_no_failure_is_told(fields: dict[str, Any]) -> None:
    told = Told()
    told.board.invites["i1"] = invite(delivery("queued"), **fields)
    told.hears(delivery("failed", reason="refused"))
    assert told.lost == []


async def test_what_was_taken_back_is_no_failure() -> None:
    told = Told(delivery("queued"))
    told.hears(delivery("failed", reason="withdrawn"))
    assert told.lost == []


async def test_what_should_have_been_heard_of_by_now_is_asked_for() -> None:
    told = Told(delivery("queued", attempt(1, "broken", "unreachable"), reason="unreachable", next_at=at(2)))
    told.inviting.freshen_overdue(at(2))
    assert told.inviting._stale == set()
    told.inviting.freshen_overdue(at(5))
    assert told.inviting._stale == {"i1"}

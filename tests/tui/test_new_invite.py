"""Inviting from the full screen, on the real server."""

import asyncio

import pytest

from tc_cli.tui import contacts
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.dialogs.new_invite import NewInvite
from tc_cli.tui.forms import Typed
from tc_server.wire.bodies import InviteRequest
from tests.tui.conftest import Invited, Tui, sees, shown, until
from tests.tui.test_app import offline


async def test_a_name_is_enough_for_a_link(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Leila", "ctrl+j")
        await sees(pilot, "The link for Leila")
        await sees(pilot, "Nothing is sent: hand over the link.")


async def test_a_number_is_read_back_with_its_country(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Leila", "tab", *"+41791234567")
        await sees(pilot, "+41 79 123 45 67 · Switzerland")
        await sees(pilot, "1 segment")


async def test_a_bad_number_is_said_and_isnt_sent(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Leila", "tab", *"079")
        await sees(pilot, "Begin with + and the country code")
        await pilot.press("ctrl+j")
        await pilot.pause()
        assert isinstance(pilot.app.screen, NewInvite)


async def test_a_missing_name_is_said(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", "ctrl+j")
        await sees(pilot, "A name is missing")


async def test_what_is_typed_outlives_the_dialog(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Leila", "escape", "n")
        await sees(pilot, "Leila")


async def test_a_colleague_is_called_for_somebody_in_person(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("n", *"Leila")
        await pilot.click("#in-person")
        await pilot.press("ctrl+j")
        await sees(pilot, "The link for Leila")
        desk = pilot.app.desk  # type: ignore[attr-defined]
        assert [invite.kind for invite in desk.board.invites.values()] == ["in-person"]


async def test_the_text_is_shown_in_their_language(tui: Tui) -> None:
    async with tui((140, 40)) as pilot:
        pilot.app.desk.forms[None] = Typed(name="Leila", phone="+41791234567", language="fr")  # type: ignore[attr-defined]
        await pilot.press("n")
        await sees(pilot, "ouvrez")


async def test_without_a_server_it_says_so_and_keeps_what_was_typed() -> None:
    async with offline().run_test(size=(80, 24)) as pilot:
        await pilot.press("n", *"Leila", "ctrl+j")
        await sees(pilot, "What you typed is kept.")
        await sees(pilot, "Leila")


@pytest.mark.parametrize(
    ("text", "good"),
    [("", True), ("+41 79 123 45 67", True), ("0041791234567", True), ("+1", False), ("079 123", False), ("x", False)],
)
def test_phone_numbers_are_checked(text: str, good: bool) -> None:
    assert contacts.phone(text).good is good


@pytest.mark.parametrize(("text", "good"), [("", True), ("a@b.org", True), ("a@b", False), ("a b@c.org", False)])
def test_mail_addresses_are_checked(text: str, good: bool) -> None:
    assert contacts.email(text).good is good


async def test_what_is_typed_for_one_session_isnt_offered_for_another(tui: Tui, invited: Invited) -> None:
    amal, binta = invited("Amal").join(), invited("Binta").join()
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        app.open_session(amal.session_id)
        await sees(pilot, "Write a message")
        await pilot.press("f6", *"Dr Osei", "escape", "escape", "escape")
        app.open_session(binta.session_id)
        await sees(pilot, "Binta ·")
        await pilot.press("f6")
        await sees(pilot, "Add somebody")
        assert "Dr Osei" not in shown(pilot)


async def test_somebody_is_added_to_a_session(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        app.open_session(person.session_id)
        await sees(pilot, "Write a message")
        await pilot.press("f6", *"Dr Osei", "ctrl+j")
        await sees(pilot, "The link for Dr Osei")
        session = app.desk.board.sessions[person.session_id]
        await until(pilot, lambda: len(app.desk.board.sessions[person.session_id].people) == 2, "the second")
        assert session.session_id == person.session_id


async def test_the_same_form_sent_again_before_an_answer_makes_no_second_invite(tui: Tui) -> None:
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        request = InviteRequest(name="Leila", via="link")
        given_up = asyncio.create_task(app.desk.feed.invite(request))
        await asyncio.sleep(0)
        given_up.cancel()
        first = await app.desk.feed.invite(request)
        await app.desk.feed.refresh_invites()
        assert list(app.desk.board.invites) == [first.invite_id]
        second = await app.desk.feed.invite(request)
        assert second.invite_id != first.invite_id


async def test_a_text_that_no_longer_fits_isnt_shown_beside_a_fault(tui: Tui) -> None:
    async with tui((140, 40)) as pilot:
        await pilot.press("n", *"Leila", "tab", *"+41791234567")
        await sees(pilot, "1 segment")
        await pilot.press("backspace")
        await sees(pilot, "once what is marked")
        await until(pilot, lambda: "1 segment" not in shown(pilot), "the old text gone")

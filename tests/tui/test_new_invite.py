"""Inviting from the full screen, on the real server."""

from collections.abc import Iterator

import pytest

from tc_cli.tui import contacts
from tc_cli.tui.dialogs.new_invite import NewInvite, Typed
from tests.tui.conftest import Tui, sees
from tests.tui.test_app import offline


@pytest.fixture(autouse=True)
def _empty_form() -> Iterator[None]:
    NewInvite._typed = Typed()
    yield
    NewInvite._typed = Typed()


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
    NewInvite._typed = Typed(name="Leila", phone="+41791234567", language="fr")
    async with tui((140, 40)) as pilot:
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

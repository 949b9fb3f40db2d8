"""The list of invites, and the dialog of a link."""

from tc_cli.tui.app import TeleConnect
from tests.tui.conftest import Invited, Tui, sees, shown, until


async def test_it_lists_who_was_invited_and_how_the_message_fares(tui: Tui, invited: Invited) -> None:
    invited("Amal")
    invited("Binta", via="sms", phone="+41791234567")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "▤ in a folder")
        assert "by hand" in shown(pilot)


async def test_a_word_finds_an_invite(tui: Tui, invited: Invited) -> None:
    invited("Amal")
    invited("Binta", email="binta@example.org")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "Amal")
        await pilot.press("slash", *"example.org")
        await until(pilot, lambda: "Amal" not in shown(pilot), "the search")
        assert "Binta" in shown(pilot)


async def test_enter_shows_the_link_and_its_code(tui: Tui, invited: Invited) -> None:
    person = invited("Amal")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "Amal")
        await pilot.press("enter")
        await sees(pilot, "The link for Amal")
        text = shown(pilot)
        assert "▀" in text
        assert person.invite.url[:30] in text


async def test_y_puts_the_link_on_the_clipboard(tui: Tui, invited: Invited) -> None:
    person = invited("Amal")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "Amal")
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard == person.invite.url, "the clipboard")


async def test_an_invite_is_taken_back_only_after_a_yes(tui: Tui, invited: Invited) -> None:
    invited("Amal")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "invited")
        await pilot.press("x")
        await sees(pilot, "Take back the invite of Amal?")
        await pilot.press("enter")
        await until(pilot, lambda: "Take back the invite" not in shown(pilot), "the answer")
        assert "✉ invited" in shown(pilot)
        await pilot.press("x")
        await sees(pilot, "Take back the invite of Amal?")
        await pilot.click("#yes")
        await sees(pilot, "✗ cancelled")


async def test_a_new_link_replaces_the_old_one(tui: Tui, invited: Invited) -> None:
    person = invited("Amal")
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        await pilot.press("4")
        await sees(pilot, "Amal")
        await pilot.press("o")
        await sees(pilot, "Make a new link for Amal?")
        await pilot.click("#yes")
        await until(pilot, lambda: app.desk.board.invites[person.invite.invite_id].url != person.invite.url, "it")


async def test_who_comes_is_seen_in_the_open_dialog(tui: Tui, invited: Invited) -> None:
    person = invited("Amal")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "Amal")
        await pilot.press("enter")
        await sees(pilot, "Opens in English")
        person.join()
        await sees(pilot, "They have come by it")


async def test_help_lists_the_keys_of_the_screen(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("2", "question_mark")
        await sees(pilot, "On this screen")
        assert "Start with who has waited longest" in shown(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "On this screen" not in shown(pilot), "leaving")


async def test_sending_again_asks_which_way_where_there_are_several(tui: Tui, invited: Invited) -> None:
    invited("Amal", phone="+41791234567", email="amal@example.org", via="sms")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "▤ in a folder")
        await pilot.press("r")
        await sees(pilot, "Send Amal the link again")
        await pilot.press("down", "down", "down", "enter")
        await sees(pilot, "It goes out again.")
        deliveries = next(iter(pilot.app.desk.board.invites.values())).deliveries  # type: ignore[attr-defined]
        assert [one.channel for one in deliveries] == ["sms", "email"]


async def test_sending_again_says_when_there_is_nobody_to_send_it_to(tui: Tui, invited: Invited) -> None:
    invited("Amal")
    async with tui() as pilot:
        await pilot.press("4")
        await sees(pilot, "Amal")
        await pilot.press("r")
        await sees(pilot, "Nothing to send it to")

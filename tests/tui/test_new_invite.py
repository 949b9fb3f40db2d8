"""Inviting from the full screen, on the real server."""

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec import structs
from textual.pilot import Pilot
from textual.widgets import Input

from tc_cli.tui import contacts, dates
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.dialogs.new_invite import NewInvite
from tc_cli.tui.feed import times
from tc_cli.tui.forms import Typed
from tc_cli.tui.widgets.preview import Preview
from tc_server.wire import bodies as b
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


# Sizes at which the form is laid out otherwise.
SIZES = [(60, 20), (74, 24), (80, 24), (109, 40), (110, 24), (120, 40)]


async def not_by_whatsapp(pilot: Pilot[None]) -> None:
    """Open the form, and let the server have no template for what stands in it."""
    desk = pilot.app.desk  # type: ignore[attr-defined]
    desk.forms[None] = Typed(name="Farzaneh", phone="+989121234567", language="fa", at="tomorrow 14:30")
    ask = desk.feed.preview

    async def lacking(request: InviteRequest) -> list[b.Preview]:
        found = await ask(request)
        return [structs.replace(one, reason="no_template") for one in found]

    desk.feed.preview = lacking
    await pilot.press("n")
    await sees(pilot, "SMS · +98")


@pytest.mark.parametrize("size", SIZES)
async def test_the_time_has_room(tui: Tui, size: tuple[int, int]) -> None:
    async with tui(size) as pilot:
        await pilot.press("n")
        pilot.app.screen.query_one("#at").focus()
        await pilot.press(*"2026-12-01 14:30 ")
        await sees(pilot, " 2026-12-01 14:30 ")
        at, zone = (pilot.app.screen.query_one(field, Input) for field in ("#at", "#zone"))
        assert at.content_size.width >= 20
        assert zone.content_size.width >= len("Addis Ababa")
        assert pilot.app.screen.find_widget(zone).visible_region.size == zone.outer_size


@pytest.mark.parametrize("size", SIZES)
async def test_the_text_comes_before_what_else_is_to_be_known(tui: Tui, size: tuple[int, int]) -> None:
    async with tui(size) as pilot:
        await not_by_whatsapp(pilot)
        await sees(pilot, ":TeleConnect")
        text = str(pilot.app.screen.query_one("#text").render())
        assert text.index("SMS · ") < text.index("TeleConnect") < text.index("Not by WhatsApp: ")


async def test_the_text_is_read_on_while_a_field_has_the_focus(tui: Tui) -> None:
    async with tui((80, 24)) as pilot:
        await not_by_whatsapp(pilot)
        await sees(pilot, "▼ page down")
        assert "Not by WhatsApp" not in shown(pilot)
        assert "▲" not in shown(pilot)
        await pilot.press("pagedown", "pagedown")
        await sees(pilot, "Not by WhatsApp")
        await sees(pilot, "▲ page up")
        assert "▼ page down" not in shown(pilot)
        assert pilot.app.focused is pilot.app.screen.query_one("#name")
        await pilot.press("pageup", "pageup")
        await sees(pilot, "▼ page down")
        await pilot.press("pagedown", "pagedown", "x")
        # Another text is read from its beginning.
        await pilot.press("tab", "backspace", "8")
        await until(pilot, lambda: pilot.app.screen.query_one(Preview).scroll_y == 0, "the beginning")


async def test_a_number_of_several_zones_leaves_the_zone_in_doubt_until_it_is_written(tui: Tui) -> None:
    async with tui() as pilot:
        pilot.app.desk.forms[None] = Typed(name="Furaha", phone="+243812345678", at="tomorrow 14:30")  # type: ignore[attr-defined]
        await pilot.press("n")
        await sees(pilot, "their zone isn't certain: write it")
        assert "Kinshasa" not in shown(pilot)
        pilot.app.screen.query_one("#zone").focus()
        await pilot.press(*"lubum")
        await sees(pilot, " in Lubumbashi")
        assert "isn't certain" not in shown(pilot)


def test_zones_whose_clocks_show_the_same_leave_no_doubt() -> None:
    summer, winter = (datetime(2027, month, 1, tzinfo=UTC) for month in (7, 1))
    assert dates.differ(summer, ("Europe/London", "UTC"))
    assert not dates.differ(winter, ("Europe/London", "UTC"))
    assert not dates.differ(winter, ())


async def test_a_zone_that_is_refused_is_said_beside_it(tui: Tui, monkeypatch: pytest.MonkeyPatch) -> None:
    # What this program knows and the server doesn't.
    monkeypatch.setattr(times, "zone", lambda text: "Mars/Olympus" if text else None)
    monkeypatch.setattr(dates, "_told_there", lambda _when, _zone: "there")
    async with tui() as pilot:
        pilot.app.desk.forms[None] = Typed(name="Leila", at="tomorrow 14:30", zone="Olympus")  # type: ignore[attr-defined]
        await pilot.press("n")
        said = pilot.app.screen.query_one("#at-said")
        await until(pilot, lambda: "There is no such time zone" in str(said.render()), "the refusal")  # type: ignore[attr-defined]
        assert said.has_class("-wrong")
        await sees(pilot, "once what is marked")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one("#zone"), "the zone")
        assert shown(pilot).count("There is no such time zone") == 1
        for _letter in "Olympus":
            await pilot.press("backspace")
        await until(pilot, lambda: not said.has_class("-wrong"), "the end of it")
        await pilot.press("ctrl+j")
        await sees(pilot, "The link for Leila")


async def test_what_fits_has_no_mark(tui: Tui) -> None:
    async with tui((120, 40)) as pilot:
        await not_by_whatsapp(pilot)
        await sees(pilot, "Not by WhatsApp")
        assert "page down" not in shown(pilot)


async def test_a_list_keeps_its_own_keys(tui: Tui) -> None:
    async with tui((80, 24)) as pilot:
        await not_by_whatsapp(pilot)
        await pilot.press("tab", "tab", "tab", "enter", "pageup")
        assert pilot.app.screen.query_one(Preview).scroll_y == 0
        await pilot.press("enter")
        form = pilot.app.desk.forms[None]  # type: ignore[attr-defined]
        await until(pilot, lambda: form.language != "fa", "another language")

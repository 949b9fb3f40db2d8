"""What holds on every screen."""

import pytest

from tc_cli.client.profile import Access
from tc_cli.commands import transcripts
from tc_cli.tui import clipboard, themes
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.feed import Feed
from tc_cli.tui.preferences import Preferences
from tests.tui.conftest import Invited, Tui, sees, shown, until
from tests.tui.test_session_screen import app_of, opened

NOBODY = Access("http://127.0.0.1:9", "tcs_nobody")


def offline() -> TeleConnect:
    return TeleConnect(Feed(NOBODY, "nobody", transcripts.write), Preferences())


async def test_without_a_server_it_starts_and_says_so() -> None:
    async with offline().run_test(size=(80, 24)) as pilot:
        await sees(pilot, "connecting")
        await pilot.press("2")
        await sees(pilot, "Not connected")


async def test_number_keys_and_the_mouse_lead_to_the_places(tui: Tui) -> None:
    async with tui() as pilot:
        for key, mode in (("2", "waiting"), ("3", "sessions"), ("4", "invites"), ("1", "home")):
            await pilot.press(key)
            assert pilot.app.current_mode == mode
        await pilot.click("#places", offset=(24, 0))
        await until(pilot, lambda: pilot.app.current_mode == "waiting", "the waiting room")


async def test_the_palette_finds_a_session_by_name(tui: Tui, invited: Invited) -> None:
    invited("Shahrazad")
    async with tui() as pilot:
        await pilot.press("ctrl+p")
        await pilot.press(*"shahr")
        await sees(pilot, "Shahrazad")


async def test_the_palette_offers_what_the_screen_can_do(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("ctrl+p")
        await sees(pilot, "New invite")


async def test_over_a_question_the_palette_offers_what_works_there(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press("f8")
        await sees(pilot, "End the session with")
        await pilot.press("ctrl+p")
        await sees(pilot, "End the session for everybody")
        assert "Back to the chat, nothing is ended" in shown(pilot)
        # Nothing was started that could be kept open; what the chat below can do isn't to be had here.
        assert not {"Keep open", "Terminate", "Start"} & {line.strip() for line in shown(pilot).splitlines()}
        await pilot.press("escape", "escape")
        await app_of(pilot).desk.feed.move(person.session_id, "start")
        await pilot.press("f8", "ctrl+p")
        await sees(pilot, "They can still write")


async def test_a_notice_leaves_the_titles_of_questions_readable(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await opened(pilot, person)
        await pilot.press("n", "o", "f8")
        await sees(pilot, "Before you end it: you have begun to write one.")
        for number in (1, 2):
            pilot.app.notify("Once it is online again, try once more.", title=f"Not done, {number}: out of reach")
        await sees(pilot, "Not done, 2")
        assert "─ End the session with Amal? ─" in shown(pilot)


async def test_a_wrong_login_is_said_and_leaves_the_screen_standing(server: object, access: Access) -> None:
    feed = Feed(Access(access.server, "tcs_wrong"), "nobody", transcripts.write)
    async with TeleConnect(feed, Preferences()).run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "logged out")
        await sees(pilot, "tc login")


def test_greys_are_chosen_where_no_colour_is_wanted() -> None:
    assert themes.first("teleconnect-light", {"NO_COLOR": "1"}) == "teleconnect-grey"
    assert themes.first("teleconnect-light", {}) == "teleconnect-light"
    assert themes.first("gone", {}) == "teleconnect-dark"


@pytest.mark.parametrize("theme", [theme.name for theme in themes.THEMES])
async def test_every_theme_draws_every_place(tui: Tui, invited: Invited, theme: str) -> None:
    invited("Amal").join()
    async with tui() as pilot:
        pilot.app.theme = theme
        for key in "1234":
            await pilot.press(key)
            await sees(pilot, "Amal")


async def test_a_fault_ends_it_without_printing_what_was_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    app = offline()
    secret = "what was said"

    def fail() -> None:
        said = secret
        raise RuntimeError(len(said))

    with pytest.raises(RuntimeError):  # noqa: PT012 - the app raises it once it has ended
        async with app.run_test() as pilot:
            app.call_later(fail)
            await pilot.pause()
    assert isinstance(app.fault, RuntimeError)
    printed = capsys.readouterr()
    assert secret not in printed.out + printed.err


async def test_it_shrinks_to_sixty_columns(tui: Tui, invited: Invited) -> None:
    invited("Amal").join()
    async with tui() as pilot:
        await pilot.resize_terminal(60, 20)
        await sees(pilot, "1 Home")
        await pilot.press("2")
        await sees(pilot, "Amal")
        assert max(map(len, shown(pilot).splitlines())) <= 60


async def test_offline_it_does_not_claim_that_nobody_waits() -> None:
    async with offline().run_test(size=(80, 24)) as pilot:
        await sees(pilot, "Not known until the server answers.")
        assert "Nobody is waiting" not in shown(pilot)


async def test_the_palette_finds_what_a_command_is_for(tui: Tui) -> None:
    async with tui() as pilot:
        await pilot.press("ctrl+p", *"colleague")
        await sees(pilot, "New invite")


async def test_only_themes_made_for_these_screens_are_offered() -> None:
    assert set(offline().available_themes) == {theme.name for theme in themes.THEMES}


async def test_the_places_are_all_there_after_another_screen_was_small(tui: Tui, invited: Invited) -> None:
    invited("Amal").join()
    async with tui() as pilot:
        for size, mode in (((60, 20), "1"), ((200, 60), "2"), ((200, 60), "1"), ((200, 60), "2")):
            await pilot.resize_terminal(*size)
            await pilot.press(mode)
            await sees(pilot, "Amal")
        await sees(pilot, "1 Home  2 Waiting 1  3 Sessions  4 Invites")


def test_outside_of_tmux_nothing_is_handed_to_it() -> None:
    assert clipboard.through_tmux("https://example.org", {}) is False

"""The list of all sessions."""

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tests.tui.conftest import Invited, Tui, sees, shown, until


async def test_it_lists_every_state_the_active_first(tui: Tui, invited: Invited, access: Access) -> None:
    active, closed = invited("Amal").join(), invited("Binta").join()
    invited("Chen")
    with Api(access) as api:
        api.do(calls.move(active.session_id, "start"))
        api.do(calls.move(closed.session_id, "close"))
    async with tui() as pilot:
        await pilot.press("3")
        await sees(pilot, "erased in 23 h")
        screen = shown(pilot)
        assert screen.index("Amal") < screen.index("Binta") < screen.index("Chen")


async def test_a_word_finds_a_session(tui: Tui, invited: Invited) -> None:
    invited("Amal")
    invited("Binta", language="fr")
    async with tui() as pilot:
        await pilot.press("3")
        await sees(pilot, "Amal")
        await pilot.press("slash", *"français")
        await until(pilot, lambda: "Amal" not in shown(pilot), "the filter")
        assert "Binta" in shown(pilot)
        await pilot.press("escape")
        await sees(pilot, "Amal")


async def test_nothing_found_says_how_to_see_all(tui: Tui, invited: Invited) -> None:
    invited("Amal")
    async with tui() as pilot:
        await pilot.press("3")
        await sees(pilot, "Amal")
        await pilot.press("slash", *"zzz")
        await sees(pilot, "Escape shows all sessions again.")


async def test_a_closed_session_is_reopened_with_a_key(tui: Tui, invited: Invited, access: Access) -> None:
    person = invited("Amal").join()
    with Api(access) as api:
        api.do(calls.move(person.session_id, "close"))
    async with tui() as pilot:
        await pilot.press("3")
        await sees(pilot, "closed")
        await pilot.press("u")
        await sees(pilot, "○ open")


async def test_a_session_changed_elsewhere_changes_in_place(tui: Tui, invited: Invited, access: Access) -> None:
    person = invited("Amal").join()
    async with tui() as pilot:
        await pilot.press("3")
        await sees(pilot, "waiting")
        with Api(access) as api:
            api.do(calls.move(person.session_id, "close"))
        await sees(pilot, "■ closed")


async def test_f_shows_one_state_after_the_other(tui: Tui, invited: Invited) -> None:
    invited("Amal").join()
    invited("Binta")
    async with tui() as pilot:
        await pilot.press("3")
        await sees(pilot, "Binta")
        await pilot.press("f", "f")
        await until(pilot, lambda: "Binta" not in shown(pilot), "the filter")
        assert "Amal" in shown(pilot)


async def test_who_waits_for_an_answer_in_an_open_session_is_among_the_waiting(
    tui: Tui, invited: Invited, access: Access
) -> None:
    person = invited("Amal").join()
    invited("Binta")
    with Api(access) as api:
        for verb in ("start", "keep-open"):
            api.do(calls.move(person.session_id, verb))
    person.say("One more thing")
    async with tui() as pilot:
        await pilot.press("3", "f", "f")
        await until(pilot, lambda: "Binta" not in shown(pilot), "the filter")
        await sees(pilot, "Amal")

"""The waiting room and the ring, on the real server."""

from tc_cli.tui.app import TeleConnect
from tests.tui.conftest import Invited, Tui, sees, shown, until


async def test_who_joins_appears_with_their_last_words_and_rings(tui: Tui, invited: Invited) -> None:
    person = invited("Amal")
    async with tui() as pilot:
        await pilot.press("2")
        await sees(pilot, "Nobody is waiting")
        person.join().say("Hello, is somebody there?")
        await sees(pilot, "Amal is waiting")
        await sees(pilot, "Hello, is some")


async def test_the_ring_ends_with_a_key_and_the_person_still_waits(tui: Tui, invited: Invited) -> None:
    invited("Amal").join()
    async with tui() as pilot:
        await sees(pilot, "Amal is waiting")
        await pilot.press("2", "space")
        await until(pilot, lambda: "is waiting since" not in shown(pilot), "silence")
        assert "Amal" in shown(pilot)


async def test_who_came_while_nobody_looked_is_summed_up(tui: Tui, invited: Invited) -> None:
    for name in ("Amal", "Binta", "Chen"):
        invited(name).join()
    async with tui() as pilot:
        await sees(pilot, "3 people are waiting")


async def test_the_longest_wait_stands_first(tui: Tui, invited: Invited) -> None:
    for name in ("Amal", "Binta", "Chen"):
        invited(name).join()
    async with tui() as pilot:
        await pilot.press("2")
        await sees(pilot, "Chen")
        rows = [line for line in shown(pilot).splitlines() if line[:3].strip().isdigit()]
        assert [row.split()[0] for row in rows] == ["1", "2", "3"]
        assert "Amal" in rows[0]


async def test_s_starts_the_longest_waiting(tui: Tui, invited: Invited) -> None:
    person = invited("Amal").join()
    invited("Binta").join()
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        await sees(pilot, "2 people are waiting")
        await pilot.press("s")
        await until(pilot, lambda: app.desk.board.sessions[person.session_id].state == "active", "active")


async def test_enter_starts_the_chosen_one(tui: Tui, invited: Invited) -> None:
    invited("Amal").join()
    second = invited("Binta").join()
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        await pilot.press("2")
        await sees(pilot, "Binta")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.desk.board.sessions[second.session_id].state == "active", "active")


async def test_it_is_silenced_while_one_writes_to_another(tui: Tui, invited: Invited) -> None:
    first = invited("Amal").join()
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        app.desk.feed.all_seen()
        app.open_session(first.session_id)
        await sees(pilot, "Write a message")
        invited("Binta").join()
        await sees(pilot, "Binta is waiting")
        await pilot.press("f7")
        await until(pilot, lambda: "Binta is waiting" not in shown(pilot), "silence")


async def test_what_has_no_column_on_a_small_terminal_stands_below_for_the_chosen_one(
    tui: Tui, invited: Invited
) -> None:
    invited("Amal").join().say("The wound on my left foot is red and it hurts")
    async with tui() as pilot:
        await pilot.press("2")
        await sees(pilot, "Role service user")
        await sees(pilot, "Last words The wound on my left foot is red and it hurts")


async def test_the_keys_that_fit_are_shown_and_help_and_quit_always(tui: Tui, invited: Invited) -> None:
    invited("Amal").join()
    async with tui((60, 20)) as pilot:
        await pilot.press("2")
        await sees(pilot, "Amal")
        keys = shown(pilot).splitlines()[-1]
        assert "s Start next" in keys
        assert "m Minutes" not in keys
        assert keys.rstrip().endswith("? Help  q Quit")
        await pilot.resize_terminal(100, 20)
        await until(pilot, lambda: "m Minutes" in shown(pilot), "more keys")


async def test_the_ring_names_whom_s_starts(tui: Tui, invited: Invited) -> None:
    first = invited("Amal").join()
    async with tui() as pilot:
        app = pilot.app
        assert isinstance(app, TeleConnect)
        await sees(pilot, "Amal is waiting since")
        app.desk.feed.seen(first.session_id)
        invited("Binta").join()
        await sees(pilot, "Binta is waiting since")
        await sees(pilot, "s starts Amal")

"""The first screen."""

from tests.tui.conftest import Invited, Tui, sees, shown


async def test_it_says_who_waits_and_who_was_invited(tui: Tui, invited: Invited) -> None:
    invited("Amal").join().say("Hello")
    invited("Binta")
    async with tui((120, 30)) as pilot:
        await sees(pilot, "1 person waits")
        await sees(pilot, "Hello")
        await sees(pilot, "Invited, not here yet")
        assert "Binta" in shown(pilot)


async def test_who_comes_leaves_the_invited(tui: Tui, invited: Invited) -> None:
    person = invited("Binta")
    async with tui((120, 30)) as pilot:
        await sees(pilot, "by hand")
        person.join()
        await sees(pilot, "Nobody is expected.")


async def test_a_delivery_is_told(tui: Tui, invited: Invited) -> None:
    invited("Chen", via="sms", phone="+41791234567")
    async with tui((120, 30)) as pilot:
        await sees(pilot, "▤ in a folder")


async def test_all_of_it_fits_the_smallest_terminal(tui: Tui, invited: Invited) -> None:
    invited("Amal").join()
    async with tui((60, 20)) as pilot:
        await sees(pilot, "1 person waits")
        text = shown(pilot)
        assert "Open sessions" in text
        assert "Invited, not here yet" in text
        assert "New invite" in text

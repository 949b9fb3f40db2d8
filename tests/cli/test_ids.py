"""Short ids stand for one thing, or say why not."""

import pytest

from tc_cli.client import ids
from tc_cli.client.errors import AmbiguousId, NoSuchId

FIRST = "019a9c00-0000-7000-8000-00000000abcd"
SECOND = "019a9c00-0000-7000-8000-00000000ef01"


@pytest.mark.parametrize("given", ["abcd", "0000abcd", FIRST, "ABCD", " abcd "])
def test_a_unique_end_or_start_is_enough(given: str) -> None:
    assert ids.match(given, [FIRST, SECOND], noun="session") == FIRST


def test_what_fits_two_is_refused() -> None:
    with pytest.raises(AmbiguousId, match="2 sessions"):
        ids.match("019a", [FIRST, SECOND], noun="session")


@pytest.mark.parametrize("given", ["nope", "", "0000-7000"])
def test_what_fits_none_is_refused(given: str) -> None:
    with pytest.raises(NoSuchId):
        ids.match(given, [FIRST, SECOND], noun="session")


def test_tables_show_the_end() -> None:
    assert ids.short(FIRST) == "0000abcd"
    assert ids.match(ids.short(FIRST), [FIRST, SECOND], noun="session") == FIRST


def test_a_whole_id_needs_no_looking_up() -> None:
    assert ids.is_full(FIRST)
    assert not ids.is_full(ids.short(FIRST))


def test_many_are_looked_up_among_many() -> None:
    full = [f"019a9c00-{n:04x}-7000-8000-{n * 7919:012x}" for n in range(2000)]
    known = ids.Ids(full, noun="session")
    assert [known.match(one.upper()) for one in full] == full
    assert [known.match(one[-12:]) for one in full] == full
    assert [known.match(one[:13]) for one in full] == full

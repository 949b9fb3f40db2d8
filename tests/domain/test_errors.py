"""Refusals: each has a code of its own and says in its class what to tell people."""

from tc_server.domain import errors
from tc_server.domain.errors import IllegalMove, NotFound, Refused, SlowDown

EVERY = Refused.__subclasses__()


def test_every_refusal_has_its_own_code() -> None:
    codes = [refusal.code for refusal in EVERY]
    assert len(set(codes)) == len(codes)
    assert "internal" not in codes


def test_every_refusal_says_what_happened_in_its_docstring() -> None:
    assert [refusal for refusal in EVERY if not (refusal.__doc__ or "").strip().endswith(".")] == []


def test_the_tree_in_the_docstring_is_complete() -> None:
    assert [refusal.__name__ for refusal in EVERY if refusal.__name__ not in (errors.__doc__ or "")] == []


def test_the_message_is_the_docstring_unless_there_is_more_to_say() -> None:
    assert NotFound().detail == NotFound.__doc__
    assert NotFound("Nothing here.").detail == "Nothing here."
    assert SlowDown(5).detail == SlowDown.__doc__


def test_a_move_that_leads_nowhere_says_so() -> None:
    assert "Possible now: nothing." in IllegalMove("start", "erased", ()).detail

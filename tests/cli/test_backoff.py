"""Pauses grow, with jitter, up to a limit."""

from itertools import islice

from tc_cli.client import backoff


def test_pauses_double_up_to_the_longest() -> None:
    assert list(islice(backoff.delays(chance=lambda: 1.0), 7)) == [1, 2, 4, 8, 16, 30, 30]


def test_chance_takes_away_up_to_half() -> None:
    assert list(islice(backoff.delays(chance=lambda: 0.0), 3)) == [0.5, 1, 2]

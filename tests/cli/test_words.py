"""Words for people, and nothing that could steer their terminal."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tc_cli.output import views, words
from tc_cli.tui import call_words

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_nairobi(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Africa/Nairobi")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (40, "40 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_spans_are_told_in_their_largest_units(seconds: float, said: str) -> None:
    assert words.span(seconds) == said


@pytest.mark.parametrize(("seconds", "said"), [(-3, "0:00"), (5.9, "0:05"), (65, "1:05"), (3725.5, "1:02:05")])
def test_a_clock_runs(seconds: float, said: str) -> None:
    assert words.length(seconds) == said


def test_what_is_shown_of_one_time_is_the_same_everywhere() -> None:
    assert "5 s" in call_words.ended("Amal", "ended", 5.9)
    assert "5 s" in views.ended("ended", 5.9, by_somebody=True)
    assert words.length(5.9) == "0:05"


@pytest.mark.parametrize(
    ("count", "said"), [(999, "999 B"), (1000, "1 kB"), (137_400, "137 kB"), (10_000_000, "10.0 MB")]
)
def test_sizes_are_told_in_thousands(count: int, said: str) -> None:
    assert words.size(count) == said


def test_times_are_local_and_short_today() -> None:
    assert words.moment(NOON, now=NOON) == "15:00"
    assert words.moment(NOON, now=NOON + timedelta(days=1)) == "2026-11-22 15:00"
    assert words.full_moment(NOON) == "2026-11-22 15:00:00 EAT"
    assert words.moment(None) == ""


@pytest.mark.parametrize(
    "attack",
    ["\x1b[2Jgone", "bell\x07", "\x9b31mred", "over\u202ewritten", "two\x00halves", "up\x08\x08", "\u2028line"],
)
def test_nothing_steers_the_terminal(attack: str) -> None:
    shown = words.plain(attack)
    assert shown.isprintable() or "\ufffd" in shown
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u2028" for char in shown)


@pytest.mark.parametrize("text", ["مرحبا", "می‌خواهم", "👩‍⚕️", "ሰላም", "မင်္ဂလာပါ", "naïve"])
def test_every_script_stays_as_it_is(text: str) -> None:
    assert words.plain(text) == text


def test_lines_become_one_unless_kept() -> None:
    assert words.plain("one\ntwo") == "one two"
    assert words.plain("one\ntwo", keep_lines=True) == "one\ntwo"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kbps": 900, "rtt_ms": 80, "loss": 0.02}, " (900 kbit/s, 80 ms, −2%)"),
        ({"kbps": 900, "rtt_ms": 80, "loss": 0.0}, " (900 kbit/s, 80 ms)"),
        ({"kbps": None, "rtt_ms": None, "loss": None}, ""),
        ({"kbps": "\x1b[2J"}, ""),
    ],
)
def test_what_a_device_test_measured_follows_its_result(data: dict[str, object], said: str) -> None:
    assert words.measured(data) == said

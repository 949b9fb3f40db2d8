"""Times as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tc_cli.client import when
from tc_cli.client.errors import Misuse

# A Wednesday, 22:30 in Beirut.
NOW = datetime(2026, 11, 25, 20, 30, tzinfo=UTC)
BEIRUT = "Asia/Beirut"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01 14:30", "2026-12-01T14:30+02:00"),
        ("2026-12-01T14:30", "2026-12-01T14:30+02:00"),
        ("2026-12-01T14:30+03:00", "2026-12-01T14:30+03:00"),
        ("2026-12-01T14:30:00Z", "2026-12-01T14:30+00:00"),
        ("tomorrow 14:30", "2026-11-26T14:30+02:00"),
        ("Tomorrow 9.05", "2026-11-26T09:05+02:00"),
        ("today 23:00", "2026-11-25T23:00+02:00"),
        ("23:00", "2026-11-25T23:00+02:00"),
        ("9:00", "2026-11-26T09:00+02:00"),
        ("fri 9:00", "2026-11-27T09:00+02:00"),
        ("wednesday 9:00", "2026-12-02T09:00+02:00"),
        ("in 2h", "2026-11-26T00:30+02:00"),
        ("in 90 min", "2026-11-26T00:00+02:00"),
        ("in 3d", "2026-11-28T22:30+02:00"),
        ("in 1h30m", "2026-11-26T00:00+02:00"),
        ("in 1d 2h", "2026-11-27T00:30+02:00"),
        ("1.12.2026 14:30", "2026-12-01T14:30+02:00"),
        ("tomorrow 2:30 PM", "2026-11-26T14:30+02:00"),
        ("fri 9am", "2026-11-27T09:00+02:00"),
        ("12am", "2026-11-26T00:00+02:00"),
        ("tomorrow noon", "2026-11-26T12:00+02:00"),
    ],
)
def test_a_time_is_read_in_its_zone(written: str, meant: str) -> None:
    assert when.read(written, BEIRUT, NOW) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "25:00",
        "12:60",
        "31.13.2026 10:00",
        "2026-13-01 10:00",
        "12/1/2026 10:00",
        "13pm",
        "0am",
        "tomorrow 9",
        "in",
        "in h",
        "someday 9:00",
    ],
)
def test_what_is_no_time_is_refused_with_examples(written: str) -> None:
    with pytest.raises(Misuse) as refused:
        when.read(written, BEIRUT, NOW)
    assert "tomorrow 14:30" in refused.value.remedy


def test_a_time_that_a_clock_change_skips_is_refused() -> None:
    with pytest.raises(Misuse, match="There is no 02:30"):
        when.read("2027-03-28 02:30", "Europe/Zurich", NOW)


def test_a_zone_that_is_not_there_gets_its_likely_names() -> None:
    with pytest.raises(Misuse) as refused:
        when.zone_of("Addis Ababa")
    assert refused.value.remedy == "Did you mean Africa/Addis_Ababa?"


def test_this_machines_zone_is_one_that_there_is() -> None:
    assert ZoneInfo(when.local_zone())

"""A number tells the zone of its owner where it can, and says so where it can't."""

from datetime import UTC, datetime

import pytest

from tc_server.domain.errors import InvalidTimezone
from tc_server.domain.zones import MAIN, require_zone, zone_of

AT = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+96171123456", "Asia/Beirut"),
        ("+34612345678", "Europe/Madrid"),
        ("+351912345678", "Europe/Lisbon"),
        ("+380501234567", "Europe/Kyiv"),
        ("+959123456789", "Asia/Yangon"),
        ("+18765551234", "America/Jamaica"),
        ("+447400123456", "Europe/London"),
        ("+12025550143", "America/New_York"),
        ("+77011234567", "Asia/Almaty"),
        ("+970599123456", "Asia/Gaza"),
        (None, "UTC"),
    ],
)
def test_a_number_tells_the_zone_of_its_country_or_of_its_part_of_it(phone: str | None, zone: str) -> None:
    assert zone_of(None, phone, AT) == zone


@pytest.mark.parametrize(
    ("phone", "among"),
    [("+243812345678", "Africa/Kinshasa, Africa/Lubumbashi"), ("+79161234567", "Asia/Anadyr"), ("+61491570156", "…")],
)
def test_where_clocks_of_a_country_differ_it_has_to_be_said(phone: str, among: str) -> None:
    with pytest.raises(InvalidTimezone) as refused:
        zone_of(None, phone, AT)
    assert among in refused.value.detail
    assert zone_of("Africa/Lubumbashi", phone, AT) == "Africa/Lubumbashi"


@pytest.mark.parametrize("zone", [*MAIN.values(), None])
def test_every_main_zone_is_one(zone: str | None) -> None:
    require_zone(zone)


def test_a_zone_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidTimezone):
        require_zone("Mars/Olympus")

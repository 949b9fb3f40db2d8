"""What the page is told of languages that browsers lack is whole."""

import pytest

from tc_server.locales import languages
from tc_server.web.cldr import LEFT_OUT, cldr

CODES = [language.code for language in languages()]


@pytest.mark.parametrize("code", sorted(LEFT_OUT & set(CODES)))
def test_a_language_that_browsers_lack_comes_with_its_names_patterns_and_units(code: str) -> None:
    told = cldr(code)
    assert told
    assert len(told["months"]) == 12  # type: ignore[arg-type]
    assert len(set(told["days"])) == 7  # type: ignore[call-overload]
    assert {"EEEE", "MMMM", "d"} <= set(str(told["day"]).replace(",", " ").replace("፣", " ").split())
    assert "y" in str(told["date"])
    assert "y" not in str(told["day"])
    assert "mm" in str(told["time"])
    assert told["decimal"] in (".", ",", "٫")


@pytest.mark.parametrize("code", sorted(set(CODES) - LEFT_OUT))
def test_no_other_language_carries_that_weight(code: str) -> None:
    assert cldr(code) is None

"""What a browser must be told to say dates and numbers in a language that it hasn't learned (Unicode CLDR, by Babel).

Chromium leaves some languages out of what it ships, and with it most phones: they would get English dates.
`js/intl.js` fills the gap with this.
"""

import re
from functools import cache
from typing import Final

from babel import Locale

from tc_server.locales import UNITS, catalogue
from tc_server.locales.numerals import digits

LEFT_OUT: Final = frozenset(("ha", "my", "ps", "so", "ti"))
"""Languages without data in Chromium's `Intl` (measured in tests/browser/test_languages.py)."""

_YEAR: Final = re.compile(r"(?: د|,)?\s*\by\b")


@cache
def cldr(language: str) -> dict[str, object] | None:
    """Return names, patterns, units and digits in a language, as `Cldr` in js/intl.js; None where browsers know it."""
    if language not in LEFT_OUT:
        return None
    locale = Locale.parse(language)
    texts = catalogue(language).texts["unit"]
    symbols = {**locale.number_symbols["latn"], **(locale.number_symbols[locale.default_numbering_system] or {})}
    date = locale.date_formats["full"].pattern
    periods, lists = locale.day_periods["format"]["abbreviated"], locale.list_patterns["standard"]
    return {
        "digits": digits(language),
        "decimal": symbols["decimal"],
        "months": [locale.months["format"]["wide"][month] for month in range(1, 13)],
        # From Monday.
        "days": [locale.days["format"]["wide"][day] for day in range(7)],
        "date": date,
        "day": _YEAR.sub("", date).strip(),
        "time": locale.time_formats["short"].pattern,
        "periods": [periods["am"], periods["pm"]],
        "units": {name: texts[msgid] for name, msgid in UNITS.items()},
        "list": [lists["middle"], lists["end"], lists["2"]],
    }

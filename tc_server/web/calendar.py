"""The harmless page at `/`: this month's calendar, with nothing on it that says what this server is for."""

import html
from calendar import Calendar
from datetime import UTC, date, datetime

from babel.dates import format_date, get_day_names

from tc_server.web.assets import HERE, url

_MONDAY_FIRST = Calendar(firstweekday=0)


def harmless(today: date | None = None, language: str = "en") -> bytes:
    """Draw a month's calendar: the current one unless `today` (in UTC) is given."""
    today = today or datetime.now(UTC).date()
    slots = {
        "language": language,
        "month": html.escape(format_date(today, "LLLL y", locale=language)),
        "css": html.escape(url("css/calendar.css")),
        "days": "".join(f"<th scope=col>{html.escape(name)}" for name in _day_names(language)),
        "weeks": "".join(f"<tr>{''.join(_cell(day, today) for day in week)}" for week in _weeks(today)),
    }
    text = (HERE / "calendar.html").read_text(encoding="utf-8")
    for name, value in slots.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text.encode()


def _weeks(today: date) -> list[list[date]]:
    return _MONDAY_FIRST.monthdatescalendar(today.year, today.month)


def _day_names(language: str) -> list[str]:
    names = get_day_names("abbreviated", locale=language)
    return [names[day] for day in _MONDAY_FIRST.iterweekdays()]


def _cell(day: date, today: date) -> str:
    if day.month != today.month:
        return "<td>"
    mark = " aria-current=date" if day == today else ""
    return f"<td{mark}>{day.day}"

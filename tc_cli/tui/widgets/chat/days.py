"""How a day is called in a conversation."""

from datetime import date, timedelta

from tc_cli.tui.words import _


def day_name(day: date, today: date) -> str:
    """Return Today, Yesterday, or the weekday and the date."""
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    weekdays = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip
    return f"{weekdays[day.weekday()]} {day.isoformat()}"

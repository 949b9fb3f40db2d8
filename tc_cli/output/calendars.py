"""Planned conversations as a calendar file (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tc_cli.output import tables
from tc_server.wire.bodies import Invite

LENGTH = timedelta(minutes=30)


def write(planned: Iterable[Invite]) -> None:
    """Write one entry each. Calendars lie on servers and show on locked screens: they name nobody and hold no link."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//TeleConnect//tc//EN"]
    for invite in planned:
        assert invite.planned_at is not None
        lines += [
            "BEGIN:VEVENT",
            f"UID:{invite.session_id}@teleconnect",
            f"DTSTAMP:{_utc(datetime.now(UTC))}",
            f"DTSTART:{_utc(invite.planned_at)}",
            f"DTEND:{_utc(invite.planned_at + LENGTH)}",
            f"SUMMARY:TeleConnect {invite.session_id[-8:]}",
            "CLASS:PRIVATE",
            "END:VEVENT",
        ]
    tables.write("\r\n".join([*lines, "END:VCALENDAR"]) + "\r")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

"""Planned conversations as a calendar file (RFC 5545)."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tc_server.wire.bodies import Invite

LENGTH = timedelta(minutes=30)


def write(planned: Iterable[Invite]) -> None:
    """Write one entry a session. Calendars lie on servers, and show on locked screens: no name, no link."""
    now = datetime.now(UTC)
    sessions = {invite.session_id: invite.planned_at for invite in planned if invite.planned_at is not None}
    entries = [line for session_id, at in sessions.items() for line in _entry(session_id, at, now)]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//TeleConnect//tc//EN", *entries, "END:VCALENDAR"]
    sys.stdout.write("".join(f"{line}\r\n" for line in lines))


def _entry(session_id: str, at: datetime, now: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{session_id}@teleconnect",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(at)}",
        f"DTEND:{_utc(at + LENGTH)}",
        f"SUMMARY:TeleConnect {session_id[-8:]}",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

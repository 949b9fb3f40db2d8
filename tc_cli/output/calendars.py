"""Planned conversations as a calendar file (RFC 5545)."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import CLASS, Calendar, Event

from tc_server.wire.bodies import Invite

LENGTH = timedelta(minutes=30)


def write(planned: Iterable[Invite]) -> None:
    """Write one entry a session. Calendars lie on servers, and show on locked screens: no name, no link."""
    now = datetime.now(UTC)
    sessions = {invite.session_id: invite.planned_at for invite in planned if invite.planned_at is not None}
    entries = [_entry(session_id, at, now) for session_id, at in sessions.items()]
    calendar = Calendar.new(prodid="-//TeleConnect//tc//EN", subcomponents=entries)
    sys.stdout.write(calendar.to_ical().decode())


def _entry(session_id: str, at: datetime, now: datetime) -> Event:
    return Event.new(
        uid=f"{session_id}@teleconnect",
        stamp=now,
        start=at.astimezone(UTC),
        end=at.astimezone(UTC) + LENGTH,
        summary=f"TeleConnect {session_id[-8:]}",
        classification=CLASS.PRIVATE,
    )

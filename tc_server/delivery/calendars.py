"""What is planned, as a file for the person's calendar (RFC 5545, RFC 5546)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import CLASS, STATUS, Calendar, Event, vCalAddress

from tc_server.services.context import Appointment

_LENGTH: Final = timedelta(minutes=30)


def calendar(
    organisation: str, sender: str, appointment: Appointment, told_at: datetime, *, cancelled: bool
) -> Calendar:
    """Make one of an appointment. Whatever is told later takes the place of what was told before.

    `sender` is the address that the email comes from: without somebody who organises it, calendars may not cancel it.

    Calendars lie on servers and show on locked screens: there is no link in it and no name but the organisation's.
    """
    uid = f"{appointment.uid}@teleconnect"
    event = Event.new(
        uid=uid,
        stamp=told_at,
        sequence=int(told_at.timestamp()),
        start=(start := appointment.at.astimezone(UTC)),
        end=start + _LENGTH,
        organizer=vCalAddress.new(sender, cn=organisation),
        summary=organisation,
        classification=CLASS.PRIVATE,
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
    )
    method = "CANCEL" if cancelled else "PUBLISH"
    return Calendar.new(prodid="-//TeleConnect//tc//EN", uid=uid, method=method, subcomponents=[event])

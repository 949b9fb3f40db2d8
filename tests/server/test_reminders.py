"""Reminders through real servers: two on one PostgreSQL send each of them once."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar

from tests.databases import Database
from tests.mailserver import mail_server
from tests.server.world import ROOT_NAME, World
from tests.serving import Server

PEOPLE = 6
LEAD = timedelta(minutes=50)
NEAR = timedelta(seconds=6)


def calendars(mail: EmailMessage) -> list[Calendar]:
    """Return what is attached for a calendar."""
    files = [part.get_payload(decode=True) for part in mail.iter_attachments()]
    return [Calendar.from_ical(file) for file in files if isinstance(file, bytes)]


async def test_two_servers_on_one_database_remind_everybody_once(postgres_database: Database, tmp_path: Path) -> None:
    async with mail_server() as mails:
        settings = {
            "TC_DATABASE_URL": postgres_database.url,
            "TC_SECRET_KEY": "1f" * 32,
            "TC_SMTP_URL": mails.url(),
            "TC_MAIL_FROM": "talk@example.org",
            "TC_REMINDERS": f"{LEAD.seconds}s",
        }
        servers = [Server(tmp_path / name, **settings) for name in ("one", "two")]
        try:
            servers[0].add(ROOT_NAME, "admin")
            for server in servers:
                await asyncio.to_thread(server.start)
            async with World(servers[0]) as world:
                staff = await world.staff("lena")
                planned = datetime.now(UTC) + LEAD + NEAR
                for number in range(PEOPLE):
                    await staff.invite(email=f"p{number}@example.org", via="email", at=planned.isoformat())
                await mails.received(2 * PEOPLE)
                # Whatever either server still does by mistake would come before this.
                await staff.invite(email="last@example.org", via="email")
                await mails.received(2 * PEOPLE + 1)
        finally:
            for server in servers:
                server.kill()
    assert len(mails.mails) == 2 * PEOPLE + 1
    reminders = [mail for mail in mails.mails if "reminder" in mail["Subject"]]
    assert sorted(mail["To"] for mail in reminders) == [f"p{number}@example.org" for number in range(PEOPLE)]
    first = [mail for mail in mails.mails if calendars(mail)]
    assert sorted(mail["To"] for mail in first) == [f"p{number}@example.org" for number in range(PEOPLE)]
    starts = {calendars(mail)[0].walk("VEVENT")[0].start for mail in first}
    assert starts == {planned.replace(microsecond=0)}

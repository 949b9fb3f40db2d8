"""A batch by email, its client killed amid it, then the server: everybody is invited once and has one mail.

`TC_TEST_ROWS=10000` plays it at full size.
"""

import asyncio
import csv
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_server.delivery.providers.smtp import Smtp
from tests.mailserver import MailServer, mail_server
from tests.serving import PASSWORD, ROOT, Server

ROWS = int(os.environ.get("TC_TEST_ROWS", "300"))


class Sender:
    """Runs `tc invite batch` as staff does."""

    def __init__(self, server: Server, folder: Path) -> None:
        token = server.login("amina").token
        self._environment = os.environ | {"TC_SERVER": server.url, "TC_TOKEN": token, "PYTHONPATH": str(ROOT)}
        self.sheet, self.report = folder / "people.csv", folder / "report.csv"
        rows = (f"Person {n},person{n}@example.org,{'fr' if n % 2 else 'ar'},R{n}\n" for n in range(ROWS))
        self.sheet.write_text("name,email,language,reference\n" + "".join(rows))

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """Begin or go on."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tc_cli", "invite", "batch", str(self.sheet), "--report", str(self.report), *words),
            env=self._environment,
            cwd=self.sheet.parent,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )

    def maybe_twice(self) -> set[str]:
        """Ask the server who may have got a mail twice."""
        with Api(Access(self._environment["TC_SERVER"], self._environment["TC_TOKEN"])) as api:
            invites = list(api.every(calls.invites))
        return {one.email or "" for one in invites if any(delivery.maybe_twice for delivery in one.deliveries)}

    def reported(self) -> list[dict[str, str]]:
        """Read the report."""
        with self.report.open(newline="") as file:
            return list(csv.DictReader(file))


async def until(mails: MailServer, enough: Callable[[], bool]) -> None:
    """Wait, looking at each mail that comes."""
    async with asyncio.timeout(600):
        while not enough():
            await mails.received(len(mails.mails) + 1)


async def test_a_batch_whose_client_and_then_whose_server_is_killed_invites_and_writes_to_everybody_once(
    tmp_path: Path,
) -> None:
    async with mail_server(login=False) as mails:
        url = mails.url(login=False)
        server = Server(tmp_path, TC_SMTP_URL=url, TC_MAIL_FROM="talk@example.org")
        server.add("amina", "admin", PASSWORD)
        server.start()
        try:
            sender = Sender(server, tmp_path)
            run = await sender.start("--rate", str(ROWS / 4))
            await until(mails, lambda: len(mails.mails) > ROWS / 100)
            run.kill()
            await run.communicate()
            assert 0 < len(sender.reported()) < ROWS

            run = await sender.start("--resume", "--rate", str(ROWS / 4))
            await until(mails, lambda: len(mails.mails) > ROWS / 20)
            server.kill()
            server.start()
            _, said = await run.communicate()
            assert run.returncode == 0, said

            found = sender.reported()
            assert [row["reference"] for row in found] == [f"R{n}" for n in range(ROWS)]
            assert len({row["invite_id"] for row in found}) == ROWS
            everybody = {f"person{n}@example.org" for n in range(ROWS)}
            await until(mails, lambda: len(mails.recipients) >= ROWS and everybody <= set(mails.recipients))
            assert Counter(to for to, _ in {(mail["To"], mail["Message-ID"]) for mail in mails.mails}) == dict.fromkeys(
                everybody, 1
            )
            # Where the kill fell between a mail and the note of it, it was sent again under the same id, and says so.
            twice = {to for to, times in Counter(mails.recipients).items() if times > 1}
            assert len(mails.recipients) - ROWS <= Smtp.width
            assert twice <= sender.maybe_twice()
        finally:
            server.kill()

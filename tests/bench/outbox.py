"""The outbox: a batch by email until the last mail has arrived, next to the same number of mails sent bare."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import aiosmtplib

from tc_server.delivery.mail import mail
from tc_server.delivery.providers.smtp import Smtp
from tc_server.locales import catalogue
from tests.bench import parties

ROWS = 2000
_TC = [sys.executable, "-c", "from tc_cli.main import run; run()"]


def measure() -> dict[str, float]:
    """Measure mails per second: from `tc invite batch` to the last mail's arrival, and sent bare."""
    with tempfile.TemporaryDirectory() as folder, _sink() as (port, said):
        data = Path(folder)
        (party,) = parties.run(parties.prepare(data, 1, staff=1))
        sheet = data / "people.csv"
        people = (f"Person {n},person{n}@example.org,{'fr' if n % 2 else 'ar'},R{n}\n" for n in range(ROWS))
        sheet.write_text("name,email,language,reference\n" + "".join(people))
        by_mail = {"TC_SMTP_URL": f"smtp://127.0.0.1:{port}", "TC_MAIL_FROM": "talk@example.org"}
        with parties.server(data, **by_mail) as url:
            server = parties.server_at(url)
            used = parties.cpu_of(server)
            there = {"TC_SERVER": url, "TC_TOKEN": party.staff_token}
            start = time.perf_counter()
            command = [*_TC, "invite", "batch", str(sheet), "--report", str(data / "report.csv"), "--quiet"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | there, cwd=parties.ROOT)
            assert said.readline() == b"all\n"
            ours = time.perf_counter() - start
            used = parties.cpu_of(server) - used
        start = time.perf_counter()
        asyncio.run(_bare(port))
        assert said.readline() == b"all\n"
        bare = time.perf_counter() - start
        return {
            "mails_per_second": ROWS / ours,
            "bare_per_second": ROWS / bare,
            "server_cpu_us": used / ROWS * 1e6,
        }


async def _bare(port: int) -> None:
    """Send one finished mail again and again, over as many connections."""
    content = mail(
        subject="An invitation",
        text="Hello\n\nhttps://talk.example.org/j/fr#x\n\nBye",
        link="https://talk.example.org/j/fr#x",
        button="Open",
        language=catalogue("fr").language,
        to="person@example.org",
        sender_name="Example",
        sender_address="talk@example.org",
        message_id="1@example.org",
        sent_at=datetime.now(UTC),
    ).as_bytes()

    async def send() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as smtp:
            for _ in range(ROWS // Smtp.width):
                await smtp.sendmail("talk@example.org", "person@example.org", content)

    await asyncio.gather(*(send() for _ in range(Smtp.width)))


@contextmanager
def _sink() -> Iterator[tuple[int, IO[bytes]]]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.sink", str(ROWS)]
    with subprocess.Popen(command, cwd=parties.ROOT, stdout=subprocess.PIPE) as sink:
        assert sink.stdout is not None
        try:
            yield int(sink.stdout.readline()), sink.stdout
        finally:
            sink.kill()

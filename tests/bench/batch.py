"""A batch: a file through `tc` and the server, checked, invited and reported, next to bare inserts of the same rows."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import parties

ROWS = 2000
PART = 100
"""Rows a transaction, as `tc` sends them."""
_TABLES = ("main.sessions", "vault.session_keys", "main.participants", "main.invites", "main.idempotency")
_TC = [sys.executable, "-c", "from tc_cli.main import run; run()"]


def measure() -> dict[str, float]:
    """Measure rows per second: of a whole run of `tc`, and of its rows inserted into an empty SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (party,) = parties.run(parties.prepare(data, 1, staff=1))
        sheet = data / "people.csv"
        people = (f"Person {n},en,link,R{n}\n" for n in range(ROWS))
        sheet.write_text("name,language,via,reference\n" + "".join(people))
        with parties.server(data) as url:
            there = {"TC_SERVER": url, "TC_TOKEN": party.staff_token}
            server = parties.server_at(url)
            used = parties.cpu_of(server)
            first = _run(sheet, there)
            used = parties.cpu_of(server) - used
            again = _run(sheet, there)
        return {
            "rows_per_second": ROWS / first,
            "repeated_per_second": ROWS / again,
            "server_cpu_us": used / ROWS * 1e6,
            "bare_per_second": ROWS / _bare(data),
        }


def _run(sheet: Path, there: dict[str, str]) -> float:
    report = sheet.with_name("report.csv")
    command = [*_TC, "invite", "batch", str(sheet), "--report", str(report), "--force", "--quiet"]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | there, cwd=parties.ROOT)
    return time.perf_counter() - start


def _bare(data: Path) -> float:
    """Insert the rows that the run has left, in as many transactions, as durably; tell the seconds."""
    (data / "bare").mkdir()
    there, bare = _open(data), _open(data / "bare")
    statements: list[tuple[str, list[tuple[object, ...]]]] = []
    for table in _TABLES:
        schema, _, name = table.partition(".")
        [(made,)] = there.execute(f"SELECT sql FROM {schema}.sqlite_master WHERE name = ? AND type = 'table'", (name,))
        bare.execute(made.replace("CREATE TABLE ", f"CREATE TABLE {schema}.", 1))
        indexes = there.execute(
            f"SELECT sql FROM {schema}.sqlite_master WHERE tbl_name = ? AND type = 'index'", (name,)
        )
        for (index,) in indexes.fetchall():
            if index:
                bare.execute(index.replace(" INDEX ", f" INDEX {schema}.", 1))
        rows = there.execute(f"SELECT * FROM {table}").fetchall()
        statements.append((f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows))
    start = time.perf_counter()
    for first in range(0, ROWS, PART):
        bare.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            bare.executemany(statement, rows[first : first + PART])
        bare.execute("COMMIT")
    return time.perf_counter() - start


def _open(data: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(data / "teleconnect.sqlite3", isolation_level=None)
    connection.execute("ATTACH DATABASE ? AS vault", (str(data / "vault.sqlite3"),))
    for schema in ("main", "vault"):
        connection.execute(f"PRAGMA {schema}.journal_mode=WAL")
        connection.execute(f"PRAGMA {schema}.synchronous=FULL")
    return connection

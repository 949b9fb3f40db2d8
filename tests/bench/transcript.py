"""A transcript of 500 messages, as a whole process, next to writing the same words with plain fpdf2 in Helvetica."""

import os
import subprocess
import sys
import time
from statistics import median

from tests.bench.parties import ROOT

MESSAGES = 500

_OURS = f"""
import io
from datetime import UTC, datetime, timedelta
from tc_cli.transcript import Entry, Transcript, write_transcript
start = datetime(2026, 1, 1, tzinfo=UTC)
entries = [
    Entry(start + timedelta(minutes=n), "staff" if n % 2 else "service-user", "Amina" if n % 2 else "Jo",
          f"Message number {{n}}: the medicine is at the pharmacy, twice a day after a meal.", None)
    for n in range({MESSAGES})
]
write_transcript(Transcript(start, UTC, entries), io.BytesIO())
"""

_PLAIN = f"""
from fpdf import FPDF
pdf = FPDF()
pdf.set_font("Helvetica", size=10)
pdf.add_page()
for n in range({MESSAGES}):
    pdf.multi_cell(0, 5, f"Message number {{n}}: the medicine is at the pharmacy, twice a day after a meal.",
                   new_x="LMARGIN", new_y="NEXT")
pdf.output()
"""


def measure() -> dict[str, float]:
    """Measure, median of three; milliseconds for whole processes, bytecode compiled."""
    return {"ours_ms": _time(_OURS), "plain_fpdf2_ms": _time(_PLAIN)}


def _time(program: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def once() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, env=environment)
        return (time.perf_counter() - start) * 1000

    once()
    return median(once() for _ in range(3))

"""Run the measures and print them, ratios first; everything goes to `tests/bench/results/latest.json` too."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import batch, calling, chat, memory, outbox, page, ring, screen, start, transcript

RESULTS = Path(__file__).parent / "results" / "latest.json"


def _chat(found: Any) -> list[tuple[str, str]]:
    ours, raw = found["ours"], found["raw_relay"]
    return [
        ("throughput, of the raw relay's", f"{ours['per_second'] / raw['per_second']:.2f}"),
        (
            "server's processor time a message",
            f"{ours['server_cpu_us'] / raw['server_cpu_us']:.1f} times the relay's ({ours['server_cpu_us']:.0f} µs)",
        ),
        ("delivered per second", f"{ours['per_second']:,.0f} (relay {raw['per_second']:,.0f})"),
        ("p50 at 2,000/s", f"{ours['p50_ms']:.1f} ms (relay {raw['p50_ms']:.1f})"),
        ("p99 at 2,000/s", f"{ours['p99_ms']:.1f} ms (relay {raw['p99_ms']:.1f})"),
    ]


def _ring(found: Any) -> list[tuple[str, str]]:
    ratio = found["ring_p50_ms"] / found["plain_request_p50_ms"]
    return [
        ("Join to ring, in plain requests", f"{ratio:.1f}"),
        ("p50 / p99", f"{found['ring_p50_ms']:.1f} / {found['ring_p99_ms']:.1f} ms"),
    ]


def _memory(found: Any) -> list[tuple[str, str]]:
    return [
        ("of a bare websockets server's", f"{found['ours_kb'] / found['bare_websockets_kb']:.2f}"),
        ("per idle link", f"{found['ours_kb']:.1f} kB (bare {found['bare_websockets_kb']:.1f})"),
    ]


def _start(found: Any) -> list[tuple[str, str]]:
    return [
        ("tc --help, in imports of typer", f"{found['tc_help_ms'] / found['import_typer_ms']:.2f}"),
        *((name.removesuffix("_ms").replace("_", " "), f"{value:.0f} ms") for name, value in found.items()),
    ]


def _transcript(found: Any) -> list[tuple[str, str]]:
    return [
        ("of plain fpdf2's time", f"{found['ours_ms'] / found['plain_fpdf2_ms']:.2f}"),
        ("500 messages", f"{found['ours_ms']:.0f} ms (plain {found['plain_fpdf2_ms']:.0f})"),
    ]


def _page(found: Any) -> list[tuple[str, str]]:
    return [
        ("of the budget of 30 kB", f"{found['kilobytes'] / 30:.2f}"),
        ("to the waiting room", f"{found['kilobytes']:.1f} kB in {found['requests']:.0f} requests"),
        ("at 50 kbit/s and 500 ms", f"{found['seconds_at_50_kbit']:.1f} s"),
    ]


def _screen(found: Any) -> list[tuple[str, str]]:
    return [
        ("first screen, in empty Textual apps", f"{found['first_screen_ms'] / found['empty_app_ms']:.2f}"),
        ("a key among 1,000 sessions, of one among 10", f"{found['key_in_1000_ms'] / found['key_in_10_ms']:.2f}"),
        (
            "a key with 10,000 messages, of one with 10",
            f"{found['typed_over_10000_ms'] / found['typed_over_10_ms']:.2f}",
        ),
        ("first screen", f"{found['first_screen_ms']:.0f} ms (empty app {found['empty_app_ms']:.0f})"),
        ("first answer of the server", f"{found['first_answer_ms']:.0f} ms"),
        ("bytes a keystroke", f"{found['bytes_a_keystroke']:.0f}"),
        ("bytes a minute, idle", f"{found['bytes_a_minute_idle']:.0f}"),
        ("key to paint, in the list", f"{found['key_in_1000_ms']:.1f} ms (short {found['key_in_10_ms']:.1f})"),
        ("key to paint, in the log", f"{found['key_over_10000_ms']:.1f} ms (short {found['key_over_10_ms']:.1f})"),
        (
            "key to paint, in the composer",
            f"{found['typed_over_10000_ms']:.1f} ms (short {found['typed_over_10_ms']:.1f})",
        ),
    ]


def _calling(found: Any) -> list[tuple[str, str]]:
    return [
        ("with pictures, in calls by voice", f"{found['video_kbps'] / found['audio_kbps']:.0f}"),
        *((f"{media}, at each end", f"{found[f'{media}_kbps']:.0f} kbit/s") for media in ("audio", "video")),
        *((f"{media}, in the relay", f"{found[f'{media}_relay_cpu']:.2%} of a core") for media in ("audio", "video")),
        ("one echo with pictures", f"{found['echo_cpu']:.0%} of a core, {found['echo_megabytes']:.0f} MB"),
    ]


def _batch(found: Any) -> list[tuple[str, str]]:
    return [
        ("of bare inserts of the same rows", f"{found['rows_per_second'] / found['bare_per_second']:.3f}"),
        ("rows per second", f"{found['rows_per_second']:,.0f} (bare {found['bare_per_second']:,.0f})"),
        ("the same file again", f"{found['repeated_per_second']:,.0f} rows per second"),
        ("server's processor time a row", f"{found['server_cpu_us']:,.0f} µs"),
    ]


def _outbox(found: Any) -> list[tuple[str, str]]:
    return [
        ("of mails sent bare", f"{found['mails_per_second'] / found['bare_per_second']:.2f}"),
        ("from a file to the last mail", f"{found['mails_per_second']:,.0f} a second"),
        ("sent bare", f"{found['bare_per_second']:,.0f} a second"),
        ("server's processor time a mail", f"{found['server_cpu_us']:,.0f} µs, inviting included"),
    ]


MEASURES: dict[str, tuple[Callable[[], Any], Callable[[Any], list[tuple[str, str]]]]] = {
    "chat": (chat.measure, _chat),
    "ring": (ring.measure, _ring),
    "memory": (memory.measure, _memory),
    "start": (start.measure, _start),
    "transcript": (transcript.measure, _transcript),
    "page": (page.measure, _page),
    "screen": (screen.measure, _screen),
    "calling": (calling.measure, _calling),
    "batch": (batch.measure, _batch),
    "outbox": (outbox.measure, _outbox),
}


def main(names: list[str]) -> None:
    """Measure what is named, or everything."""
    console = Console()
    table = Table("measure", "what", "value", title="Ratios first; this run only")
    results: dict[str, Any] = {"measured_at": datetime.now(UTC).isoformat()}
    for name in names or MEASURES:
        measure, rows = MEASURES[name]
        with console.status(f"measuring {name}"):
            results[name] = measure()
        for what, value in rows(results[name]):
            table.add_row(name, what, value)
        table.add_section()
    console.print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    console.print(f"written to {RESULTS}")


if __name__ == "__main__":
    main(sys.argv[1:])

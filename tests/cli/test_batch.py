"""`tc invite batch`: checked first, invited once, reported row by row, whatever is killed in between."""

import contextlib
import csv
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.batch import sheet
from tc_cli.client.batch.persistence import Persistence
from tc_cli.client.batch.sending import Pace
from tc_cli.client.profile import Access
from tc_cli.output import progress
from tests.cli.conftest import ADMIN, MODULE, Tc, access, use
from tests.serving import Server, eventually, serving

pytestmark = pytest.mark.usefixtures("staff")

HEAD = "name,phone,language,via,reference\n"
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def people(count: int, via: str = "link") -> str:
    return HEAD + "".join(f"Person {n},+4144668{1800 + n},en,{via},R{n}\n" for n in range(count))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, name: str = "people.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def reported(path: str | Path = "report.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(Path(path).read_text(encoding="utf-8").splitlines()))


def invited(staff: Access) -> list[str]:
    with Api(staff) as api:
        return [one.name for one in api.every(calls.invites)]


def test_everybody_in_a_file_is_invited_and_reported(tc: Tc, fresh: Access, folder: Path) -> None:
    run = tc("invite", "batch", write(people(7)), "-o", "json")
    assert run.code == 0
    assert [row["line"] for row in run.list] == [2, 3, 4, 5, 6, 7, 8]
    assert run.list[0].keys() == {"line", "reference", "result", "invite_id", "url", "error"}
    assert {row["result"] for row in run.list} == {"invited"}
    assert sorted(invited(fresh)) == [f"Person {n}" for n in range(7)]


def test_json_lines_and_csv_say_the_same(tc: Tc, fresh: Access, folder: Path) -> None:
    lines = tc("invite", "batch", write(people(3)), "-o", "jsonl")
    assert [line[:10] for line in lines.out.splitlines()] == ['{"line":2,', '{"line":3,', '{"line":4,']
    again = tc("invite", "batch", "people.csv", "-o", "csv").out.splitlines()
    assert again[0] == "line,reference,result,invite_id,url,error"
    assert [row.split(",")[:3] for row in again[1:]] == [[f"{n + 2}", f"R{n}", "repeated"] for n in range(3)]


def test_with_a_fault_anywhere_nobody_is_invited(tc: Tc, fresh: Access, folder: Path) -> None:
    text = people(2) + "Bad,12,tlh,sms,R8\n" + 'Quoted,,en,"sms",R9\n'
    run = tc("invite", "batch", write(text), "--report", "report.csv")
    assert run.code == 6
    assert run.out == ""
    assert 'line 4, phone "12": This isn\'t a phone number' in run.err
    assert 'line 4, language "tlh": ' in run.err
    assert "line 5, phone (empty): " in run.err
    assert "error: 3 faults in 2 of 4 rows; nothing was sent. " in run.err
    assert invited(fresh) == []
    assert not Path("report.csv").exists()


def test_the_good_rows_are_sent_if_told_so_and_all_are_reported_in_their_order(
    tc: Tc, fresh: Access, folder: Path
) -> None:
    text = (
        HEAD + "Bad,12,en,sms,R0\nA,+41446681800,en,link,R1\nB,x,en,sms,R2\nC,+41446681801,en,link,R3\nD,,en,sms,R4\n"
    )
    run = tc("invite", "batch", write(text), "--skip-bad", "--report", "report.csv")
    assert run.code == 8
    assert [(row["line"], row["result"]) for row in reported()] == [
        ("2", "refused"),
        ("3", "invited"),
        ("4", "refused"),
        ("5", "invited"),
        ("6", "refused"),
    ]
    assert reported()[0]["error"].startswith("phone: ")
    assert sorted(invited(fresh)) == ["A", "C"]


def test_if_every_row_is_bad_skipping_them_leaves_nothing_done(tc: Tc, fresh: Access, folder: Path) -> None:
    assert tc("invite", "batch", write(HEAD + "Bad,12,en,sms,R0\n"), "--skip-bad").code == 6


def test_a_dry_run_counts_and_sends_nothing(tc: Tc, fresh: Access, folder: Path) -> None:
    text = people(3) + "A,+41446681700,en,sms,S1\nB,+41446681701,en,whatsapp,S2\n"
    run = tc("invite", "batch", write(text), "--dry-run")
    assert run.code == 0
    assert [line.split()[-2:] for line in run.out.splitlines()[1:]] == [["link", "3"], ["sms", "1"], ["whatsapp", "1"]]
    assert invited(fresh) == []
    rows = tc("invite", "batch", write(text + "C,12,en,sms,S3\n"), "--dry-run", "-o", "json")
    assert rows.code == 6
    assert [(row["result"], row["channel"]) for row in rows.list[-2:]] == [("ok", "whatsapp"), ("refused", "")]


def test_a_time_is_refused_until_sessions_can_be_planned(tc: Tc, fresh: Access, folder: Path) -> None:
    run = tc("invite", "batch", write("name,via,at,timezone,reference\nA,link,2031-01-01 10:00,Asia/Beirut,1\n"))
    assert run.code == 6
    assert 'line 2, at "2031-01-01 10:00": ' in run.err
    assert tc("invite", "batch", write("name,via,at,timezone,reference\nA,link,,Asia/Beirut,1\n")).code == 0


def test_a_file_sent_twice_invites_nobody_twice(tc: Tc, fresh: Access, folder: Path) -> None:
    first = tc("invite", "batch", write(people(5)), "-o", "json").list
    again = tc("invite", "batch", "people.csv", "-o", "json").list
    assert [row["url"] for row in again] == [row["url"] for row in first]
    assert {row["result"] for row in again} == {"repeated"}
    # Its rows are known by the name of the batch, wherever the file is.
    moved = tc("invite", "batch", write(people(6), "moved.csv"), "--batch", "people", "-o", "json").list
    assert Counter(row["result"] for row in moved) == {"repeated": 5, "invited": 1}
    assert len(invited(fresh)) == 6


def test_rows_without_reference_are_known_by_their_contact(tc: Tc, fresh: Access, folder: Path) -> None:
    tc("invite", "batch", write("name,phone,via\nAmal,+41446681800,link\n"))
    run = tc("invite", "batch", write("via;phone;name\nlink;0041 44 668 18 00;Amal H.\n"), "-o", "json")
    assert [row["result"] for row in run.list] == ["repeated"]


def test_stdin_needs_a_name(tc: Tc, fresh: Access) -> None:
    assert tc("invite", "batch", "-", stdin=people(2)).code == 2
    assert tc("invite", "batch", "-", "--batch", "piped", stdin=people(2)).code == 0
    assert len(invited(fresh)) == 2


def test_an_existing_report_is_kept_unless_told_otherwise(tc: Tc, fresh: Access, folder: Path) -> None:
    write(people(2))
    assert tc("invite", "batch", "people.csv", "--report", "report.csv").code == 0
    refused = tc("invite", "batch", "people.csv", "--report", "report.csv")
    assert refused.code == 6
    assert "--resume" in refused.err
    assert tc("invite", "batch", "people.csv", "--report", "report.csv", "--force").code == 0
    assert {row["result"] for row in reported()} == {"repeated"}


def test_a_report_is_nobody_elses_to_read(tc: Tc, fresh: Access, folder: Path) -> None:
    tc("invite", "batch", write(people(2)), "--report", "report.csv")
    assert Path("report.csv").stat().st_mode & 0o777 == 0o600


def test_resuming_sends_what_is_missing_and_what_was_refused(tc: Tc, fresh: Access, folder: Path) -> None:
    text = people(3) + "Bad,12,en,sms,R9\n"
    words = ("--report", "report.csv", "--resume", "--skip-bad")
    assert tc("invite", "batch", write(text), *words).code == 8
    before = Path("report.csv").read_text()
    # The last row is torn, as by a power cut.
    Path("report.csv").write_text(before[: before.index("R2") + 1])
    better = tc("invite", "batch", write(text.replace(",12,", ",+41446681790,")), *words)
    assert better.code == 0
    assert [(row["reference"], row["result"]) for row in reported()] == [
        ("R0", "invited"),
        ("R1", "invited"),
        ("R2", "repeated"),
        ("R9", "invited"),
    ]
    assert len(invited(fresh)) == 4


@pytest.mark.parametrize(
    "content", ["name,phone\nA,1\n", "line,reference,result,invite_id,url,error\n9,Z,invited,,,\n"]
)
def test_what_is_no_report_of_this_file_is_not_gone_on_with(tc: Tc, fresh: Access, folder: Path, content: str) -> None:
    write(people(2))
    write(content, "report.csv")
    run = tc("invite", "batch", "people.csv", "--report", "report.csv", "--resume")
    assert run.code == 6
    assert Path("report.csv").read_text() == content
    assert invited(fresh) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nowhere.csv"], 6),
        (["people.csv", "--resume"], 2),
        (["people.csv", "--rate", "0"], 2),
        (["people.csv", "--report", "people.csv", "--force"], 2),
        (["people.csv", "--report", "r.csv", "--resume", "--force"], 2),
        (["people.csv", "--report", "nowhere/r.csv"], 6),
    ],
)
def test_what_does_not_fit_together_is_told_in_one_line(tc: Tc, folder: Path, words: list[str], code: int) -> None:
    write(people(2))
    run = tc("invite", "batch", *words)
    assert run.code == code
    assert run.err.startswith("error: ")
    assert run.err.count("\n") == 1


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.csv")), ids=lambda path: path.name)
def test_the_examples_of_the_docs_can_be_sent(tc: Tc, fresh: Access, example: Path) -> None:
    run = tc("invite", "batch", str(example), "--dry-run")
    assert run.code == 0, run.err
    assert "phone" in example.read_text(encoding="utf-8-sig")


def test_a_slow_pace_is_an_even_one() -> None:
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(2.0, pause, lambda: now[0])
    for _ in range(5):
        pace.wait(pace.at_once)
    assert now[0] == pytest.approx(4.0)
    assert (Pace(0.5).at_once, Pace(7).at_once, Pace(None).at_once) == (1, 7, 100)


# --- kills ------------------------------------------------------------------------------------------------------

ROWS = 300


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run a server of this test's own, logged in at."""
    with serving(tmp_path / "own") as server:
        server.add(ADMIN, "admin")
        use(access(server, ADMIN), monkeypatch)
        yield server


def begin(*words: str) -> "subprocess.Popen[bytes]":
    """Start a run that can be killed, at a pace at which it has to be waited for."""
    program = [*MODULE, "invite", "batch", "people.csv", "--report", "report.csv", "--rate", "80", *words]
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        program, env=os.environ | {"PYTHONPATH": root}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def is_under_way() -> bool:
    with contextlib.suppress(FileNotFoundError):
        return Path("report.csv").read_text().count("\n") > 60
    return False


def assert_whole(own: Server) -> None:
    rows = reported()
    assert [row["reference"] for row in rows] == [f"R{n}" for n in range(ROWS)]
    assert [row["line"] for row in rows] == [str(n + 2) for n in range(ROWS)]
    assert all(row["url"] and row["result"] in {"invited", "repeated"} for row in rows)
    assert len({row["invite_id"] for row in rows}) == ROWS
    assert sorted(invited(access(own, ADMIN))) == sorted(f"Person {n}" for n in range(ROWS))


@pytest.mark.parametrize("words", [("--resume",), ("--force",)], ids=["resumed", "begun anew"])
def test_a_kill_amid_a_run_loses_nothing_and_invites_nobody_twice(
    tc: Tc, own: Server, folder: Path, words: tuple[str, ...]
) -> None:
    write(people(ROWS))
    run = begin()
    eventually(is_under_way)
    run.kill()
    run.communicate()
    before = reported()
    assert 0 < len(before) < ROWS
    again = tc("invite", "batch", "people.csv", "--report", "report.csv", *words)
    assert again.code == 0, again.err
    assert_whole(own)
    if words == ("--resume",):
        assert reported()[: len(before)] == before


def test_a_server_killed_amid_a_run_and_started_again_is_waited_for(tc: Tc, own: Server, folder: Path) -> None:
    write(people(ROWS))
    run = begin()
    eventually(is_under_way)
    own.kill()
    assert run.stderr
    assert run.stderr.readline().startswith(b"warning: ")
    own.start()
    _, err = run.communicate(timeout=60)
    assert run.returncode == 0, err
    assert b"The server is back." in err
    assert_whole(own)


def test_a_server_that_stays_away_is_given_up_on_with_what_to_do(tc: Tc, own: Server, folder: Path) -> None:
    write(people(ROWS))
    run = begin("--patience", "1")
    eventually(is_under_way)
    own.kill()
    _, err = run.communicate(timeout=60)
    assert run.returncode == 7
    assert b"Run the same command again with --resume" in err
    own.start()
    assert tc("invite", "batch", "people.csv", "--report", "report.csv", "--resume").code == 0
    assert_whole(own)


def test_an_interrupted_run_says_how_far_it_came_and_how_to_go_on(tc: Tc, own: Server, folder: Path) -> None:
    write(people(ROWS))
    run = begin()
    eventually(is_under_way)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert f"of {ROWS} rows are invited. Run the same command again with --resume".encode() in err
    assert tc("invite", "batch", "people.csv", "--report", "report.csv", "--resume").code == 0
    assert_whole(own)


def test_two_runs_do_not_write_one_report(tc: Tc, own: Server, folder: Path) -> None:
    write(people(ROWS))
    run = begin()
    eventually(is_under_way)
    second = tc("invite", "batch", "people.csv", "--report", "report.csv", "--resume")
    run.kill()
    run.communicate()
    assert second.code == 6
    assert "Another run" in second.err


def test_a_long_sheet_is_cut_so_that_a_request_holds_it(staff: Access) -> None:
    from tc_cli.client.batch import planning

    long = "name,via,reference,note\n" + "".join(f'P,link,{n},"{"ነ" * 2000}"\n' for n in range(250))
    with Api(staff) as api:
        plan = planning.check(sheet.read(long.encode(), "long.csv"), "long", Persistence(api))
    assert plan.faults == []
    assert plan.channels == {"link": 250}


def test_a_log_is_told_now_and_then_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = iter([0.0, 4.0, 11.0, 12.0, 30.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    with progress.rows("Inviting", 1000) as advance:
        for _ in range(4):
            advance(100)
    assert capsys.readouterr().err.splitlines() == [
        "Inviting: 200 of 1,000, 18/s, 43 s left",
        "Inviting: 400 of 1,000, 13/s, 45 s left",
    ]


def test_a_login_that_ends_amid_a_run_ends_it_with_what_to_do(own: Server, folder: Path) -> None:
    write(people(ROWS))
    run = begin()
    eventually(is_under_way)
    with Api(Access(own.url, os.environ["TC_TOKEN"])) as api:
        api.do(calls.logout())
    _, err = run.communicate(timeout=60)
    assert run.returncode == 3
    assert b"are invited. Run the same command again with --resume" in err


def test_a_server_that_was_never_there_is_soon_given_up_on(
    tc: Tc, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TC_SERVER", "http://127.0.0.1:9")
    monkeypatch.setattr("tc_cli.client.batch.persistence._FIRST_PATIENCE", 0.2)
    run = tc("invite", "batch", write(people(2)))
    assert run.code == 7
    assert "Nothing was sent. Run the same command again" in run.err


def test_a_reference_with_odd_spaces_is_known_again_in_the_report(tc: Tc, fresh: Access, folder: Path) -> None:
    write('name,via,reference\nA,link,"N  7 "\nB,link,"two\nlines"\n')
    for _ in range(2):
        assert tc("invite", "batch", "people.csv", "--report", "report.csv", "--resume").code == 0
    assert [(row["reference"], row["result"]) for row in reported()] == [("N 7", "invited"), ("two lines", "invited")]

"""A session from start to oblivion, verb by verb."""

from pathlib import Path

import pytest
from PIL import Image

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tc_server.wire.bodies import DeviceTest, Message
from tests.cli.conftest import Run, Tc, Waiting, invite, join


@pytest.fixture
def active(tc: Tc, waiting: Waiting) -> Waiting:
    assert tc("session", "start", waiting.session_id).code == 0
    return waiting


@pytest.fixture
def closed(tc: Tc, active: Waiting) -> Waiting:
    assert tc("session", "close", active.session_id).code == 0
    return active


def says(guest: Waiting, text: str) -> None:
    with Api(guest.guest) as api:
        api.do(calls.send(guest.session_id, text, calls.new_client_id()))


def state(run: Run) -> object:
    assert run.code == 0, run.err
    return run.json["state"]


def test_a_session_goes_through_its_life(tc: Tc, waiting: Waiting) -> None:
    def go(verb: str) -> object:
        return state(tc("session", verb, waiting.session_id, "-o", "json"))

    verbs = ("start", "keep-open", "resume", "close", "reopen", "close")
    assert [go(verb) for verb in verbs] == ["active", "open", "active", "closed", "open", "closed"]


def test_what_the_state_forbids_is_told_with_what_it_allows(tc: Tc, closed: Waiting) -> None:
    refused = tc("session", "start", closed.session_id, "--verbose")
    assert refused.code == 5
    assert "Possible now: " in refused.err
    assert "code illegal_move, request " in refused.err


def test_starting_before_anybody_came_is_refused(tc: Tc, staff: Access) -> None:
    assert tc("session", "start", invite(staff).session_id).code == 5


def test_lists_can_be_narrowed_by_state(tc: Tc, fresh: Access) -> None:
    invite(fresh, "Yusuf")
    came = invite(fresh)
    join(came, fresh.server)
    assert len(tc("session", "list", "-o", "json").list) == 2
    (only,) = tc("session", "list", "--state", "waiting,active", "-o", "jsonl").out.splitlines()
    assert came.session_id in only


def test_showing_names_the_people(tc: Tc, active: Waiting) -> None:
    shown = tc("session", "show", active.session_id[-8:])
    assert "state     active" in shown.out
    assert "People" in shown.out
    assert tc("session", "show", active.session_id, "-o", "json").json["people"][0]["name"] == "Amal"  # type: ignore[index]


def test_another_ones_session_is_not_there(tc: Tc, active: Waiting, as_admin: Access) -> None:
    for verb in ("show", "messages", "close"):
        assert tc("session", verb, active.session_id).code == 4


def test_a_message_is_sent_and_read_back(tc: Tc, active: Waiting) -> None:
    sent = tc("session", "send", active.session_id, "good morning", "-o", "json").json
    says(active, "صباح الخير")
    log = tc("session", "messages", active.session_id, "--after", str(sent["seq"]), "-o", "json").list
    assert [entry["text"] for entry in log] == ["صباح الخير"]
    assert "service user Amal     صباح الخير" in tc("session", "messages", active.session_id).out


def test_a_text_comes_from_stdin(tc: Tc, active: Waiting) -> None:
    assert (
        tc("session", "send", active.session_id, "-", "-o", "json", stdin="two\nlines\n").json["text"] == "two\nlines"
    )


def test_a_device_test_is_told_in_words(tc: Tc, waiting: Waiting) -> None:
    body = DeviceTest(result="voice", audio=True, video=False, rtt_ms=310, loss=0.04, kbps=90, relay="tcp")
    with Api(waiting.guest) as api:
        api.do(calls.post(f"/sessions/{waiting.session_id}/device-test", Message, body))
    shown = tc("session", "messages", waiting.session_id).out
    assert "[tested their device: good for voice only (90 kbit/s, 310 ms, −4%)]" in shown


def test_the_log_tells_facts_in_words(tc: Tc, closed: Waiting) -> None:
    shown = tc("session", "messages", closed.session_id).out
    for fact in ("[came]", "[started the session]", "[closed the session]"):
        assert fact in shown


def test_a_log_of_several_pages_comes_whole(tc: Tc, active: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "LOG_PAGE", 3)
    for number in range(8):
        says(active, f"line {number}")
    texts = [entry["text"] for entry in tc("session", "messages", active.session_id, "-o", "json").list]
    assert [text for text in texts if text] == [f"line {number}" for number in range(8)]


def test_files_go_out_and_come_back(tc: Tc, active: Waiting, tmp_path: Path) -> None:
    Image.new("RGB", (2000, 1000), "teal").save(tmp_path / "skin.jpg", comment=b"at home")
    Image.new("RGB", (60, 80)).save(tmp_path / "plan.pdf")
    files = ("--file", str(tmp_path / "skin.jpg"), "--file", str(tmp_path / "plan.pdf"))
    sent = tc("session", "send", active.session_id, "see these", *files, "-o", "json").list
    assert [entry["kind"] for entry in sent] == ["text", "file", "file"]
    (tmp_path / "out").mkdir()
    listed = tc("session", "files", active.session_id, "--out", str(tmp_path / "out"), "-o", "json").list
    assert [entry["file"]["name"] for entry in listed] == ["skin.jpg", "plan.pdf"]  # type: ignore[index]
    saved = sorted((tmp_path / "out").iterdir())
    assert [path.name.partition("-")[2] for path in saved] == ["skin.jpg", "plan.pdf"]
    with Image.open(saved[0]) as photo:
        assert photo.size == (1600, 800)
    assert b"at home" not in saved[0].read_bytes()
    assert tc("session", "files", active.session_id, "--out", str(tmp_path / "out")).code == 6


def test_files_that_are_not_what_they_claim_are_refused(tc: Tc, active: Waiting, tmp_path: Path) -> None:
    (tmp_path / "plan.jpg").write_bytes(b"%PDF-1.7\n%%EOF\n")
    (tmp_path / "virus.pdf").write_bytes(b"MZ\x90\x00" + bytes(200))
    (tmp_path / "note.txt").write_text("hello")
    for name in ("plan.jpg", "virus.pdf", "note.txt", "missing.jpg"):
        refused = tc("session", "send", active.session_id, "--file", str(tmp_path / name))
        assert refused.code == 6, name
        assert refused.err.startswith("error: ")


def test_a_file_over_the_limit_is_refused(tc: Tc, active: Waiting, tmp_path: Path) -> None:
    (tmp_path / "huge.pdf").write_bytes(b"%PDF-1.7\n" + bytes(50_000_000))
    refused = tc("session", "send", active.session_id, "--file", str(tmp_path / "huge.pdf"))
    assert refused.code == 6
    assert "Make it smaller" in refused.err


def test_nothing_to_send_is_a_misuse(tc: Tc, active: Waiting) -> None:
    assert tc("session", "send", active.session_id).code == 2
    assert tc("session", "send", active.session_id, "").code == 6


def test_sending_into_a_closed_session_is_refused(tc: Tc, closed: Waiting) -> None:
    assert tc("session", "send", closed.session_id, "too late").code == 5


def test_one_more_person_is_added_and_removed(tc: Tc, active: Waiting) -> None:
    words = ("--role", "interpreter", "--name", "Sara", "--link-only", "-o", "json")
    added = tc("session", "add", active.session_id, *words).json
    assert (added["role"], added["session_id"]) == ("interpreter", active.session_id)
    left = tc("session", "remove", active.session_id, str(added["participant_id"])[-8:], "-o", "json").json
    removed = [one["name"] for one in left["people"] if one["removed_at"]]  # type: ignore[attr-defined]
    assert removed == ["Sara"]


def test_a_transcript_is_a_pdf_that_is_never_written_over(tc: Tc, closed: Waiting, tmp_path: Path) -> None:
    out = tmp_path / "talk.pdf"
    assert tc("session", "transcript", closed.session_id, "--out", str(out), "-o", "json").json["path"] == str(out)
    assert out.read_bytes().startswith(b"%PDF")
    assert out.stat().st_mode & 0o077 == 0
    assert tc("session", "transcript", closed.session_id, "--out", str(out)).code == 6
    assert tc("session", "transcript", closed.session_id, "--out", str(out), "--force").code == 0
    assert tc("session", "transcript", closed.session_id, "--out", str(tmp_path / "no" / "such.pdf")).code == 6


def test_closing_several_keeps_their_transcripts(tc: Tc, staff: Access, active: Waiting, tmp_path: Path) -> None:
    other = invite(staff, "Yusuf")
    join(other, staff.server)
    ended = tc("session", "close", active.session_id, other.session_id, "--transcript", str(tmp_path), "-o", "json")
    assert ended.code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        f"transcript-{active.session_id[-8:]}.pdf",
        f"transcript-{other.session_id[-8:]}.pdf",
    }


def test_closing_some_of_several_is_partly_done(tc: Tc, active: Waiting) -> None:
    ended = tc("session", "close", active.session_id, "ffffffff", "-o", "json")
    assert ended.code == 8
    assert [one["state"] for one in ended.list] == ["closed"]
    assert "ffffffff" in ended.err


def test_several_that_all_fail_alike_fail_so(tc: Tc, active: Waiting) -> None:
    assert tc("session", "close", "ffffffff", "eeeeeeee").code == 4


def test_erasing_needs_a_yes(tc: Tc, closed: Waiting) -> None:
    refused = tc("session", "erase", closed.session_id)
    assert refused.code == 2
    assert "--yes" in refused.err


def test_an_erased_session_leaves_its_receipt_alone(tc: Tc, closed: Waiting) -> None:
    erased = tc("session", "erase", "-", "--yes", "-o", "json", stdin=closed.session_id).list[0]
    assert erased["state"] == "erased"
    shown = tc("session", "show", closed.session_id[-8:], "-o", "json").json
    assert shown.keys() == {"session_id", "state", "erased_at", "counts", "receipt"}
    assert closed.session_id not in tc("session", "list", "-o", "json").out
    assert closed.session_id in tc("session", "list", "--erased", "-o", "json").out
    for verb in ("messages", "watch", "files"):
        gone = tc("session", verb, closed.session_id)
        assert gone.code == 5, verb
        assert "erased" in gone.err


def test_erasing_what_is_still_open_is_refused(tc: Tc, active: Waiting) -> None:
    assert tc("session", "erase", active.session_id, "--yes").code == 5

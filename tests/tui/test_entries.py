"""What the board knows, as a chat's entries."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.strip import Strip

from tc_cli.tui.board import Unsent
from tc_cli.tui.entries import Entries, fact
from tc_server.wire.bodies import File, Message, Person, Sender, Session

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STAFF = Sender(id="u1", role="staff", name="nurse")
AMINA = Sender(id="p1", role="service-user", name="Amina")


def session(*read: int) -> Session:
    """Make a session whose people have read so far."""
    people = [
        Person(
            participant_id=f"p{n}", session_id="s1", invite_id="i1", role="service-user", name="Amina", phone=None,
            email=None, language="ar", online=True, devices=1, joined_at=NOON, removed_at=None, read_seq=seq,
        )
        for n, seq in enumerate(read)
    ]  # fmt: skip
    return Session(
        session_id="s1", state="active", kind="remote", name="Amina", role="service-user", language="ar", online=True,
        waiting_since=NOON, told_until=None, created_at=NOON, started_at=NOON, closed_at=None, expires_at=NOON,
        closes_at=None, closes_soon=False, erase_at=None, last_activity_at=NOON, last_seq=9, staff_read_seq=0,
        unread=0, note=None, people=people,
    )  # fmt: skip


def said(seq: int, sender: Sender | None = AMINA, text: str | None = "hello", **more: Any) -> Message:
    parts = {"kind": "text", "client_id": f"c{seq}", "file": None, "data": None} | more
    return Message(session_id="s1", seq=seq, sender=sender, text=text, sent_at=NOON, **parts)


def unsent(**more: Any) -> Unsent:
    parts: dict[str, Any] = {"client_id": "x1", "session_id": "s1", "text": "later", "path": None, "at": NOON}
    return Unsent(**(parts | more))


def test_own_words_are_read_once_everybody_has_read_so_far() -> None:
    entries = Entries().of(session(2, 1), [said(n, STAFF) for n in (1, 2, 3)], [])
    assert [entry.mark for entry in entries] == ["read", "sent", "sent"]
    assert {entry.who for entry in entries} == {"You"}


def test_other_peoples_words_have_no_mark() -> None:
    (entry,) = Entries().of(session(5), [said(1)], [])
    assert (entry.who, entry.role, entry.mine, entry.mark) == ("Amina", "service-user", False, "")


def test_what_is_unsent_comes_last_and_says_why_it_was_refused() -> None:
    waiting = [unsent(), unsent(client_id="x2", refused="The session is closed.")]
    entries = Entries().of(session(), [said(1)], waiting)
    assert [(entry.mark, entry.note) for entry in entries] == [
        ("", ""),
        ("pending", ""),
        ("refused", "The session is closed."),
    ]


def test_an_unsent_file_is_shown_by_its_name() -> None:
    (entry,) = Entries().of(session(), [], [unsent(text="", path=Path("/tmp/box.jpg"))])
    assert entry.file is not None
    assert (entry.kind, entry.file.name, entry.file.type) == ("file", "box.jpg", "image/jpeg")


def test_what_was_unsent_stays_the_same_entry_once_it_is_sent() -> None:
    entries = Entries()
    (before,) = entries.of(session(), [], [unsent()])
    (after,) = entries.of(session(), [said(1, STAFF, client_id="x1")], [])
    assert before.key == after.key


def test_what_has_not_changed_is_the_same_object() -> None:
    entries = Entries()
    log = [said(1), said(2, STAFF), said(3, STAFF)]
    first = entries.of(session(0), log, [])
    again = entries.of(session(2), [*log, said(4)], [])
    assert again[0] is first[0]
    assert again[1] is not first[1]
    assert again[2] is first[2]


def test_a_preview_joins_its_file() -> None:
    entries = Entries()
    file = File(file_id="f1", name="box.jpg", type="image/jpeg", size=1)
    log = [said(1, kind="file", text=None, file=file)]
    assert entries.of(session(), log, [])[0].preview == ()
    strips = (Strip.blank(3),)
    assert entries.of(session(), log, [], {"f1": strips})[0].preview is strips


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (said(1, kind="joined", text=None), "Amina came"),
        (said(1, STAFF, None, kind="told", data={"minutes": 5}), "nurse said: with you in 5 minutes"),
        (said(1, None, None, kind="closed"), "Closed by itself after a long silence"),
        (said(1, STAFF, None, kind="closed"), "nurse closed the session"),
        (
            said(1, STAFF, None, kind="person_added", data={"role": "interpreter", "name": "Omar"}),
            "nurse added interpreter Omar",
        ),
        (
            said(1, text=None, kind="device_test", data={"result": "voice", "kbps": 90, "rtt_ms": 310, "loss": 0.04}),
            "Amina tested their device: good for voice only (90 kbit/s, 310 ms, −4%)",
        ),
        (said(1, text=None, kind="device_test", data={"result": "chat"}), "Amina tested their device: chat only"),
        (said(1, text=None, kind="call_requested", data={"media": "audio"}), "Amina asked for a call"),
        (said(1, text=None, kind="call_requested", data={"media": "video"}), "Amina asked for a video call"),
        (said(1, STAFF, None, kind="call_started", data={"media": "audio"}), "nurse called"),
        (said(1, STAFF, None, kind="call_started", data={"media": "video"}), "nurse called by video"),
        (
            said(1, STAFF, None, kind="call_ended", data={"media": "audio", "outcome": "ended", "seconds": 190}),
            "nurse ended the call after 3 min",
        ),
        (said(1, None, None, kind="call_ended", data={"outcome": "missed", "seconds": 0}), "Nobody answered the call"),
        (said(1, STAFF, None, kind="something_new"), "something_new"),
    ],
)
def test_facts_are_sentences(message: Message, words: str) -> None:
    assert fact(message) == words
    (entry,) = Entries().of(session(), [message], [])
    assert entry.kind == "fact"
    assert entry.text.startswith(words)


def test_nothing_from_outside_steers_the_terminal() -> None:
    rude = Sender(id="p1", role="service-user", name="A\x1b[31mmina")
    file = File(file_id="f1", name="a\x07\u202egpj.exe", type="image/jpeg", size=1)
    entries = Entries().of(
        session(), [said(1, rude, "x\x1b]0;y\x07\nz"), said(2, rude, None, kind="file", file=file)], []
    )
    assert entries[0].text == "x\ufffd]0;y\ufffd\nz"
    assert "\x1b" not in entries[0].who
    assert entries[1].file is not None
    assert entries[1].file.name == "a\ufffd\ufffdgpj.exe"

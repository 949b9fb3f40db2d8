"""The provider that writes messages into a folder: whole or not at all, for its owner alone, and forgetful."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tc_server.delivery.folder import Folder
from tc_server.domain.invite import Channel, Delivery


def delivery(delivery_id: str = "delivery-1", channel: Channel = "sms", subject: str | None = None) -> Delivery:
    """Make a message to send."""
    return Delivery(
        delivery_id=delivery_id,
        session_id="session",
        invite_id="invite",
        channel=channel,
        provider="folder",
        state="queued",
        to="+41446681800",
        subject=subject,
        text="ليلى: https://talk.example.org/j/ar#token",
        created_at=datetime.now(UTC),
    )


def test_a_message_is_a_readable_file_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    Folder(folder).send(delivery())
    Folder(folder).send(delivery("delivery-2", "email", "An invitation"))
    [first, second] = sorted(folder.iterdir())
    assert (first.name, second.name) == ("delivery-1.txt", "delivery-2.txt")
    assert first.read_text(encoding="utf-8") == (
        "To: +41446681800\nChannel: sms\n\nليلى: https://talk.example.org/j/ar#token\n"
    )
    assert "Subject: An invitation\n" in second.read_text(encoding="utf-8")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (first, second)} == {0o600}


def test_a_message_sent_again_after_a_kill_is_there_once_and_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "delivery-1.part").write_text("half of what a kill left, and longer than the message itself " * 10)
    folder.send(delivery())
    folder.send(delivery())
    assert [path.name for path in tmp_path.iterdir()] == ["delivery-1.txt"]
    assert (tmp_path / "delivery-1.txt").read_text().startswith("To: ")


def test_what_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        Folder(tmp_path / "outbox").send(delivery())
    assert [path.name for path in tmp_path.iterdir()] == ["outbox"]


def test_a_message_is_forgotten_whole_or_half_and_twice_is_fine(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.send(delivery())
    folder.send(delivery("delivery-2"))
    (tmp_path / "delivery-1.part").write_text("half")
    folder.forget("delivery-1")
    folder.forget("delivery-1")
    assert [path.name for path in tmp_path.iterdir()] == ["delivery-2.txt"]

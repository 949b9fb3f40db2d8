"""The provider that writes messages into a folder: whole or not at all, for its owner alone, and forgetful."""

import stat
from pathlib import Path

from tc_server.delivery.providers.folder import Folder
from tc_server.domain.delivery import Outcome, Reason, Result
from tests.delivery.texts import outgoing


async def test_a_message_is_a_readable_file_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    assert await Folder(folder).send(outgoing("delivery-1", channel="sms")) == Outcome(Result.ACCEPTED)
    await Folder(folder).send(outgoing("delivery-2", channel="email", subject="An invitation"))
    [first, second] = sorted(folder.iterdir())
    assert (first.name, second.name) == ("delivery-1.txt", "delivery-2.txt")
    assert first.read_text(encoding="utf-8") == (
        "To: +41446681800\nChannel: sms\n\nليلى: https://talk.example.org/j/ar#token\n"
    )
    assert "Subject: An invitation\n" in second.read_text(encoding="utf-8")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (first, second)} == {0o600}


async def test_a_message_sent_again_after_a_kill_is_there_once_and_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "delivery-1.part").write_text("half of what a kill left, and longer than the message itself " * 10)
    await folder.send(outgoing("delivery-1"))
    await folder.send(outgoing("delivery-1"))
    assert [path.name for path in tmp_path.iterdir()] == ["delivery-1.txt"]
    assert (tmp_path / "delivery-1.txt").read_text().startswith("To: ")


async def test_what_can_not_be_written_leaves_nothing_and_is_the_folders_fault(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    outcome = await Folder(tmp_path / "outbox").send(outgoing())
    assert (outcome.result, outcome.reason) == (Result.BROKEN, Reason.NOT_WRITTEN)
    assert "exists" in outcome.reply
    assert [path.name for path in tmp_path.iterdir()] == ["outbox"]
    assert (await Folder(tmp_path / "outbox").check()).state == "failed"


async def test_a_message_is_forgotten_whole_or_half_and_twice_is_fine(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    await folder.send(outgoing("delivery-1"))
    await folder.send(outgoing("delivery-2"))
    (tmp_path / "delivery-1.part").write_text("half")
    folder.forget("delivery-1")
    folder.forget("delivery-1")
    assert [path.name for path in tmp_path.iterdir()] == ["delivery-2.txt"]
    assert folder.ids() == {"delivery-2"}

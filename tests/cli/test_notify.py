"""Being told elsewhere: adding, trying out and removing addresses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tc_cli.client.profile import Access
from tests.cli.conftest import Tc
from tests.messenger import Messenger, messenger
from tests.serving import Server

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def service() -> Iterator[Messenger]:
    with messenger() as running:
        yield running


def add(tc: Tc, address: str, *options: str) -> str:
    return str(tc("notify", "add", address, *options, "-o", "json").json["target_id"])


def test_nothing_is_set_up_at_first(tc: Tc) -> None:
    assert tc("notify", "list", "-o", "json").list == []
    tried = tc("notify", "test")
    assert tried.code == 4
    assert "tc notify add" in tried.err


def test_an_address_is_added_listed_in_part_and_removed(tc: Tc) -> None:
    made = tc("notify", "add", "sms:+41 44 668 18 00", "--language", "fr", "-o", "json").json
    assert (made["address"], made["kind"], made["language"]) == ("+41…00", "sms", "fr")
    assert "+41…00" in tc("notify", "list").out
    removed = tc("notify", "remove", str(made["target_id"])[-8:], "-o", "json").json
    assert removed["target_id"] == made["target_id"]
    assert tc("notify", "list", "-o", "json").list == []
    assert tc("notify", "remove", str(made["target_id"])).code == 4


def test_where_the_server_sends_no_mail_that_is_said(tc: Tc, server: Server) -> None:
    added = tc("notify", "add", "email:lena@example.org")
    assert added.code == 0
    assert "l…@example.org" in added.out
    assert "written to its folder" in added.err
    tried = tc("notify", "test", "-o", "json")
    assert [trial["result"] for trial in tried.list] == ["sent"]
    written = [path.read_text() for path in (Path(server.data) / "outbox").glob("*.txt")]
    assert any("To: lena@example.org" in text and "this is a test" in text for text in written)


def test_an_address_with_a_secret_comes_from_stdin_and_arrives(tc: Tc, service: Messenger) -> None:
    added = tc("notify", "add", "-", stdin=f"{service.url}\n")
    assert added.code == 0
    assert "json://…" in added.out
    assert "planted" not in added.out + added.err
    assert tc("notify", "test").code == 0
    assert service.texts == ["TeleConnect: this is a test. This is how you will be told that somebody is waiting."]


def test_a_trial_that_fails_says_why_and_what_to_do(tc: Tc, service: Messenger) -> None:
    service.status = 401
    target_id = add(tc, service.url)
    tried = tc("notify", "test", target_id[-8:])
    assert tried.code == 6
    assert tried.out == ""
    (line,) = tried.err.splitlines()
    assert line.startswith("error: json://…: The provider refuses this message")
    assert "error=401" in line
    assert line.endswith("remove it, and add the right one.")
    assert "planted" not in tried.err
    assert "refuses this message" in tc("notify", "list").out
    at_once = tc("notify", "test", target_id)
    assert at_once.code == 7
    assert "Try again in" in at_once.err


def test_of_several_trials_each_is_told(tc: Tc, service: Messenger) -> None:
    add(tc, "email:lena@example.org")
    service.status = 404
    add(tc, service.url)
    tried = tc("notify", "test", "-o", "json")
    assert tried.code == 8
    assert "There is no such address" in tried.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "lena"), 6),
        (("add", "email:lena"), 6),
        (("add", "sms:12"), 6),
        (("add", "syslog://"), 6),
        (("add", "email:lena@example.org", "--language", "tlh"), 6),
        (("add", "-"), 2),
        (("remove", "nothing-of-it"), 4),
    ],
)
def test_what_cannot_be_is_refused(tc: Tc, words: tuple[str, ...], code: int) -> None:
    refused = tc("notify", *words)
    assert refused.code == code
    assert len(refused.err.splitlines()) == 1


def test_the_doctor_hints_at_it_until_there_is_one(tc: Tc, fresh: Access) -> None:
    def found() -> dict[str, object]:
        (check,) = [check for check in tc("doctor", "-o", "json").list if check["name"] == "notices"]
        return check

    assert found()["status"] == "warning"
    assert "tc notify add" in str(found()["remedy"])
    add(tc, "email:lena@example.org")
    assert found()["status"] == "ok"

"""The verbs that stay: they ring, they chat, and they outlive a server that is killed."""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.profile import Access
from tests.cli.conftest import MODULE, Tc, Waiting, invite, join, new_account, use
from tests.mailserver import mail_server
from tests.serving import Server, serving

ROOT = Path(__file__).parents[2]


class Watching:
    """A `tc … watch` in a process of its own."""

    def __init__(self, *words: str) -> None:
        self._process = subprocess.Popen(
            [*MODULE, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "TC_SOUND": "off"},
        )

    def until(self, wanted: Callable[[str], bool]) -> list[str]:
        """Read lines up to the first that is wanted; the test's own time limit ends a vain wait."""
        assert self._process.stdout is not None
        lines: list[str] = []
        for line in self._process.stdout:
            lines.append(line.rstrip("\n"))
            if wanted(lines[-1]):
                return lines
        raise AssertionError(f"ended without what was waited for: {lines}")

    def says(self, text: str) -> list[str]:
        return self.until(lambda line: text in line)

    def type(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def end(self) -> tuple[int, str]:
        """Close its stdin; return its exit code and what it still said."""
        said, _ = self._process.communicate()
        return self._process.returncode, said

    def interrupt(self) -> tuple[int, str]:
        self._process.send_signal(2)
        return self.end()


@pytest.fixture
def watching() -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def start(*words: str) -> Watching:
        started.append(Watching(*words))
        return started[-1]

    yield start
    for one in started:
        one._process.kill()
        one._process.communicate()


Watch = Callable[..., Watching]


def says(guest: Access, session_id: str, text: str) -> None:
    with Api(guest) as api:
        api.do(calls.send(session_id, text, calls.new_client_id()))


def test_the_queue_is_watched_and_a_command_run_without_a_name(fresh: Access, watching: Watch, tmp_path: Path) -> None:
    made = invite(fresh)
    command = f"env | grep -a -e TC_ -e Amal > {tmp_path}/facts; echo ran; exit 3"
    queue = watching("queue", "watch", "-o", "jsonl", "--exec", command)
    join(made, fresh.server)
    arrival = json.loads(queue.until(lambda line: line.startswith("{"))[-1])
    assert arrival["session_id"] == made.session_id
    queue.says("ran")
    queue.says("--exec ended with 3")
    facts = (tmp_path / "facts").read_text()
    assert f"TC_SESSION_ID={made.session_id}" in facts
    assert "Amal" not in facts
    assert queue.interrupt() == (130, "")


def test_coming_and_going_are_told_in_words(fresh: Access, watching: Watch) -> None:
    made = invite(fresh, "Amal\x1b[2J")
    queue = watching("queue", "watch")
    guest = join(made, fresh.server)
    assert "\x1b" not in queue.says("is waiting (place 1, en)")[-1]
    with Api(guest) as api:
        api.do(calls.post(calls.at("sessions", made.session_id, "leave"), dict))
    queue.says("no longer waits")


async def test_a_message_that_does_not_get_there_is_told(
    tmp_path: Path, watching: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mail_server(refuse=lambda _to, _times: "550 5.1.1 who?") as mails:
        with serving(tmp_path / "mail", TC_SMTP_URL=mails.url(), TC_MAIL_FROM="talk@example.org") as server:
            staff = use(new_account(server), monkeypatch)
            join(invite(staff, "Binta"), server.url)
            words, lines = watching("queue", "watch"), watching("queue", "watch", "-o", "jsonl")
            await asyncio.to_thread(words.says, "Binta is waiting")
            await asyncio.to_thread(lines.says, '"name":"Binta"')
            made = await asyncio.to_thread(lambda: invite(staff, via="email", email="amal@example.org"))
            told = (await asyncio.to_thread(words.says, "email to Amal not delivered: There is no such address."))[-1]
            assert f"`tc invite show {made.invite_id[-8:]}`" in told
            frame = json.loads((await asyncio.to_thread(lines.says, made.invite_id))[-1])
            assert (frame["type"], frame["state"], frame["reason"]) == ("delivery", "failed", "no_such_address")


def test_an_ended_login_ends_the_watch(fresh: Access, watching: Watch) -> None:
    queue = watching("queue", "watch", "--exec", "echo rang")
    join(invite(fresh), fresh.server)
    queue.says("rang")
    with Api(fresh) as api:
        api.do(calls.logout())
    code, said = queue.end()
    assert code == 3
    assert "`tc login`" in said


def test_piped_lines_are_sent_and_acknowledged_before_it_ends(tc: Tc, waiting: Waiting, watching: Watch) -> None:
    chat = watching("session", "watch", waiting.session_id)
    chat.type("good morning")
    chat.type("")
    chat.type("//etc is a folder")
    code, said = chat.end()
    assert code == 0
    assert "good morning" in said
    log = tc("session", "messages", waiting.session_id, "-o", "json").list
    assert [entry["text"] for entry in log if entry["text"]] == ["good morning", "/etc is a folder"]


def test_a_line_piped_into_a_closed_session_is_refused(tc: Tc, waiting: Waiting, watching: Watch) -> None:
    tc("session", "close", waiting.session_id)
    chat = watching("session", "watch", waiting.session_id)
    chat.type("too late")
    code, said = chat.end()
    assert code == 5
    assert "error: Not sent: 'too late'" in said


def test_a_chat_ends_with_its_session(tc: Tc, waiting: Waiting, watching: Watch, tmp_path: Path) -> None:
    (tmp_path / "leaflet.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    chat = watching("session", "watch", waiting.session_id)
    chat.says("service user Amal came")
    chat.type("/start")
    chat.says("started the session")
    says(waiting.guest, waiting.session_id, "an evil \x1b]0;title\x07 text")
    assert chat.says("an evil")[-1].isprintable()
    chat.type("/file nowhere.jpg")
    chat.says("nowhere.jpg can't be read")
    chat.type("/dance")
    chat.says("/quit")
    chat.type("/close")
    chat.says("closed the session")
    assert chat.end()[0] == 0


def test_a_chat_and_a_queue_outlive_a_killed_server(server: Server, fresh: Access, watching: Watch) -> None:
    made = invite(fresh)
    guest = join(made, server.url)
    chat = watching("session", "watch", made.session_id)
    queue = watching("queue", "watch")
    queue.says("Amal is waiting")
    chat.says("service user Amal came")
    chat.type("before")
    chat.says("before")
    server.kill()
    chat.says("Connection lost")
    queue.says("Connection lost")
    chat.type("meanwhile")
    chat.says("1 message kept")
    server.start()
    chat.says(": meanwhile")
    queue.says("Connected again")
    says(guest, made.session_id, "after")
    chat.says("service user Amal: after")
    join(invite(fresh, "Yusuf"), server.url)
    later = queue.says("Yusuf")
    assert not any("Amal" in line for line in later)
    assert chat.end()[0] == 0
    with Api(fresh) as api:
        texts = [entry.text for entry in api.do(calls.messages(made.session_id)).items if entry.text]
    assert texts == ["before", "meanwhile", "after"]


def test_a_server_that_was_never_there_is_not_waited_for(tc: Tc, monkeypatch: pytest.MonkeyPatch) -> None:
    use(Access("http://127.0.0.1:9", "tcs_x"), monkeypatch)
    assert tc("queue", "watch").code == 7


def test_watching_leaves_no_loop_behind(tc: Tc, waiting: Waiting) -> None:
    assert tc("session", "watch", waiting.session_id, stdin="hello\n").code == 0
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_who_asked_for_a_call_before_the_watch_began_rings_too(fresh: Access, watching: Watch) -> None:
    made = invite(fresh)
    guest = join(made, fresh.server)
    with Api(fresh) as api:
        api.do(calls.move(made.session_id, "start"))
    with Api(guest) as api:
        api.do(calls.request_call(made.session_id))
    queue = watching("queue", "watch")
    queue.says("service user Amal asks for a call (en)")
    says(fresh, made.session_id, "I call you")
    queue.says("service user Amal no longer waits")


def test_who_asks_for_a_call_in_the_midst_of_a_session_rings(fresh: Access, watching: Watch, tmp_path: Path) -> None:
    made = invite(fresh)
    guest = join(made, fresh.server)
    with Api(fresh) as api:
        api.do(calls.move(made.session_id, "start"))
    queue = watching("queue", "watch", "--exec", f'echo "$TC_STATE" > {tmp_path}/state; echo ran')
    join(invite(fresh, "Yusuf"), fresh.server)
    queue.says("ran")
    with Api(guest) as api:
        api.do(calls.request_call(made.session_id))
    queue.says("service user Amal asks for a call (en)")
    queue.says("ran")
    assert (tmp_path / "state").read_text() == "active\n"
    with Api(fresh) as api:
        opened = api.do(calls.open_call(made.session_id, "audio"))
        api.do(calls.enter_call(opened.url.partition("#")[2]))
    queue.says("service user Amal no longer waits")

"""What is tried again, how long it is waited for, and who isn't a server of ours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.errors import Refused, Unreachable
from tc_cli.client.profile import Access
from tc_server.wire.bodies import InviteRequest

Answer = tuple[int, dict[str, str], bytes]
QUEUE: Answer = (200, {}, b'{"items":[],"next":null}')


def problem(status: int, code: str) -> Answer:
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "No.", "code": code, "request_id": "r1"}
    return status, {"Content-Type": "application/problem+json"}, json.dumps(body).encode()


class Scripted:
    """An HTTP server that gives the answers it was told to, in turn; None hangs up without one."""

    def __init__(self, *answers: Answer | None) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self._answers = iter(answers)
        script = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                script.asked.append((f"{self.command} {self.path}", dict(self.headers), body))
                answer = next(script._answers)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)


@contextmanager
def scripted(*answers: Answer | None) -> Iterator[tuple[Scripted, Api, list[float]]]:
    script = Scripted(*answers)
    Thread(target=script.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    pauses: list[float] = []
    with Api(Access(f"http://127.0.0.1:{script.server.server_port}", "tcs_x"), pause=pauses.append) as api:
        try:
            yield script, api, pauses
        finally:
            script.server.shutdown()
            script.server.server_close()


def test_a_lost_answer_is_asked_for_again() -> None:
    with scripted(None, QUEUE) as (script, api, pauses):
        assert api.do(calls.queue()).items == []
        assert len(script.asked) == 2
        assert len(pauses) == 1


def test_an_invite_that_is_tried_again_keeps_its_key() -> None:
    with scripted(None, problem(503, "unavailable"), problem(422, "invalid_phone")) as (script, api, _):
        with pytest.raises(Refused):
            api.do(calls.invite(InviteRequest(name="Amal")))
        assert len({headers["Idempotency-Key"] for _, headers, _ in script.asked}) == 1
        assert len(script.asked) == 3


def test_what_could_be_done_twice_is_not_tried_again() -> None:
    with scripted(None) as (script, api, _):
        with pytest.raises(Unreachable):
            api.do(calls.start_next())
        assert len(script.asked) == 1


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    status, headers, body = problem(429, "slow_down")
    with scripted((status, {**headers, "Retry-After": "7"}, body), QUEUE) as (_, api, pauses):
        api.do(calls.queue())
        assert pauses == [7]


def test_it_does_not_wait_for_minutes() -> None:
    status, headers, body = problem(429, "slow_down")
    with scripted((status, {**headers, "Retry-After": "600"}, body)) as (_, api, pauses):
        with pytest.raises(Refused):
            api.do(calls.queue())
        assert pauses == []


def test_it_gives_up_in_the_end() -> None:
    with scripted(*[None] * 4) as (script, api, _):
        with pytest.raises(Unreachable):
            api.do(calls.queue())
        assert len(script.asked) == 4


@pytest.mark.parametrize(
    "answer", [(200, {}, b"<html>It works!</html>"), (404, {}, b"nope"), (302, {"Location": "/"}, b"")]
)
def test_something_else_on_that_address_is_told(answer: Answer) -> None:
    with scripted(answer) as (_, api, _), pytest.raises(Unreachable, match="not as a TeleConnect server"):
        api.do(calls.queue())


def test_the_token_goes_in_the_header_alone() -> None:
    with scripted(QUEUE) as (script, api, _):
        api.do(calls.queue())
        (line, headers, _) = script.asked[0]
        assert headers["Authorization"] == "Bearer tcs_x"
        assert "tcs_x" not in line


def test_ids_cannot_lead_elsewhere() -> None:
    with scripted(problem(404, "not_found")) as (script, api, _):
        with pytest.raises(Refused):
            api.do(calls.show_session("../users?x=1"))
        assert script.asked[0][0] == "GET /api/v1/sessions/..%2Fusers%3Fx%3D1"


def test_the_progress_of_a_body_adds_up() -> None:
    from tc_cli.client.uploads import Upload

    told: list[int] = []
    with scripted(problem(415, "file_type")) as (script, api, _):
        upload = Upload("Überblick 1.pdf", "application/pdf", bytes(40_000), 40_000)
        with pytest.raises(Refused):
            api.do(calls.put_file("s", "client-1", upload), sent=told.append)
        assert sum(told) == 40_000
        assert script.asked[0][1]["X-File-Name"] == "%C3%9Cberblick%201.pdf"
        assert len(script.asked[0][2]) == 40_000

"""What can be listed is in the docs: settings, commands, exit codes, codes, frames."""

import json
import re
import typing
from pathlib import Path

import msgspec
import pytest

from docs import cli_reference, language_table
from tc_cli.output.exits import MEANINGS, Exit
from tc_server.app import build_app
from tc_server.delivery.costs import SENT
from tc_server.delivery.texts import template_text
from tc_server.domain.delivery import WORDS, Reason, Result, TextKind
from tc_server.domain.people import PersonRole
from tc_server.settings import load
from tc_server.settings.table import SETTINGS, Setting
from tc_server.transport.problems import STATUS
from tc_server.transport.ws.link import CloseCode
from tc_server.wire import bodies, frames
from tc_server.wire.codes import Code

DOCS = Path(__file__).parents[2] / "docs"
CLI, OPERATING, PROTOCOL = ((DOCS / f"{name}.md").read_text() for name in ("cli", "operating", "protocol"))
TO_SERVER, FROM_SERVER = PROTOCOL.partition("### To the server")[2].split("### From the server")
DECODERS = {
    "to the server": [frames.decode_client_frame],
    "from the server": [frames.decode_staff_frame, frames.decode_participant_frame],
}


def samples(text: str) -> list[str]:
    """Return the frames shown on a page: its blocks of JSON that have a type."""
    blocks = re.findall(r"```json\n(.+?)\n```", text, re.DOTALL)
    return [block for block in blocks if "type" in json.loads(block)]


def tags(*unions: object) -> set[str]:
    """Return the `type` of every frame in the unions."""
    structs = {struct for union in unions for struct in typing.get_args(union)}
    return {str(struct.__struct_config__.tag) for struct in structs}


def decodes(frame: str, where: str) -> bool:
    """Tell whether somebody who reads the stream there takes the frame, with no field that isn't in its struct."""
    for decode in DECODERS[where]:
        try:
            read = decode(frame.encode())
        except msgspec.ValidationError:
            continue
        if json.loads(frame).keys() <= {"type", *read.__struct_fields__}:
            return True
    return False


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_in_operating(setting: Setting) -> None:
    default = f"`{setting.default}`" if setting.default else ""
    assert f"| `{setting.name}` | {default} | {setting.help} |" in OPERATING


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_in_cli(code: Exit) -> None:
    assert f"| {code.value} | `{code.name.lower()}` | {MEANINGS[code]} |" in CLI


@pytest.mark.parametrize("command", cli_reference.commands(), ids=" ".join)
def test_every_command_is_in_cli(command: tuple[str, ...]) -> None:
    assert f"`tc {' '.join(command)}" in CLI


def test_the_reference_is_what_help_says() -> None:
    assert cli_reference.PAGE.read_text() == cli_reference.page(), "write it anew: nox -s reference"


def test_every_route_is_in_protocol(home: Path) -> None:
    paths = build_app(load({"data": home}, {})).openapi_schema.paths or {}
    routes = {
        f"{verb.upper()} {path.removeprefix('/api/v1')}"
        for path, item in paths.items()
        for verb in ("get", "post", "put", "patch", "delete")
        if getattr(item, verb)
    }
    assert {route for route in routes if f"| `{route}` |" not in PROTOCOL} == set()


@pytest.mark.parametrize("code", CloseCode)
def test_every_close_code_is_in_protocol(code: CloseCode) -> None:
    assert f"| {code.value} |" in PROTOCOL


@pytest.mark.parametrize("code", Code)
def test_every_problem_code_is_in_protocol(code: Code) -> None:
    assert f"| `{code.value}` | {STATUS[code]} |" in PROTOCOL


@pytest.mark.parametrize("tag", sorted(tags(frames.AnyClientFrame)))
def test_every_frame_to_the_server_is_shown(tag: str) -> None:
    assert f"#### `{tag}`" in TO_SERVER
    assert any(json.loads(sample)["type"] == tag for sample in samples(TO_SERVER))


@pytest.mark.parametrize("tag", sorted(tags(frames.StaffFrame, frames.ParticipantFrame, frames.CallerFrame)))
def test_every_frame_from_the_server_is_shown(tag: str) -> None:
    assert f"#### `{tag}`" in FROM_SERVER
    assert any(json.loads(sample)["type"] == tag for sample in samples(FROM_SERVER))


@pytest.mark.parametrize("kind", sorted(typing.get_args(frames.Message.__annotations__["kind"])))
def test_every_kind_of_entry_is_in_protocol(kind: str) -> None:
    assert f"`{kind}`" in PROTOCOL


@pytest.mark.parametrize("sample", samples(TO_SERVER))
def test_each_frame_shown_to_the_server_is_one(sample: str) -> None:
    assert decodes(sample, "to the server")


@pytest.mark.parametrize("sample", samples(FROM_SERVER))
def test_each_frame_shown_from_the_server_is_one(sample: str) -> None:
    assert decodes(sample, "from the server")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_a_delivery_is_in_delivery(reason: Reason) -> None:
    what, remedy = WORDS[reason]
    assert f"| `{reason}` | {what} | {remedy} |" in (DOCS / "delivery.md").read_text()


@pytest.mark.parametrize(("role", "kind"), [(role, kind) for _, role, kind in SENT])
def test_the_templates_to_submit_are_in_delivery(role: PersonRole, kind: TextKind) -> None:
    assert f"```text\n{template_text('Example', 'en', role, kind)}\n```" in (DOCS / "delivery.md").read_text()


def test_the_table_of_languages_is_what_the_texts_are() -> None:
    assert language_table.PAGE.read_text() == language_table.page(), "write it anew: nox -s reference"


def test_the_wire_knows_the_reasons_and_results_of_deliveries() -> None:
    assert set(typing.get_args(bodies.DeliveryReason)) == {str(reason) for reason in Reason}
    assert set(typing.get_args(bodies.AttemptResult)) == {str(result) for result in Result}

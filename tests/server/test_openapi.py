"""The server against its own OpenAPI: no fault, nothing undocumented, whatever is sent."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, checks
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.pictures import PDF
from tests.server.world import Caller, Staff, World, done
from tests.serving import Server

Operation = APIOperation[Any, Any, Any, Any]
CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HASHES = {"/api/v1/auth/login", "/api/v1/users", "/api/v1/users/{user_id}/reset"}
"""Paths on which a password is hashed: dear, so tried less often."""
ENDS_THE_LOGIN = {"/auth/logout", "/leave", "/forget-device"}


async def ids_of(world: World, staff: Staff) -> dict[str, list[str]]:
    """Make sessions in every state with something in them, and collect the ids that paths can name."""
    found: dict[str, list[str]] = {name: [] for name in ("session_id", "invite_id", "participant_id", "file_id")}
    for verbs in ([], [], ["start"], ["start", "keep-open"], ["close"], ["close", "erase"]):
        invite = await staff.invite("Fuzzed", phone="+41446681800")
        layla = await world.join(invite)
        sent = done(await layla.put_file(layla.session_id, PDF), 201)
        for verb in verbs:
            await staff.move(layla.session_id, verb)
        for name, value in (layla.joined | invite | sent["file"]).items():
            if name in found:
                found[name].append(value)
    spare = await world.staff()
    target = done(await staff.post("/notify-targets", json={"address": "email:fuzzed@example.org"}), 201)
    return found | {
        "user_id": [spare.user_id],
        "target_id": [target["target_id"]],
        "client_id": ["a-client-id"],
        "code": ["fr"],
    }


def operations(server: Server) -> Iterator[Operation]:
    """Read what the server says about itself."""
    document = httpx.get(f"{server.api}/openapi.json").raise_for_status().json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=server.url)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def fuzz(operation: Operation, viewer: Caller, known: dict[str, list[str]]) -> None:
    """Send an operation what it documents and what it doesn't, half of the time about things that exist."""
    settled = settings(
        max_examples=4 if operation.path in HASHES else 25,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settled
    @given(case=cases, data=st.data())
    def send(case: Case[Any], data: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        case.call_and_validate(headers=viewer.headers, checks=CHECKS)

    send()


@pytest.mark.parametrize("role", ["admin", "participant"])
async def test_nothing_that_is_sent_brings_the_server_to_answer_what_it_does_not_document(
    world: World, role: str
) -> None:
    staff = await world.standing("admin", "admin")
    known = await ids_of(world, staff)
    viewer: Caller = staff if role == "admin" else await world.guest(staff)
    faults: list[str] = []
    for operation in operations(world.server):
        if operation.path.removeprefix("/api/v1").endswith(tuple(ENDS_THE_LOGIN)):
            continue
        try:
            fuzz(operation, viewer, known)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the other operations are to be tried too
            faults.append(f"{operation.label}: {fault}")
    assert not faults, "\n\n".join(faults)

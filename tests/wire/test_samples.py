"""One sample a frame, named `READER.TYPE[-VARIANT].json`: they say on disk what the wire says in code."""

import json
import typing
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tc_server.wire import frames

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(path.stem for path in SAMPLES.glob("*.json"))
DECODERS: dict[str, tuple[Callable[[str], msgspec.Struct], ...]] = {
    "client": (frames.decode_client_frame,),
    "staff": (frames.decode_staff_frame,),
    "participant": (frames.decode_participant_frame,),
    "caller": (frames.decode_caller_frame,),
    "anyone": (frames.decode_staff_frame, frames.decode_participant_frame),
}
UNIONS = {
    "client": frames.AnyClientFrame,
    "staff": frames.StaffFrame,
    "participant": frames.ParticipantFrame,
    "caller": frames.CallerFrame,
}


def sampled(reader: str) -> set[str]:
    """Return the frame types that there are samples of for a reader."""
    readers = {reader} if reader in ("client", "caller") else {reader, "anyone"}
    parts = (name.split("-")[0].split(".") for name in FILES)
    return {kind for who, kind in parts if who in readers}


@pytest.mark.parametrize("name", FILES)
def test_a_sample_is_exactly_what_the_wire_writes(name: str) -> None:
    text = (SAMPLES / f"{name}.json").read_text(encoding="utf-8")
    for decode in DECODERS[name.split(".")[0]]:
        assert json.loads(msgspec.json.encode(decode(text))) == json.loads(text)


@pytest.mark.parametrize("reader", UNIONS)
def test_every_frame_has_a_sample(reader: str) -> None:
    assert sampled(reader) == {struct.__struct_config__.tag for struct in typing.get_args(UNIONS[reader])}

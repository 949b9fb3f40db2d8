"""Voice notes: known by their content, rid of what they tell, measured."""

import io

import av
import pytest

from tc_server.domain.errors import FileBroken, FileType
from tc_server.services.media import clean_file_name, inspect
from tests.sounds import PLANTED, recording

AS_RECORDED = [
    ("ogg", "libopus", "audio/ogg"),
    ("webm", "libopus", "audio/webm"),
    ("mp4", "aac", "audio/mp4"),
    ("adts", "aac", "audio/aac"),
]


@pytest.mark.parametrize(("container", "codec", "type_"), AS_RECORDED)
def test_it_is_what_its_content_says_and_its_length_is_known(container: str, codec: str, type_: str) -> None:
    found = inspect(recording(container, codec, seconds=1.5), "")
    assert found.type == type_
    assert found.seconds == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize(("container", "codec", "_type"), AS_RECORDED[:3])
def test_where_and_as_what_it_was_recorded_stays_behind(container: str, codec: str, _type: str) -> None:
    data = recording(container, codec)
    kept = inspect(data, "").data
    for planted in PLANTED.values():
        assert planted.encode() not in kept
    assert PLANTED["title"].encode() in data, "else nothing was tested"


@pytest.mark.parametrize(("container", "codec", "type_"), AS_RECORDED)
def test_it_still_sounds(container: str, codec: str, type_: str) -> None:
    kept = inspect(recording(container, codec, seconds=1.0), type_).data
    with av.open(io.BytesIO(kept), "r") as source:
        frames = list(source.decode(audio=0))
    assert sum(frame.samples for frame in frames) == pytest.approx(48_000, rel=0.1)
    assert any(any(bytes(frame.planes[0])) for frame in frames)


@pytest.mark.parametrize(
    "declared", ["audio/webm;codecs=opus", "audio/webm; codecs=opus", "video/webm", "application/octet-stream", ""]
)
def test_browsers_name_their_codec_too(declared: str) -> None:
    assert inspect(recording("webm"), declared).type == "audio/webm"


@pytest.mark.parametrize("declared", ["audio/ogg", "image/png", "audio/mpeg"])
def test_another_declared_type_is_refused(declared: str) -> None:
    with pytest.raises(FileType):
        inspect(recording("webm"), declared)


def test_moving_pictures_are_no_voice_note() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("mpeg4", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(5):
            target.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        target.mux(stream.encode(None))
    with pytest.raises(FileType):
        inspect(out.getvalue(), "")


@pytest.mark.parametrize("head", [b"OggS", b"\x1a\x45\xdf\xa3", b"\0\0\0\x18ftypM4A ", b"\xff\xf1"])
def test_what_only_begins_like_one_is_broken(head: bytes) -> None:
    with pytest.raises((FileBroken, FileType)):
        inspect(head + b"\x00\x07" * 400, "")


@pytest.mark.parametrize(("container", "codec", "_type"), AS_RECORDED)
def test_one_that_was_cut_short_is_kept_as_far_as_it_goes_or_refused(container: str, codec: str, _type: str) -> None:
    whole = recording(container, codec)
    try:
        found = inspect(whole[: len(whole) // 2], "")
    except FileBroken:
        return
    assert found.seconds is not None
    assert 0 < found.seconds < 1.5


@pytest.mark.parametrize(
    ("name", "type_", "clean"),
    [("note", "audio/webm", "note.webm"), ("a.OPUS", "audio/ogg", "a.OPUS"), ("x.mp3", "audio/mp4", "x.mp3.m4a")],
)
def test_its_name_ends_as_it_is(name: str, type_: str, clean: str) -> None:
    assert clean_file_name(name, type_) == clean

"""Voice notes: written anew without what tells of their making, and how long they last."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tc_server.domain.errors import FileBroken, FileType

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.stream import Stream

# What a recording is by its first bytes -> the container that it is read and written as. No other is tried.
CONTAINERS = {"audio/ogg": "ogg", "audio/webm": "webm", "audio/mp4": "mp4", "audio/aac": "adts"}
_READ_AS = {"webm": "matroska", "mp4": "mov", "adts": "aac"}
_CODECS = frozenset({"opus", "aac"})
LONGEST = 3600.0
"""Seconds: what claims to last longer isn't a voice note."""


def kind(data: bytes) -> str | None:
    """Name the media type of a recording by its first bytes; None if it is none."""
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    return "audio/aac" if data[:2] in (b"\xff\xf1", b"\xff\xf9") else None


def rewritten(data: bytes, type_: str) -> tuple[bytes, float]:
    """Copy the sound of a recording into a fresh container; nothing is decoded.

    Titles, dates and the place where a phone recorded it stay behind, and a length that a browser could not know while
    it recorded is written down. Returns the bytes and the length in seconds. Raises FileType where there is anything
    but one Opus or AAC stream, FileBroken where it can't be read.
    """
    # Loaded by the first voice note: it takes a tenth of a second and some 30 MB.
    import av
    from av.error import FFmpegError

    container, out = CONTAINERS[type_], io.BytesIO()
    try:
        with av.open(io.BytesIO(data), "r", format=_READ_AS.get(container, container)) as source:
            sound = _sound(tuple(source.streams))
            with av.open(out, "w", format=container) as target:
                copy = target.add_stream_from_template(sound)
                copy.metadata.clear()
                target.metadata.clear()
                length = 0.0
                for packet in source.demux(sound):
                    if packet.dts is None or packet.pts is None:
                        continue
                    end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                    length = max(length, end)
                    packet.stream = copy
                    target.mux(packet)
    except (FFmpegError, ValueError, OverflowError) as fault:
        raise FileBroken from fault
    if not 0 < length <= LONGEST:
        raise FileBroken
    return out.getvalue(), length


def _sound(streams: "Sequence[Stream]") -> "AudioStream":
    from av.audio.stream import AudioStream

    match streams:
        case [AudioStream() as sound] if sound.codec_context.name in _CODECS:
            return sound
    raise FileType

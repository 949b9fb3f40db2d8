"""Voice notes as phones and browsers record them, with what a phone writes beside the sound."""

import array
import io
import math

import av

RATE = 48_000
PLANTED = {"title": "Planted-Title", "location": "+47.3750+008.5361/"}


def recording(container: str = "ogg", codec: str = "libopus", seconds: float = 1.5) -> bytes:
    """Record a tone; `container` is ogg, webm, mp4 or adts, `codec` libopus or aac."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        target.metadata.update(PLANTED)
        stream = target.add_stream(codec, rate=RATE)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        count = int(RATE * seconds)
        tone = array.array("h", (int(8000 * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(count)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=count)
        frame.sample_rate = RATE
        frame.planes[0].update(tone.tobytes())
        fitting = av.AudioResampler(format=stream.codec_context.format or "fltp", layout="mono", rate=RATE)
        for piece in fitting.resample(frame):
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return out.getvalue()

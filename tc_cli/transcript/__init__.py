"""The PDF of a session: what was written, by whom and when, in every script.

Stands alone: it imports nothing else of `tc_cli` or `tc_server`, and the heavy libraries only when it writes.
"""

from tc_cli.transcript.errors import MissingFont, TranscriptError
from tc_cli.transcript.model import Entry, File, Labels, Transcript
from tc_cli.transcript.writing import write_transcript

__all__ = ["Entry", "File", "Labels", "MissingFont", "Transcript", "TranscriptError", "write_transcript"]

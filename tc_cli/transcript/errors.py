"""What can keep a transcript from being written.

TranscriptError
└── MissingFont
"""


class TranscriptError(Exception):
    """The transcript cannot be written."""


class MissingFont(TranscriptError):
    """No font on this machine has the letters of a script."""

    def __init__(self, script: str, remedy: str) -> None:
        super().__init__(f"no font for {script}. {remedy}")
        self.script = script
        self.remedy = remedy

"""What text must go through before it is set: nothing in it may crash the writer or reach beyond its own message."""

import re
import unicodedata

LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Explicit directions (UAX #9) would turn what follows; the letters' own directions stay. Interlinear marks, tags, the
# byte order mark, soft hyphens and variation selectors for text or emoji show nothing of their own here.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u180e\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
BLANK_LINES = re.compile("\n{3,}")
TAB = "    "
MOST_MARKS = 5


def clean(text: str) -> str:
    """Return a message's text with lines ended by newlines and without what is unsafe or invisible."""
    text = LINE_ENDS.sub("\n", _mend_surrogates(text))
    text = INVISIBLE.sub("", text).replace("\t", TAB)
    text = unicodedata.normalize("NFC", NONCHARACTERS.sub("\ufffd", text))
    lines = (line.rstrip() for line in _thin_marks(text).split("\n"))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def clean_line(text: str) -> str:
    """Return a name as one line."""
    return " ".join(clean(text).split())


def _mend_surrogates(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _thin_marks(text: str) -> str:
    """Drop marks stacked so high that they would cover other people's lines."""
    if text.isascii():
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)

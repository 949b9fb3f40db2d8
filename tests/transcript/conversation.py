"""Conversations to print, and what can be asked of the PDFs that they become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from tc_cli.transcript import Entry, Labels, Transcript, write_transcript
from tc_cli.transcript.faces import Weight
from tc_cli.transcript.finding import FontFinder
from tc_cli.transcript.setting import Line, Typesetter
from tc_cli.transcript.typecase import Typecase

NAIROBI = ZoneInfo("Africa/Nairobi")
START = datetime(2026, 3, 7, 22, 30, tzinfo=NAIROBI)
SENTENCES = {
    "French": "Où avez-vous mal ? Depuis quand ?",
    "Russian": "Здравствуйте! Можно ли принимать эти таблетки?",
    "Greek": "Καλημέρα, έχω ένα ραντεβού.",
    "Amharic": "ሰላም፣ እንደምን አደሩ? ትኩሳት አለው።",
    "Tigrinya": "ሰላም፡ ከመይ ኣለኻ? ሓገዝ የድልየኒ ኣሎ።",
    "Burmese": "မင်္ဂလာပါ။ ကျွန်တော့်သမီး နေမကောင်းဘူး။",
    "Bengali": "আমার বাচ্চার জ্বর হয়েছে। আমি কী করব?",
    "Hindi": "नमस्ते, क्या यह दवा सुरक्षित है?",
    "Thai": "ผมมีอาการปวดท้องตั้งแต่เมื่อวานนี้",
}
RIGHT_TO_LEFT = {
    "Arabic": "أحتاج إلى المساعدة",
    "Persian": "می‌خواهم ترجمه کنم",
    "Pashto": "زه پښتو خبرې کوم",
    "Urdu": "مریض کی حالت بہتر ہے",
    "Hebrew": "אני צריכה עזרה",
}


@dataclass
class Printed:
    """Hold a PDF that was written."""

    data: bytes

    @property
    def reader(self) -> PdfReader:
        return PdfReader(BytesIO(self.data))

    @cached_property
    def pages(self) -> list[str]:
        return [page.extract_text() for page in self.reader.pages]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def fonts(self) -> list[Any]:
        """Return the descriptors of the fonts in use on the first page."""
        fonts = self.reader.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
        return [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]


def said(text: str | None, *, by: str = "Amina", role: str = "service_user", minutes: int = 1, **more: Any) -> Entry:
    return Entry(START + timedelta(minutes=minutes), role, by, text, **more)


def printed(*entries: Entry, labels: Labels | None = None, fonts: Sequence[Path] | None = None, **more: Any) -> Printed:
    out = BytesIO()
    write_transcript(Transcript(START, NAIROBI, entries), out, labels=labels, fonts=fonts, **more)
    return Printed(out.getvalue())


@cache
def typesetter() -> Typesetter:
    """Return the one typesetter that tests share."""
    return Typesetter(Typecase(FontFinder()))


def set_in_line(text: str) -> Line:
    """Set a text that fits on one line."""
    (line,) = typesetter().lines(text, size=10, width=1000, weight=Weight.REGULAR)
    return line


def seen(line: Line) -> str:
    """Return a line's characters as they stand from left to right."""
    return "".join(glyph.text for atom in line.atoms for glyph in atom.shape.glyphs)

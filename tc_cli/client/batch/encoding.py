"""The bytes of a sheet as text: UTF-8, or an explanation of what it is instead."""

import codecs

from tc_cli.client.errors import BadFile

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_REMEDY = 'In Excel choose Save As, "CSV UTF-8"; elsewhere choose UTF-8 when you save or export it'


def text_of(content: bytes, name: str) -> str:
    """Decode a sheet; raise BadFile, naming the line, if it isn't UTF-8."""
    if content.startswith(b"PK\x03\x04"):
        raise BadFile(f"{name} is a workbook, not CSV", _REMEDY)
    if content.startswith(_UTF16) or b"\0" in content[:4096]:
        raise BadFile(f'{name} isn\'t UTF-8 but UTF-16, from line 1 on: Excel calls that "Unicode Text"', _REMEDY)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(content, name, error.start) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadFile(f"Line {line} of {name} has a NUL character, which no text has", _REMEDY)
    return text


def _not_utf8(content: bytes, name: str, where: int) -> BadFile:
    line = content.count(b"\n", 0, where) + 1
    start = content.rfind(b"\n", 0, where) + 1
    end = content.find(b"\n", where)
    likely = content[max(start, where - 20) : min(where + 20, end if end >= 0 else len(content))]
    read = likely.decode("cp1252", errors="replace").strip()
    return BadFile(
        f'Line {line} of {name} isn\'t UTF-8; it seems to be Latin-1 (Windows-1252), as in "{read}"', _REMEDY
    )

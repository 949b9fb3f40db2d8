"""The TUI's catalogues: every word of it in every language, with the same places to fill."""

import string
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tc_cli.tui import words

TUI = Path(words.__file__).parent
CODES = sorted(path.stem for path in words.LOCALES.glob("*.po"))


def said() -> dict[str, str | None]:
    """Return what the code says, each with its plural if it has one."""
    found = extract_from_dir(TUI, [("**.py", "python")], keywords={"_": None, "n_": (1, 2)})
    texts: dict[str, str | None] = {}
    for _file, _line, message, _comments, _context in found:
        if isinstance(message, tuple):
            texts[message[0]] = message[1]
        else:
            texts.setdefault(message, None)
    return texts


def catalogue(code: str) -> Catalog:
    return read_po(BytesIO((words.LOCALES / f"{code}.po").read_bytes()), locale=code)


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def msgid(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def test_french_and_spanish_are_there() -> None:
    assert {"fr", "es"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_every_word_and_no_other(code: str) -> None:
    known = {msgid(message) for message in catalogue(code) if message.id}
    assert known == set(said())


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_left_untranslated_or_in_doubt(code: str) -> None:
    doubtful = [msgid(one) for one in catalogue(code) if one.id and (one.fuzzy or not all(forms(one)))]
    assert doubtful == []


@pytest.mark.parametrize("code", CODES)
def test_a_translation_fills_the_same_places(code: str) -> None:
    for message in catalogue(code):
        if message.id:
            ids = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
            # Of one somebody is named, of many only their number is said.
            wanted = [fields(text) for text in ids]
            assert all(fields(form) in wanted for form in forms(message)), msgid(message)


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "en"),
        ({"LANG": "fr_CH.UTF-8"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "es_CO.UTF-8", "LANG": "fr_FR.UTF-8"}, "es"),
        ({"LANGUAGE": "xx:fr:en", "LANG": "es_ES.UTF-8"}, "fr"),
        ({"LANG": "am_ET.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_environments_as_far_as_there_are_words(environment: dict[str, str], code: str) -> None:
    assert words.language(environment) == code

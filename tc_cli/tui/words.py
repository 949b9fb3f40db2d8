"""The TUI's own words in the user's language: English in the code, French and Spanish in `locales/`.

The language is chosen once, from the environment as every program does, before a screen's class reads its words.
"""

import gettext
import io
import os
from collections.abc import Mapping
from pathlib import Path

LOCALES = Path(__file__).with_name("locales")
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def language(environment: Mapping[str, str] = os.environ) -> str:
    """Return the code of the language to speak: the first one wanted that there are words for, else `en`."""
    wanted = next((value for name in VARIABLES if (value := environment.get(name))), "")
    for locale in wanted.split(":"):
        code = locale.split("_")[0].split(".")[0].lower()
        if code == "en" or (LOCALES / f"{code}.po").exists():
            return code
    return "en"


def catalogue(code: str) -> gettext.NullTranslations:
    """Read a language's words."""
    if code == "en":
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    compiled = io.BytesIO()
    with (LOCALES / f"{code}.po").open("rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


_chosen = catalogue(language())
_ = _chosen.gettext
n_ = _chosen.ngettext

"""What the page says, in its languages, from the same catalogues that it is made of."""

from tc_server.locales import catalogue
from tc_server.locales.bidi import isolated


def said(language: str, text: str, **values: str) -> str:
    """Return a text as the page shows it; `values` fill its slots."""
    words = catalogue(language)
    found = words.text(text)
    for name, value in values.items():
        found = found.replace(f"{{{name}}}", isolated(value, words.language.dir))
    return found

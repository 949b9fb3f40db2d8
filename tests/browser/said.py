"""What the page says, in its languages, from the same catalogues that it is made of."""

from tc_server.locales import catalogue


def said(language: str, text: str, **values: str) -> str:
    """Return a text as the page shows it; `values` fill its slots."""
    found = catalogue(language).text(text)
    for name, value in values.items():
        found = found.replace(f"{{{name}}}", value)
    return found

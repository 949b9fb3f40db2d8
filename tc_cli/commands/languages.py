"""`tc languages`: what people can be spoken to in."""

import typer

from tc_cli.commands import verbs


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verbs.verb(app, "languages", "tc languages", "tc languages -o json | jq -r '.[].code'")(languages)


def languages() -> None:
    """Show the languages of texts and page, and whose texts no native speaker has read yet (unreviewed)."""
    from tc_cli.client import calls
    from tc_cli.output import emit, views
    from tc_server.wire.bodies import Language

    with verbs.api() as api:
        found = sorted(api.do(calls.languages()).items, key=lambda language: language.code)
    emit.listing(found, views.LANGUAGES, kind=Language)


def complete(incomplete: str) -> list[tuple[str, str]]:
    """Offer a language's code for the beginning of it, or of its name."""
    from tc_cli.output.words import LANGUAGES

    wanted = incomplete.casefold()
    return [x for x in LANGUAGES.items() if x[0].startswith(wanted) or x[1].casefold().startswith(wanted)]

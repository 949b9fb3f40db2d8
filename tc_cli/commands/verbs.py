"""What all verbs share: the options that each one has, how its help looks, what it may ask."""

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from tc_cli import __version__
from tc_cli.output import diagnostics
from tc_cli.output.exits import Exit
from tc_cli.output.manner import Format, asks, manner

if TYPE_CHECKING:
    from tc_cli.client.api import Api

Id = Annotated[str, typer.Argument(metavar="ID", help="Any unique start or end of an id; - reads it from stdin.")]
Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Any unique start or end of each id; - reads them from stdin.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]


class ReaderGone(Exception):
    """Whoever read stdout has closed it."""


class Verb(TyperCommand):
    """A command with `--output`, `--profile`, `--quiet` and `--verbose`."""

    def __init__(self, name: str | None, *, params: list[Any] | None = None, **rest: Any) -> None:
        super().__init__(name, params=[*(params or []), *_common()], **rest)

    def invoke(self, ctx: Any) -> Any:
        """Run the function; a closed stdout leaves as ReaderGone, before Typer makes a failure of it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error


def noun(summary: str, *, root: bool = False) -> typer.Typer:
    """Make the group of verbs of one noun, or the root of them all."""
    return typer.Typer(
        name="tc" if root else None,
        help=summary,
        epilog="Begin with `tc demo`. Every command explains itself with --help." if root else None,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=root,
        context_settings={"help_option_names": ["--help", "-h"]},
    )


def verb(app: typer.Typer, name: str, *examples: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as a verb, with the options that all have and examples under its help."""
    lines = "\n".join(f"  {example}" for example in examples)
    return app.command(name, cls=Verb, epilog=f"\b\nExamples:\n{lines}" if examples else None)


def _set_format(value: Format | None) -> None:
    manner.format = value or manner.format


def _set_profile(value: str | None) -> None:
    # The environment is where a profile is chosen, so that a command run by this one finds the same.
    if value is not None:
        os.environ["TC_PROFILE"] = value


def _set_quiet(value: bool) -> None:
    manner.quiet = manner.quiet or value


def _set_verbose(value: bool) -> None:
    manner.verbose = manner.verbose or value


def _tell_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"tc {__version__}\n")
        raise typer.Exit(Exit.DONE)


OutputOption = typer.Option(
    "--output", "-o", help="Form of the data on stdout.", callback=_set_format, expose_value=False
)
ProfileOption = typer.Option(
    "--profile", metavar="NAME", help="Login to use (or TC_PROFILE).", callback=_set_profile, expose_value=False
)
QuietOption = typer.Option("--quiet", "-q", help="Only data and errors.", callback=_set_quiet, expose_value=False)
VerboseOption = typer.Option(
    "--verbose", "-v", help="Show codes and request ids of errors.", callback=_set_verbose, expose_value=False
)
VersionOption = typer.Option("--version", "-V", help="Show the version.", callback=_tell_version, expose_value=False)


def everywhere(
    output: Annotated[Format | None, OutputOption] = None,
    profile: Annotated[str | None, ProfileOption] = None,
    quiet: Annotated[bool, QuietOption] = False,
    verbose: Annotated[bool, VerboseOption] = False,
) -> None:
    """Have no effect but that of the options' callbacks."""


def at_root(
    output: Annotated[Format | None, OutputOption] = None,
    profile: Annotated[str | None, ProfileOption] = None,
    quiet: Annotated[bool, QuietOption] = False,
    verbose: Annotated[bool, VerboseOption] = False,
    version: Annotated[bool, VersionOption] = False,
) -> None:
    """Have no effect but that of the options' callbacks."""


@functools.cache
def _common() -> tuple[Any, ...]:
    """Return the parameters that every verb has."""
    carrier = typer.Typer(add_completion=False)
    carrier.command()(everywhere)
    return tuple(typer.main.get_command(carrier).params)


def sure(question: str, *, yes: bool) -> None:
    """Ask unless `--yes` was given; leave if the answer is no. Raise Misuse where nobody can be asked."""
    from tc_cli.client.errors import Misuse

    if yes:
        return
    if not asks():
        raise Misuse("This can't be undone, and there is no terminal to ask on", "Give --yes")
    if not diagnostics.confirm(question):
        diagnostics.note("Nothing done.")
        raise typer.Exit(Exit.DONE)


def api() -> "Api":
    """Open the server's API with the login of the chosen profile."""
    from tc_cli.client.api import signed_in

    return signed_in()


def password(*, from_stdin: bool, question: str) -> str | None:
    """Return a password from stdin or the terminal; None if there is neither."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return diagnostics.ask_secret(question) if asks() else None


def writable(path: Path, *, force: bool) -> Path:
    """Return `path` if it may be written; raise Exists if something is there, BadFile if its folder isn't."""
    from tc_cli.client.errors import BadFile, Exists

    if path.exists() and not force:
        raise Exists(f"{path} exists")
    if not path.parent.is_dir():
        raise BadFile(f"There is no folder {path.parent}", "Make it first")
    return path

"""Everything said on stderr is said here: notes, questions, errors. `error: WHAT. REMEDY.` is one line, always."""

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from tc_cli.output import words
from tc_cli.output.exits import Exit, for_code
from tc_cli.output.manner import manner

if TYPE_CHECKING:
    from rich.console import Console

    from tc_cli.client.errors import TcError

# What to do in terms of tc, where the server, which doesn't know who asks, can only speak in general.
REMEDIES = {
    "not_logged_in": "Run `tc login`",
    "not_allowed": "Ask an admin of this server",
    "not_found": "Check the id",
    "nobody_waiting": "`tc queue watch` rings when somebody comes",
    "no_call": "`tc session call` begins one",
    "session_ended": "`tc session reopen` opens it again for a while",
    "erased": "`tc session show` has its receipt",
    "contact_missing": "Give --phone or --email, or --link-only",
    "file_size": "Make it smaller",
    "too_large": "Make it smaller",
    "internal": "Tell whoever runs the server, with the request id that --verbose shows",
}


def say(line: str) -> None:
    """Write one line to stderr, whatever happens to stderr."""
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def note(line: str) -> None:
    """Say something that --quiet leaves out."""
    if not manner.quiet:
        say(words.plain(line))


def warn(line: str) -> None:
    say(f"warning: {words.plain(line)}")


def error(what: str, remedy: str = "") -> None:
    """Say what went wrong and what to do about it, in one line."""
    said = [words.plain(part).strip() for part in (what, remedy)]
    say("error: " + " ".join(part if part[-1] in ".?!…" else f"{part}." for part in said if part))


def failed(problem: "TcError") -> Exit:
    """Say an error of this program or of the server; return the exit code that it leads to."""
    what, remedy = problem.what, problem.remedy
    if not remedy:
        what, _, general = what.partition(". ")
        remedy = REMEDIES.get(problem.code, general)
    error(what, remedy)
    if manner.verbose:
        request_id = getattr(problem, "request_id", "")
        say(f"  code {problem.code}" + (f", request {request_id}" if request_id else ""))
    return for_code(problem.code)


def bug(trace: str, path: "os.PathLike[str]") -> None:
    """Say that this program is at fault, and where the whole story is."""
    if manner.verbose:
        say(trace.rstrip())
    last = trace.rstrip().rsplit("\n", 1)[-1]
    error(f"This is a fault of tc: {last}", f"Please report it with {os.fspath(path)}")


def bell() -> None:
    """Ring the terminal, if there is one."""
    if sys.stderr.isatty():
        sys.stderr.write("\a")
        sys.stderr.flush()


def confirm(question: str) -> bool:
    """Ask yes or no on the terminal; no is the default."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def ask(question: str) -> str:
    """Ask for one line on the terminal."""
    sys.stderr.write(f"{question}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def ask_secret(question: str) -> str:
    """Ask for a line that isn't shown."""
    import getpass

    return getpass.getpass(f"{question}: ", stream=sys.stderr)


def console() -> "Console":
    """Return a Rich console on stderr, for what moves there."""
    from rich.console import Console

    return Console(stderr=True, quiet=manner.quiet)

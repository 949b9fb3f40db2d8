"""The root of `tc`: one line a noun, and the edge where errors become a line on stderr and an exit code."""

import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from tc_cli import __version__

if TYPE_CHECKING:
    import typer


def run() -> NoReturn:
    """Run the program and leave with its exit code."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code."""
    if list(arguments) in (["--version"], ["-V"]):
        sys.stdout.write(f"tc {__version__}\n")
        return 0
    return _guarded(lambda: _invoke(arguments))


def root() -> "typer.Typer":
    """Put the nouns together."""
    from tc_cli.commands import (
        agenda,
        demo,
        doctor,
        invite,
        languages,
        login,
        notify,
        queue,
        server,
        session,
        stats,
        tui,
        user,
        verbs,
    )

    app = verbs.noun("Link a health worker with one person on any phone, and forget them afterwards.", root=True)
    app.callback()(verbs.at_root)
    demo.add_to(app)
    tui.add_to(app)
    login.add_to(app)
    app.add_typer(invite.app, name="invite")
    app.add_typer(queue.app, name="queue")
    app.add_typer(session.app, name="session")
    agenda.add_to(app)
    languages.add_to(app)
    app.add_typer(notify.app, name="notify")
    app.add_typer(user.app, name="user")
    stats.add_to(app)
    app.add_typer(server.app, name="server")
    doctor.add_to(app)
    return app


def _invoke(arguments: Sequence[str]) -> int:
    import typer

    _refuse_broken_text(arguments)
    code = typer.main.get_command(root()).main(args=list(arguments), standalone_mode=False)
    return code if isinstance(code, int) else 0


def _refuse_broken_text(arguments: Sequence[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            from tc_cli.client.errors import Misuse

            raise Misuse(f"{argument!r} isn't UTF-8", "Set your terminal to UTF-8") from None


def _guarded(work: Callable[[], int]) -> int:
    """Do the work; turn whatever goes wrong into an exit code and a line on stderr."""
    from typer import Abort
    from typer.exceptions import TyperException

    from tc_cli.commands.verbs import ReaderGone
    from tc_cli.output import diagnostics, manner
    from tc_cli.output.exits import Exit

    manner.reset()
    _bear_every_letter()
    try:
        code = work()
        sys.stdout.flush()
    except TyperException as error:
        return _misused(error)
    except (KeyboardInterrupt, Abort):
        return Exit.INTERRUPTED
    except (BrokenPipeError, ReaderGone):
        # The reader has seen enough (`tc … | head`). What is still buffered must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as error:  # noqa: BLE001 - the root: nothing may end as a traceback
        from tc_cli.client.errors import TcError

        if isinstance(error, TcError):
            return diagnostics.failed(error)
        if isinstance(error, OSError) and error.filename:
            diagnostics.error(f"{error.filename}: {error.strerror}", "Check its path and who may write there")
            return Exit.REFUSED
        return _bug(error)
    return code


def _bear_every_letter() -> None:
    """Let a terminal of an old encoding show what it can't write as escapes, instead of ending the run."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _misused(error: "typer.TyperException") -> int:
    """Say what is wrong with the command line; where a noun stands alone, its help is the answer."""
    from tc_cli.output import diagnostics
    from tc_cli.output.exits import Exit

    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "tc"
    if type(error).__name__ == "NoArgsIsHelpError":
        diagnostics.say(error.format_message())
        return Exit.USAGE
    diagnostics.error(error.format_message(), f"See `{path} --help`")
    return Exit.USAGE


def _bug(error: Exception) -> int:
    import traceback

    from tc_cli.client import paths
    from tc_cli.output import diagnostics
    from tc_cli.output.exits import Exit

    trace = "".join(traceback.format_exception(error))
    try:
        paths.write_private(paths.crash(), trace.encode())
    except OSError:
        diagnostics.say(trace)
    diagnostics.bug(trace, paths.crash())
    return Exit.BUG

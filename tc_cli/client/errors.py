"""What can go wrong on this side, as one tree; the exit code follows from `code` (see output/exits.py).

TcError
├── Refused         the server answered with a problem
├── Unreachable     no answer, or none that a TeleConnect server gives
├── NotLoggedIn     no token for this server
├── NoSuchId        nothing begins or ends so
├── AmbiguousId     more than one thing does
├── BadFile         a file here that can't be read or sent
├── Exists          a file here that would be overwritten
├── Misuse          options that don't go together
├── NoFont          a script that this machine can't print
├── NoticeFailed    a trial that didn't get through
└── PortTaken       an address that can't be listened on
"""

from tc_server.wire.bodies import Problem


class TcError(Exception):
    """Something that the user can be told in one line: what, and what to do about it."""

    code: str = "internal"
    remedy: str = ""

    def __init__(self, what: str, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        if remedy is not None:
            self.remedy = remedy


class Refused(TcError):
    """The server answered with a problem; `code` is the wire's."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem
        self.code = problem.code

    @property
    def request_id(self) -> str:
        return self.problem.request_id


class Unreachable(TcError):
    """The server can't be reached, or what answers isn't one."""

    code = "unreachable"
    remedy = "Check the address and the network with `tc doctor`"


class NotLoggedIn(TcError):
    """There is no token for this server."""

    code = "not_logged_in"
    remedy = "Run `tc login`"


class NoSuchId(TcError):
    """Nothing has an id that begins or ends so."""

    code = "no_such_id"


class AmbiguousId(TcError):
    """Several things have an id that begins or ends so."""

    code = "ambiguous_id"
    remedy = "Give more of it"


class BadFile(TcError):
    """A file on this machine can't be read, or can't be sent as it is."""

    code = "bad_file"


class Exists(TcError):
    """A file on this machine would be overwritten."""

    code = "exists"
    remedy = "Give --force to replace it"


class Misuse(TcError):
    """The command was given something that doesn't fit together."""

    code = "usage"


class NoFont(TcError):
    """No font on this machine has the letters of a script."""

    code = "font_missing"


class NoticeFailed(TcError):
    """A trial notice didn't get through."""

    code = "notice_failed"


class PortTaken(TcError):
    """The server can't listen where it was told to."""

    code = "port_taken"

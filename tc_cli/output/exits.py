"""Exit codes, and the one table that leads from what went wrong to one of them."""

from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """What `tc` returns to the shell."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOT_ALLOWED = 3
    NOT_FOUND = 4
    STATE = 5
    REFUSED = 6
    UNREACHABLE = 7
    PARTLY = 8
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "done",
    Exit.BUG: "a bug, here or on the server",
    Exit.USAGE: "the command was used wrongly",
    Exit.NOT_ALLOWED: "not logged in, or not allowed",
    Exit.NOT_FOUND: "not found",
    Exit.STATE: "the session's state forbids it",
    Exit.REFUSED: "the input was refused: a phone number, a text, a file",
    Exit.UNREACHABLE: "the server can't be reached, or can't serve just now",
    Exit.PARTLY: "partly done",
    Exit.INTERRUPTED: "interrupted with Ctrl-C",
}

BY_CODE: Mapping[str, Exit] = {
    # From the server.
    "invalid": Exit.REFUSED,
    "invalid_phone": Exit.REFUSED,
    "invalid_email": Exit.REFUSED,
    "invalid_target": Exit.REFUSED,
    "contact_missing": Exit.REFUSED,
    "no_provider": Exit.REFUSED,
    "invalid_time": Exit.REFUSED,
    "invalid_timezone": Exit.REFUSED,
    "too_early": Exit.STATE,
    "unknown_language": Exit.REFUSED,
    "terms_required": Exit.REFUSED,
    "text_empty": Exit.REFUSED,
    "text_too_long": Exit.REFUSED,
    "weak_password": Exit.REFUSED,
    "name_taken": Exit.REFUSED,
    "last_admin": Exit.REFUSED,
    "client_id_taken": Exit.REFUSED,
    "too_many_targets": Exit.REFUSED,
    "file_type": Exit.REFUSED,
    "file_broken": Exit.REFUSED,
    "file_size": Exit.REFUSED,
    "too_large": Exit.REFUSED,
    "not_logged_in": Exit.NOT_ALLOWED,
    "wrong_password": Exit.NOT_ALLOWED,
    "not_allowed": Exit.NOT_ALLOWED,
    "not_found": Exit.NOT_FOUND,
    "link_unknown": Exit.NOT_FOUND,
    "link_revoked": Exit.STATE,
    "link_expired": Exit.STATE,
    "session_ended": Exit.STATE,
    "erased": Exit.STATE,
    "illegal_move": Exit.STATE,
    "nobody_waiting": Exit.STATE,
    "no_call": Exit.STATE,
    "call_full": Exit.STATE,
    "echo_busy": Exit.UNREACHABLE,
    "offer_broken": Exit.REFUSED,
    "slow_down": Exit.UNREACHABLE,
    "too_slow": Exit.UNREACHABLE,
    "unavailable": Exit.UNREACHABLE,
    "method_not_allowed": Exit.BUG,
    "unknown_frame": Exit.BUG,
    "internal": Exit.BUG,
    # From here.
    "unreachable": Exit.UNREACHABLE,
    "no_such_id": Exit.NOT_FOUND,
    "ambiguous_id": Exit.USAGE,
    "usage": Exit.USAGE,
    "exists": Exit.REFUSED,
    "bad_file": Exit.REFUSED,
    "font_missing": Exit.REFUSED,
    "port_taken": Exit.REFUSED,
    "notice_failed": Exit.REFUSED,
    "demo_failed": Exit.BUG,
}


def for_code(code: str) -> Exit:
    """Return the exit code for a code of the wire or of this side; one that a newer server made up is a bug."""
    return BY_CODE.get(code, Exit.BUG)

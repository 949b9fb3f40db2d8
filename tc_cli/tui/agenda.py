"""What is planned, as the board knows it: what is still to come, whose time has come, who can't.

Pure: `now` is the server's time.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tc_cli.tui.board import LIVE, Board
from tc_server.wire.bodies import Invite

# So long after its time somebody who hasn't come is still looked out for.
LOOKED_OUT_FOR = timedelta(hours=12)
# What comes so soon belongs to today, also after midnight.
SOON = timedelta(hours=3)


def planned(board: Board, now: datetime) -> list[Invite]:
    """Return what is planned and nobody has come to, and today's that somebody has come to, the next first."""
    found = [one for one in _with_time(board) if awaited(board, one) or _is_todays_and_here(board, one, now)]
    return sorted(found, key=lambda one: (one.planned_at or now, one.invite_id))


def today(board: Board, now: datetime) -> list[Invite]:
    """Return what is still to come today, and what has just been missed, the next first."""
    return [one for one in planned(board, now) if awaited(board, one) and _is_near(one, now)]


def later(board: Board, now: datetime) -> int:
    """Count what is planned for another day."""
    coming = (one for one in _with_time(board) if awaited(board, one) and not is_due(board, one, now))
    return sum(not _is_near(one, now) for one in coming)


def awaited(board: Board, invite: Invite) -> bool:
    """Tell whether a conversation is planned to which nobody has come yet."""
    return invite.planned_at is not None and board.invite_state(invite) == "invited" and invite.joined_at is None


def is_due(board: Board, invite: Invite, now: datetime) -> bool:
    """Tell whether its time has come, and nobody is there."""
    return awaited(board, invite) and invite.planned_at is not None and invite.planned_at <= now


def has_come(board: Board, invite: Invite) -> bool:
    """Tell whether there is somebody to talk to."""
    return not awaited(board, invite) and board.invite_state(invite) in LIVE


def declined(board: Board, now: datetime) -> int:
    """Count who can't come to what is still to come."""
    coming = (one for one in _with_time(board) if one.coming is False and awaited(board, one))
    return sum(not is_due(board, one, now) for one in coming)


def _with_time(board: Board) -> Iterator[Invite]:
    return (one for one in board.invites.values() if one.planned_at is not None)


def _is_todays_and_here(board: Board, invite: Invite, now: datetime) -> bool:
    return has_come(board, invite) and invite.planned_at is not None and _local(invite.planned_at) == _local(now)


def _is_near(invite: Invite, now: datetime) -> bool:
    assert invite.planned_at is not None
    ahead = invite.planned_at - now
    if ahead <= timedelta():
        return -ahead < LOOKED_OUT_FOR
    return ahead < SOON or _local(invite.planned_at) == _local(now)


def _local(when: datetime) -> date:
    return when.astimezone().date()

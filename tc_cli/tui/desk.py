"""What every screen is handed: what is known, what can be done, and the signal that something has changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tc_cli.tui.board import Board, Change
from tc_cli.tui.forms import Typed
from tc_cli.tui.preferences import Preferences

if TYPE_CHECKING:
    from textual.signal import Signal

    from tc_cli.tui.feed import Feed


class Trouble(Exception):
    """Something couldn't be done: what, and what to do about it, as sentences for staff; `code` is the wire's."""

    def __init__(self, what: str, remedy: str = "", code: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.code = code


def local_now() -> datetime:
    return datetime.now().astimezone()


@dataclass(slots=True)
class Desk:
    """One account's place of work. `changed` is published once the board holds what it tells of.

    `forms` keeps what is typed of an invite: of a new one under None, of somebody to add under the session's id.
    `look_at` is the invite that the list of invites will have its cursor on when it comes to the front.
    """

    board: Board
    feed: "Feed"
    preferences: Preferences
    changed: "Signal[Change]"
    now: Callable[[], datetime] = local_now
    forms: dict[str | None, Typed] = field(default_factory=dict)
    look_at: str | None = None

    def server_now(self) -> datetime:
        """Return what the server's clock shows, as far as is known."""
        return self.now() + self.board.ahead

"""A stage for one dialog: an app with a desk whose feed is real, and connects to nobody unless one is given."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.app import App
from textual.screen import ModalScreen
from textual.signal import Signal
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from tc_cli.client.profile import Access
from tc_cli.tui import themes
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.board import Change
from tc_cli.tui.desk import Desk
from tc_cli.tui.feed import Feed
from tc_cli.tui.preferences import Preferences

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOT_GIVEN = object()


class Stage(App[None]):
    """Shows the dialog that `make` makes of a desk, or none yet; `answer` is what it dismissed with."""

    HORIZONTAL_BREAKPOINTS = TeleConnect.HORIZONTAL_BREAKPOINTS

    def __init__(self, make: Callable[[Desk], ModalScreen[Any]] | None, folder: Path, feed: Feed | None = None) -> None:
        super().__init__()
        self.animation_level = "none"
        self._runs = feed is not None
        self._feeding: Worker[None] | None = None
        feed = feed or Feed(Access("http://127.0.0.1:9", "nobody"), "nobody", lambda *_: None)
        preferences = Preferences(folder / "choices.json")
        changed: Signal[Change] = Signal(self, "changed")
        feed.on_change = changed.publish
        self.desk = Desk(feed.board, feed, preferences, changed, lambda: NOON)
        self.answer: object = NOT_GIVEN
        self._make = make
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.DARK.name

    def on_mount(self) -> None:
        if self._runs:
            self._feeding = self.run_worker(self.desk.feed.run(), name="feed")
        if self._make is not None:
            self.ask(self._make(self.desk))

    async def on_unmount(self) -> None:
        if self._feeding is not None:
            self._feeding.cancel()
            with contextlib.suppress(WorkerFailed, WorkerCancelled):
                await self._feeding.wait()

    def ask(self, dialog: ModalScreen[Any]) -> None:
        """Show a dialog, and take its answer."""
        self.push_screen(dialog, self._take)

    def _take(self, answer: object) -> None:
        self.answer = answer

    @property
    def said(self) -> list[str]:
        """Return the notices so far: title and text."""
        return [f"{notice.title}: {notice.message}" for notice in self._notifications]

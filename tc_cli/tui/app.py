"""The composition root of the TUI: the desk, the screens, and what holds everywhere (ring, themes, palette)."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import WorkerError

from tc_cli.output import words
from tc_cli.tui import batch_words, cells, dates, delivery_words, themes
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.clipboard import through_tmux
from tc_cli.tui.desk import Desk, Trouble, local_now
from tc_cli.tui.feed import Feed
from tc_cli.tui.noise import Noise
from tc_cli.tui.palette import Palette
from tc_cli.tui.preferences import Preferences
from tc_cli.tui.threads import in_thread
from tc_cli.tui.widgets.top_bar import places
from tc_cli.tui.words import _
from tc_server.wire.bodies import Invite

MINUTE = 60
# Seconds in which failures are told together, and for which they are told.
TOGETHER = 0.4
LASTING = 12
NAME, FEW = 24, 4


class TeleConnect(App[None]):
    """Where staff spends the day. `desk` is what every screen works with."""

    TITLE = "TeleConnect"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS = {Palette}  # noqa: RUF012 - as Textual declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (74, "-middle"), (110, "-wide")]  # noqa: RUF012 - as Textual declares it
    CSS = """
    * { transition: none; }
    ToastRack { dock: top; align: right top; margin: 2 0 0 0; }
    /* What a question is about stands in its title; in a chat what is newest stands below. */
    ModalScreen ToastRack { dock: bottom; align: right bottom; margin: 0; }
    Toast { max-width: 80%; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"go('{mode}')", label, show=False, id=f"go.{mode}")
            for number, (mode, label) in enumerate(places().items(), 1)
        ),
        Binding("question_mark", "help", _("Help"), id="help", key_display="?", tooltip=_("What each key does")),
        # Where one writes, a question mark is just that.
        Binding("f1", "help", _("Help"), id="help.f1", tooltip=_("What each key does")),
        Binding(
            "ctrl+q",
            "quit",
            _("Quit"),
            id="quit",
            show=False,
            priority=True,
            tooltip=_("Leave; drafts and what is unsent are kept"),
        ),
        Binding("q", "quit", _("Quit"), id="quit.plain", tooltip=_("Leave; drafts and what is unsent are kept")),
    ]

    def __init__(
        self,
        feed: Feed,
        preferences: Preferences,
        *,
        now: Callable[[], datetime] = local_now,
        hand_over: str | None = None,
    ) -> None:
        super().__init__()
        self._hand_over = hand_over
        self._batch_worked = False
        self.animation_level = "none"
        changed: Signal[Change] = Signal(self, "changed")
        self.desk = Desk(feed.board, feed, preferences, changed, now)
        self._noise = Noise(self.write_to_terminal)
        feed.on_change = changed.publish
        feed.on_noise = self._make_noise
        feed.on_trouble = self.trouble
        feed.on_undelivered = self._take_undelivered
        feed.on_declined = self._announce_declined
        self._undelivered: list[Invite] = []
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.first(preferences.choices.theme)
        # Screens are made for these; Textual's own would be offered beside them.
        for name in self.available_themes.keys() - {theme.name for theme in themes.THEMES}:
            self.unregister_theme(name)

    def on_mount(self) -> None:
        for mode, screen in self._screens().items():
            self.add_mode(mode, screen)
        self.switch_mode("home")
        self.desk.changed.subscribe(self, self._on_ring)
        self._feeding = self.run_worker(self.desk.feed.run(), name="feed")
        self.desk.changed.subscribe(self, self._on_invites)
        self.desk.changed.subscribe(self, self._on_batch)
        self.set_interval(MINUTE, self._minute_passed)

    async def on_unmount(self) -> None:
        self._noise.close()
        # The line is saved and the connection closed before the loop ends.
        self._feeding.cancel()
        with contextlib.suppress(WorkerError):
            await self._feeding.wait()

    def _screens(self) -> dict[str, Callable[[], Screen[None]]]:
        def home() -> Screen[None]:
            from tc_cli.tui.screens.home import Home

            return Home(self.desk)

        def waiting() -> Screen[None]:
            from tc_cli.tui.screens.waiting import Waiting

            return Waiting(self.desk)

        def sessions() -> Screen[None]:
            from tc_cli.tui.screens.sessions import Sessions

            return Sessions(self.desk)

        def invites() -> Screen[None]:
            from tc_cli.tui.screens.invites import Invites

            return Invites(self.desk)

        def agenda() -> Screen[None]:
            from tc_cli.tui.screens.agenda import Agenda

            return Agenda(self.desk)

        return {"home": home, "waiting": waiting, "sessions": sessions, "invites": invites, "agenda": agenda}

    # --- what holds everywhere -----------------------------------------------------------------------------------

    def action_go(self, mode: str) -> None:
        """Go to one of the places; what stands before it is left."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_mode(mode)

    def open_session(self, session_id: str) -> None:
        """Show a session's chat."""
        from tc_cli.tui.screens.session import SessionScreen

        self.push_screen(SessionScreen(self.desk, session_id))

    def action_new_invite(self) -> None:
        """Ask whom to invite."""
        from tc_cli.tui.dialogs.new_invite import NewInvite

        self.push_screen(NewInvite(self.desk))

    def action_batch(self) -> None:
        """Show the batch there is, or ask for the file of one."""
        from tc_cli.tui.screens.batch import BatchScreen, choose_file

        def show() -> None:
            if not isinstance(self.screen, BatchScreen):
                self.push_screen(BatchScreen(self.desk))

        if self.desk.board.batch is not None:
            show()
        else:
            choose_file(self, self.desk, show)

    async def action_quit(self) -> None:
        """Leave; ask first while people are being invited."""
        from tc_cli.tui.dialogs.confirm import Confirm

        batch = self.desk.board.batch
        if batch is None or not batch.works:
            self.exit()
        elif not isinstance(self.screen, Confirm):
            sure = Confirm(_("Leave while people are being invited?"), batch_words.on_leaving(batch), _("Leave"))
            self.push_screen(sure, lambda answer: self.exit() if answer else None)

    def action_help(self) -> None:
        """Show what every key does on this screen."""
        from tc_cli.tui.dialogs.help import Help

        self.push_screen(Help(list(self.screen.active_bindings.values())))

    def action_silence(self) -> None:
        """Stop ringing for those who wait now."""
        self.desk.feed.all_seen()

    def action_to_call(self) -> None:
        """Show the chat with whoever has asked for a call first."""
        if asking := self.desk.board.calls.first_asking(self.desk.server_now()):
            self.open_session(asking.session_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer silence while it rings, and to go to who asks for a call."""
        if action == "silence":
            return bool(self.desk.board.unseen)
        return self.desk.board.calls.first_asking(self.desk.server_now()) is not None if action == "to_call" else True

    def watch_theme(self, theme: str) -> None:
        if theme != self.desk.preferences.choices.theme and theme != themes.GREY.name:
            self.desk.preferences.choose(theme=theme)

    def trouble(self, trouble: Trouble, severity: SeverityLevel = "error") -> None:
        """Say that something couldn't be done, and what to do."""
        self.notify(trouble.remedy, title=trouble.what, severity=severity, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Put text on the clipboard of the terminal in front of staff."""
        super().copy_to_clipboard(text)
        self.run_worker(in_thread(lambda: through_tmux(text)), exit_on_error=False)

    def write_to_terminal(self, sequence: str) -> None:
        """Send the terminal a sequence that draws nothing."""
        if self._driver is not None:
            self._driver.write(sequence)

    def _handle_exception(self, error: Exception) -> None:
        """End on a fault without Textual's report of it, which would print names and words from the screen."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """Draw only the screen in front if it covers everything: else each change below paints all of it anew."""
        return [] if self.screen.styles.background.a == 1 else super()._background_screens

    @property
    def fault(self) -> Exception | None:
        """Return what ended the app, if it wasn't staff."""
        return self._exception

    def _make_noise(self, _unseen: int) -> None:
        if not self.desk.preferences.choices.quiet:
            self._noise.ring()

    def _minute_passed(self) -> None:
        self.desk.changed.publish(Change(Topic.MINUTE))
        self.desk.feed.freshen_overdue()

    def _take_undelivered(self, invite: Invite) -> None:
        if not self._undelivered:
            self.set_timer(TOGETHER, self._announce_undelivered)
        self._undelivered.append(invite)

    def _announce_undelivered(self) -> None:
        """Say which messages won't get there, those of a swarm together."""
        lost, self._undelivered = self._undelivered, []
        self.desk.look_at = lost[-1].invite_id
        if len(lost) == 1:
            what, remedy = delivery_words.lost(lost[0], cells.cut(words.plain(lost[0].name), NAME))
        else:
            names = ", ".join(cells.cut(words.plain(one.name), NAME) for one in lost[:FEW])
            what = _("{n} messages are not delivered").format(n=len(lost))
            remedy = names + (" …" if len(lost) > FEW else "")
        keys = _("4 shows the invites, r sends again.")
        self.notify(f"{remedy}\n{keys}", title=what, severity="error", timeout=LASTING, markup=False)

    def _announce_declined(self, invite: Invite) -> None:
        """Say that somebody can't come to what is planned."""
        if invite.planned_at is None:
            return
        self.desk.look_at = invite.invite_id
        name = cells.cut(words.plain(invite.name), NAME)
        when = dates.moment(invite.planned_at, self.desk.now())
        what = _("{name} can't come: {when}").format(name=name, when=when)
        keys = _("5 shows the agenda, t plans another time.")
        self.notify(keys, title=what, severity="warning", timeout=LASTING, markup=False)

    def _on_invites(self, change: Change) -> None:
        if change.topic is Topic.INVITES and self._hand_over in self.desk.board.invites:
            from tc_cli.tui.dialogs.link import LinkDialog

            self.push_screen(LinkDialog(self.desk, self._hand_over))
            self._hand_over = None

    def _on_batch(self, change: Change) -> None:
        """Say where nobody looks at it that a batch has come to its end."""
        batch = self.desk.board.batch
        if change.topic is not Topic.BATCH or batch is None:
            return
        was, self._batch_worked = self._batch_worked, batch.works
        if was and not batch.works and not any(screen.has_class("-batch") for screen in self.screen_stack):
            told = f"{batch_words.counted(batch)} · " + _("ctrl+p, Invite from a file… shows it")
            self.notify(told.lstrip(" ·"), title=batch_words.state(batch)[0], markup=False)

    def _on_ring(self, change: Change) -> None:
        if change.topic is Topic.RING and not self.desk.preferences.choices.quiet:
            self._noise.announce(self.desk.board.unseen)

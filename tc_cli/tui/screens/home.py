"""The first screen: who waits, where something is new, which invites need a look."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tc_cli.output import words
from tc_cli.tui import agenda, call_words, cells, dates, delivery_words
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Trouble
from tc_cli.tui.screens.agenda import coming
from tc_cli.tui.screens.place import Place
from tc_cli.tui.widgets.ink import ink
from tc_cli.tui.words import _, n_
from tc_server.wire.bodies import Invite, QueueEntry, Session

MOST = 100
GAP = 2
# From here on names stand in a column of their own, so that what follows them can be read down.
ROOMY = 56
NAME = 16
QUIET = frozenset({Topic.LINK, Topic.TYPING})


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a panel: what its option is known by, what it says on the left and on the right."""

    key: str
    sign: str
    name: str
    words: str
    right: str
    style: str = ""


class Panel(OptionList):
    """A short list with a title that counts; tells its screen which line was chosen."""

    DEFAULT_CSS = """
    Panel {
        height: 1fr; border: round $primary 40%; border-title-color: $primary; padding: 0 1; background: transparent;
        border-subtitle-color: $text-muted; scrollbar-size-vertical: 1;
    }
    Panel:focus { border: round $primary; background: transparent; }
    Panel > .option-list--option-highlighted { background: transparent; color: $foreground; }
    Panel:focus > .option-list--option-highlighted { background: $primary 30%; color: $foreground; }
    Panel.-lost { border-subtitle-color: $error; border-subtitle-style: bold; }
    Panel.-calls { border: round $warning; border-title-color: $warning; }
    """

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._nothing = ""
        self._shown: list[Line] | None = None

    def show(self, title: str, lines: list[Line], subtitle: str = "") -> None:
        """Take the panel's lines as they are now; nothing is painted if they read the same."""
        if (title, subtitle) != (self.border_title, self.border_subtitle):
            self.border_title, self.border_subtitle = title, subtitle
        before, self._shown = self._shown, lines
        if before is None or [line.key for line in lines] != [line.key for line in before]:
            self._paint()
            return
        for index, (old, new) in enumerate(zip(before, lines, strict=True)):
            if old != new and index < MOST:
                self.replace_option_prompt_at_index(index, self._drawn(new, self._width))

    def on_resize(self) -> None:
        if self._shown is not None:
            self._paint()

    def nothing_is(self, told: str) -> None:
        """Say this where there are no lines."""
        if told != self._nothing:
            self._nothing = told
            if not self._shown:
                self._paint()

    def _paint(self) -> None:
        lines = self._shown or []
        highlighted = self.highlighted
        self.clear_options()
        if not lines:
            self.add_option(Option(Text(self._nothing, style=ink(self.app, "text-muted")), disabled=True))
            return
        self.add_options(Option(self._drawn(line, self._width), id=line.key) for line in lines[:MOST])
        self.highlighted = min(highlighted or 0, len(lines) - 1)

    @property
    def _width(self) -> int:
        room = self.scrollable_content_region
        # The bar that comes with more lines than there is room for isn't there yet when they are drawn.
        comes = not self.show_vertical_scrollbar and len(self._shown or []) > room.height
        return max(10, room.width - comes * self.styles.scrollbar_size_vertical)

    def _drawn(self, line: Line, width: int) -> Text:
        right = Text(line.right, style=ink(self.app, line.style or "text-muted"))
        room = width - right.cell_len - 1
        name = cells.cut(line.name, NAME if width >= ROOMY else room - len(line.sign))
        if width >= ROOMY:
            name = set_cell_size(name, NAME)
        said = cells.cut(line.words, room - len(line.sign) - cell_len(name) - GAP)
        left = Text.assemble(line.sign, (name, "bold"), " " * GAP, said, no_wrap=True, end="")
        left.truncate(room, pad=True)
        return Text.assemble(left, " ", right, no_wrap=True, end="")


class Home(Place):
    """What needs staff now."""

    AUTO_FOCUS = "#waiting"

    MODE = "home"
    CSS_PATH = "home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s",
            "next",
            _("Start next"),
            id="queue.next",
            tooltip=_("Start with who has waited longest, those online first"),
        ),
    ]

    def body(self) -> Iterable[Widget]:
        with Container(id="panels"):
            for name in ("waiting", "planned", "news", "invites"):
                yield Panel(name)

    def ring_keys(self) -> str:
        if not self.desk.board.queue:
            return super().ring_keys()
        return _("s starts {name} · space silences").format(name=self.next_name())

    def redraw(self) -> None:
        known = self.desk.board.loaded
        for name, told in self._empty().items():
            self.query_one(f"#{name}", Panel).nothing_is(told if known else _("Not known until the server answers."))
        for draw in (self._draw_waiting, self._draw_planned, self._draw_news, self._draw_invites):
            draw()
        self.keys_follow(bool(self.desk.board.queue))

    def concerns(self, change: Change) -> bool:
        return change.topic not in QUIET

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what needs somebody who waits."""
        return None if action == "next" and not self.desk.board.queue else True

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is None:
            return
        if event.option_list.id in {"invites", "planned"}:
            from tc_cli.tui.dialogs.link import LinkDialog

            self.app.push_screen(LinkDialog(self.desk, event.option_id))
        else:
            self.desk.feed.seen(event.option_id)
            self.open_session(event.option_id)

    def action_next(self) -> None:
        self.run_worker(self._next(), exclusive=True)

    async def _next(self) -> None:
        try:
            session = await self.desk.feed.start_next()
        except Trouble as trouble:
            self.trouble(trouble)
        else:
            self.open_session(session.session_id)

    @staticmethod
    def _empty() -> dict[str, str]:
        return {
            "waiting": _("Nobody is waiting. It rings when somebody comes."),
            "news": _("No session is open."),
            "invites": _("Nobody is expected. n invites somebody."),
        }

    def _draw_waiting(self) -> None:
        queue = self.desk.board.queue
        panel = self.query_one("#waiting", Panel)
        panel.set_class(bool(queue), "-calls")
        title = n_("{n} person waits", "{n} people wait", len(queue)).format(n=len(queue)) if queue else _("Waiting")
        longest = _("longest {span}").format(span=self._waited(queue[0])) if queue else ""
        panel.show(title, [self._waiting_line(entry) for entry in queue], longest)

    def _waiting_line(self, entry: QueueEntry) -> Line:
        message = self.desk.board.words.get(entry.session_id)
        said = cells.said(message) if message else cells.language(entry.language)[0]
        sign = "● " if entry.online else "○ "
        span = (self.desk.now() - entry.waiting_since).total_seconds()
        return Line(
            entry.session_id,
            sign,
            words.plain(entry.name),
            said,
            self._waited(entry),
            cells.patience(span),
        )

    def _draw_planned(self) -> None:
        """Show today's; the panel is there only while there are any."""
        now = self.desk.server_now()
        found = agenda.today(self.desk.board, now)
        due = [one for one in found if agenda.is_due(self.desk.board, one, now)]
        panel = self.query_one("#planned", Panel)
        self.set_class(bool(found), "-planned")
        panel.set_class(bool(due), "-calls")
        title = _("Planned today: {n}").format(n=len(found))
        upcoming = next((one.planned_at for one in found if one not in due), None)
        told = _("the next {span} · 5 agenda").format(span=dates.until(upcoming, now)) if upcoming else _("5 agenda")
        panel.show(title, [self._planned_line(one) for one in found], told)

    def _planned_line(self, invite: Invite) -> Line:
        assert invite.planned_at is not None
        at, now, zone = invite.planned_at, self.desk.server_now(), invite.timezone
        clock, name = words.clock(at), words.plain(invite.name)
        if agenda.is_due(self.desk.board, invite, now):
            late = dates.ago(at, now)
            said = _("said that they can't come") if invite.coming is False else _("nobody is there yet")
            return Line(invite.invite_id, f"◔ {clock} ", name, said, late, "warning")
        there = f"{dates.clock_there(at, zone)} {dates.place(zone)}" if zone and dates.is_elsewhere(at, zone) else ""
        comes, _colour = coming(invite)
        right = " · ".join(filter(None, [comes, dates.until(at, now)]))
        return Line(invite.invite_id, f"  {clock} ", name, there, right, "error" if invite.coming is False else "")

    def _draw_news(self) -> None:
        board = self.desk.board
        talking = [s for s in board.in_states("active", "open", "waiting") if self._call(s) is not None]
        found = [s for s in board.in_states("active", "open") if s.unread or board.line.get(s.session_id)]
        found = [*talking, *(s for s in found if s not in talking)]
        soon = [s for s in board.in_states("active", "open", "waiting") if s.closes_soon and s not in found]
        quiet = [s for s in board.in_states("active", "open") if s not in found and s not in soon]
        panel = self.query_one("#news", Panel)
        panel.show(_("Open sessions"), [self._news_line(session) for session in [*found, *soon, *quiet]])

    def _news_line(self, session: Session) -> Line:
        board = self.desk.board
        message = board.words.get(session.session_id)
        said = cells.said(message) if message else ""
        when = words.moment(session.last_activity_at, self.desk.now())
        name = words.plain(session.name)
        if (call := self._call(session)) is not None:
            return Line(session.session_id, "☎ ", name, said, call.text, call.colour)
        if unsent := len(board.line.get(session.session_id, [])):
            return Line(session.session_id, "", name, said, _("{n} unsent").format(n=unsent), "warning")
        if unread := session.unread:
            return Line(session.session_id, "", name, said, _("{n} new · {time}").format(n=unread, time=when), "accent")
        if session.closes_soon:
            return Line(session.session_id, "", name, _("closes by itself soon"), when, "warning")
        return Line(session.session_id, "", name, said, f"{cells.state(session.state)[0]} · {when}")

    def _call(self, session: Session) -> call_words.Said | None:
        return call_words.brief(self.desk.board, session.session_id, self.desk.server_now())

    def _draw_invites(self) -> None:
        board = self.desk.board
        pending = [one for one in board.invites.values() if self._needs_a_look(one)]
        pending.sort(key=lambda one: (not board.undelivered(one), one.created_at))
        failed = sum(map(board.undelivered, pending))
        title = _("Invited, not here yet")
        told = n_("{n} not delivered", "{n} not delivered", failed).format(n=failed) if failed else ""
        if not failed and (later := agenda.later(board, self.desk.server_now())):
            told = n_("{n} planned for later · 5 agenda", "{n} planned for later · 5 agenda", later).format(n=later)
        panel = self.query_one("#invites", Panel)
        panel.set_class(bool(failed), "-lost")
        panel.show(title, [self._invite_line(one) for one in pending], told)

    def _needs_a_look(self, invite: Invite) -> bool:
        board = self.desk.board
        if board.undelivered(invite):
            return True
        # What is planned stands in the agenda until its time has come.
        is_for_now = invite.planned_at is None
        return is_for_now and board.invite_state(invite) == "invited" and invite.joined_at is None

    def _invite_line(self, invite: Invite) -> Line:
        text, colour = delivery_words.briefly(delivery_words.latest(invite))
        contact = words.plain(invite.phone or invite.email or "")
        made = words.moment(invite.created_at, self.desk.now())
        return Line(invite.invite_id, "", words.plain(invite.name), contact, f"{text} · {made}", colour)

    def _waited(self, entry: QueueEntry) -> str:
        return words.span((self.desk.now() - entry.waiting_since).total_seconds())

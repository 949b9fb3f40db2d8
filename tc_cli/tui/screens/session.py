"""One session: its chat, who is in it, and what can be done with it as things stand."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.color import Color
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import call_words, cells, themes
from tc_cli.tui.board import LIVE, Change, Tail, Topic
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.entries import Entries
from tc_cli.tui.screens.place import Place
from tc_cli.tui.screens.session_keys import KEYS, OF_CHOSEN, possible
from tc_cli.tui.screens.session_photos import Photos
from tc_cli.tui.widgets.call_line import CallLine
from tc_cli.tui.widgets.chat_log import ChatLog, Entry
from tc_cli.tui.widgets.composer import Composer
from tc_cli.tui.widgets.pad import Pad
from tc_cli.tui.widgets.people_panel import PeoplePanel
from tc_cli.tui.widgets.search_line import SearchLine
from tc_cli.tui.widgets.session_head import SessionHead
from tc_cli.tui.words import _, n_
from tc_server.wire.bodies import CallOpened, File, Session

MINE = frozenset({Topic.SESSION, Topic.LOG, Topic.LINE, Topic.TYPING, Topic.CALL})


class SessionScreen(Place):
    """Everything in it is read from the board; keys call the feed."""

    CSS_PATH = "session.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    def __init__(self, desk: Desk, session_id: str) -> None:
        super().__init__(desk)
        self.session_id = session_id
        self._entries = Entries()
        self._photos = Photos(desk, session_id)
        self._unread_after: int | None = None
        self._day: date | None = None
        self._searched = ""

    def body(self) -> Iterable[Widget]:
        yield SessionHead()
        yield CallLine()
        with Horizontal(id="talk"):
            with Vertical(id="chat"):
                yield ChatLog(self.desk.now, cells.role, id="log")
                yield Static(id="status", markup=False)
                yield SearchLine()
                yield Composer()
            yield PeoplePanel()

    def ring_keys(self) -> str:
        return _("f7 silences")

    def call_keys(self) -> str:
        asks = self.session_id in self.desk.board.calls.asking
        return _("ctrl+l calls · f7 silences") if asks else self.ring_keys()

    # --- what is shown -------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        super().on_mount()
        session = self.session
        if session is not None and session.unread:
            self._unread_after = session.staff_read_seq
        self.query_one(Composer).text = self.desk.feed.draft(self.session_id)
        self.redraw()
        if session is not None and session.state in LIVE:
            self.query_one(Composer).focus_pad()
        else:
            self.query_one(ChatLog).focus()
        self._load()

    @property
    def session(self) -> Session | None:
        return self.desk.board.sessions.get(self.session_id)

    def concerns(self, change: Change) -> bool:
        """Say whether a change is to be seen here."""
        if change.topic is Topic.LINK and self.desk.board.link.online:
            self._load()
        if change.topic in MINE:
            return change.session_id in {None, self.session_id}
        return change.topic in {Topic.LINK, Topic.MINUTE}

    def redraw(self) -> None:
        session = self.session
        if session is None:
            self._gone()
            return
        tail = self.desk.board.logs.get(self.session_id, Tail())
        self.set_class(session.state not in LIVE, "-ended")
        self.query_one(SessionHead).redraw(session, tail.messages, self.desk.now(), online=self.desk.board.link.online)
        self.query_one(CallLine).redraw(call_words.status(self.desk.board, self.session_id, self.desk.server_now()))
        self.query_one(PeoplePanel).redraw(session, tail.messages)
        self._redraw_log(session, tail)
        for file in self._photos.to_fetch(tail):
            self.run_worker(self._fetch(file))
        self._say(self._status(session, tail))
        self._possible()

    def _redraw_log(self, session: Session, tail: Tail) -> None:
        log = self.query_one(ChatLog)
        if self._day not in {None, self.desk.now().date()}:
            log.new_day()
        self._day = self.desk.now().date()
        unsent = self.desk.board.line.get(self.session_id, [])
        entries = self._entries.of(session, tail.messages, unsent, self._photos.previews)
        log.show(entries, unread_after=self._unread_after, at_start=tail.at_start or not tail.messages)

    def _status(self, session: Session, tail: Tail) -> str:
        """Return the one thing that is most worth knowing while writing."""
        board = self.desk.board
        if (writer := board.typing.get(self.session_id)) is not None:
            return _("{name} is writing…").format(name=cells.cut(words.plain(writer.name), 40))
        if session.state == "closed":
            return _("Closed. u reopens it until it is erased.")
        if session.state == "cancelled":
            return _("The invite was taken back or has expired.")
        if session.state == "invited":
            return _("Nobody has come yet. You can write once they are here.")
        if not board.link.online and self.session_id not in board.logs:
            return _("Offline: earlier messages come once the server answers. What you write is kept.")
        if not board.link.online:
            return _("Offline. What you write is kept, and sent once the server answers.")
        return "" if tail.messages or self.session_id in board.logs else _("Loading…")

    def _say(self, status: str) -> None:
        line = self.query_one("#status", Static)
        if str(line.content) != status:
            line.update(status, layout=False)

    def _possible(self) -> None:
        session = self.session
        of_chosen = tuple(self.check_action(action, ()) for action in OF_CHOSEN)
        self.keys_follow((session.state if session else "", self._has_call, of_chosen))

    def _gone(self) -> None:
        self.notify(_("Nothing about it is left here either."), title=_("The session has been erased"), markup=False)
        self.dismiss()

    # --- what can be done ----------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the state of the session, its call and the chosen entry allow."""
        session = self.session
        return possible(action, session.state if session else "erased", self._chosen(), calls=self._has_call)

    @property
    def _has_call(self) -> bool:
        return self.session_id in self.desk.board.calls.live

    def action_start(self) -> None:
        self._move("start")

    def action_resume(self) -> None:
        self._move("resume")

    def action_reopen(self) -> None:
        self._move("reopen")

    def action_call(self) -> None:
        from tc_cli.tui.dialogs.call import CallDialog

        self.app.push_screen(CallDialog(self.desk, self.session_id), self._show_call_link)

    def action_in_call(self) -> None:
        from tc_cli.tui.dialogs.call import LiveCallDialog

        self.app.push_screen(LiveCallDialog(self.desk, self.session_id), self._show_call_link)

    def _show_call_link(self, opened: CallOpened | None) -> None:
        if opened is not None:
            from tc_cli.tui.dialogs.call_link import CallLink

            self.app.push_screen(CallLink(self.desk, opened))

    def action_terminate(self) -> None:
        from tc_cli.tui.dialogs.terminate import TerminateDialog

        self.app.push_screen(TerminateDialog(self.desk, self.session_id))

    def action_tell(self) -> None:
        from tc_cli.tui.dialogs.tell import TellDialog

        def told(minutes: int | None) -> None:
            if minutes is not None:
                self.run_worker(self._tell(minutes))

        self.app.push_screen(TellDialog(self.session.language if self.session else None), told)

    def action_attach(self) -> None:
        from tc_cli.tui.dialogs.file_picker import FilePicker

        self.app.push_screen(FilePicker(self.desk), lambda paths: self._send_files(paths or []))

    def action_phrases(self) -> None:
        from tc_cli.tui.dialogs.phrases import PhrasesDialog

        def said(phrase: str | None) -> None:
            if phrase:
                self._show_chat()
                self.query_one(Composer).insert(phrase)

        session = self.session
        if session is not None:
            self.app.push_screen(PhrasesDialog(self.desk, session.language), said)

    def action_add(self) -> None:
        from tc_cli.tui.dialogs.new_invite import NewInvite

        self.app.push_screen(NewInvite(self.desk, self.session_id))

    def action_search(self) -> None:
        self._show_chat()
        self.query_one(SearchLine).open()

    def action_again(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.desk.feed.again(self.session_id, chosen.key)

    def action_take_back(self) -> None:
        """Give what was typed back to the composer, if that is empty, so that nothing is lost by a slip."""
        chosen = self._chosen()
        if chosen is None:
            return
        self.desk.feed.drop(self.session_id, chosen.key)
        composer = self.query_one(Composer)
        if chosen.kind == "text" and not composer.text:
            composer.text = chosen.text
            composer.focus_pad()

    def action_open(self) -> None:
        chosen = self._chosen()
        if chosen is not None and chosen.file is not None and chosen.file.file_id:
            self._open(chosen.file)

    def action_open_file(self, file_id: str) -> None:
        """Look at a file that the panel names."""
        tail = self.desk.board.logs.get(self.session_id, Tail())
        file = next((m.file for m in tail.messages if m.file is not None and m.file.file_id == file_id), None)
        if file is not None:
            self._open(file)

    def action_details(self) -> None:
        self.toggle_class("-details")
        if not self.has_class("-wide"):
            # The panel takes the place of the chat: nobody shall type where nothing is seen.
            self.set_focus(None if self.has_class("-details") else self.query_one(ChatLog))

    def action_page(self, pages: int) -> None:
        """Turn the pages of the chat while writing."""
        log = self.query_one(ChatLog)
        (log.action_page_up if pages < 0 else log.action_page_down)()

    def action_write(self) -> None:
        self._show_chat()
        self.query_one(Composer).focus_pad()

    def _show_chat(self) -> None:
        if not self.has_class("-wide"):
            self.remove_class("-details")

    def action_back(self) -> None:
        if self.has_class("-details") and not self.has_class("-wide"):
            self.action_details()
        else:
            self.dismiss()

    # --- what the widgets say ------------------------------------------------------------------------------------

    @on(Composer.Sent)
    def _sent(self, event: Composer.Sent) -> None:
        self._unread_after = None
        self.query_one(ChatLog).action_last()
        self.desk.feed.say(self.session_id, event.text)
        self.redraw()

    @on(Composer.Changed)
    def _changed(self, event: Composer.Changed) -> None:
        if event.text == self.desk.feed.draft(self.session_id):
            return
        self.desk.feed.keep_draft(self.session_id, event.text)
        if event.text:
            self.desk.feed.typing(self.session_id)

    @on(Composer.Dropped)
    def _dropped(self, event: Composer.Dropped) -> None:
        self._send_files(event.paths)

    @on(Pad.Left)
    def _left(self) -> None:
        self.query_one(ChatLog).focus()

    @on(ChatLog.SeenTo)
    def _seen_to(self, event: ChatLog.SeenTo) -> None:
        self.desk.feed.read(self.session_id, event.seq)

    @on(ChatLog.Selected)
    def _selected(self) -> None:
        self._possible()

    @on(ChatLog.Chosen)
    def _file_chosen(self, event: ChatLog.Chosen) -> None:
        if event.entry.file is not None and event.entry.file.file_id:
            self._open(event.entry.file)

    @on(ChatLog.Copy)
    def _copy(self, event: ChatLog.Copy) -> None:
        self.app.copy_to_clipboard(event.text)
        self.notify(_("Copied"), timeout=2)

    @on(ChatLog.NeedsEarlier)
    def _needs_earlier(self) -> None:
        if not any(worker.group == "earlier" and not worker.is_finished for worker in self.workers):
            self.run_worker(self._earlier(), group="earlier")

    @on(SearchLine.Wanted)
    def _wanted(self, event: SearchLine.Wanted) -> None:
        self.run_worker(self._search(event.words), group="search", exclusive=True)

    @on(SearchLine.GivenUp)
    def _given_up(self) -> None:
        log = self.query_one(ChatLog)
        log.search("")
        log.focus()

    # --- errands -------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        if self.session_id not in self.desk.board.logs:
            self.run_worker(self._open_log(), group="load", exclusive=True)

    async def _open_log(self) -> None:
        try:
            await self.desk.feed.open_log(self.session_id)
        except Trouble as trouble:
            if self.desk.board.link.online:
                self.trouble(trouble)
        self.redraw()

    async def _earlier(self) -> None:
        try:
            await self.desk.feed.earlier(self.session_id)
        except Trouble as trouble:
            self.trouble(trouble)
        self.redraw()

    async def _search(self, wanted: str) -> None:
        """Look in what is here, then further back page by page until there is a hit."""
        line, log = self.query_one(SearchLine), self.query_one(ChatLog)
        found = log.search(wanted)
        while not found and wanted.strip():
            tail = self.desk.board.logs.get(self.session_id, Tail(at_start=True))
            if tail.at_start:
                break
            line.say(_("looking further back…"))
            await self._earlier()
            found = log.search(wanted)
        line.say(n_("{n} found · n/N", "{n} found · n/N", found).format(n=found) if found else _("not found"))
        if found:
            log.focus()

    async def _tell(self, minutes: int) -> None:
        try:
            await self.desk.feed.tell(self.session_id, minutes)
        except Trouble as trouble:
            self.trouble(trouble)

    def _move(self, verb: str) -> None:
        self.run_worker(self._moved(verb), group="move", exclusive=True)

    async def _moved(self, verb: str) -> None:
        try:
            await self.desk.feed.move(self.session_id, verb)
        except Trouble as trouble:
            self.trouble(trouble)
        else:
            self._show_chat()
            self.query_one(Composer).focus_pad()
            if verb == "reopen":
                told = _("They can write again. f2 resumes the consultation.")
                self.notify(told, title=_("Open again"), markup=False)

    def _send_files(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self.desk.feed.send_file(self.session_id, path)

    def _open(self, file: File) -> None:
        self.run_worker(self._opened(file), group="file", exclusive=True)

    async def _opened(self, file: File) -> None:
        from tc_cli.tui.dialogs.file_view import FileView

        try:
            content = await self.desk.feed.file(self.session_id, file.file_id)
        except Trouble as trouble:
            self.trouble(trouble)
            return
        self.app.push_screen(FileView(self.desk, self.session_id, file, content))
        if await self._photos.keep(file, content, self.app.size.height, self._background, colour=self._has_colour):
            self.redraw()

    async def _fetch(self, file: File) -> None:
        if await self._photos.fetch(file, self.app.size.height, self._background, colour=self._has_colour):
            self.redraw()

    @property
    def _background(self) -> Color:
        return self.query_one(ChatLog).background_colors[1]

    @property
    def _has_colour(self) -> bool:
        return not self.app.no_color and self.app.theme != themes.GREY.name

    def _chosen(self) -> Entry | None:
        return self.query_one(ChatLog).selected if self.is_mounted else None

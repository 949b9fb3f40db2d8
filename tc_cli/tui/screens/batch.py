"""Inviting many from a file: its faults line by line, the sending, and how the messages fare afterwards."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tc_cli.output import words
from tc_cli.tui import batch_words
from tc_cli.tui.batch import Batch, Fares, Stage, fares
from tc_cli.tui.batch_lines import Line, columns, lines
from tc_cli.tui.board import Change, Topic
from tc_cli.tui.desk import Desk
from tc_cli.tui.opening import open_here, opener
from tc_cli.tui.screens.place import Place
from tc_cli.tui.widgets.empty import Empty
from tc_cli.tui.widgets.listing import Listing
from tc_cli.tui.widgets.session_head import MUTED
from tc_cli.tui.words import _, n_

SHOWN = frozenset({Topic.BATCH, Topic.INVITES, Topic.LINK})
# Seconds between two looks at the messages: it grows while nothing changes.
FIRST_LOOK, LONGEST_LOOK = 3.0, 60.0
CAN_SEND = frozenset({Stage.CHECKED, Stage.PAUSED})
HAS_REPORT = frozenset({Stage.PAUSED, Stage.DONE})


class BatchScreen(Place):
    """The batch that is on the board. Leaving it stops nothing."""

    MODE = "invites"
    AUTO_FOCUS = "#lines"
    CSS_PATH = "batch.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        # What is done here leaves no room for it in the line of keys.
        Binding("n", "app.new_invite", _("New invite"), id="invite.new", show=False),
        Binding("s", "send", _("Send"), id="batch.send", tooltip=_("Invite them, or go on with it")),
        Binding("w", "send_good", _("Send the others"), id="batch.good", tooltip=_("Leave out the rows with faults")),
        Binding("p", "pause", _("Pause"), id="batch.pause", tooltip=_("It can go on at any time")),
        Binding("r", "again", _("Read again"), id="batch.again", tooltip=_("Once the file is corrected")),
        Binding("enter", "show", _("Link"), id="batch.show", tooltip=_("The link, its QR code, its deliveries")),
        Binding("o", "report", _("Report"), id="batch.report", tooltip=_("Open it, or copy where it is")),
        Binding("f", "other", _("Other file"), id="batch.other", tooltip=_("Choose a file")),
        Binding("slash", "search", _("Search"), key_display="/", id="batch.search", tooltip=_("In lines and reasons")),
        Binding("escape", "leave", _("Back"), id="batch.leave", tooltip=_("What is under way goes on")),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.add_class("-batch")
        self._said: dict[str, Content] = {}
        self._fares = Fares()
        self._listed: list[Line] = []

    def body(self) -> Iterable[Widget]:
        for name in ("file", "state", "bar", "counts", "fares", "told", "report"):
            yield Static(id=name, markup=False)
        yield Input(placeholder=_("Search by line, column, value or reason"), id="search", compact=True)
        yield Listing[Line](columns(), lambda line: line.key, id="lines")
        yield Static(id="reason", markup=False)
        yield Empty(self._nothing)

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._watch(), name="batch-watch", group="watch")

    @property
    def _batch(self) -> Batch:
        batch = self.desk.board.batch
        assert batch is not None
        return batch

    def concerns(self, change: Change) -> bool:
        return change.topic in SHOWN

    def redraw(self) -> None:
        batch, width = self._batch, self.app.size.width - 2
        after = batch.stage in {Stage.PAUSED, Stage.DONE, Stage.SENDING}
        self._fares = fares(batch.invited.values(), self.desk.board.invites) if after else Fares()
        state, colour = batch_words.state(batch)
        rows = n_("{n} row", "{n} rows", batch.rows).format(n=batch_words.count(batch.rows)) if batch.rows else ""
        name = Content.assemble((words.plain(batch.path.name), "bold"), (f"  {rows}", MUTED))
        self._say("file", name)
        self._say("state", Content.styled(state, f"bold {colour}"))
        self._say("bar", batch_words.bar(batch, width) if batch.works or batch.stage is Stage.PAUSED else Content(""))
        self._say("counts", Content(batch_words.counted(batch)))
        self._say("fares", batch_words.fares(self._fares) if batch.stage in HAS_REPORT else Content(""))
        self._say("told", Content(batch_words.told(batch)))
        self._say("report", self._report_line())
        self._list()
        self.keys_follow((batch.stage, batch.pausing, bool(batch.faults), self._invite()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this stage allows."""
        if not self.is_mounted:
            return True
        batch = self._batch
        match action:
            case "send":
                return batch.stage in CAN_SEND and (batch.stage is Stage.PAUSED or not batch.faults or None)
            case "send_good":
                return batch.stage is Stage.CHECKED and 0 < batch.faulty < batch.rows
            case "pause":
                return batch.works and (not batch.pausing or None)
            case "again":
                return batch.stage in {Stage.CHECKED, Stage.FAILED}
            case "show":
                return bool(self._invite())
            case "report":
                return batch.stage in HAS_REPORT
            case "other":
                return not batch.works
            case "search":
                return bool(self._listed)
        return True

    def on_listing_moved(self) -> None:
        self._explain()
        self.keys_follow((self._batch.stage, self._batch.pausing, bool(self._batch.faults), self._invite()))

    def on_listing_opened(self) -> None:
        self.action_show()

    def on_input_changed(self) -> None:
        self._list()

    def on_input_submitted(self) -> None:
        self.query_one("#lines").focus()

    # --- what can be done ----------------------------------------------------------------------------------------

    def action_send(self) -> None:
        batch = self._batch
        if batch.stage is Stage.PAUSED or batch.settled + batch.repeated == batch.rows:
            self.desk.feed.batch.send()
            return
        people = sum(batch.channels.values())
        self._ask(
            n_("Invite {n} person?", "Invite {n} people?", people).format(n=batch_words.count(people)),
            f"{batch_words.counted(batch)}. " + _("What has gone out can't be called back."),
            _("Send"),
        )

    def action_send_good(self) -> None:
        batch = self._batch
        people = sum(batch.channels.values())
        left_out = n_("{n} row is left out", "{n} rows are left out", batch.faulty)
        self._ask(
            n_("Invite {n} person?", "Invite {n} people?", people).format(n=batch_words.count(people)),
            left_out.format(n=batch_words.count(batch.faulty))
            + ". "
            + _("Once they are corrected, the same file invites just those that are missing."),
            _("Send the others"),
        )

    def action_pause(self) -> None:
        self.desk.feed.batch.pause()

    def action_again(self) -> None:
        self.desk.feed.batch.check()

    def action_other(self) -> None:
        choose_file(self.app, self.desk, lambda: None)

    def action_show(self) -> None:
        if invite_id := self._invite():
            from tc_cli.tui.dialogs.link import LinkDialog

            self.app.push_screen(LinkDialog(self.desk, invite_id))

    def action_report(self) -> None:
        if (path := self._batch.report) is None:
            return
        if program := opener():
            open_here(program, path)
            return
        self.app.copy_to_clipboard(str(path))
        told = _("Where it is has been copied, if your terminal lets programs use the clipboard.")
        self.notify(told, title=str(path), markup=False)

    def action_search(self) -> None:
        self.add_class("-searching")
        self.query_one(Input).focus()

    def action_leave(self) -> None:
        if self.has_class("-searching"):
            self.query_one(Input).value = ""
            self.remove_class("-searching")
            self.query_one("#lines").focus()
            return
        self.app.pop_screen()

    def _ask(self, question: str, told: str, yes: str) -> None:
        from tc_cli.tui.dialogs.confirm import Confirm

        def sure(answer: bool | None) -> None:
            if answer:
                self.desk.feed.batch.send()

        self.app.push_screen(Confirm(question, told, yes), sure)

    async def _watch(self) -> None:
        """Look how the messages fare as long as somebody sees it, ever less often while nothing changes."""
        wait = FIRST_LOOK
        while True:
            await asyncio.sleep(wait)
            seen = self.is_active and self.desk.board.link.online and self._batch.stage in HAS_REPORT
            nothing_new = seen and not await self.desk.feed.faring.look()
            wait = min(wait * 2, LONGEST_LOOK) if nothing_new else FIRST_LOOK

    # --- what is shown -------------------------------------------------------------------------------------------

    def _say(self, name: str, content: Content) -> None:
        """Show a line, or nothing where there is nothing to say; what reads the same isn't painted again."""
        before = self._said.get(name)
        if before == content:
            return
        self._said[name] = content
        line = self.query_one(f"#{name}", Static)
        shows = bool(content.plain)
        moves = before is None or name in {"told", "state"} or line.display != shows
        line.display = shows
        line.update(content, layout=moves)

    def _report_line(self) -> Content:
        batch = self._batch
        if batch.report is None or batch.stage not in {Stage.CHECKED, Stage.SENDING, *HAS_REPORT}:
            return Content("")
        label = _("Report:") + " "
        where = batch_words.place(batch.report, self.app.size.width - 2 - len(label))
        return Content.assemble((label, MUTED), where)

    def _list(self) -> None:
        wanted = self.query_one(Input).value.casefold().split()
        self._listed = lines(self._batch, self._fares)
        found = [one for one in self._listed if one.matches(wanted)] if wanted else self._listed
        listing = self.query_one("#lines", Listing)
        listing.display = bool(found)
        listing.show(found)
        self.query_one(Empty).show_if(not found)
        self._explain()

    def _explain(self) -> None:
        """Say in full why the row under the cursor is listed: the table has no room for it."""
        listing = self.query_one("#lines", Listing)
        chosen: Line | None = listing.chosen
        if chosen is None or not listing.display:
            self._say("reason", Content(""))
            return
        self._say("reason", Content.assemble((chosen.head, MUTED), words.plain(chosen.reason)))

    def _invite(self) -> str:
        chosen: Line | None = self.query_one("#lines", Listing).chosen
        return chosen.invite_id if chosen is not None and self.query_one("#lines").display else ""

    def _nothing(self) -> tuple[str, str]:
        batch = self._batch
        if self.query_one(Input).value:
            return _("Nothing found"), _("Escape shows all of them again.")
        match batch.stage:
            case Stage.CHECKED:
                return _("No faults"), _("Every row has been checked, here and by the server.")
            case Stage.DONE if self.desk.feed.faring.unsettled():
                return _("Nothing has failed so far"), _("What does is listed here.")
            case Stage.DONE:
                return _("Nothing has failed"), ""
            case Stage.PAUSED:
                return "", _("Rows that are refused are listed here.")
            case Stage.SENDING:
                return "", _("Rows that are refused are listed here. You can leave; it goes on.")
        return "", ""


def choose_file(app: "object", desk: Desk, then: Callable[[], None]) -> None:
    """Ask for a file, and have it checked."""
    from textual.app import App

    from tc_cli.tui.dialogs.sheet_picker import SheetPicker

    assert isinstance(app, App)

    def chosen(paths: list[Path] | None) -> None:
        if paths:
            desk.feed.batch.open(paths[-1].absolute(), desk.preferences.folder)
            then()

    app.push_screen(SheetPicker(desk), chosen)

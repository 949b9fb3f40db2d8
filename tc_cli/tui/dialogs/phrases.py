"""Ready phrases in the person's language beside staff's own: found by typing, put into the composer by Enter."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList
from textual.widgets.option_list import Option

from tc_cli.output import words
from tc_cli.tui import cells
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.text import bidi
from tc_cli.tui.text.wrap import cells as width_of
from tc_cli.tui.words import _
from tc_cli.tui.words import language as own_language

GAP = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """One phrase in staff's language and in the person's."""

    phrase_id: str
    own: str
    theirs: str

    def has(self, typed: str) -> bool:
        return typed.casefold() in f"{self.own}\n{self.theirs}".casefold()


class PhrasesDialog(ModalScreen[str | None]):
    """Dismisses with a phrase in `language`; None if left, or if the phrases can't be had now."""

    CSS_PATH = "phrases.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", show=False, id="phrases.up"),
        Binding("down", "cursor_down", show=False, id="phrases.down"),
        Binding("enter", "take", _("Take"), id="phrases.take", tooltip=_("Put it into the composer")),
        Binding("escape", "dismiss", _("Back"), id="phrases.back", tooltip=_("Back to the chat")),
    ]

    def __init__(self, desk: Desk, language: str) -> None:
        super().__init__()
        self.desk = desk
        self._language = language
        self._pairs: list[Pair] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = _("Say in {language}").format(language=cells.language(self._language)[0])
            frame.border_subtitle = _("Enter puts it into the composer")
            yield Input(placeholder=_("Type to find"), compact=True)
            yield OptionList(compact=True)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).loading = True
        self._fetch()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    @on(Input.Changed)
    def _show(self) -> None:
        listed = self.query_one(OptionList)
        typed = self.query_one(Input).value.strip()
        width = listed.scrollable_content_region.width - 2
        if width <= GAP:
            return
        found = [pair for pair in self._pairs if pair.has(typed)]
        listed.clear_options()
        listed.add_options(Option(self._drawn(pair, width), pair.phrase_id) for pair in found)
        listed.highlighted = 0 if found else None
        if self._pairs and not found:
            listed.add_option(Option(Content.styled(_("Nothing found"), "$foreground 65%"), disabled=True))

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Give the phrase that was clicked or chosen."""
        self.dismiss(next(pair.theirs for pair in self._pairs if pair.phrase_id == event.option_id))

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Give the phrase under the cursor."""
        self.query_one(OptionList).action_select()

    def action_cursor_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def action_cursor_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    @work
    async def _fetch(self) -> None:
        languages = (own_language(), self._language)
        try:
            own, theirs = await asyncio.gather(*map(self.desk.feed.phrases, languages))
        except Trouble as trouble:
            self.app.notify(trouble.remedy, title=trouble.what, severity="error", markup=False)
            self.dismiss(None)
            return
        meant = {phrase.phrase_id: phrase.text for phrase in own}
        self._pairs = [
            Pair(phrase.phrase_id, words.plain(meant.get(phrase.phrase_id, "")), words.plain(phrase.text))
            for phrase in theirs
        ]
        self.query_one(OptionList).loading = False
        self.call_after_refresh(self._show)

    def _drawn(self, pair: Pair, width: int) -> Content:
        if own_language() == self._language:
            return Content(pair.own)
        column = (width - GAP) // 2
        own, theirs = list(_lines(pair.own, column)), list(_lines(pair.theirs, column))
        height = max(len(own), len(theirs))
        blank = [" " * column]
        left, right = own + blank * (height - len(own)), theirs + blank * (height - len(theirs))
        lines = [
            Content.assemble((one, "$foreground 65%"), " " * GAP, other) for one, other in zip(left, right, strict=True)
        ]
        return Content("\n").join(lines)


def _lines(text: str, width: int) -> Iterator[str]:
    """Break a text for a column, each line as it is seen and as wide as the column."""
    order = bidi.who_orders()
    for line in bidi.lines(text, width):
        seen = bidi.visual(line.text.rstrip(), line.rtl, order)
        space = " " * (width - width_of(seen))
        yield space + seen if line.rtl else seen + space

"""Composing pages: a head, a line for each new day, and for each message its time, who wrote it, and what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from math import ceil

from tc_cli.transcript import page as sheet
from tc_cli.transcript.cleaning import clean, clean_line
from tc_cli.transcript.faces import Weight
from tc_cli.transcript.model import Entry, Labels, Transcript
from tc_cli.transcript.page import Page
from tc_cli.transcript.setting import Line, Typesetter

TEXT, NAME, SMALL, TITLE, DAY = 10.0, 9.5, 8.0, 22.0, 9.5
ABOVE, BELOW = 1.02, 0.4
AIR, STEP = 0.14, 0.15
LEADING = ABOVE + BELOW
ROW_GAP = 9.0
FILE_GAP = 3.0
WHOLE_LINES = 6
MOST_NAME_LINES = 12
FILE_INDENT = 16.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Strip:
    """Hold one line of a message with the room that it takes above and below its baseline."""

    line: Line
    grey: float
    above: float
    below: float
    indent: float = 0.0
    is_file: bool = False

    @property
    def height(self) -> float:
        return self.above + self.below


class Composer:
    """Lay a transcript out on pages."""

    def __init__(self, typesetter: Typesetter, labels: Labels) -> None:
        self._type = typesetter
        self._labels = labels
        self.pages: list[Page] = []
        self._y = 0.0
        self._turn()

    def compose(self, transcript: Transcript, progress: Progress | None = None) -> list[Page]:
        """Return the pages of a transcript, telling `progress` how many messages of how many are done."""
        zone, total = transcript.timezone, len(transcript.entries)
        self._head(transcript.started_at.astimezone(zone), zone)
        day = transcript.started_at.astimezone(zone).date()
        for done, entry in enumerate(transcript.entries, start=1):
            moment = entry.at.astimezone(zone)
            body = self._body(entry)
            if moment.date() != day:
                day = moment.date()
                self._new_day(self._labels.day(day), next_height=body[0].height if body else 0)
            self._message(entry, moment, body)
            if progress:
                progress(done, total)
        if not transcript.entries:
            self._put_lines(self._set(self._labels.no_messages, TEXT, sheet.GREY))
        self._number_pages()
        return self.pages

    @property
    def _page(self) -> Page:
        return self.pages[-1]

    @property
    def _room(self) -> float:
        return sheet.BOTTOM - self._y

    def _turn(self) -> None:
        self.pages.append(Page())
        self._y = sheet.TOP

    def _head(self, started: datetime, zone: tzinfo) -> None:
        labels = self._labels
        self._put_lines(self._set(labels.title, TITLE, sheet.BLACK, weight=Weight.BOLD))
        self._y += 4
        when = labels.started.format(day=labels.day(started.date()), time=f"{started:%H:%M}")
        where = labels.times_in.format(zone=_zone_name(started, zone))
        self._put_lines(self._set(when, TEXT, sheet.BLACK))
        self._put_lines(self._set(where, SMALL, sheet.GREY))
        self._y += 10
        self._page.rule(sheet.LEFT, self._y, 0.75, sheet.DARK)
        self._y += 16

    def _new_day(self, words: str, next_height: float) -> None:
        (strip,) = self._set(words, DAY, sheet.DARK, weight=Weight.BOLD)[:1]
        self._y += 6
        if self._room < strip.height + ROW_GAP + next_height + 2 * TEXT * LEADING:
            self._turn()
        baseline = self._y + strip.above
        self._page.put(strip.line, sheet.LEFT, baseline, strip.grey)
        self._page.rule(sheet.LEFT + strip.line.width + 10, baseline - DAY * 0.3, 0.5, sheet.PALE)
        self._y += strip.height + ROW_GAP

    def _message(self, entry: Entry, moment: datetime, body: list[Strip]) -> None:
        (time,) = self._set(f"{moment:%H:%M}", NAME, sheet.GREY)
        name = self._name(entry)
        role = self._set(self._labels.role(clean_line(entry.role)), SMALL, sheet.GREY, sheet.WHO_WIDTH)
        whole = max(_height(body), _height(name) + _height(role))
        if whole > self._room and (len(body) <= WHOLE_LINES or self._room < _height(body[:3])):
            self._turn()
        rest = self._block(entry, time, [*name, *role], body)
        while rest:
            self._turn()
            again = self._set(self._labels.continued, SMALL, sheet.GREY, sheet.WHO_WIDTH)
            rest = self._block(entry, None, [*name, *again], rest)
        self._y += ROW_GAP

    def _block(self, entry: Entry, time: Strip | None, who: list[Strip], body: list[Strip]) -> list[Strip]:
        """Put what fits of a message beside its time and sender; return what is left of it."""
        here = _fitting(body, self._room)
        top = self._y
        first = max((strips[0].above for strips in (who, here) if strips), default=0)
        if time:
            self._page.put(time.line, sheet.LEFT, top + first, time.grey)
        who_end = self._column(who, sheet.WHO_LEFT, sheet.WHO_WIDTH, top + first, align=False)
        end = self._column(here, sheet.TEXT_LEFT, sheet.TEXT_WIDTH, top + first, align=True)
        self._y = max(who_end, end)
        self._page.bar(entry.is_staff, top + first - TEXT * 0.95, max(end, top + first + TEXT * 0.4))
        return body[len(here) :]

    def _column(self, strips: Sequence[Strip], x: float, width: float, baseline: float, align: bool) -> float:
        """Put strips below each other, the first on a baseline, and return where they end."""
        y = baseline - (strips[0].above if strips else 0)
        for strip in strips:
            room = width - strip.indent if align and not strip.indent else None
            self._page.put(strip.line, x + strip.indent, y + strip.above, strip.grey, room)
            if strip.is_file:
                self._page.leaf(x, y + strip.above)
            y += strip.height
        return y

    def _name(self, entry: Entry) -> list[Strip]:
        weight = Weight.BOLD if entry.is_staff else Weight.REGULAR
        return self._set(clean_line(entry.name), NAME, sheet.BLACK, sheet.WHO_WIDTH, weight)[:MOST_NAME_LINES]

    def _body(self, entry: Entry) -> list[Strip]:
        body = self._set(clean(entry.text), TEXT, sheet.BLACK, sheet.TEXT_WIDTH) if entry.text else []
        if entry.file:
            name, size = entry.file
            room = sheet.TEXT_WIDTH - FILE_INDENT
            named = self._set(clean_line(name), TEXT, sheet.BLACK, room, Weight.BOLD, FILE_INDENT)
            sized = self._set(self._labels.size(size), SMALL, sheet.GREY, room, indent=FILE_INDENT)
            gap = FILE_GAP if body else 0.0
            named[0] = replace(named[0], above=named[0].above + gap, is_file=True)
            body += named + sized
        return body

    def _set(
        self,
        text: str,
        size: float,
        grey: float,
        width: float = sheet.RIGHT - sheet.LEFT,
        weight: Weight = Weight.REGULAR,
        indent: float = 0.0,
    ) -> list[Strip]:
        """Set text in even lines, high enough for the tallest of its letters."""
        lines = self._type.lines(text, size, width, weight)
        above = size * _reach(ABOVE, max(line.top for line in lines) / size)
        below = size * _reach(BELOW, max(line.bottom for line in lines) / size)
        return [Strip(line, grey, above, below, indent) for line in lines]

    def _put_lines(self, strips: Sequence[Strip]) -> None:
        baseline = self._y + strips[0].above
        self._y = self._column(strips, sheet.LEFT, sheet.RIGHT - sheet.LEFT, baseline, align=True)

    def _number_pages(self) -> None:
        for number, page in enumerate(self.pages, start=1):
            (strip,) = self._set(self._labels.page(number, len(self.pages)), SMALL, sheet.GREY)
            page.put(strip.line, sheet.RIGHT - strip.line.width, sheet.FOOT, strip.grey)


def _reach(least: float, ink: float) -> float:
    """Return the room for ink with some air, in a few steps so that messages in one script are spaced alike."""
    return least + STEP * max(0, ceil((ink + AIR - least) / STEP))


def _fitting(strips: list[Strip], room: float) -> list[Strip]:
    """Return the strips that fit into a height, at least one so that every page takes something."""
    used, count = 0.0, 0
    for strip in strips:
        used += strip.height
        if used > room and count:
            break
        count += 1
    return strips[:count]


def _height(strips: Sequence[Strip]) -> float:
    return sum(strip.height for strip in strips)


def _zone_name(moment: datetime, zone: tzinfo) -> str:
    offset = _offset(moment)
    name = getattr(zone, "key", None) or moment.tzname() or ""
    return offset if name in ("", "UTC") or name == offset else f"{name} ({offset})"


def _offset(moment: datetime) -> str:
    signed = moment.strftime("%z")
    return "UTC" if signed == "+0000" else f"UTC{signed[:3]}:{signed[3:5]}"

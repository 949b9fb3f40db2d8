"""How an invite's messages fared, told line by line: each try, what came of it, what comes next and what helps."""

from dataclasses import dataclass, replace
from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from tc_cli.output import timelines, words
from tc_cli.tui import dates, delivery_words
from tc_cli.tui.delivery_words import Line, Said
from tc_cli.tui.text.wrap import cells, wrap
from tc_cli.tui.widgets.session_head import MUTED
from tc_cli.tui.words import _, n_
from tc_server.wire.bodies import Delivery, Invite

CLOCK = 5
GAP = 2
LEAST = 16

Lines = list[Content]


class Timeline(Static):
    """Shows an invite's messages, the newest first; paints only if it reads differently.

    Where there is room for fewer lines than there are, what is oldest is left out, and `more` says where it is told.
    """

    DEFAULT_CSS = "Timeline { height: auto; }"

    def __init__(self, id: str, more: str = "") -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id, markup=False)
        self._more = more
        self._shown: Content | None = None

    def show(self, invite: Invite | None, now: datetime, server_now: datetime, room: int | None = None) -> None:
        """Show an invite's messages as they are now, in as many lines as there is room for."""
        width = max(LEAST, self.content_size.width or self.app.size.width - 2)
        if invite is None:
            lines: Lines = []
        elif not invite.deliveries:
            lines = [Content.styled(_("Nothing is sent: hand over the link."), MUTED)]
        else:
            known = reversed(timelines.worth_telling(invite.deliveries))
            begun = [one for one in known if not timelines.waits_for_its_time(one)]
            told = [_message(delivery, now, server_now, width) for delivery in begun]
            told = _with_reminders(told, invite, now, width)
            lines = _fitted(told, room, self._more) if room else [line for one in told for line in one.lines()]
        content = Content("\n").join(lines)
        if content != self._shown:
            self._shown = content
            self.update(content)


@dataclass(frozen=True, slots=True)
class _Told:
    """One message: its heading, each event with what was replied below it, and what helps."""

    head: Content
    events: list[tuple[Lines, Lines]]
    end: Lines

    def lines(self, silent: int = 0) -> Lines:
        """Return all of it, of the first so many events without the replies below them."""
        lines = [self.head]
        for number, (what, reply) in enumerate(self.events):
            lines += what if number < silent else [*what, *reply]
        return lines + self.end


def _with_reminders(told: list[_Told], invite: Invite, now: datetime, width: int) -> list[_Told]:
    """Say at the end of the newest message when somebody is reminded by itself."""
    times = sorted(one.next_at for one in invite.deliveries if timelines.waits_for_its_time(one) and one.next_at)
    if not times:
        return told
    said = _("Reminded by itself: {times}").format(times=", ".join(dates.moment(one, now) for one in times))
    lines = [Content.styled(text, MUTED) for _at, text in wrap(said, width)]
    if not told:
        return [_Told(lines[0], [], lines[1:])]
    return [replace(told[0], end=[*told[0].end, *lines]), *told[1:]]


def _message(delivery: Delivery, now: datetime, server_now: datetime, width: int) -> _Told:
    said = delivery_words.briefly(delivery)
    way = delivery_words.way(delivery.channel)
    kind = delivery_words.KINDS[delivery.kind]
    title = f"{way[0].upper()}{way[1:]}" + (f" · {kind}" if kind else "")
    head = Content.assemble((title, "bold"), "  ", (said.text, _ink(said.colour)))
    events = []
    day = now.date()
    for line in delivery_words.story(delivery, server_now):
        what, reply = _event(line, width)
        local = line.at.astimezone(now.tzinfo) if line.at else None
        if local is not None and local.date() != day:
            day = local.date()
            what = [Content.styled(day.isoformat(), MUTED), *what]
        events.append((what, reply))
    remedies = [f"→ {remedy}" for remedy in delivery_words.remedies(delivery)]
    return _Told(head, events, [Content.styled(text, "bold") for one in remedies for _at, text in wrap(one, width)])


def _event(line: Line, width: int) -> tuple[Lines, Lines]:
    """Lay out one event: its time, its sign, its words below each other; the reply after them, or below them."""
    clock = words.clock(line.at).ljust(CLOCK)
    indent = CLOCK + GAP + cells(line.sign.text) + 1
    reply = f"“{line.reply}”" if line.reply else ""
    if reply and indent + cells(line.what) + GAP + cells(reply) <= width:
        return [_begun(clock, line.sign, Content.assemble(line.what, "  ", (reply, MUTED)))], []
    first, *rest = [text for _at, text in wrap(line.what, width - indent)]
    what = [_begun(clock, line.sign, Content(first)), *(Content(" " * indent + text) for text in rest)]
    below = wrap(reply, width - indent) if reply else ()
    return what, [Content.styled(" " * indent + text, MUTED) for _at, text in below]


def _begun(clock: str, sign: Said, what: Content) -> Content:
    return Content.assemble((clock, MUTED), " " * GAP, (sign.text, _ink(sign.colour)), " ", what)


def _fitted(told: list[_Told], room: int, more: str) -> Lines:
    """Keep heading and end of the newest message: old replies go first, then old events; earlier ones are counted.

    `more` says where all of it is told.
    """
    newest, *earlier = told
    room -= bool(earlier)
    lines = newest.lines()
    for silent in range(1, len(newest.events) + 1):
        if len(lines) > room:
            lines = newest.lines(silent)
    if len(lines) > room:
        lines = [lines[0], Content.styled(f"…  {more}", MUTED), *lines[len(lines) - room + 2 :]]
    if earlier:
        number = len(earlier)
        left = n_("{n} earlier message", "{n} earlier messages", number).format(n=number)
        lines.append(Content.styled(f"{left} · {more}", MUTED))
    return lines


def _ink(colour: str) -> str:
    return MUTED if colour == "text-muted" else f"${colour}" if colour else ""

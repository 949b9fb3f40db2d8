"""A conversation on the screen: what is painted, what stays where it is, what is told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from tc_cli.tui.text import bidi
from tc_cli.tui.widgets.chat import window
from tc_cli.tui.widgets.chat.column import Column
from tc_cli.tui.widgets.chat.search import Search
from tc_cli.tui.widgets.chat_log import ChatLog, Entry
from tc_server.wire.bodies import File

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PHOTO = File(file_id="f1", name="box.jpg", type="image/jpeg", size=123_456)


def said(number: int, text: str = "", **more: Any) -> Entry:
    """Make the entry with this `seq`: Amina's, a minute after the one before."""
    mine = more.get("mine", False)
    who = {"who": "You"} if mine else {"who": "Amina", "role": "service-user"}
    at = more.pop("at", NOON + timedelta(minutes=number))
    return Entry(key=f"#{number}", seq=number, at=at, text=text or f"message {number}", **(who | more))


def many(count: int, first: int = 1) -> list[Entry]:
    return [said(number) for number in range(first, first + count)]


class Reader(App[None]):
    """A log alone, and what it told."""

    def __init__(self, entries: Sequence[Entry] = (), **how: Any) -> None:
        super().__init__()
        self.first = entries
        self.how = how
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield ChatLog(lambda: NOON)

    def on_mount(self) -> None:
        self.log_.show(self.first, **self.how)
        self.log_.focus()

    @property
    def log_(self) -> ChatLog:
        return self.query_one(ChatLog)

    def on_chat_log_chosen(self, message: ChatLog.Chosen) -> None:
        self.told.append(message)

    def on_chat_log_copy(self, message: ChatLog.Copy) -> None:
        self.told.append(message)

    def on_chat_log_seen_to(self, message: ChatLog.SeenTo) -> None:
        self.told.append(message)

    def on_chat_log_needs_earlier(self, message: ChatLog.NeedsEarlier) -> None:
        self.told.append(message)

    def screen_rows(self) -> list[str]:
        return [self.log_.render_line(y).text.rstrip() for y in range(self.log_.size.height)]

    def seen_text(self) -> str:
        return "\n".join(self.screen_rows())


async def settled(pilot: Pilot[None]) -> Reader:
    await pilot.pause()
    await pilot.pause()
    assert isinstance(pilot.app, Reader)
    return pilot.app


def anchor(log: ChatLog) -> window.Anchor | None:
    return window.found_anchor(log._column, log.scroll_offset.y, log._view)


def starting(reader: Reader, text: str) -> int:
    return next(row for row, line in enumerate(reader.screen_rows()) if text in line)


async def test_names_stand_once_above_what_one_person_wrote_in_a_row() -> None:
    async with Reader([said(1), said(2), said(3, mine=True), said(4)]).run_test(size=(80, 24)) as pilot:
        text = (await settled(pilot)).seen_text()
    assert text.count("Amina · service user · ") == 2
    assert text.count("You · ") == 1


async def test_a_pause_names_them_again() -> None:
    async with Reader([said(1), said(2, at=NOON + timedelta(hours=1))]).run_test() as pilot:
        assert (await settled(pilot)).seen_text().count("Amina · ") == 2


async def test_own_words_stand_at_the_right_with_their_mark() -> None:
    marks = {"pending": "◷", "sent": "✓", "read": "✓✓", "refused": "✗"}
    entries = [said(n, mark, mine=True, mark=mark) for n, mark in enumerate(marks, 1)]
    async with Reader(entries).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        for mark, sign in marks.items():
            row = reader.screen_rows()[starting(reader, f" {mark} ")]
            assert row.endswith(f"▌ {sign}")
            assert row.startswith(" " * 40)


async def test_each_day_has_its_name() -> None:
    days = [NOON - timedelta(days=3), NOON - timedelta(days=1), NOON]
    async with Reader([said(n, at=day) for n, day in enumerate(days, 1)]).run_test() as pilot:
        text = (await settled(pilot)).seen_text()
    assert [text.index(name) for name in ("Friday 2026-11-20", "Yesterday", "Today")]


async def test_facts_stand_in_the_middle() -> None:
    async with Reader([said(1), said(2, "Amina left", kind="fact")]).run_test(size=(81, 24)) as pilot:
        reader = await settled(pilot)
        assert reader.screen_rows()[starting(reader, "Amina left")] == " " * 35 + "Amina left"


async def test_arabic_stands_at_the_right_of_its_bubble_and_is_joined() -> None:
    entry = said(1, "السلام عليكم\nlonger than the line above it")
    async with Reader([entry]).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        row = reader.screen_rows()[starting(reader, "longer") - 1]
    assert row.endswith(bidi.visual("السلام عليكم"))
    assert row.startswith(" ▐" + " " * 10)


async def test_the_unread_line_stands_before_what_is_new() -> None:
    async with Reader(many(4), unread_after=2).run_test() as pilot:
        reader = await settled(pilot)
        assert starting(reader, "message 2") < starting(reader, "─ new") < starting(reader, "message 3")


async def test_it_begins_at_its_end_and_stays_there() -> None:
    async with Reader(many(100)).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        assert "message 100" in reader.screen_rows()[-1]
        reader.log_.show([*reader.first, said(101)])
        assert "message 101" in (await settled(pilot)).screen_rows()[-1]


async def test_what_arrives_below_is_counted_and_moves_nothing() -> None:
    async with Reader(many(100)).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        await pilot.press("pageup", "pageup")
        before = (await settled(pilot)).screen_rows()
        reader.log_.show([*reader.first, said(101), said(102, mine=True), said(103)])
        after = (await settled(pilot)).screen_rows()
        assert after[:-1] == before[:-1]
        assert "2 new below" in after[-1]
        await pilot.press("end")
        assert "message 103" in (await settled(pilot)).screen_rows()[-1]


async def test_a_click_on_the_count_goes_down() -> None:
    async with Reader(many(100)).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        await pilot.press("pageup")
        reader.log_.show([*reader.first, said(101)])
        await settled(pilot)
        await pilot.click(ChatLog, offset=(40, 23))
        assert "message 101" in (await settled(pilot)).screen_rows()[-1]


async def test_an_earlier_page_leaves_what_is_seen_where_it_is() -> None:
    later = many(60, first=101)
    async with Reader(later, at_start=False).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        await pilot.press("home")
        place = starting(await settled(pilot), "message 105")
        assert any(isinstance(one, ChatLog.NeedsEarlier) for one in reader.told)
        reader.log_.show([*many(100), *later])
        assert starting(await settled(pilot), "message 105") == place


async def test_scrolling_back_meets_every_row_once() -> None:
    entries = [said(n, "word " * (n * 7 % 60) + f"end{n}") for n in range(1, 80)]
    async with Reader(entries).run_test(size=(60, 20)) as pilot:
        reader = await settled(pilot)
        rows = reader.screen_rows()
        while reader.log_.scroll_offset.y:
            reader.log_.scroll_relative(y=-1, animate=False)
            now = reader.screen_rows()
            assert now[1:] == rows[:-1]
            rows = now
        assert "Today" in rows[0]


async def test_another_width_keeps_the_place() -> None:
    entries = [said(n, "word " * 30 + f"end{n}") for n in range(1, 60)]
    async with Reader(entries).run_test(size=(100, 24)) as pilot:
        reader = await settled(pilot)
        await pilot.press("pageup", "pageup", "pageup")
        await settled(pilot)
        first = anchor(reader.log_)
        await pilot.resize_terminal(60, 24)
        assert anchor((await settled(pilot)).log_) == first
        await pilot.press("end")
        await pilot.resize_terminal(100, 30)
        assert "end59" in (await settled(pilot)).screen_rows()[-1]


async def test_up_and_down_choose_what_people_wrote() -> None:
    async with Reader([said(1), said(2, "left", kind="fact"), said(3)]).run_test() as pilot:
        reader = await settled(pilot)
        await pilot.press("up")
        assert reader.log_.selected == said(3)
        assert "▸" in reader.screen_rows()[starting(reader, "message 3")]
        await pilot.press("up")
        assert reader.log_.selected == said(1)
        await pilot.press("down", "y")
        assert [one.text for one in reader.told if isinstance(one, ChatLog.Copy)] == ["message 3"]


async def test_the_chosen_one_is_brought_into_the_window() -> None:
    async with Reader(many(100)).run_test(size=(80, 10)) as pilot:
        reader = await settled(pilot)
        await pilot.press(*["up"] * 40)
        assert "▸" in (await settled(pilot)).seen_text()
        assert reader.log_.selected == said(61)


async def test_files_are_opened_by_enter_and_by_the_mouse() -> None:
    async with Reader([said(1), said(2, kind="file", file=PHOTO)]).run_test() as pilot:
        reader = await settled(pilot)
        row = starting(reader, "box.jpg")
        assert "▣ box.jpg  123 kB" in reader.screen_rows()[row]
        await pilot.press("up", "enter")
        await pilot.click(ChatLog, offset=(5, row))
        await settled(pilot)
        assert [one.entry.file for one in reader.told if isinstance(one, ChatLog.Chosen)] == [PHOTO, PHOTO]


async def test_a_preview_stands_under_its_file() -> None:
    entry = said(1, kind="file", file=PHOTO, preview=(Strip.blank(4), Strip.blank(4)))
    async with Reader([entry, said(2)]).run_test() as pilot:
        reader = await settled(pilot)
        assert starting(reader, "message 2") == starting(reader, "box.jpg") + 3


async def test_search_marks_the_newest_hit_and_goes_round() -> None:
    entries = [said(n, "The Pharmacy is closed" if n % 10 == 0 else "") for n in range(1, 41)]
    async with Reader(entries).run_test(size=(80, 12)) as pilot:
        reader = await settled(pilot)
        assert reader.log_.search("pharmacy") == 4
        for key, number in (("N", 30), ("N", 20), ("n", 30), ("n", 40), ("n", 10)):
            await pilot.press(key)
            assert reader.log_.selected == said(number, "The Pharmacy is closed")
        await settled(pilot)
        row = reader.log_.render_line(starting(reader, "▸"))
        hit = next(segment for segment in row if segment.text == "Pharmacy")
        assert hit.style != next(segment for segment in row if segment.text == "The ").style


async def test_what_was_on_the_screen_is_told_once() -> None:
    async with Reader(many(50)).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        await pilot.press("pageup")
        reader.log_.show([*reader.first, said(51)])
        await settled(pilot)
        assert [one.seq for one in reader.told if isinstance(one, ChatLog.SeenTo)] == [50]
        await pilot.press("end")
        await settled(pilot)
        assert [one.seq for one in reader.told if isinstance(one, ChatLog.SeenTo)] == [50, 51]


async def test_nothing_is_seen_while_nobody_looks() -> None:
    async with Reader(many(5)).run_test() as pilot:
        reader = await settled(pilot)
        reader.app_focus = False
        reader.log_.show([*reader.first, said(6)])
        await settled(pilot)
        assert [one.seq for one in reader.told if isinstance(one, ChatLog.SeenTo)] == [5]
        reader.app_focus = True
        await settled(pilot)
        assert [one.seq for one in reader.told if isinstance(one, ChatLog.SeenTo)] == [5, 6]


def test_ten_thousand_entries_measure_only_what_is_seen() -> None:
    column = Column()
    entries = many(10_000)
    column.replace(entries, None)
    column.measure(column.height - 40, column.height)
    column.replace([*entries, said(10_001)], None)
    assert sum(column.is_measured(index) for index in range(10_001)) < 50


async def test_ten_thousand_entries_do_not_lag() -> None:
    entries = many(10_000)
    async with Reader(entries).run_test(size=(80, 24)) as pilot:
        reader = await settled(pilot)
        start = perf_counter()
        for number in range(10_001, 10_021):
            entries = [*entries, said(number)]
            reader.log_.show(entries)
            reader.screen_rows()
        for _ in range(20):
            reader.log_.action_page_up()
            reader.screen_rows()
        assert perf_counter() - start < 1.0  # for 40 frames; a tenth of it on an idle machine


def test_search_finds_words_without_their_accents() -> None:
    search = Search()
    search.look_for("fievre", [said(1, "Bonjour"), said(2, "J'ai de la fièvre")])
    assert search.hits == [1]

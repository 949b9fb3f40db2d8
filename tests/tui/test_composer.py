"""Writing a message: keys, pastes, dropped files, emoji, right-to-left words."""

from pathlib import Path

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from tc_cli.tui.text import bidi, emoji
from tc_cli.tui.text.dropped import dropped
from tc_cli.tui.widgets.composer import LONGEST, Composer


class Writer(App[None]):
    """A composer alone, and what it posted."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.changed: list[str] = []
        self.files: list[Path] = []

    def compose(self) -> ComposeResult:
        yield Composer()

    def on_mount(self) -> None:
        self.composer.focus_pad()

    @property
    def composer(self) -> Composer:
        return self.query_one(Composer)

    def on_composer_sent(self, event: Composer.Sent) -> None:
        self.sent.append(event.text)

    def on_composer_changed(self, event: Composer.Changed) -> None:
        self.changed.append(event.text)

    def on_composer_dropped(self, event: Composer.Dropped) -> None:
        self.files += event.paths

    def shown(self, what: str) -> str:
        """Return what a line above the pad says, if it is shown."""
        line = self.query_one(what, Static)
        return str(line.content) if line.display else ""


async def paste(pilot: Pilot[None], text: str) -> None:
    writer(pilot).composer.pad.post_message(events.Paste(text))
    await pilot.pause()


def writer(pilot: Pilot[None]) -> Writer:
    assert isinstance(pilot.app, Writer)
    return pilot.app


async def test_enter_sends_and_empties_the_pad() -> None:
    async with Writer().run_test() as pilot:
        await pilot.press(*"hello", "enter")
        await pilot.pause()
        assert writer(pilot).sent == ["hello"]
        assert writer(pilot).composer.text == ""
        assert writer(pilot).changed[-2:] == ["hello", ""]


@pytest.mark.parametrize("key", ["shift+enter", "alt+enter", "ctrl+enter", "ctrl+j"])
async def test_a_new_line_has_a_key_in_every_terminal(key: str) -> None:
    async with Writer().run_test() as pilot:
        await pilot.press("a", key, "b", "enter")
        await pilot.pause()
        assert writer(pilot).sent == ["a\nb"]


@pytest.mark.parametrize("sequence", ["\n", "\x1b\r", "\x1b[13;2u", "\x1b[13;3u", "\x1b[27;2;13~"])
async def test_what_terminals_send_for_a_new_line_is_one(sequence: str) -> None:
    keys = [event.key for event in XTermParser().feed(sequence) if isinstance(event, events.Key)]
    async with Writer().run_test() as pilot:
        await pilot.press("a", *keys)
        await pilot.pause()
        assert writer(pilot).composer.text == "a\n"
        assert not writer(pilot).sent


async def test_nothing_is_not_sent() -> None:
    async with Writer().run_test() as pilot:
        await pilot.press("space", "ctrl+j", "enter")
        await pilot.pause()
        assert writer(pilot).sent == []


async def test_many_pasted_lines_stay_one_message() -> None:
    async with Writer().run_test() as pilot:
        await paste(pilot, "one\r\ntwo\rthree\nfour")
        await pilot.press("enter")
        await pilot.pause()
        assert writer(pilot).sent == ["one\ntwo\nthree\nfour"]


async def test_it_grows_to_five_lines() -> None:
    async with Writer().run_test() as pilot:
        pad = writer(pilot).composer.pad
        await pilot.pause()
        assert pad.content_size.height == 1
        await pilot.press("a", "ctrl+j", "b")
        await pilot.pause()
        assert pad.content_size.height == 2
        await pilot.press(*["ctrl+j"] * 8)
        await pilot.pause()
        assert pad.content_size.height == 5


async def test_too_long_a_message_is_kept_and_refused() -> None:
    async with Writer().run_test() as pilot:
        writer(pilot).composer.text = "x" * (LONGEST + 1)
        await pilot.press("enter")
        await pilot.pause()
        assert writer(pilot).sent == []
        assert "20,001 characters; a message holds 20,000" in writer(pilot).shown("#refusal")
        await pilot.press("backspace")
        await pilot.pause()
        assert writer(pilot).shown("#refusal") == ""
        await pilot.press("enter")
        await pilot.pause()
        assert writer(pilot).sent == ["x" * LONGEST]


async def test_a_dropped_file_is_sent_by_enter(tmp_path: Path) -> None:
    photo = tmp_path / "a photo.jpg"
    photo.touch()
    async with Writer().run_test() as pilot:
        await paste(pilot, f"'{photo}' ")
        assert "a photo.jpg" in writer(pilot).shown("#files")
        assert writer(pilot).composer.text == ""
        await pilot.press("enter")
        await pilot.pause()
        assert writer(pilot).files == [photo]
        assert writer(pilot).shown("#files") == ""


async def test_a_dropped_file_is_given_up_by_escape(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.touch()
    async with Writer().run_test() as pilot:
        await paste(pilot, str(photo))
        await pilot.press("escape", "h", "i", "enter")
        await pilot.pause()
        assert writer(pilot).files == []
        assert writer(pilot).sent == ["hi"]


def test_terminals_write_dropped_paths_in_many_ways(tmp_path: Path) -> None:
    one, other = tmp_path / "a b's.pdf", tmp_path / "é.png"
    one.touch()
    other.touch()
    escaped = str(one).replace(" ", "\\ ").replace("'", "\\'")
    assert dropped(str(one)) == [one]
    assert dropped(f'"{one}"') == [one]
    assert dropped(f"{escaped} '{other}'\n") == [one, other]
    assert dropped(other.as_uri()) == [other]
    assert dropped(f"file://localhost{other}") == [other]


@pytest.mark.parametrize("text", ["hello", "/not/there.txt", "'unfinished", "/", "/tmp", "/dev/null x\0y", ""])
def test_other_words_are_no_files(text: str) -> None:
    assert dropped(text) == []


async def test_a_closed_name_becomes_its_emoji() -> None:
    async with Writer().run_test() as pilot:
        await pilot.press(*"ok :thumbsup:", *" at 12:30:45", "enter")
        await pilot.pause()
        assert writer(pilot).sent == ["ok 👍 at 12:30:45"]


async def test_a_begun_name_is_finished_by_tab() -> None:
    async with Writer().run_test() as pilot:
        await pilot.press(*"hi :smi")
        await pilot.pause()
        assert "😄 smile" in writer(pilot).shown("#emoji")
        await pilot.press("tab", "!")
        await pilot.pause()
        assert writer(pilot).composer.text == "hi 😄!"
        assert writer(pilot).shown("#emoji") == ""


def test_each_emoji_is_offered_once_and_the_shortest_name_first() -> None:
    offered = emoji.fitting("thumb")
    assert offered[0] == ("thumbsup", "👍")
    assert len({picture for _, picture in offered}) == len(offered)


@pytest.mark.parametrize("text", ["12:30", "a:smi", "http://", ":s", "note: smile"])
def test_other_colons_begin_no_emoji(text: str) -> None:
    assert emoji.begun(text) is None


async def test_right_to_left_words_are_shown_as_they_are_read() -> None:
    async with Writer().run_test(size=(40, 12)) as pilot:
        await pilot.press(*"hello")
        assert writer(pilot).shown("#as-read") == ""
        writer(pilot).composer.text = "سلام (abc)"
        await pilot.pause()
        assert writer(pilot).shown("#as-read") == bidi.aligned("سلام (abc)", 36)


async def test_a_phrase_goes_where_the_cursor_is() -> None:
    async with Writer().run_test() as pilot:
        writer(pilot).composer.text = "Hello"
        writer(pilot).composer.insert("How are you?")
        await pilot.press("enter")
        await pilot.pause()
        assert writer(pilot).sent == ["Hello How are you?"]

"""A terminal is asked for a notification in the way that it knows, and nobody is named."""

import pytest

from tc_cli.output import alarm
from tc_cli.output.alarm import Way

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({}, Way.OFF),
        ({"TERM": "dumb"}, Way.OFF),
        ({"TERM": "linux"}, Way.OFF),
        (XTERM, Way.OSC9),
        ({"TERM": "xterm-kitty"}, Way.OSC99),
        (XTERM | {"KITTY_WINDOW_ID": "1"}, Way.OSC99),
        (XTERM | {"TERM_PROGRAM": "WezTerm"}, Way.OSC777),
        (XTERM | {"WEZTERM_PANE": "0"}, Way.OSC777),
        (XTERM | {"VTE_VERSION": "7600"}, Way.OSC777),
        ({"TERM": "rxvt-unicode-256color"}, Way.OSC777),
        ({"TERM": "foot"}, Way.OSC777),
        ({"TERM": "xterm-ghostty"}, Way.OSC777),
        (XTERM | {"TERM_PROGRAM": "iTerm.app"}, Way.OSC9),
        (XTERM | {"LC_TERMINAL": "iTerm2", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, Way.OSC9),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TMUX": "/tmp/tmux,1,0"}, Way.OSC9),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "KITTY_WINDOW_ID": "1"}, Way.OSC99),
    ],
)
def test_the_terminal_decides_the_way(environment: dict[str, str], way: Way) -> None:
    assert alarm.way(environment) is way


def test_a_terminal_started_from_another_is_known_by_its_own_name() -> None:
    assert alarm.way(XTERM | {"KITTY_WINDOW_ID": "1", "TERM_PROGRAM": "WezTerm"}) is Way.OSC777


@pytest.mark.parametrize("way", Way)
def test_the_user_has_the_last_word(way: Way) -> None:
    assert alarm.way({"TERM": "xterm-kitty", "TC_NOTIFY": way.value.upper()}) is way


@pytest.mark.parametrize("said", ["auto", "", "carrier pigeon"])
def test_anything_else_leaves_it_to_the_terminal(said: str) -> None:
    assert alarm.way({"TERM": "xterm-kitty", "TC_NOTIFY": said}) is Way.OSC99


@pytest.mark.parametrize(
    ("way", "written"),
    [
        (Way.OSC9, "\x1b]9;TeleConnect: somebody is waiting\a"),
        (Way.OSC99, "\x1b]99;i=teleconnect;TeleConnect: somebody is waiting\a"),
        (Way.OSC777, "\x1b]777;notify;TeleConnect;somebody is waiting\a"),
        (Way.OFF, ""),
    ],
)
def test_each_way_has_its_sequence(way: Way, written: str) -> None:
    assert alarm.sequence("somebody is waiting", XTERM | {"TC_NOTIFY": way.value}) == written


def test_tmux_hands_it_on_with_its_escapes_doubled() -> None:
    assert alarm.sequence("x", {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"}) == (
        "\x1bPtmux;\x1b\x1b]9;TeleConnect: x\a\x1b\\"
    )


def test_screen_hands_it_on_as_it_is() -> None:
    assert alarm.sequence("x", {"TERM": "screen", "STY": "1.tty"}) == "\x1bP\x1b]9;TeleConnect: x\a\x1b\\"


@pytest.mark.parametrize(
    ("environment", "outer"),
    [
        (XTERM, None),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux,1,0"}, "tmux"),
        ({"TERM": "tmux-256color", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, "tmux"),
        ({"TERM": "screen.xterm-256color"}, "screen"),
    ],
)
def test_a_multiplexer_is_known_also_from_the_far_end_of_an_ssh(environment: dict[str, str], outer: str | None) -> None:
    assert alarm.multiplexer(environment) == outer


def test_how_many_wait_is_said_and_nothing_else() -> None:
    assert [alarm.waiting(count) for count in (1, 3)] == ["somebody is waiting", "3 people are waiting"]


def test_what_is_shown_cannot_steer_the_terminal() -> None:
    shown = alarm.sequence("evil\x1b]0;title\a", XTERM)
    assert (shown.count("\x1b"), shown.count("\a")) == (1, 1)

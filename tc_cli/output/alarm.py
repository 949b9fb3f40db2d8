"""What makes a terminal show a desktop notification: which of the three ways it knows, and what to write for it.

What is said names nobody, for others see the screen. All but `show` is pure: the environment goes in, text comes out.
"""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum

from tc_cli.output import words

TITLE = "TeleConnect"
ESC, BEL = "\x1b", "\x07"


class Way(StrEnum):
    """How a terminal is asked, by the number of the control sequence; `off` where it can't be."""

    OSC9 = "osc9"
    OSC99 = "osc99"
    OSC777 = "osc777"
    OFF = "off"


HEADS = {
    Way.OSC9: f"9;{TITLE}: ",
    # Under one id the newest replaces the one before.
    Way.OSC99: f"99;i=teleconnect;{TITLE}: ",
    Way.OSC777: f"777;notify;{TITLE};",
}
# A terminal started from another inherits its variables, so what names the program itself is looked at first.
PROGRAMS = {
    "iterm.app": Way.OSC9,
    "iterm2": Way.OSC9,  # so over ssh
    "warpterminal": Way.OSC9,
    "wezterm": Way.OSC777,
    "ghostty": Way.OSC777,
}
TERMS = {
    "xterm-kitty": Way.OSC99,
    "xterm-ghostty": Way.OSC777,
    "wezterm": Way.OSC777,
    "foot": Way.OSC777,
    "contour": Way.OSC777,
    "rxvt-unicode": Way.OSC777,
}
VARIABLES = {
    "KITTY_WINDOW_ID": Way.OSC99,
    "WEZTERM_PANE": Way.OSC777,
    "GHOSTTY_RESOURCES_DIR": Way.OSC777,
    "KONSOLE_VERSION": Way.OSC777,
    "VTE_VERSION": Way.OSC777,
}
# Consoles and printers: what they don't know they may show, or wait for its end.
BARE = frozenset({"", "dumb", "linux", "ansi", "vt100", "vt102", "vt220", "unknown"})


def waiting(count: int) -> str:
    """Say how many wait, and nothing more."""
    return "somebody is waiting" if count == 1 else f"{count} people are waiting"


def way(environment: Mapping[str, str]) -> Way:
    """Return how this terminal is asked: as `TC_NOTIFY` says, else by what is known of it.

    A terminal that nothing is known of gets OSC 9, which most understand and the others pass over.
    """
    asked = environment.get("TC_NOTIFY", "").strip().lower()
    return Way(asked) if asked in set(Way) else _found(environment)


def sequence(what: str, environment: Mapping[str, str]) -> str:
    """Return what to write to the terminal for a notification; empty where there can't be one."""
    chosen = way(environment)
    if chosen is Way.OFF:
        return ""
    bare = f"{ESC}]{HEADS[chosen]}{words.plain(what)}{BEL}"
    return _through(bare, multiplexer(environment))


def show(what: str) -> None:
    """Have the terminal under stderr show a notification, if there is a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(sequence(what, os.environ))
        sys.stderr.flush()


def multiplexer(environment: Mapping[str, str]) -> str | None:
    """Return `tmux` or `screen` if the terminal is one of these, also when it is at the near end of an ssh."""
    term = environment.get("TERM", "")
    if environment.get("TMUX") or term.startswith("tmux"):
        return "tmux"
    return "screen" if environment.get("STY") or term.startswith("screen") else None


def _found(environment: Mapping[str, str]) -> Way:
    term = environment.get("TERM", "")
    if term in BARE:
        return Way.OFF
    program = (environment.get("TERM_PROGRAM") or environment.get("LC_TERMINAL") or "").lower()
    if program in PROGRAMS:
        return PROGRAMS[program]
    by_term = (found for start, found in TERMS.items() if term.startswith(start))
    by_variable = (found for name, found in VARIABLES.items() if environment.get(name))
    return next(by_term, None) or next(by_variable, None) or Way.OSC9


def _through(bare: str, outer: str | None) -> str:
    """Wrap a sequence so that a multiplexer hands it to the terminal that it runs in."""
    if outer == "tmux":
        return f"{ESC}Ptmux;{bare.replace(ESC, ESC + ESC)}{ESC}\\"
    return f"{ESC}P{bare}{ESC}\\" if outer == "screen" else bare
